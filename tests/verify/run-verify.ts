import { execFile } from 'node:child_process'
import { join } from 'node:path'
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

/** The same from within a folder, which paths are relative to. */
export function runVerifyIn(cwd: string, ...args: string[]): Promise<Verified> {
  return run({}, args, cwd)
}

/** Runs `--database` as whoever keeps the server does, with the server's own settings. */
export function runVerifyDatabase(env: NodeJS.ProcessEnv, ...args: string[]): Promise<Verified> {
  return run(env, ['--database', ...args])
}

function run(env: NodeJS.ProcessEnv, args: readonly string[], cwd = projectFolder): Promise<Verified> {
  return new Promise((ended) => {
    const child = execFile(
      process.execPath,
      [join(projectFolder, 'api/verify/main.ts'), ...args],
      { env, cwd },
      (_, out, words) => ended({ code: child.exitCode ?? -1, out: out + words }),
    )
  })
}
