import { execFile } from 'node:child_process'
import { projectFolder } from '../support/server.ts'

/** What the command ended with, and all it said. */
interface Verified {
  readonly code: number
  readonly out: string
}

/** Runs the command as an auditor does: a process of its own, without any of the server's settings. */
export function runVerify(...args: string[]): Promise<Verified> {
  return run({}, args)
}

/** Runs `--database` as whoever keeps the server does, with the server's own settings. */
export function runVerifyDatabase(env: NodeJS.ProcessEnv, ...args: string[]): Promise<Verified> {
  return run(env, ['--database', ...args])
}

function run(env: NodeJS.ProcessEnv, args: readonly string[]): Promise<Verified> {
  return new Promise((ended) => {
    const child = execFile(
      process.execPath,
      ['api/verify/main.ts', ...args],
      { env, cwd: projectFolder },
      (_, out, words) => ended({ code: child.exitCode ?? -1, out: out + words }),
    )
  })
}
