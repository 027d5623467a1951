import { CompiledQuery, sql } from 'kysely'
import type { Pool, QueryConfig } from 'pg'
import { toRow } from './command-row.ts'
import type { Answer, Command, NetworkId } from './commands.ts'
import type { Tx } from './database/connect.ts'
import type { Ledger } from './ledger.ts'
import { createPoster } from './poster.ts'

type AnyTx = Pick<Tx, 'executeQuery' | 'getExecutor'>

/** From here to the end of `tx` nobody else posts to the network: what is read now holds. Keep it short. */
export async function lockHead(tx: AnyTx, network: NetworkId): Promise<void> {
  await sql`select ledger.lock_head(${network})`.execute(tx)
}

/**
 * Posts one command as `post` does, but in the caller's transaction: several of them are one, all or none, and nobody
 * comes in between. Nothing is posted until `tx` is committed, and all others wait for it: for what is rare.
 */
export async function postWithin(
  ledger: Pick<Ledger, 'keyOf'>,
  tx: AnyTx,
  network: NetworkId,
  command: Command,
): Promise<Answer> {
  const query = ({ text, values }: QueryConfig) => tx.executeQuery(CompiledQuery.raw(text, values))
  // Of a pool the poster only ever asks this.
  const poster = createPoster({ query } as Pick<Pool, 'query'> as Pool)
  return await poster.post(network, toRow(await ledger.keyOf(network), command))
}
