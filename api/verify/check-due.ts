import type { Logger } from 'pino'
import { checkRows, LogRefused, refuseLog, type Ledger } from '../../ledger/index.ts'
import { countBytes, entriesPerPart } from '../export/store.ts'
import type { Db } from '../tables.ts'
import { recordRowsCheck, takeDueCheck } from './store.ts'

/**
 * Looks, for each network once a day, whether anything in the ledger's tables was changed behind its back; tells the log,
 * `/metrics` and whoever asks for the state. Over entries that were changed the log is not signed any more.
 */
export async function checkDueRows({
  db,
  ledger,
  log,
}: {
  db: Db
  ledger: Ledger
  log: Logger
}): Promise<void> {
  for (let due = await takeDueCheck(db); due; due = await takeDueCheck(db)) {
    const checked = await checkRows(ledger.db, due.network)
    await recordRowsCheck(db, due.network, checked)
    const { faults, entries, changed } = checked
    if (faults.length > 0) {
      log.error(
        { network: due.slug, faults },
        'rows of the ledger were changed behind its back: see npm run verify -- --database',
      )
      if (changed !== null) {
        const proof = { entry: BigInt(changed) }
        await refuseLog(ledger.db, due.network, new LogRefused('rows_changed', faults[0] ?? '', proof))
      }
      continue
    }
    // What an export has to know first is counted here, so that nobody waits for it.
    await countBytes(db, due.network, entries - (entries % entriesPerPart))
  }
}
