import type { NetworkId, WalletId } from '../../ledger/index.ts'
import type { Db } from '../tables.ts'

/** The wallet of whoever joined the network with that address (lower-cased); undefined when nobody did. */
export async function findWalletByEmail(
  db: Db,
  network: NetworkId,
  email: string,
): Promise<WalletId | undefined> {
  const found = await db
    .selectFrom('api.customer as customer')
    .innerJoin('api.wallet as wallet', (join) =>
      join
        .onRef('wallet.network_id', '=', 'customer.network_id')
        .onRef('wallet.customer_uuid', '=', 'customer.uuid'),
    )
    .where('customer.network_id', '=', network)
    .where('customer.email', '=', email)
    .select('wallet.wallet_id as id')
    .executeTakeFirst()
  return found?.id
}
