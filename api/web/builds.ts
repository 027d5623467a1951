import { fork } from 'node:child_process'
import { createHash } from 'node:crypto'
import { access, constants, readdir, readFile, rm, stat } from 'node:fs/promises'
import { setPriority } from 'node:os'
import { join } from 'node:path'
import { projectFolder, type WebApp } from './apps.ts'

/** Below other work: a start is not to wait for it. */
const niceness = 10
/** How long what was built of other sources is kept: another process may be about to read it. */
const otherBuildsKeptMs = 24 * 3_600_000

/** Builds of before lie here, below the project, or below the data folder where the project isn't ours to write to. */
const buildsFolder = 'dist'

export interface BuildOptions {
  /** For builds where the project's own folder can't be written. */
  readonly dataFolder: string
  /** Ends a build under way; the promise then rejects. */
  readonly signal?: AbortSignal
  /** Called where there is nothing built of these sources yet. */
  readonly onBuild?: () => void
}

/** The folder with `app` as built from the sources as they are: that of before, or a new one. */
export async function ensureBuild(app: WebApp, options: BuildOptions): Promise<string> {
  const { dataFolder, signal, onBuild } = options
  const name = `${app.name}-${await hashSources(app)}`
  const folders = [join(projectFolder, buildsFolder), join(dataFolder, buildsFolder)]
  for (const folder of folders) {
    if (await isThere(join(folder, name))) return join(folder, name)
  }
  const parent = (await isWritable(projectFolder)) ? folders[0]! : folders[1]!
  onBuild?.()
  await removeOld(parent, app)
  await build(app, join(parent, name), signal)
  return join(parent, name)
}

/** What the build is made of: the app's sources, what apps share, the versions of libraries, and how it is built. */
async function hashSources(app: WebApp): Promise<string> {
  const hash = createHash('sha256')
  for (const source of [app.folder, 'clients', 'ledger/proofs', 'api/web/build.ts', 'package-lock.json']) {
    for (const file of await listFiles(source)) {
      hash.update(`${file}\0`).update(await readFile(join(projectFolder, file)))
    }
  }
  return hash.digest('hex').slice(0, 16)
}

async function listFiles(path: string): Promise<string[]> {
  if ((await stat(join(projectFolder, path))).isFile()) return [path]
  const names = (await readdir(join(projectFolder, path))).toSorted()
  return (await Promise.all(names.map((name) => listFiles(`${path}/${name}`)))).flat()
}

function build(app: WebApp, out: string, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((done, failed) => {
    const builder = fork(join(import.meta.dirname, 'build.ts'), [app.folder, out], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      ...(signal && { signal }),
    })
    let said = ''
    builder.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()))
    builder.once('spawn', () => lowerPriority(builder.pid))
    builder.once('error', failed)
    builder.once('exit', (code) => {
      if (code === 0) done()
      else failed(new Error(`building ${app.folder}/ failed (${code}):\n${said.trim()}`))
    })
  })
}

function lowerPriority(pid: number | undefined): void {
  try {
    setPriority(pid ?? 0, niceness)
  } catch {
    // It has ended already, or the system doesn't let us: it then takes its turn like all others.
  }
}

async function removeOld(parent: string, app: WebApp): Promise<void> {
  for (const name of await readdir(parent).catch(() => [])) {
    if (!name.startsWith(`${app.name}-`)) continue
    const { mtimeMs } = await stat(join(parent, name))
    if (Date.now() - mtimeMs > otherBuildsKeptMs)
      await rm(join(parent, name), { recursive: true, force: true })
  }
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

function isWritable(path: string): Promise<boolean> {
  return access(path, constants.W_OK).then(
    () => true,
    () => false,
  )
}
