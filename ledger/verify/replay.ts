import { applyTransaction } from './apply.ts'
import type { AccountRow } from './accounts.ts'
import { openBooks, type Books } from './books.ts'
import { checkFacts } from './check-facts.ts'
import { checkLegs } from './check-legs.ts'
import { checkOrder } from './check-order.ts'
import { checkPosting } from './check-posting.ts'
import { parseEntry, type GovernanceEntry, type TransactionEntry } from './entry.ts'
import { fail } from './fault.ts'

/** The log played again from its entries alone, with rules of its own writing: none of the database's code. */
export interface Replay {
  readonly books: Books
  /** Number of entries so far. */
  readonly size: () => number
  /** When the last entry was posted, as it says it; empty before the first. */
  readonly postedAt: () => string
  /**
   * Plays the next entry, a line without its end. Throws a `Fault` where it is not what may come next; the books are
   * good for nothing then.
   */
  readonly play: (line: string) => void
}

/**
 * @param accounts what each account is, as accounts.json says it; entries must agree with that
 * @param beforeEntry is told of each entry while the books are still those before it
 */
export function startReplay(
  accounts: Iterable<AccountRow>,
  beforeEntry?: (entry: TransactionEntry | GovernanceEntry, replay: Replay) => void,
): Replay {
  const books = openBooks(accounts)
  let lastPostedAt = ''
  let hasTransaction = false
  const replay: Replay = {
    books,
    size: () => books.postings.count,
    postedAt: () => lastPostedAt,
    play(line) {
      const entry = parseEntry(line)
      const index = books.postings.count
      if (entry.index !== index) fail(`says it is entry ${entry.index}`)
      if (index > 0 && entry.network !== books.members.network)
        fail(`is of another network (${entry.network})`)
      // Until there is a transaction, a network's clock may still be set back to where its history is to begin.
      if (hasTransaction && entry.postedAt < lastPostedAt) {
        fail(`was posted at ${entry.postedAt}, before the entry before it (${lastPostedAt})`)
      }
      beforeEntry?.(entry, replay)
      lastPostedAt = entry.postedAt
      books.postings.begin(books.lots.count)
      if (entry.kind === 'governance') {
        books.members.apply(entry)
      } else {
        hasTransaction = true
        playTransaction(books, entry)
      }
    },
  }
  return replay
}

function playTransaction(books: Books, t: TransactionEntry): void {
  const parties = checkPosting(books, t)
  const legs = checkLegs(books, t, parties)
  checkFacts(books, t, { parties, legs })
  checkOrder(books, t, { parties, legs })
  applyTransaction(books, t, { parties, legs })
}
