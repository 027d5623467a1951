import type { ColumnType } from 'kysely'
import type { MerchantId, NetworkId } from '../../ledger/index.ts'
import type { OpeningHours } from './fields.ts'

/** What a shop tells everyone about itself. */
interface ShopProfileTable {
  network_id: NetworkId
  merchant_id: MerchantId
  about: string | null
  address: string | null
  hours: ColumnType<OpeningHours, string, string>
}

/** The tables of migration 0040. */
export interface ShopTables {
  'api.shop_profile': ShopProfileTable
}
