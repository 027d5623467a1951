import type { Logger } from 'pino'
import { checkRows, LogRefused, refuseLog, type Ledger } from '../../ledger/index.ts'
import { entriesPerPart, rememberBytes } from '../export/store.ts'
import type { Db } from '../tables.ts'
import { createRest } from './rest.ts'
import { giveUpCheck, recordRowsCheck, renewCheck, takeDueCheck, type DueCheck } from './store.ts'

interface CheckParts {
  readonly db: Db
  readonly ledger: Ledger
  readonly log: Logger
  /** Ends it between two pieces of work; it is begun anew by whoever looks next. */
  readonly signal?: AbortSignal
}

/**
 * Looks, for each network once a day, whether anything in the ledger's tables was changed behind its back; tells the log,
 * `/metrics` and whoever asks for the state. Over entries that were changed the log is not signed any more.
 */
export async function checkDueRows(parts: CheckParts): Promise<void> {
  const { db, signal } = parts
  for (let due = await takeDueCheck(db); due; due = await takeDueCheck(db)) {
    try {
      await check(parts, due)
    } catch (error) {
      // Should that fail too, the first error is the one that says why.
      if (signal?.aborted) await giveUpCheck(db, due.network).catch(() => {})
      throw error
    }
  }
}

async function check({ db, ledger, log, signal }: CheckParts, { network, slug }: DueCheck): Promise<void> {
  const rest = createRest(() => renewCheck(db, network), { signal })
  const { parts, onEntries } = sumUpParts()
  const checked = await checkRows(ledger.db, network, { rest, onEntries })
  await recordRowsCheck(db, network, checked)
  const { faults, changed } = checked
  if (faults.length > 0) {
    log.error(
      { network: slug, faults },
      'rows of the ledger were changed behind its back: see npm run verify -- --database',
    )
    if (changed !== null) {
      const proof = { entry: BigInt(changed) }
      await refuseLog(ledger.db, network, new LogRefused('rows_changed', faults[0] ?? '', proof))
    }
    return
  }
  // What an export has to know first was counted in passing, so that nobody waits for it.
  await rememberBytes(db, network, parts)
}

/** Bytes of whole parts of an export, out of the sums that a check tells. */
function sumUpParts() {
  const parts = new Map<number, bigint>()
  let before = 0
  const onEntries = (done: number, bytes: number) => {
    if (done % entriesPerPart !== 0) return
    parts.set(done / entriesPerPart - 1, BigInt(bytes - before))
    before = bytes
  }
  return { parts, onEntries }
}
