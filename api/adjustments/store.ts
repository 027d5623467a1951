import { sql } from 'kysely'
import { uuidv7 } from 'uuidv7'
import type { CredentialId, MerchantId, NetworkId, Points, Uuid, WalletId } from '../../ledger/index.ts'
import { Refusal } from '../http/problems.ts'
import type { Db, Tx } from '../tables.ts'
import type { AdjustmentState } from './tables.ts'

/** A person as a correction remembers them. */
export interface Hand {
  readonly person: Uuid
  readonly credential: CredentialId
}

/** A correction to be asked for. */
export interface NewAdjustment {
  readonly merchant: MerchantId
  readonly wallet: WalletId
  readonly points: Points
  readonly reason: string
  readonly by: Hand
  readonly now: Date
}

/** Writes down what is asked for; nothing moves yet. Answers its UUID. Refuses `wallet_closed`. */
export async function askAdjustment(tx: Tx, network: NetworkId, asked: NewAdjustment): Promise<Uuid> {
  // An erasure at this moment waits for us, and then takes the reason along; or we for it, and keep none.
  await tx
    .selectFrom('api.wallet')
    .select('wallet_id')
    .where('network_id', '=', network)
    .where('wallet_id', '=', asked.wallet)
    .orderBy('wallet_id')
    .forShare()
    .execute()
  const { closed } = await tx
    .selectFrom('ledger.account')
    .select('closed')
    .where('network_id', '=', network)
    .where('account_id', '=', asked.wallet)
    .executeTakeFirstOrThrow()
  if (closed) throw new Refusal('wallet_closed')
  const uuid = uuidv7()
  await tx
    .insertInto('api.adjustment')
    .values({
      network_id: network,
      uuid,
      merchant_id: asked.merchant,
      wallet_id: asked.wallet,
      points: asked.points,
      reason: asked.reason,
      asked_by: asked.by.person,
      asked_credential_id: asked.by.credential,
      asked_at: asked.now,
    })
    .execute()
  return uuid
}

/** Which corrections to list: `merchant`'s alone where it is given, `after` one that was seen. */
interface AdjustmentPage {
  readonly merchant: MerchantId | undefined
  readonly state?: AdjustmentState | undefined
  readonly limit: number
  readonly after?: Uuid | undefined
}

/** Corrections, the newest first, one more than `limit`. */
export async function listAdjustments(db: Db, network: NetworkId, page: AdjustmentPage) {
  let query = select(db, network)
  if (page.merchant !== undefined) query = query.where('adjustment.merchant_id', '=', page.merchant)
  if (page.state !== undefined) query = query.where('adjustment.state', '=', page.state)
  if (page.after !== undefined) query = query.where('adjustment.uuid', '<', page.after)
  return await query
    .orderBy('adjustment.uuid', 'desc')
    .limit(page.limit + 1)
    .execute()
}

/** One correction, of `merchant` where it is given. Refuses `not_found`. */
export async function findAdjustment(
  db: Db,
  network: NetworkId,
  { uuid, merchant }: { uuid: Uuid; merchant: MerchantId | undefined },
) {
  let query = select(db, network).where('adjustment.uuid', '=', uuid)
  if (merchant !== undefined) query = query.where('adjustment.merchant_id', '=', merchant)
  const found = await query.executeTakeFirst()
  if (found === undefined) throw new Refusal('not_found')
  return found
}

/** A correction with the ids it is shown by. */
export type Adjustment = Awaited<ReturnType<typeof findAdjustment>>

function select(db: Db, network: NetworkId) {
  return db
    .selectFrom('api.adjustment as adjustment')
    .innerJoin('api.wallet as wallet', (join) =>
      join
        .onRef('wallet.network_id', '=', 'adjustment.network_id')
        .onRef('wallet.wallet_id', '=', 'adjustment.wallet_id'),
    )
    .innerJoin('api.merchant as merchant', (join) =>
      join
        .onRef('merchant.network_id', '=', 'adjustment.network_id')
        .onRef('merchant.merchant_id', '=', 'adjustment.merchant_id'),
    )
    .where('adjustment.network_id', '=', network)
    .select(['adjustment.uuid', 'adjustment.points', 'adjustment.reason', 'adjustment.state'])
    .select(['adjustment.asked_by', 'adjustment.asked_at', 'adjustment.asked_credential_id'])
    .select(['adjustment.approved_by', 'adjustment.approved_credential_id', 'adjustment.transaction_uuid'])
    .select(['adjustment.wallet_id', 'wallet.uuid as wallet_uuid'])
    .select(['adjustment.merchant_id', 'merchant.uuid as merchant_uuid'])
}

/** Whether somebody of the shop itself, other than who asked, may approve. */
export async function hasSecondPerson(
  db: Db,
  network: NetworkId,
  { merchant, asker, askedAt }: { merchant: MerchantId; asker: Uuid; askedAt: Date },
): Promise<boolean> {
  const found = await db
    .selectFrom('api.membership')
    .select('person_uuid')
    .where('network_id', '=', network)
    .where('merchant_id', '=', merchant)
    .where('role', 'in', ['owner', 'manager'])
    .where('ended_at', 'is', null)
    .where('accepted_at', '<=', askedAt)
    .where('person_uuid', '<>', asker)
    .limit(1)
    .executeTakeFirst()
  return found !== undefined
}

/**
 * Whether a correction takes more than is left in the wallet of what the merchant gave. Not where there are too few points
 * of anybody's: the ledger says that.
 */
export async function takesOfOthers(
  db: Db,
  network: NetworkId,
  {
    merchant_id: merchant,
    wallet_id: wallet,
    points,
  }: Pick<Adjustment, 'merchant_id' | 'wallet_id' | 'points'>,
): Promise<boolean> {
  if (points > 0n) return false
  const { own, all } = await db
    .selectFrom('ledger.lot')
    .select([
      sql<bigint>`coalesce(sum(remaining - held) filter (where issuer_id = ${merchant}), 0)::bigint`.as(
        'own',
      ),
      sql<bigint>`coalesce(sum(remaining - held), 0)::bigint`.as('all'),
    ])
    .where('network_id', '=', network)
    .where('wallet_id', '=', wallet)
    .where('open', '=', true)
    .executeTakeFirstOrThrow()
  return own < -points && -points <= all
}

/** Whether a person had their role in the network at that time. */
export async function wasMember(
  db: Db,
  { network, person }: { readonly network: { readonly id: NetworkId }; readonly person: Uuid },
  at: Date,
): Promise<boolean> {
  const found = await db
    .selectFrom('api.membership')
    .select('person_uuid')
    .where('network_id', '=', network.id)
    .where('person_uuid', '=', person)
    .where('accepted_at', '<=', at)
    .executeTakeFirst()
  return found !== undefined
}

/**
 * Takes the correction for approval; who approved first is who approved. Answers their credential. Refuses
 * `adjustment_withdrawn`.
 */
export async function approveAdjustment(
  db: Db,
  network: NetworkId,
  { uuid, by }: { uuid: Uuid; by: Hand },
): Promise<CredentialId> {
  const taken = await db
    .updateTable('api.adjustment')
    .set({
      state: 'approved',
      approved_by: sql<Uuid>`coalesce(approved_by, ${by.person}::uuid)`,
      approved_credential_id: sql<CredentialId>`coalesce(approved_credential_id, ${by.credential}::integer)`,
      postings: sql<number>`postings + 1`,
    })
    .where('network_id', '=', network)
    .where('uuid', '=', uuid)
    .where('state', 'in', ['asked', 'approved'])
    .returning('approved_credential_id')
    .executeTakeFirst()
  if (taken === undefined || taken.approved_credential_id === null) throw new Refusal('adjustment_withdrawn')
  return taken.approved_credential_id
}

/** Remembers what was posted, whatever another approval of the same made of it meanwhile. */
export async function finishAdjustment(
  db: Db,
  network: NetworkId,
  { uuid, by, transaction }: { uuid: Uuid; by: Hand; transaction: Uuid },
): Promise<void> {
  await changeState(db, network, { uuid, from: 'asked' })
    .set({ state: 'approved', approved_by: by.person, approved_credential_id: by.credential })
    .execute()
  await changeState(db, network, { uuid, from: 'approved' }).set({ transaction_uuid: transaction }).execute()
}

/** The ledger refused it: it waits for approval again, once nobody else is posting it. */
export async function reopenAdjustment(db: Db, network: NetworkId, uuid: Uuid): Promise<void> {
  await changeState(db, network, { uuid, from: 'approved' })
    .set({
      postings: sql<number>`greatest(postings - 1, 0)`,
      state: sql<AdjustmentState>`case when postings > 1 then state else 'asked' end`,
      approved_by: sql<Uuid | null>`case when postings > 1 then approved_by end`,
      approved_credential_id: sql<CredentialId | null>`case when postings > 1 then approved_credential_id end`,
    })
    .where('transaction_uuid', 'is', null)
    .execute()
}

/** Takes back what nobody approved yet; whether it did. */
export async function withdrawAdjustment(tx: Tx, network: NetworkId, uuid: Uuid): Promise<boolean> {
  const { numUpdatedRows } = await changeState(tx, network, { uuid, from: 'asked' })
    .set({ state: 'withdrawn' })
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

function changeState(db: Db | Tx, network: NetworkId, { uuid, from }: { uuid: Uuid; from: AdjustmentState }) {
  return db
    .updateTable('api.adjustment')
    .where('network_id', '=', network)
    .where('uuid', '=', uuid)
    .where('state', '=', from)
}
