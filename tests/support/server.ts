import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { stopLeftover } from '../../ledger/database/embedded.ts'

export const projectFolder = join(import.meta.dirname, '../..')

export interface StartOptions {
  /** On top of PORT=0, TALLY_DEMO=off and LOG_LEVEL=warn; the rest of the environment is not passed on. */
  readonly env: NodeJS.ProcessEnv
  /** `npm start` instead of `node api/main.ts`. */
  readonly npm?: boolean
  /** What `npm run worker` runs, instead of the server. */
  readonly worker?: boolean
  /** Run as this user; needs root. */
  readonly user?: { readonly uid: number; readonly gid: number }
}

export interface StartedServer {
  readonly process: ChildProcess
  /** Where it answers ('' for a worker); rejects with all it said when it ends before it is ready. */
  readonly ready: Promise<string>
  /** Its exit code or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals | null>
  /** All it has said so far, on both streams. */
  said(): string
}

/** Starts the server as its users do, in a process group of its own as in a terminal. Whoever starts one ends it. */
export function startServer({ env, npm = false, worker = false, user }: StartOptions): StartedServer {
  const file = worker ? 'api/worker.ts' : 'api/main.ts'
  const [program, args] = npm ? ['npm', ['start']] : [process.execPath, [file]]
  const child = spawn(program, args, {
    cwd: projectFolder,
    env: { PATH: process.env.PATH, PORT: '0', TALLY_DEMO: 'off', LOG_LEVEL: 'warn', ...env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...user,
  })
  let output = ''
  const ended = new Promise<number | NodeJS.Signals | null>((done) => {
    // `close` would also wait for whoever else holds the streams, such as a server that outlives its npm.
    child.once('exit', (code, signal) => setTimeout(() => done(signal ?? code), 50))
  })
  const ready = new Promise<string>((done, failed) => {
    const hear = (chunk: Buffer) => {
      output += chunk.toString()
      const [ready, url = ''] = /is ready(?: at (\S+?))?\.\s/.exec(output) ?? []
      if (ready) done(url)
    }
    child.stdout.on('data', hear)
    child.stderr.on('data', hear)
    void ended.then((how) => failed(new Error(`ended (${how}) before it was ready:\n${output}`)))
  })
  // Whoever only waits for the end need not hear of this.
  ready.catch(() => {})
  return { process: child, ready, ended, said: () => output }
}

/** Sends a signal to the whole process group, as a terminal does on Ctrl-C. */
export function signalGroup(server: StartedServer, signal: NodeJS.Signals): void {
  try {
    process.kill(-(server.process.pid ?? 0), signal)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}

/** What a running server wrote down about itself in its data folder. */
export async function readRunning(dataFolder: string): Promise<{ pid: number; url: string }> {
  return JSON.parse(await readFile(join(dataFolder, 'running.json'), 'utf8')) as { pid: number; url: string }
}

/** A new data folder below `parent`, which is made to be removed with `removeDataFolder`. */
export function makeDataFolder(parent = '/tmp'): Promise<string> {
  return mkdtemp(join(parent, 'tallystick-test-'))
}

/** Removes a data folder, and stops the PostgreSQL that a killed server may have left on it. */
export async function removeDataFolder(folder: string): Promise<void> {
  await stopLeftover(join(folder, 'postgres'), () => {})
  await rm(folder, { recursive: true })
}

/** A new server with its demonstration, as `npm start` makes it at its first start; ended and removed afterwards. */
export async function withDemonstration<Result>(
  use: (server: { url: string; folder: string; started: StartedServer }) => Promise<Result>,
): Promise<Result> {
  const folder = await makeDataFolder()
  const started = startServer({ env: { TALLY_DATA: folder, TALLY_DEMO: 'on' } })
  try {
    return await use({ url: await started.ready, folder, started })
  } finally {
    started.process.kill('SIGTERM')
    await started.ended
    await removeDataFolder(folder)
  }
}

/** What a person would copy from the terminal at the first start. */
export async function readPrinted({
  said,
}: StartedServer): Promise<{ PASSWORD: string; BAKERY_KEY: string }> {
  for (let tries = 0; tries < 100; tries++) {
    const password = /operator@tallystick\.localhost with (\S+)/.exec(said())?.[1]
    const key = /Till key of .*Bakery: (tk_\S+)/.exec(said())?.[1]
    if (password && key) return { PASSWORD: password, BAKERY_KEY: key }
    await sleep(50)
  }
  throw new Error(`the first start should print the operator's password and a till key, but said:\n${said()}`)
}
