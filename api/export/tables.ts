import type { NetworkId } from '../../ledger/index.ts'

/** How many bytes 10,000 entries have as lines. */
export interface EntryBytesTable {
  network_id: NetworkId
  part: bigint
  bytes: bigint
}

export interface ExportTables {
  'api.entry_bytes': EntryBytesTable
}
