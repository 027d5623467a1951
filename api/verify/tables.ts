import type { Generated } from 'kysely'
import type { NetworkId } from '../../ledger/index.ts'

/** The last check of a network's rows. */
export interface RowsCheckTable {
  network_id: NetworkId
  started_at: Date
  checked_at: Date | null
  entries: Generated<bigint>
  faults: Generated<string[]>
}

export interface VerifyTables {
  'api.rows_check': RowsCheckTable
}
