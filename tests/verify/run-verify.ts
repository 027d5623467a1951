import { execFile } from 'node:child_process'
import { projectFolder } from '../support/server.ts'

/** Runs the command as an auditor does: a process of its own, without any of the server's settings. */
export function runVerify(...args: string[]): Promise<{ code: number; out: string }> {
  return new Promise((ended) => {
    const options = { env: {}, cwd: projectFolder }
    const child = execFile(process.execPath, ['ledger/verify/main.ts', ...args], options, (_, out, words) => {
      ended({ code: child.exitCode ?? -1, out: out + words })
    })
  })
}
