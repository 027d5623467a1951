import { link, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { processStart } from './processes.ts'

/** Who runs on a data folder, as kept in its `running.json` (mode 0600: the URL holds a password). */
interface Holder {
  readonly pid: number
  readonly processStart: string | null
  /** Null until PostgreSQL answers. */
  readonly url: string | null
}

export interface DataFolderLock {
  /** Tells programs beside this one, `npm run import` for one, where PostgreSQL listens. */
  announce(url: string): Promise<void>
  release(): Promise<void>
}

/**
 * Makes this process the only one to run a database in `folder`. A lock whose process is gone is taken over.
 * Throws when another process really runs there; `refuse` words that for folders of another use.
 */
export async function lockDataFolder(folder: string, refuse = alreadyRunning): Promise<DataFolderLock> {
  const path = join(folder, 'running.json')
  const draft = `${path}.${process.pid}`
  const holder: Holder = { pid: process.pid, processStart: await processStart(process.pid), url: null }
  await writeFile(draft, JSON.stringify(holder), { mode: 0o600 })
  try {
    while (!(await linked(draft, path))) await removeStaleLock(path, (pid) => refuse(folder, pid))
  } finally {
    await rm(draft, { force: true })
  }
  return {
    async announce(url) {
      await writeFile(draft, JSON.stringify({ ...holder, url }), { mode: 0o600 })
      await rename(draft, path)
    },
    release: () => rm(path, { force: true }),
  }
}

/**
 * The URL of the PostgreSQL that a living process runs in `folder`; null when none does. Waits up to 30 s for
 * one that is just starting, then throws.
 */
export async function findRunning(folder: string): Promise<string | null> {
  for (let attempt = 0; attempt < 300; attempt++) {
    const holder = parseHolder(await readIfThere(join(folder, 'running.json')))
    if (!holder || !(await holds(holder))) return null
    if (holder.url) return holder.url
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(
    `The process that started on ${folder} has not finished starting in 30 s. Look at its output.`,
  )
}

async function removeStaleLock(path: string, refusal: (pid: number) => Error): Promise<void> {
  const seen = await readIfThere(path)
  if (seen === null) return
  const holder = parseHolder(seen)
  if (holder && (await holds(holder))) throw refusal(holder.pid)
  // Two processes may find the same stale lock. Only one moves it away; the other would move the winner's.
  const moved = `${path}.stale.${process.pid}`
  try {
    await rename(path, moved)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return
    throw error
  }
  const taken = await readFile(moved, 'utf8')
  if (taken !== seen) await linked(moved, path)
  await rm(moved)
}

async function holds(holder: Holder): Promise<boolean> {
  const start = await processStart(holder.pid)
  return start !== null && start === holder.processStart
}

function alreadyRunning(folder: string, pid: number): Error {
  return new Error(
    `Process ${pid} already runs on the data in ${folder}. Stop it first, or give this one a folder of its own ` +
      `with TALLY_DATA (and another PORT). For several processes on the same data set DATABASE_URL.`,
  )
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

/** Null when the text is cut off or not ours: such a lock holds nothing. */
function parseHolder(text: string | null): Holder | null {
  try {
    const holder: unknown = JSON.parse(text ?? 'null')
    return holder && typeof holder === 'object' && 'pid' in holder ? (holder as Holder) : null
  } catch {
    return null
  }
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    throw error
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
