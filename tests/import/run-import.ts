import { spawn, type ChildProcess } from 'node:child_process'
import { projectFolder } from '../support/server.ts'

export interface ImportResult {
  readonly purchases: number
  readonly issued_points: number
  readonly merchants: number
  readonly customers: number
  readonly rejected: number
  readonly replayed: number
  readonly seconds: number
}

export interface RunningImport {
  readonly process: ChildProcess
  readonly ended: Promise<{
    /** Its exit code or the signal that ended it. */
    readonly how: number | NodeJS.Signals | null
    /** The last line of its stdout, where that is a result. */
    readonly result: ImportResult | null
    readonly stdout: string
    readonly stderr: string
  }>
}

/** `npm run import -- …`, without npm. Whoever starts one waits for its end. */
export function startImport(args: readonly string[], env: NodeJS.ProcessEnv): RunningImport {
  const child = spawn(process.execPath, ['api/import/main.ts', ...args], {
    cwd: projectFolder,
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  const ended: RunningImport['ended'] = new Promise((done) => {
    child.once('close', (code, signal) => {
      const last = stdout.trimEnd().split('\n').at(-1) ?? ''
      const result = last.startsWith('{') ? (JSON.parse(last) as ImportResult) : null
      done({ how: signal ?? code, result, stdout, stderr })
    })
  })
  return { process: child, ended }
}
