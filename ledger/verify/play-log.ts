import { digest } from '../log/digest.ts'
import { growTree } from '../proofs/merkle.ts'
import { Fault } from './fault.ts'
import { readLines } from './read-lines.ts'
import type { Replay } from './replay.ts'

/** The first entry that is wrong, and what is wrong with it, in words that follow its name. */
export interface WrongEntry {
  readonly index: number
  readonly words: string
}

/** What a log is to be compared with on the way, and who hears of its progress. */
export interface PlayOptions {
  readonly replay: Replay
  /** Sizes at which the root is wanted. */
  readonly sizes: ReadonlySet<number>
  /** After every entry. */
  readonly onEntry?: (size: number) => void
}

/** A log as played: its roots at the sizes asked for, at its end too. */
export interface PlayedLog {
  readonly size: number
  readonly roots: ReadonlyMap<number, Uint8Array>
  readonly wrong: WrongEntry | null
}

/**
 * Plays a log's entries, one a line, and builds its tree (RFC 6962 section 2.1) of their exact bytes. After a wrong
 * entry only the tree goes on: its roots tell whether the entry was signed that way.
 */
export async function playLog(
  stream: AsyncIterable<Uint8Array>,
  { replay, sizes, onEntry }: PlayOptions,
): Promise<PlayedLog> {
  const tree = growTree(0, [], digest)
  const roots = new Map<number, Uint8Array>()
  let wrong: WrongEntry | null = null
  await readLines(stream, (prefixed) => {
    if (!wrong) {
      try {
        replay.play(prefixed.toString('latin1', 1))
      } catch (error) {
        wrong = { index: tree.size(), words: wordsOf(error) }
      }
    }
    // The prefix of a leaf.
    prefixed[0] = 0
    tree.append(digest(prefixed))
    const size = tree.size()
    if (sizes.has(size)) roots.set(size, tree.root())
    onEntry?.(size)
  })
  roots.set(tree.size(), tree.root())
  return { size: tree.size(), roots, wrong }
}

/** What is wrong with the entry that threw this; numbers and dates that none of the rules looked at fail in words of their own. */
function wordsOf(error: unknown): string {
  if (error instanceof Fault) return error.message
  if (error instanceof RangeError || error instanceof SyntaxError) return `can't be read: ${error.message}`
  throw error
}
