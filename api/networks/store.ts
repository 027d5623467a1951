import { sql } from 'kysely'
import { uuidv7 } from 'uuidv7'
import {
  openNetwork,
  registerCredential,
  type Minor,
  type NetworkId,
  type Points,
  type Uuid,
} from '../../ledger/index.ts'
import { recordAudit, type AuditSource } from '../audit/record.ts'
import { typeId } from '../http/ids.ts'
import type { Db, Tx } from '../tables.ts'

/** A network to be made. */
export interface NewNetwork {
  readonly slug: string
  readonly name: string
  readonly locale: string
  readonly publicUrl: string | null
  readonly terms: string | null
  readonly currency: string
  readonly pointFaceValueMinor: Minor
  readonly timeZone: string
  readonly graceDays: number
  readonly noticeDays: number
  readonly redeemWithoutQrDailyMax: Points
}

/** What may change of a network. */
export interface NetworkChange {
  readonly name?: string | undefined
  readonly locale?: string | undefined
  readonly public_url?: string | null | undefined
  readonly terms?: string | null | undefined
  readonly redeem_without_qr_daily_max?: Points | undefined
  readonly card_pays?: boolean | undefined
  readonly goodwill_daily_max?: Points | undefined
  readonly erasure_grace_days?: number | undefined
  readonly forget_after_months?: number | null | undefined
  readonly minimum_age?: number | null | undefined
  readonly merchant_multiplier_min?: string | undefined
  readonly merchant_multiplier_max?: string | undefined
}

const columns = [
  'network_id',
  'uuid',
  'slug',
  'name',
  'locale',
  'public_url',
  'terms',
  'currency',
  'point_face_value_minor',
  'time_zone',
  'grace_days',
  'notice_days',
  'redeem_without_qr_daily_max',
  'card_pays',
  'goodwill_daily_max',
  'erasure_grace_days',
  'forget_after_months',
  'minimum_age',
  'merchant_multiplier_min',
  'merchant_multiplier_max',
  'created_at',
] as const

/** A network with its ledger and house merchant; `person` becomes its first operator. `audit`: of the request that asks. */
export async function createNetwork(db: Db, made: NewNetwork, person: Uuid, audit?: AuditSource) {
  return await db.transaction().execute(async (tx) => {
    const uuid = uuidv7()
    const { network, house, houseUuid } = await openNetwork(tx, {
      uuid,
      currency: made.currency,
      timeZone: made.timeZone,
      pointFaceValueMinor: made.pointFaceValueMinor,
      graceDays: made.graceDays,
    })
    const row = await tx
      .insertInto('api.network')
      .values({
        network_id: network,
        uuid,
        slug: made.slug,
        name: made.name,
        locale: made.locale,
        public_url: made.publicUrl,
        terms: made.terms,
        currency: made.currency,
        point_face_value_minor: made.pointFaceValueMinor,
        time_zone: made.timeZone,
        grace_days: made.graceDays,
        house_merchant_id: house,
        notice_days: made.noticeDays,
        redeem_without_qr_daily_max: made.redeemWithoutQrDailyMax,
      })
      .returning(columns)
      .executeTakeFirstOrThrow()
    await tx
      .insertInto('api.merchant')
      .values({ network_id: network, merchant_id: house, uuid: houseUuid, name: made.name, is_house: true })
      .execute()
    const credential = await registerCredential(tx, network, {
      uuid: uuidv7(),
      kind: 'person',
      merchant: null,
      by: null,
    })
    await tx
      .insertInto('api.membership')
      .values({ network_id: network, person_uuid: person, role: 'operator', credential_id: credential })
      .execute()
    if (audit) await recordAudit(tx, audit, { subjects: [typeId('net', uuid)], network })
    return row
  })
}

/** Whether the database knows a time zone of that very name. */
export async function isTimeZone(db: Db, name: string): Promise<boolean> {
  const { rows } = await sql<{ known: boolean }>`
    select exists (select from pg_timezone_names where name = ${name}) as known`.execute(db)
  return rows[0]?.known === true
}

/** Networks by slug, one more than `limit`. */
export async function listNetworks(db: Db, { limit, after }: { limit: number; after?: string | undefined }) {
  return await db
    .selectFrom('api.network')
    .select(columns)
    .where('slug', '>', after ?? '')
    .orderBy('slug')
    .limit(limit + 1)
    .execute()
}

/** One network, which is there. */
export async function readNetwork(db: Db, network: NetworkId) {
  return await db
    .selectFrom('api.network')
    .select(columns)
    .where('network_id', '=', network)
    .executeTakeFirstOrThrow()
}

/**
 * Changes what is named and answers the network as it then is. Its house merchant goes by the network's name until it is
 * given one of its own.
 */
export async function changeNetwork(
  db: Db,
  { network, audit }: { readonly network: NetworkId; readonly audit: AuditSource },
  change: NetworkChange,
) {
  return await db.transaction().execute(async (tx) => {
    const subjects = change.name === undefined ? [] : await renameHouse(tx, network, change.name)
    const changed = await tx
      .updateTable('api.network')
      .set(change)
      .where('network_id', '=', network)
      .returning(columns)
      .executeTakeFirstOrThrow()
    subjects.unshift(typeId('net', changed.uuid))
    await recordAudit(tx, audit, { subjects, changed: Object.keys(change) })
    return changed
  })
}

/** Answers the house merchant where it is renamed along. */
async function renameHouse(tx: Tx, network: NetworkId, name: string): Promise<string[]> {
  const before = await tx
    .selectFrom('api.network')
    .select('name')
    .where('network_id', '=', network)
    .orderBy('network_id')
    // Rows that name the network may go on coming meanwhile.
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow()
  const renamed = await tx
    .updateTable('api.merchant')
    .set({ name })
    .where('network_id', '=', network)
    .where('is_house', '=', true)
    .where('name', '=', before.name)
    .returning('uuid')
    .execute()
  return renamed.map(({ uuid }) => typeId('mer', uuid))
}

/** A network as the API keeps it. */
export type NetworkRow = Awaited<ReturnType<typeof readNetwork>>
