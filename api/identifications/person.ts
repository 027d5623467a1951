import type { NetworkId, WalletId } from '../../ledger/index.ts'
import type { Db } from '../tables.ts'

/** What a till is told of the person behind a wallet; nothing of one that was erased. */
export async function readPerson(
  db: Db,
  network: NetworkId,
  wallet: WalletId,
): Promise<{ name: string | null; birthday: string | null }> {
  const found = await db
    .selectFrom('api.wallet as wallet')
    .innerJoin('api.customer as customer', (join) =>
      join
        .onRef('customer.network_id', '=', 'wallet.network_id')
        .onRef('customer.uuid', '=', 'wallet.customer_uuid'),
    )
    .select(['customer.name', 'customer.birthday'])
    .where('wallet.network_id', '=', network)
    .where('wallet.wallet_id', '=', wallet)
    .executeTakeFirst()
  return found ?? { name: null, birthday: null }
}
