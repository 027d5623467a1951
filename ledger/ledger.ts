import type { Pool } from 'pg'
import type { NetworkId } from './commands.ts'
import { createDb, type Db } from './database/connect.ts'
import { deriveNetworkKey, type NetworkKey } from './keyed-hash.ts'
import { deriveLogKey } from './log/log-key.ts'
import type { SignerKey } from './proofs/note.ts'
import { createPoster, type Poster } from './poster.ts'

export interface Ledger {
  readonly pool: Pool
  readonly db: Db
  readonly poster: Poster
  /** The network's key for hashes of references and idempotency keys. Throws where there is no such network. */
  readonly keyOf: (network: NetworkId) => Promise<NetworkKey>
  /** The network's random id. Throws where there is no such network. */
  readonly uuidOf: (network: NetworkId) => Promise<string>
  /** The key that signs the network's log under an origin. Secret. */
  readonly logKeyOf: (network: NetworkId, origin: string) => Promise<SignerKey>
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
  const uuidOf = remember(async (network: NetworkId) => {
    const { network_uuid } = await db
      .selectFrom('ledger.network')
      .select('network_uuid')
      .where('network_id', '=', network)
      .executeTakeFirstOrThrow()
    return network_uuid
  })
  const keyOf = remember(async (network: NetworkId) => deriveNetworkKey(secret, await uuidOf(network)))
  // To derive one takes longer than to sign; the last of each network, since origins are named by others as well.
  const logKeys = new Map<NetworkId, SignerKey>()
  const logKeyOf = async (network: NetworkId, origin: string) => {
    const last = logKeys.get(network)
    const key = last?.name === origin ? last : deriveLogKey(secret, await uuidOf(network), origin)
    logKeys.set(network, key)
    return key
  }
  return { pool, db, poster: createPoster(pool), uuidOf, keyOf, logKeyOf }
}

/** Asks once for each network; an answer that failed is asked for again. */
function remember<T>(ask: (network: NetworkId) => Promise<T>): (network: NetworkId) => Promise<T> {
  const answers = new Map<NetworkId, Promise<T>>()
  return (network) => {
    let answer = answers.get(network)
    if (!answer) {
      answer = ask(network)
      answer.catch(() => answers.delete(network))
      answers.set(network, answer)
    }
    return answer
  }
}
