import { CompiledQuery, sql } from 'kysely'
import { toRow } from './command-row.ts'
import type { Answer, Command, NetworkId } from './commands.ts'
import type { AnyTx } from './database/connect.ts'
import type { NetworkKey } from './keyed-hash.ts'
import { askToPost, type AnswerRow } from './poster.ts'

/**
 * From here to the end of `tx` nobody else posts to the network: what is read now holds. Keep it short, and ask nothing of
 * the pool meanwhile: those who wait for the head may have all of its connections. A transaction that then does nothing for
 * 5 seconds is ended by the database.
 */
export async function lockHead(tx: AnyTx, network: NetworkId): Promise<void> {
  await sql`select ledger.lock_head(${network})`.execute(tx)
}

/**
 * Posts one command as `post` does, but in the caller's transaction: several of them are one, all or none, and nobody
 * comes in between. Nothing is posted until `tx` is committed, and all others wait for it: for what is rare. `key`: of the
 * network, from before the head was locked.
 */
export async function postWithin(
  { tx, key }: { readonly tx: AnyTx; readonly key: NetworkKey },
  network: NetworkId,
  command: Command,
): Promise<Answer> {
  const [answer] = await askToPost(
    ({ text, values }) => tx.executeQuery<AnswerRow>(CompiledQuery.raw(text, values)),
    network,
    [toRow(key, command)],
  )
  return answer!
}
