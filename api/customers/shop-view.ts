import { sql } from 'kysely'
import type { MerchantId, NetworkId, WalletId } from '../../ledger/index.ts'
import type { Db } from '../tables.ts'

/** What counts as a visit. */
export const saleKinds = ['issue', 'redeem', 'capture'] as const

/** What a shop may know of a customer's history: what happened in this shop, by the network's local days. */
export interface ShopHistory {
  /** Days with a sale. */
  readonly visits: number
  /** `YYYY-MM-DD` of the first and the last; null when there was none. */
  readonly since: string | null
  readonly lastVisit: string | null
}

/** The history of each of these wallets in one shop. */
export async function readShopHistories(
  db: Db,
  network: NetworkId,
  { wallets, merchant }: { wallets: readonly WalletId[]; merchant: MerchantId },
): Promise<(wallet: WalletId) => ShopHistory> {
  const rows =
    wallets.length === 0
      ? []
      : await db
          .selectFrom('ledger.transaction')
          .where('network_id', '=', network)
          .where('wallet_id', 'in', [...wallets])
          .where('merchant_id', '=', merchant)
          .where('kind', 'in', saleKinds)
          .groupBy('wallet_id')
          .select([
            'wallet_id as wallet',
            sql<number>`count(distinct day)::int`.as('visits'),
            sql<string>`min(day)::text`.as('since'),
            sql<string>`max(day)::text`.as('lastVisit'),
          ])
          .execute()
  const histories = new Map<number, ShopHistory>(rows.map(({ wallet, ...history }) => [wallet, history]))
  return (wallet) => histories.get(wallet) ?? { visits: 0, since: null, lastVisit: null }
}
