import { CompiledQuery, sql } from 'kysely'
import { toRow } from './command-row.ts'
import type { Answer, Command, NetworkId } from './commands.ts'
import type { Tx } from './database/connect.ts'
import type { Ledger } from './ledger.ts'
import { askToPost, type AnswerRow } from './poster.ts'

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
  const row = toRow(await ledger.keyOf(network), command)
  const [answer] = await askToPost(
    ({ text, values }) => tx.executeQuery<AnswerRow>(CompiledQuery.raw(text, values)),
    network,
    [row],
  )
  return answer!
}
