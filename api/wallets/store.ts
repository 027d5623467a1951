import type { NetworkId, Uuid, WalletId } from '../../ledger/index.ts'
import type { Db } from '../tables.ts'

/** The ledger's number of a wallet of the network; undefined when there is none. */
export async function findWallet(db: Db, network: NetworkId, wallet: Uuid): Promise<WalletId | undefined> {
  const found = await db
    .selectFrom('api.wallet')
    .where('network_id', '=', network)
    .where('uuid', '=', wallet)
    .select('wallet_id')
    .executeTakeFirst()
  return found?.wallet_id
}
