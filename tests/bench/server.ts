import { spawn } from 'node:child_process'
import { mkdir, open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { projectFolder } from '../support/server.ts'

/** A server under load. */
export interface BenchServer {
  readonly url: string
  /** Processor seconds used so far. */
  cpuSeconds(): Promise<number>
  stop(): Promise<void>
}

const readyMsMax = 20_000

/**
 * Starts api/main.ts as `npm start` does, with nothing set but where its database is and `env`, and the ceiling's route added.
 * Options for Node, e.g. `--cpu-prof`, are taken from `TALLY_BENCH_NODE_OPTIONS`.
 */
export async function startServer(options: {
  readonly databaseUrl: string
  readonly secret: Uint8Array
  /** For its data and its log. */
  readonly folder: string
  /** What else is set. */
  readonly env?: NodeJS.ProcessEnv
}): Promise<BenchServer> {
  const { databaseUrl, secret, folder, env } = options
  const nodeOptions = process.env['TALLY_BENCH_NODE_OPTIONS']?.split(' ') ?? []
  await mkdir(folder, { recursive: true })
  const logFile = join(folder, 'server.log')
  const log = await open(logFile, 'w')
  const ceiling = pathToFileURL(join(import.meta.dirname, 'ceiling.ts')).href
  const child = spawn(process.execPath, [...nodeOptions, '--import', ceiling, 'api/main.ts'], {
    cwd: projectFolder,
    env: {
      PATH: process.env.PATH,
      PORT: '0',
      DATABASE_URL: databaseUrl,
      TALLY_DATA: folder,
      TALLY_SECRET: Buffer.from(secret).toString('base64url'),
      ...env,
    },
    stdio: ['ignore', log.fd, log.fd],
  })
  await log.close()
  const ended = new Promise<void>((done) => child.once('exit', () => done()))
  const endWithUs = () => child.kill()
  process.once('exit', endWithUs)
  const stop = async () => {
    child.kill()
    await ended
    process.off('exit', endWithUs)
  }
  const until = Date.now() + readyMsMax
  for (;;) {
    const said = await readFile(logFile, 'utf8')
    const url = /ready at (\S+?)\.?\s/.exec(said)?.[1]
    if (url) return { url, cpuSeconds: () => readCpuSeconds(child.pid!), stop }
    if (child.exitCode !== null || Date.now() > until) {
      await stop()
      throw new Error(`The server did not start:\n${said}`)
    }
    await new Promise((done) => setTimeout(done, 50))
  }
}

/** User and system time of a process; `proc(5)`: fields 14 and 15 of `stat`, in ticks of 10 ms. NaN outside Linux. */
export async function readCpuSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}
