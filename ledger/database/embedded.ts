import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { access, constants, mkdir, open, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { findRunning, lockDataFolder } from './data-folder-lock.ts'
import { commandLine, findSoftware, handOver, type Software } from './embedded-software.ts'
import { processStart, waitUntilGone, worksIn } from './processes.ts'

const run = promisify(execFile)

export interface Embedded {
  /** Of a superuser, with its password; another port at each start. */
  readonly url: string
  /** Resolves when PostgreSQL ends without being asked to: nothing can be posted any more, so the process must end. */
  readonly lost: Promise<Error>
  /** Ends open connections, writes everything down, waits until PostgreSQL is gone. */
  stop(): Promise<void>
}

interface Options {
  /** Made when it isn't there. Holds `postgres/` (the cluster), its password, its log and `running.json`. */
  readonly dataFolder: string
  readonly log: (message: string) => void
  /** Beside a living process that runs PostgreSQL on the folder already, use that one, and leave it alone at the end. */
  readonly join?: boolean
  /** Throws where there is no cluster yet, instead of making one. */
  readonly mustExist?: boolean
}

const superuser = 'tallystick'

// fsync, synchronous_commit and full_page_writes stay on, as they are by default.
const settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '256MB',
  wal_compression: 'on',
  max_wal_size: '4GB',
  checkpoint_completion_target: '0.9',
  // What is due to be vacuumed is seen to within seconds; by default it waits for up to a minute.
  autovacuum_naptime: '10s',
  jit: 'off',
  // Statements and the details of errors hold people's data.
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
}

/**
 * Starts the PostgreSQL that came with npm on `dataFolder`, after having made a cluster there if there is none, and
 * having stopped one that a killed process left running. Throws when another process runs on the folder, unless it may
 * be joined.
 */
export async function startEmbedded(options: Options): Promise<Embedded> {
  const { dataFolder, log, join: mayJoin = false, mustExist = false } = options
  if (mustExist && !existsSync(dataFolder)) throw noDatabase(dataFolder)
  const folder = await openFolder(dataFolder)
  const running = mayJoin ? await findRunning(folder) : null
  if (running) return { url: running, lost: new Promise(() => {}), stop: async () => {} }
  if (mustExist && !existsSync(join(folder, 'postgres'))) throw noDatabase(folder)
  const lock = await lockDataFolder(folder)
  try {
    const software = await findSoftware(folder)
    const cluster = join(folder, 'postgres')
    const password = await readPassword(folder)
    if (!existsSync(cluster)) {
      log(`making a PostgreSQL database in ${cluster}`)
      await createCluster(software, cluster, password)
    }
    await stopLeftover(cluster, log)
    await handOver(software, cluster)
    log('starting PostgreSQL')
    const { child, port } = await launch(software, cluster, log)
    const url = `postgres://${superuser}:${password}@127.0.0.1:${port}/postgres`
    await lock.announce(url)
    return { url, ...supervise(child, join(folder, 'postgres.log'), () => lock.release()) }
  } catch (error) {
    await lock.release()
    throw error
  }
}

function supervise(
  child: ChildProcess,
  logFile: string,
  release: () => Promise<void>,
): Omit<Embedded, 'url'> {
  let stopping = false
  const lost = new Promise<Error>((done) => {
    child.once('exit', (code, signal) => {
      const how = signal ? `by ${signal}` : `with code ${code}`
      if (!stopping) {
        done(
          new Error(`PostgreSQL ended ${how}; see ${logFile}. Start again: it recovers what was committed.`),
        )
      }
    })
  })
  // It has a process group of its own, so that Ctrl-C reaches it only through us; it must not outlive us either.
  const endWithUs = () => child.kill('SIGINT')
  process.once('exit', endWithUs)
  return {
    lost,
    async stop() {
      stopping = true
      if (child.pid && child.exitCode === null && child.signalCode === null) await shutDown(child.pid)
      process.off('exit', endWithUs)
      await release()
    },
  }
}

function noDatabase(folder: string): Error {
  return new Error(
    `There is no database in ${folder} yet, and none was made. npm start makes it; where the data are elsewhere, ` +
      'name their folder with TALLY_DATA, or their database with DATABASE_URL.',
  )
}

async function openFolder(dataFolder: string): Promise<string> {
  try {
    await mkdir(dataFolder, { recursive: true, mode: 0o700 })
    const folder = await realpath(dataFolder)
    await access(folder, constants.R_OK | constants.W_OK | constants.X_OK)
    return folder
  } catch (error) {
    if (['EEXIST', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) {
      throw new Error(`The data folder ${dataFolder} is, or lies under, a file. Name a folder.`, {
        cause: error,
      })
    }
    throw new Error(
      `The data folder ${dataFolder} can't be used by this user. Start as the user it belongs to, give it to this ` +
        `one with chown -R, or name another with TALLY_DATA.`,
      { cause: error },
    )
  }
}

async function readPassword(folder: string): Promise<string> {
  const path = join(folder, 'postgres-password')
  try {
    await writeFile(path, randomBytes(24).toString('base64url'), { mode: 0o600, flag: 'wx' })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
  return readFile(path, 'utf8')
}

/** Made beside its place and moved there when whole, so that a cut-off run leaves nothing half done. */
async function createCluster(software: Software, cluster: string, password: string): Promise<void> {
  const draft = `${cluster}.new`
  await rm(draft, { recursive: true, force: true })
  await mkdir(draft, { mode: 0o700 })
  await writeFile(join(draft, 'password'), password, { mode: 0o600 })
  await handOver(software, draft)
  const args = [
    `--pgdata=${join(draft, 'cluster')}`,
    `--username=${superuser}`,
    `--pwfile=${join(draft, 'password')}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
  ]
  await run(...commandLine(software, software.initdb, args), { ...software.options, cwd: draft })
  await rename(join(draft, 'cluster'), cluster)
  await rm(draft, { recursive: true })
}

/**
 * A SIGKILL of Node leaves its PostgreSQL running; one of PostgreSQL leaves its pid file behind. Clears away both
 * for the cluster in this folder; only for who holds the lock of the data folder, or knows that nobody does.
 */
export async function stopLeftover(cluster: string, log: (message: string) => void): Promise<void> {
  const { pid } = await readPidFile(cluster)
  if (!pid) return
  if ((await processStart(pid)) !== null && (await worksIn(pid, cluster))) {
    log(`stopping the PostgreSQL (process ${pid}) that an earlier run left behind`)
    await shutDown(pid)
  }
  // We hold the folder's lock and its postmaster is gone: PostgreSQL would mistake a newcomer with its number for it.
  await rm(join(cluster, 'postmaster.pid'), { force: true })
}

/** Fast shutdown, then, if that hangs, an immediate one, from which the next start recovers. */
async function shutDown(pid: number): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
    process.kill(pid, signal)
    if (await waitUntilGone(pid, 30_000)) return
  }
  throw new Error(`PostgreSQL (process ${pid}) does not stop. End it with kill, then start again.`)
}

async function launch(
  software: Software,
  cluster: string,
  log: Options['log'],
): Promise<{ child: ChildProcess; port: number }> {
  const logFile = `${cluster}.log`
  const deadline = Date.now() + 20_000
  for (;;) {
    const port = await freePort()
    const child = await spawnPostgres(software, cluster, logFile, port)
    if (await ready(child, cluster, log)) return { child, port }
    const said = (await readFile(logFile, 'utf8')).trim().split('\n').slice(-8).join('\n')
    // The port was taken since, or servers of a killed postmaster have not yet noticed its end.
    if (!/in use|already exists/.test(said) || Date.now() > deadline) {
      throw new Error(`PostgreSQL did not start on ${cluster}:\n${said}`)
    }
    await new Promise((done) => setTimeout(done, 200))
  }
}

async function spawnPostgres(
  software: Software,
  cluster: string,
  logFile: string,
  port: number,
): Promise<ChildProcess> {
  const options = Object.entries({ ...settings, port: String(port) }).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ])
  const output = await open(logFile, 'w', 0o600)
  try {
    const child = spawn(...commandLine(software, software.postgres, ['-D', cluster, ...options]), {
      ...software.options,
      cwd: cluster,
      detached: true,
      stdio: ['ignore', output.fd, output.fd],
    })
    await new Promise((started, failed) => child.once('spawn', started).once('error', failed))
    return child
  } finally {
    await output.close()
  }
}

/** True once PostgreSQL takes connections, false when it has ended. Recovery after a crash may take its time. */
async function ready(child: ChildProcess, cluster: string, log: Options['log']): Promise<boolean> {
  const patience = Date.now() + 5_000
  for (let told = false; child.exitCode === null && child.signalCode === null;) {
    const { pid, status } = await readPidFile(cluster)
    if (pid === child.pid && status === 'ready') return true
    if (!told && Date.now() > patience) {
      log('PostgreSQL is recovering from an unclean end; this can take a while')
      told = true
    }
    await new Promise((done) => setTimeout(done, 10))
  }
  return false
}

/** Of `postmaster.pid`: the first line is the process, the eighth its state (PostgreSQL, `miscadmin.h`). */
async function readPidFile(cluster: string): Promise<{ pid: number | null; status: string | null }> {
  const text = await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => '')
  const lines = text.split('\n')
  return { pid: Number(lines[0]) || null, status: lines[7]?.trim() ?? null }
}

function freePort(): Promise<number> {
  return new Promise((done, failed) => {
    const server = createServer().once('error', failed)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => done(address && typeof address === 'object' ? address.port : 0))
    })
  })
}
