import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { equalBytes } from '../proofs/bytes.ts'
import { ProofError } from '../proofs/errors.ts'
import { findVouchers, type Policy } from '../proofs/policy.ts'
import { readNote, type FiledCheckpoint } from './read-export.ts'

/** The checkpoints in files and folders: anybody's, of any log. Throws `Unreadable` where one isn't a checkpoint. */
export async function readPile(paths: readonly string[]): Promise<FiledCheckpoint[]> {
  const pile: FiledCheckpoint[] = []
  for (const path of paths) {
    for (const file of await listFiles(path)) {
      pile.push({ ...readNote(file, await readFile(file, 'utf8')), file })
    }
  }
  return pile
}

async function listFiles(path: string): Promise<string[]> {
  if (!(await stat(path)).isDirectory()) return [path]
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
        `${other.file} and ${checkpoint.file} are both of ${checkpoint.size} entries of ${checkpoint.origin}, with ` +
          'different roots: the log has forked. Keep both.',
      )
    }
  }
  return words
}

/** A pile as a policy sees it. */
export interface SortedPile {
  /** Those that say something of a log: signed by it, or of a log that the policy doesn't know. */
  readonly counted: readonly FiledCheckpoint[]
  /** What is not signed by a log of the policy, in words. */
  readonly unsigned: readonly string[]
}

/** Sorts out what a log of the policy has not signed: anybody can write that, and it accuses nobody. */
export function sortPile(pile: readonly FiledCheckpoint[], policy: Policy | null): SortedPile {
  if (!policy) return { counted: pile, unsigned: [] }
  const counted: FiledCheckpoint[] = []
  const unsigned: string[] = []
  for (const checkpoint of pile) {
    try {
      findVouchers(policy, checkpoint)
      counted.push(checkpoint)
    } catch (error) {
      if (!(error instanceof ProofError)) throw error
      if (error.code === 'log_unknown') counted.push(checkpoint)
      unsigned.push(`${checkpoint.file}: ${error.message}`)
    }
  }
  return { counted, unsigned }
}
