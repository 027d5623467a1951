import type { Pool } from 'pg'
import type { NetworkId } from './commands.ts'
import { createDb, type Db } from './database/connect.ts'
import { deriveNetworkKey, type NetworkKey } from './keyed-hash.ts'
import { createPoster, type Poster } from './poster.ts'

export interface Ledger {
  readonly pool: Pool
  readonly db: Db
  readonly poster: Poster
  /** The network's key for hashes of references and idempotency keys. Throws where there is no such network. */
  readonly keyOf: (network: NetworkId) => Promise<NetworkKey>
}

export interface LedgerOptions {
  /** Connections as role `tally_api`. */
  readonly pool: Pool
  /** The deployment's secret, 32 bytes or more; the same in every process, and never in the database. */
  readonly secret: Uint8Array
}

/** Opens the ledger over a pool that the caller owns and ends (after `stopPosting`). */
export function createLedger({ pool, secret }: LedgerOptions): Ledger {
  const db = createDb(pool)
  const keys = new Map<NetworkId, Promise<NetworkKey>>()
  const keyOf = (network: NetworkId) => {
    let key = keys.get(network)
    if (!key) {
      key = db
        .selectFrom('ledger.network')
        .select('network_uuid')
        .where('network_id', '=', network)
        .executeTakeFirstOrThrow()
        .then((row) => deriveNetworkKey(secret, row.network_uuid))
      key.catch(() => keys.delete(network))
      keys.set(network, key)
    }
    return key
  }
  return { pool, db, poster: createPoster(pool), keyOf }
}
