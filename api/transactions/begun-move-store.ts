import { sql } from 'kysely'
import { Refusal } from '../http/problems.ts'
import type { Db, Tx } from '../tables.ts'
import type { Move } from './move.ts'

/** Most moves finished in one go; the rest waits for the next. */
const atOnceMax = 500
/** Whoever began a move and lives has finished it by then. */
const patienceSeconds = 10

/** Writes down what is about to be posted. Refuses `idempotency_key_reused` while another move has the key. */
export async function beginMove(db: Db | Tx, move: Move): Promise<void> {
  await db
    .insertInto('api.begun_move')
    .values({
      network_id: move.network,
      merchant_id: move.merchant,
      key: move.key,
      credential_id: move.credential,
      staff_credential_id: move.staff,
      transaction_uuid: move.target,
      to_wallet_id: move.to.id,
      reason: move.reason,
      refunds_until: move.refundsUntil,
      may_leave_debt: move.mayLeaveDebt,
    })
    .onConflict((conflict) => conflict.constraint('begun_move_pk').doNothing())
    .execute()
  const begun = await db
    .selectFrom('api.begun_move')
    .select(['transaction_uuid', 'to_wallet_id', 'reason'])
    .where('network_id', '=', move.network)
    .where('merchant_id', '=', move.merchant)
    .where('key', '=', move.key)
    .executeTakeFirst()
  // None: a twin of this request has just finished it.
  const isAnother =
    begun !== undefined &&
    (begun.transaction_uuid !== move.target ||
      begun.to_wallet_id !== move.to.id ||
      begun.reason !== move.reason)
  if (isAnother) throw new Refusal('idempotency_key_reused')
}

/** Nothing of the move is left to be posted. */
export async function forgetMove(db: Db | Tx, { network, merchant, key }: Move): Promise<void> {
  await db
    .deleteFrom('api.begun_move')
    .where('network_id', '=', network)
    .where('merchant_id', '=', merchant)
    .where('key', '=', key)
    .execute()
}

/** Moves that whoever began them did not finish. */
export async function listCutOff(db: Db): Promise<Move[]> {
  const { rows } = await sql<Omit<Move, 'to'> & { toId: Move['to']['id']; toUuid: Move['to']['uuid'] }>`
    select m.network_id as network, m.merchant_id as merchant, m.key, m.credential_id as credential,
      m.staff_credential_id as staff, m.transaction_uuid as target, m.reason,
      m.refunds_until as "refundsUntil", m.may_leave_debt as "mayLeaveDebt",
      m.to_wallet_id as "toId", w.uuid as "toUuid"
    from api.begun_move m
    join api.wallet w on w.network_id = m.network_id and w.wallet_id = m.to_wallet_id
    join ledger.head h on h.network_id = m.network_id and not h.halted
    where m.begun_at < now() - make_interval(secs => ${patienceSeconds})
    order by m.begun_at, m.network_id, m.merchant_id, m.key
    limit ${atOnceMax}`.execute(db)
  return rows.map(({ toId, toUuid, ...move }) => ({ ...move, to: { id: toId, uuid: toUuid } }))
}
