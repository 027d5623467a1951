import type { Generated } from 'kysely'
import type { MerchantId, NetworkId, Uuid, WalletId } from '../../ledger/index.ts'

/** How a till was told who stands before it. */
export type Means = 'qr' | 'email' | 'phone' | 'card'

interface IdentificationTable {
  network_id: NetworkId
  uuid: Uuid
  merchant_id: MerchantId
  till_uuid: Uuid
  wallet_id: WalletId
  means: Means
  may_take: boolean
  qr_id: string | null
  created_at: Date
  expires_at: Date
}

/** A printed card that says whose it is. */
interface CardTable {
  network_id: NetworkId
  uuid: Uuid
  number: string
  customer_uuid: Uuid
  created_at: Generated<Date>
}

/** The tables of migration 0020. */
export interface IdentificationTables {
  'api.identification': IdentificationTable
  'api.card': CardTable
}
