import type { Generated } from 'kysely'
import type { NetworkId, Uuid, WalletId } from '../../ledger/index.ts'

/** Purchases that wait for whoever has the code of the receipt. */
interface ClaimTable {
  network_id: NetworkId
  wallet_id: WalletId
  till_uuid: Uuid
  code_hash: Buffer
  expires_at: Date
  collected_by: WalletId | null
  created_at: Generated<Date>
}

/** The tables of migration 0042. */
export interface ClaimTables {
  'api.claim': ClaimTable
}
