import { sql } from 'kysely'
import { uuidv7 } from 'uuidv7'
import type { MerchantId, NetworkId, Uuid } from '../../ledger/index.ts'
import { recordAudit } from '../audit/record.ts'
import { typeId } from '../http/ids.ts'
import type { Actor } from '../audit/actor.ts'
import type { Db, Tx } from '../tables.ts'

/** After so many wrong tries in a row no more are taken for a while. */
export const pinTriesMax = 5
export const pinLockMinutes = 15

/** Sets a person's own PIN, which also ends a lock, and switches them off wherever they are on. */
export async function setPin(
  db: Db,
  { network, audit }: Actor,
  { person, pinHash }: { readonly person: Uuid; readonly pinHash: string },
): Promise<void> {
  const row = { pin_hash: pinHash, failures: 0, locked_until: null }
  await db.transaction().execute(async (tx) => {
    await tx
      .insertInto('api.staff_pin')
      .values({ network_id: network, person_uuid: person, ...row })
      .onConflict((conflict) =>
        conflict.constraint('staff_pin_pk').doUpdateSet({ ...row, sign_ins_uuid: uuidv7() }),
      )
      .execute()
    await recordAudit(tx, audit, { subjects: [typeId('usr', person)], changed: ['pin'] })
  })
}

/** Switches a person off at every till. */
export async function endTillSignIns(tx: Tx, person: Uuid): Promise<void> {
  await tx
    .updateTable('api.staff_pin')
    .set({ sign_ins_uuid: uuidv7() })
    .where('person_uuid', '=', person)
    .execute()
}

/** Those of the merchant who may switch on its tills. */
export async function listTillStaff(db: Db, network: NetworkId, merchant: MerchantId) {
  return await db
    .selectFrom('api.membership as membership')
    .innerJoin('api.staff_pin as pin', (join) =>
      join
        .onRef('pin.network_id', '=', 'membership.network_id')
        .onRef('pin.person_uuid', '=', 'membership.person_uuid'),
    )
    .innerJoin('api.person as person', 'person.uuid', 'membership.person_uuid')
    .select((is) => ['person.uuid', is.fn.coalesce('membership.name', 'person.name').as('name')])
    .select(['person.email', 'membership.role', 'membership.credential_id', 'pin.sign_ins_uuid'])
    .where('membership.network_id', '=', network)
    .where('membership.merchant_id', '=', merchant)
    .where('membership.ended_at', 'is', null)
    .where('membership.accepted_at', 'is not', null)
    .orderBy('person.uuid')
    .limit(200)
    .execute()
}

/** A person who may switch on the tills of their merchant. */
export type TillStaff = Awaited<ReturnType<typeof listTillStaff>>[number]

/**
 * Counts a try before the PIN is looked at, so that tries at the same moment all count. Answers the hash and how many
 * tries there have been, or until when none are taken; null where there is no PIN.
 */
export async function countPinTry(db: Db, network: NetworkId, { person, now }: { person: Uuid; now: Date }) {
  const lockedUntil = new Date(now.getTime() + pinLockMinutes * 60_000)
  const counted = await db
    .updateTable('api.staff_pin')
    .set({
      failures: sql<number>`failures + 1`,
      locked_until: sql<Date | null>`case when (failures + 1) % ${pinTriesMax} = 0 then ${lockedUntil}::timestamptz end`,
    })
    .where('network_id', '=', network)
    .where('person_uuid', '=', person)
    .where((is) => is.or([is('locked_until', 'is', null), is('locked_until', '<=', now)]))
    .returning(['pin_hash', 'failures'])
    .executeTakeFirst()
  if (counted) {
    return { pinHash: counted.pin_hash, isLast: counted.failures % pinTriesMax === 0, lockedUntil: null }
  }
  const row = await db
    .selectFrom('api.staff_pin')
    .select('locked_until')
    .where('network_id', '=', network)
    .where('person_uuid', '=', person)
    .executeTakeFirst()
  return row?.locked_until ? { pinHash: null, isLast: false, lockedUntil: row.locked_until } : null
}

/** The PIN was right: the tries begin anew. */
export async function forgetPinTries(db: Db, network: NetworkId, person: Uuid): Promise<void> {
  await db
    .updateTable('api.staff_pin')
    .set({ failures: 0, locked_until: null })
    .where('network_id', '=', network)
    .where('person_uuid', '=', person)
    .execute()
}
