import { randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import { uuidv7 } from 'uuidv7'
import {
  registerCredential,
  revokeCredential,
  type MerchantId,
  type NetworkId,
  type Uuid,
} from '../../ledger/index.ts'
import { recordAudit } from '../audit/record.ts'
import { typeId } from '../http/ids.ts'
import { Refusal } from '../http/problems.ts'
import type { Actor } from '../audit/actor.ts'
import { endSessionsOf } from '../sessions/store.ts'
import type { Db, Role, Tx } from '../tables.ts'
import { hashPassword } from './passwords.ts'
import { createPerson } from './store.ts'
import { createPersonToken, endPersonTokens } from './token-store.ts'

/** Who is to be what: `merchant` is null for roles in the network as a whole. */
export interface Appointment {
  readonly email: string
  readonly name: string
  readonly role: Role
  readonly merchant: MerchantId | null
}

/**
 * Gives a person a role, which counts once they accept; answers them and the token to send. Refuses `person_taken`
 * when they have a role in the network already.
 */
export async function inviteMember(db: Db, actor: Actor, appointment: Appointment & { readonly now: Date }) {
  const { network } = actor
  const { role, merchant, name, now } = appointment
  // Until they set theirs.
  const passwordHash = await hashUnknownPassword()
  return await db.transaction().execute(async (tx) => {
    const person = await findOrCreatePerson(tx, { ...appointment, passwordHash })
    const registered = await registerPerson(tx, actor, merchant)
    const row = { name, role, merchant_id: merchant, credential_id: registered, accepted_at: null }
    const { numInsertedOrUpdatedRows } = await tx
      .insertInto('api.membership')
      .values({ network_id: network, person_uuid: person, ...row })
      .onConflict((conflict) =>
        conflict
          .constraint('membership_pk')
          .doUpdateSet({ ...row, ended_at: null })
          .where('api.membership.ended_at', 'is not', null),
      )
      .executeTakeFirstOrThrow()
    if (numInsertedOrUpdatedRows !== 1n) throw new Refusal('person_taken')
    const token = await createPersonToken(tx, { purpose: 'invitation', person, network }, now)
    const subjects = [typeId('usr', person)]
    await recordAudit(tx, actor.audit, { subjects, changed: ['role'], merchant })
    return { person, token }
  })
}

async function findOrCreatePerson(
  tx: Tx,
  { email, name, passwordHash }: Appointment & { readonly passwordHash: string },
): Promise<Uuid> {
  const made = { uuid: uuidv7(), email, name, passwordHash }
  await createPerson(tx, { ...made, isDeploymentOperator: false, isInvited: true })
  const { uuid } = await tx
    .selectFrom('api.person')
    .select('uuid')
    .where('email', '=', email)
    .executeTakeFirstOrThrow()
  return uuid
}

async function registerPerson(tx: Tx, { network, credential }: Actor, merchant: MerchantId | null) {
  return await registerCredential(tx, network, { uuid: uuidv7(), kind: 'person', merchant, by: credential })
}

const columns = [
  'membership.person_uuid',
  'membership.role',
  'membership.merchant_id',
  'membership.credential_id',
  'membership.created_at',
  'membership.accepted_at',
  'membership.ended_at',
] as const

/** People of a merchant, or (`merchant` null) of the network with that role; one more than `limit`. */
export async function listMembers(
  db: Db,
  network: NetworkId,
  which: {
    readonly merchant: MerchantId | null
    readonly role?: Role
    readonly limit: number
    readonly after?: Uuid | undefined
  },
) {
  let query = members(db, network).where(
    sql<boolean>`membership.merchant_id is not distinct from ${which.merchant}`,
  )
  if (which.role !== undefined) query = query.where('membership.role', '=', which.role)
  if (which.after !== undefined) query = query.where('membership.person_uuid', '>', which.after)
  return await query
    .orderBy('membership.person_uuid')
    .limit(which.limit + 1)
    .execute()
}

/** A person with a role in the network, ended or not. */
export type MemberRow = Awaited<ReturnType<typeof listMembers>>[number]

function members(db: Db | Tx, network: NetworkId) {
  return db
    .selectFrom('api.membership as membership')
    .innerJoin('api.person as person', 'person.uuid', 'membership.person_uuid')
    .select(columns)
    .select((is) => ['person.email', is.fn.coalesce('membership.name', 'person.name').as('name')])
    .where('membership.network_id', '=', network)
}

/** A person of that merchant (null: of the network as a whole). Refuses `not_found`. */
export async function findMember(
  db: Db | Tx,
  network: NetworkId,
  { person, merchant }: { readonly person: Uuid; readonly merchant: MerchantId | null },
): Promise<MemberRow> {
  const row = await members(db, network)
    .where('membership.person_uuid', '=', person)
    .where(sql<boolean>`membership.merchant_id is not distinct from ${merchant}`)
    .executeTakeFirst()
  if (row === undefined) throw new Refusal('not_found')
  return row
}

/** What may change of a member. */
export interface MemberChange {
  readonly name?: string | undefined
  readonly role?: Role | undefined
}

/** Changes a member. With a new role comes a new credential: the log then says when it began. */
export async function changeMember(db: Db, actor: Actor, member: MemberRow, change: MemberChange) {
  const { network, credential } = actor
  return await db.transaction().execute(async (tx) => {
    const now = await lockMember(tx, network, member.person_uuid)
    if (now.ended_at !== null) throw new Refusal('not_found')
    if (change.role !== undefined && change.role !== now.role) {
      await revokeCredential(tx, network, now.credential_id, credential)
      const registered = await registerPerson(tx, actor, member.merchant_id)
      await rowOf(tx, network, member).set({ role: change.role, credential_id: registered }).execute()
    }
    if (change.name !== undefined) await rowOf(tx, network, member).set({ name: change.name }).execute()
    const subjects = [typeId('usr', member.person_uuid)]
    const changed = Object.keys(change)
    await recordAudit(tx, actor.audit, { subjects, changed, merchant: member.merchant_id })
    return await findMember(tx, network, { person: member.person_uuid, merchant: member.merchant_id })
  })
}

/**
 * Ends a role: credential and sessions at once. With `erase` what is kept of the person goes too: their name in this
 * network, and where they belong nowhere else, all else. The trail keeps their id. Refuses `last_operator`.
 */
export async function removeMember(
  db: Db,
  actor: Actor,
  member: MemberRow,
  { erase, now }: { readonly erase: boolean; readonly now: Date },
): Promise<void> {
  const { network, credential } = actor
  const person = member.person_uuid
  // May take its time, and more while others sign in: before the ledger's head is taken, for which all sales wait.
  const unknown = erase ? await hashUnknownPassword() : null
  await db.transaction().execute(async (tx) => {
    const current = await lockMember(tx, network, person)
    if (current.ended_at === null) {
      if (current.role === 'operator') await demandOtherOperator(tx, network, person)
      // The ledger's head before the row: an invitation of the same person at the same moment takes them so too.
      await revokeCredential(tx, network, current.credential_id, credential)
      await rowOf(tx, network, member).set({ ended_at: now }).execute()
      await endSessionsOf(tx, { person, network }, now)
      await endPersonTokens(tx, { person, network })
      await tx
        .deleteFrom('api.staff_pin')
        .where('network_id', '=', network)
        .where('person_uuid', '=', person)
        .execute()
    }
    if (unknown !== null) await erasePerson(tx, network, { member, passwordHash: unknown })
    const subjects = [typeId('usr', person)]
    const changed = erase ? ['role', 'person'] : ['role']
    await recordAudit(tx, actor.audit, { subjects, changed, merchant: member.merchant_id })
  })
}

let unknownPassword: Promise<string> | null = null

/** Of a password that nobody knows, the same for all of this process: making one takes the time of a sign-in. */
async function hashUnknownPassword(): Promise<string> {
  unknownPassword ??= hashPassword(randomBytes(32).toString('base64url'))
  return await unknownPassword.catch((error: unknown) => {
    unknownPassword = null
    throw error
  })
}

async function erasePerson(
  tx: Tx,
  network: NetworkId,
  { member, passwordHash }: { readonly member: MemberRow; readonly passwordHash: string },
): Promise<void> {
  const person = member.person_uuid
  await rowOf(tx, network, member).set({ name: '' }).execute()
  const { numUpdatedRows } = await tx
    .updateTable('api.person')
    // RFC 2606: nobody has an address there.
    .set({
      email: `${person}@erased.invalid`,
      name: '',
      password_hash: passwordHash,
      password_chosen_at: null,
    })
    .where('uuid', '=', person)
    .where('is_deployment_operator', '=', false)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('api.membership')
            .select('person_uuid')
            .where('person_uuid', '=', person)
            .where('ended_at', 'is', null),
        ),
      ),
    )
    .executeTakeFirstOrThrow()
  if (numUpdatedRows !== 1n) return
  for (const table of ['api.session', 'api.person_totp', 'api.passkey_challenge', 'api.passkey'] as const) {
    await tx.deleteFrom(table).where('person_uuid', '=', person).execute()
  }
}

async function demandOtherOperator(tx: Tx, network: NetworkId, person: Uuid): Promise<void> {
  const others = await tx
    .selectFrom('api.membership')
    .select('person_uuid')
    .where('network_id', '=', network)
    .where('role', '=', 'operator')
    .where('ended_at', 'is', null)
    .where('accepted_at', 'is not', null)
    .where('person_uuid', '<>', person)
    .execute()
  if (others.length === 0) throw new Refusal('last_operator')
}

/** All of the network's appointments wait for each other, so that no two operators remove each other. */
async function lockMember(tx: Tx, network: NetworkId, person: Uuid) {
  await tx
    .selectFrom('api.network')
    .select('network_id')
    .where('network_id', '=', network)
    .orderBy('network_id')
    .forNoKeyUpdate()
    .execute()
  return await tx
    .selectFrom('api.membership')
    .select(['role', 'credential_id', 'ended_at'])
    .where('network_id', '=', network)
    .where('person_uuid', '=', person)
    .executeTakeFirstOrThrow()
}

function rowOf(tx: Tx, network: NetworkId, { person_uuid: person }: MemberRow) {
  return tx.updateTable('api.membership').where('network_id', '=', network).where('person_uuid', '=', person)
}
