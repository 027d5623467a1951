import { sql } from 'kysely'
import type { MerchantId, NetworkId, WalletId } from '../../ledger/index.ts'
import type { Db } from '../tables.ts'

/** What a shop may know of a customer's history: what happened in this shop, by the network's local days. */
export interface ShopHistory {
  /** Days with a sale. */
  readonly visits: number
  /** `YYYY-MM-DD` of the first and the last; null when there was none. */
  readonly since: string | null
  readonly lastVisit: string | null
}

/** The history of a wallet in one shop. */
export async function readShopHistory(
  db: Db,
  network: NetworkId,
  { wallet, merchant }: { wallet: WalletId; merchant: MerchantId },
): Promise<ShopHistory> {
  const row = await db
    .selectFrom('ledger.transaction')
    .where('network_id', '=', network)
    .where('wallet_id', '=', wallet)
    .where('merchant_id', '=', merchant)
    .where('kind', 'in', ['issue', 'redeem', 'capture'])
    .select([
      sql<number>`count(distinct day)::int`.as('visits'),
      sql<string | null>`min(day)::text`.as('since'),
      sql<string | null>`max(day)::text`.as('last'),
    ])
    .executeTakeFirstOrThrow()
  return { visits: row.visits, since: row.since, lastVisit: row.last }
}
