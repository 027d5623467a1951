import type { NetworkId, Uuid } from '../../ledger/index.ts'

/** A customer who will be erased. */
interface ErasureTable {
  network_id: NetworkId
  customer_uuid: Uuid
  /** They asked, or were not seen for longer than the network remembers. */
  cause: 'asked' | 'inactive'
  asked_at: Date
  due_at: Date
}

/** The table of migration 0022 that is about forgetting. */
export interface ErasureTables {
  'api.erasure': ErasureTable
}
