import type { NetworkId, Uuid, WalletId } from '../../ledger/index.ts'
import type { Db } from '../tables.ts'

const rememberedCountMax = 100_000

/** Which wallet of the ledger has which UUID. */
export interface WalletDirectory {
  /** The ledger's number of a wallet of the network; undefined when there is none. */
  find(network: NetworkId, wallet: Uuid): Promise<WalletId | undefined>
}

/**
 * Asks the database and remembers: a wallet's number never changes, and a wallet never goes away (whether it is locked
 * or closed, the posting checks). Every purchase asks, so this is a quarter of its work.
 */
export function createWalletDirectory(db: Db): WalletDirectory {
  const remembered = new Map<string, WalletId>()
  return {
    async find(network, wallet) {
      const name = `${network} ${wallet}`
      const known = remembered.get(name)
      if (known !== undefined) return known
      const found = await findWallet(db, network, wallet)
      if (found === undefined) return undefined
      if (remembered.size >= rememberedCountMax) remembered.clear()
      remembered.set(name, found)
      return found
    },
  }
}

async function findWallet(db: Db, network: NetworkId, wallet: Uuid): Promise<WalletId | undefined> {
  const found = await db
    .selectFrom('api.wallet')
    .where('network_id', '=', network)
    .where('uuid', '=', wallet)
    .select('wallet_id')
    .executeTakeFirst()
  return found?.wallet_id
}
