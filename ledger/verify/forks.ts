import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { explainFile, readNamedFile } from '../command-line.ts'
import { equalBytes } from '../proofs/bytes.ts'
import { ProofError } from '../proofs/errors.ts'
import { parseVerifierKey, verifyNote, type VerifierKey } from '../proofs/note.ts'
import { readNote, type FiledCheckpoint } from './read-export.ts'
import { countEntries } from './words.ts'

/** The checkpoints in files and folders: anybody's, of any log. Throws `Unreadable` where one isn't a checkpoint. */
export async function readPile(paths: readonly string[]): Promise<FiledCheckpoint[]> {
  const pile: FiledCheckpoint[] = []
  for (const path of paths) {
    for (const file of await listFiles(path)) {
      pile.push({ ...readNote(file, (await readNamedFile(file)).toString('utf8')), file })
    }
  }
  return pile
}

async function listFiles(path: string): Promise<string[]> {
  const found = await stat(path).catch((error: unknown) => {
    throw explainFile(path, error)
  })
  if (!found.isDirectory()) return [path]
  const entries = await readdir(path, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted()
}

/** Two checkpoints of one log and size with different roots: the log showed two histories. In words. */
export function findForks(pile: readonly FiledCheckpoint[]): string[] {
  const first = new Map<string, FiledCheckpoint>()
  const words: string[] = []
  for (const checkpoint of pile) {
    const key = `${checkpoint.size} ${checkpoint.origin}`
    const other = first.get(key)
    if (!other) first.set(key, checkpoint)
    else if (!equalBytes(other.root, checkpoint.root)) {
      words.push(
        `${other.file} and ${checkpoint.file} are both of ${countEntries(checkpoint.size)} of ${checkpoint.origin}, with ` +
          'different roots: the log has forked. Keep both.',
      )
    }
  }
  return words
}

/** A pile in two: checkpoints that count against a log, and why the others don't, in words. */
export interface SortedPile {
  readonly counted: readonly FiledCheckpoint[]
  readonly ignored: readonly string[]
}

/** Counts what one of these keys signed in its own name: anybody can write a paper that says something else. */
export function sortSigned(pile: readonly FiledCheckpoint[], keys: readonly VerifierKey[]): SortedPile {
  return sort(pile, (checkpoint) => {
    const own = keys.filter(({ name }) => name === checkpoint.origin)
    if (own.length === 0) return `the policy knows no log ${checkpoint.origin}`
    return own.some((key) => isSigned(checkpoint, key))
      ? null
      : `the log ${checkpoint.origin} has not signed it`
  })
}

/** Counts what is of one of these logs. */
export function sortOwn(pile: readonly FiledCheckpoint[], origins: ReadonlySet<string>): SortedPile {
  return sort(pile, ({ origin }) => (origins.has(origin) ? null : `it is of another log, ${origin}`))
}

function sort(
  pile: readonly FiledCheckpoint[],
  objection: (checkpoint: FiledCheckpoint) => string | null,
): SortedPile {
  const judged = pile.map((checkpoint) => ({ checkpoint, why: objection(checkpoint) }))
  return {
    counted: judged.filter(({ why }) => why === null).map(({ checkpoint }) => checkpoint),
    ignored: judged.flatMap(({ checkpoint, why }) =>
      why === null ? [] : [`${checkpoint.file} was not compared: ${why}.`],
    ),
  }
}

function isSigned({ note }: FiledCheckpoint, key: VerifierKey): boolean {
  try {
    return verifyNote(note, key)
  } catch (error) {
    if (error instanceof ProofError) return false
    throw error
  }
}

/** The keys that entries name for the log's own origins; those that can't be read count for nothing. */
export function keysOf(origins: readonly { readonly key: string }[]): VerifierKey[] {
  return origins.flatMap(({ key }) => {
    try {
      return [parseVerifierKey(key)]
    } catch (error) {
      if (error instanceof ProofError) return []
      throw error
    }
  })
}
