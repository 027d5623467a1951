import { createHash, type Hash } from 'node:crypto'
import { TypedError } from '../command-line.ts'
import { parseCheckpoint, type SignedCheckpoint } from '../proofs/checkpoint.ts'
import { ProofError } from '../proofs/errors.ts'
import type { AccountRow } from './accounts.ts'
import { openExport, type ExportFile } from './export-files.ts'
import { Fault } from './fault.ts'
import { playLog, type PlayedLog } from './play-log.ts'
import { readLines } from './read-lines.ts'
import { startReplay, type Replay } from './replay.ts'
import type { TransactionEntry, GovernanceEntry } from './entry.ts'

/** A file that isn't there, or isn't what it should be: nothing can be said of the log. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable'
}

/** A checkpoint of an export, by the file it is in. */
export interface FiledCheckpoint extends SignedCheckpoint {
  readonly file: string
}

/** All that an export says, read once. */
export interface ReadExport {
  readonly checkpoints: readonly FiledCheckpoint[]
  /** As the export tells it: no reason to trust anybody. */
  readonly policy: string
  /** What `anchors.json` holds, as it is. */
  readonly anchors: unknown
  readonly replay: Replay
  readonly played: PlayedLog
  /** Files that are not what `manifest.sha256` says, in words. */
  readonly damaged: readonly string[]
}

/** Who hears of what is read. */
export interface ReadOptions {
  /** More sizes at which the root is wanted. */
  readonly sizes?: readonly number[]
  /** After every entry; how many there are to be, as the newest checkpoint says. */
  readonly onEntry?: (size: number, total: number) => void
  /** Before an entry counts. */
  readonly beforeEntry?: (entry: TransactionEntry | GovernanceEntry, replay: Replay) => void
}

const textBytesMax = 64 << 20
const fileNames: ReadonlySet<string> = new Set([
  'policy',
  'anchors.json',
  'accounts.json',
  'entries.ndjson',
  'manifest.sha256',
])
/** By generation and size. */
const checkpointName = /^checkpoints\/[1-9]\d*-(?:0|[1-9]\d*)$/

/** Reads and plays an export, in one pass. Throws `Unreadable`. */
export async function readExport(path: string, options: ReadOptions = {}): Promise<ReadExport> {
  try {
    return await readFiles(openExport(path), options)
  } catch (error) {
    if (error instanceof Unreadable || error instanceof Fault || error instanceof TypedError) throw error
    throw new Unreadable(`${path} can't be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}

async function readFiles(files: AsyncIterable<ExportFile>, options: ReadOptions): Promise<ReadExport> {
  const texts = new Map<string, string>()
  const hashes = new Map<string, Hash>()
  const checkpoints: FiledCheckpoint[] = []
  let replay: Replay | null = null
  let played: PlayedLog | null = null
  for await (const { name, stream } of files) {
    checkPlace(name, hashes)
    const hash = createHash('sha256')
    hashes.set(name, hash)
    const bytes = through(stream, hash)
    if (name === 'accounts.json') {
      replay = startReplay(await readAccounts(bytes), options.beforeEntry)
    } else if (name.startsWith('checkpoints/')) {
      checkpoints.push({ ...readNote(name, await readText(name, bytes)), file: name })
    } else if (name === 'entries.ndjson') {
      if (!replay || checkpoints.length === 0) {
        throw new Unreadable('entries.ndjson comes before accounts.json or checkpoints/, or without them')
      }
      const total = checkpoints.reduce((most, { size }) => Math.max(most, size), 0)
      const sizes = new Set([
        ...checkpoints.map(({ size }) => size),
        ...listAnchored(texts.get('anchors.json')),
        ...(options.sizes ?? []),
      ])
      const { onEntry } = options
      played = await playLog(bytes, {
        replay,
        sizes,
        ...(onEntry && { onEntry: (size) => onEntry(size, total) }),
      })
    } else texts.set(name, await readText(name, bytes))
  }
  if (!replay || !played) throw new Unreadable('this is no export: it has no entries.ndjson')
  const text = (name: string) => {
    const found = texts.get(name)
    if (found === undefined) throw new Unreadable(`this is no whole export: it has no ${name}`)
    return found
  }
  return {
    checkpoints,
    policy: text('policy'),
    anchors: readJson('anchors.json', text('anchors.json')),
    replay,
    played,
    damaged: compare(text('manifest.sha256'), hashes),
  }
}

/** Each name is there once and known, and nothing comes late: whoever else unpacks the files has these, too. */
function checkPlace(name: string, before: ReadonlyMap<string, unknown>): void {
  const quoted = JSON.stringify(name)
  if (!fileNames.has(name) && !checkpointName.test(name)) {
    throw new Unreadable(`an export has no file ${quoted}`)
  }
  if (before.has(name)) throw new Unreadable(`${quoted} is in the export twice`)
  if (before.has('manifest.sha256') || (before.has('entries.ndjson') && name !== 'manifest.sha256')) {
    throw new Unreadable(`${quoted} comes too late: after the entries there is only their manifest`)
  }
}

/** Sizes that the export says are anchored: whether they are is for a contract to say. */
function listAnchored(text = 'null'): number[] {
  const { anchors } = (readJson('anchors.json', text) ?? {}) as { anchors?: unknown }
  return Array.isArray(anchors)
    ? anchors.map((anchor: { size?: unknown } | null) => Number(anchor?.size))
    : []
}

async function* through(stream: AsyncIterable<Uint8Array>, hash: Hash): AsyncGenerator<Uint8Array> {
  for await (const chunk of stream) {
    hash.update(chunk)
    yield chunk
  }
}

async function readText(name: string, stream: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks = []
  let bytes = 0
  for await (const chunk of stream) {
    chunks.push(chunk)
    bytes += chunk.length
    if (bytes > textBytesMax) throw new Unreadable(`${name} is longer than 64 MiB`)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** A JSON array with one account a line, so that millions need not be parsed at once. */
async function readAccounts(stream: AsyncIterable<Uint8Array>): Promise<AccountRow[]> {
  const rows: AccountRow[] = []
  await readLines(stream, (prefixed) => {
    const line = prefixed.toString('utf8', 1)
    if (line === '[' || line === ']') return
    rows.push(readJson('accounts.json', line.replace(/,$/, '')) as AccountRow)
  })
  return rows
}

function readJson(name: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new Unreadable(`${name} is not JSON`)
  }
}

/** Reads a checkpoint's note. */
export function readNote(name: string, text: string): SignedCheckpoint {
  try {
    return parseCheckpoint(text)
  } catch (error) {
    if (error instanceof ProofError) throw new Unreadable(`${name}: ${error.message}`)
    throw error
  }
}

/** `manifest.sha256` is what `sha256sum` writes: a hash, two spaces, a name. */
function compare(manifest: string, hashes: ReadonlyMap<string, Hash>): string[] {
  const told = new Map(
    manifest.split('\n').flatMap((line): [string, string][] => {
      const found = /^([0-9a-f]{64}) {2}(.+)$/.exec(line)
      return found ? [[found[2]!, found[1]!]] : []
    }),
  )
  const damaged = []
  for (const [name, hash] of hashes) {
    if (name === 'manifest.sha256') continue
    const due = told.get(name)
    if (due === undefined) damaged.push(`${name} is not in manifest.sha256`)
    else if (due !== hash.digest('hex')) damaged.push(`${name} is not what manifest.sha256 says`)
    told.delete(name)
  }
  return [
    ...damaged,
    ...[...told.keys()].map((name) => `${JSON.stringify(name)} is in manifest.sha256, and missing`),
  ]
}
