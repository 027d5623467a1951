import { sql } from 'kysely'
import { uuidv7 } from 'uuidv7'
import {
  admitMerchant,
  changeIssuingLimit,
  letGoMerchant,
  type MerchantId,
  type NetworkId,
  type Points,
  type Uuid,
} from '../../ledger/index.ts'
import type { Actor } from '../audit/actor.ts'
import { recordAudit } from '../audit/record.ts'
import { typeId } from '../http/ids.ts'
import { Refusal } from '../http/problems.ts'
import type { Db, Tx } from '../tables.ts'

const columns = [
  'merchant_id',
  'uuid',
  'name',
  'issuing_limit',
  'is_house',
  'external_reference',
  'created_at',
  'left_at',
] as const

/** Admits a merchant to the network. */
export async function createMerchant(
  db: Db,
  { network, credential, audit }: Actor,
  made: {
    readonly name: string
    readonly issuingLimit: Points | null
    readonly externalReference: string | null
  },
) {
  return await db.transaction().execute(async (tx) => {
    const uuid = uuidv7()
    const merchant = await admitMerchant(tx, network, {
      uuid,
      issuingLimit: made.issuingLimit,
      by: credential,
    })
    await recordAudit(tx, audit, { subjects: [typeId('mer', uuid)], merchant })
    return await tx
      .insertInto('api.merchant')
      .values({
        network_id: network,
        merchant_id: merchant,
        uuid,
        name: made.name,
        issuing_limit: made.issuingLimit,
        external_reference: made.externalReference,
      })
      .returning(columns)
      .executeTakeFirstOrThrow()
  })
}

/** Which merchants to list: `only` that one where it is given, `after` one that was seen. */
interface MerchantPage {
  readonly limit: number
  readonly after?: Uuid | undefined
  readonly only?: MerchantId | undefined
}

/** The network's merchants in the order they were admitted, one more than `limit`. */
export async function listMerchants(db: Db, network: NetworkId, { limit, after, only }: MerchantPage) {
  const last = after === undefined ? undefined : (await findMerchant(db, network, after)).merchant_id
  let query = db.selectFrom('api.merchant').select(columns).where('network_id', '=', network)
  if (last !== undefined) query = query.where('merchant_id', '>', last)
  if (only !== undefined) query = query.where('merchant_id', '=', only)
  return await query
    .orderBy('merchant_id')
    .limit(limit + 1)
    .execute()
}

/** One merchant of the network. Refuses `not_found`. */
export async function findMerchant(db: Db, network: NetworkId, uuid: Uuid) {
  const row = await db
    .selectFrom('api.merchant')
    .select(columns)
    .where('network_id', '=', network)
    .where('uuid', '=', uuid)
    .executeTakeFirst()
  if (row === undefined) throw new Refusal('not_found')
  return row
}

/** A merchant as the API keeps it. */
export type MerchantRow = Awaited<ReturnType<typeof findMerchant>>

/** What may change of a merchant. */
export interface MerchantChange {
  readonly name?: string | undefined
  readonly issuing_limit?: Points | null | undefined
  readonly external_reference?: string | null | undefined
  /** Let go: it opens nothing new; holds may still be captured, and refunds go on. */
  readonly left?: true | undefined
}

/** Changes what is named, in the ledger too, and answers the merchant as it then is. */
export async function changeMerchant(db: Db, actor: Actor, merchant: MerchantId, change: MerchantChange) {
  const { network, credential } = actor
  const { left, ...named } = change
  return await db.transaction().execute(async (tx) => {
    // The ledger, and so its head, before any row of ours: all who take both take them in that order.
    if (named.issuing_limit !== undefined) {
      await changeIssuingLimit(tx, network, merchant, named.issuing_limit, credential)
    }
    if (left) await letGoMerchant(tx, network, merchant, credential)
    if (Object.keys(named).length > 0) await rowOf(tx, actor, merchant).set(named).execute()
    if (left) {
      await rowOf(tx, actor, merchant)
        .set({ left_at: sql`now()` })
        .where('left_at', 'is', null)
        .execute()
    }
    const changed = await tx
      .selectFrom('api.merchant')
      .select(columns)
      .where('network_id', '=', network)
      .where('merchant_id', '=', merchant)
      .executeTakeFirstOrThrow()
    const subjects = [typeId('mer', changed.uuid)]
    await recordAudit(tx, actor.audit, { subjects, changed: Object.keys(change), merchant })
    return changed
  })
}

function rowOf(tx: Tx, { network }: Actor, merchant: MerchantId) {
  return tx.updateTable('api.merchant').where('network_id', '=', network).where('merchant_id', '=', merchant)
}
