import type { Uuid } from '../../ledger/index.ts'
import type { Db, Role, Tx } from '../tables.ts'

/** A person as sign-in needs them. */
export interface KnownPerson {
  readonly uuid: Uuid
  readonly email: string
  readonly passwordHash: string
  /** How often the second step was turned on or off. */
  readonly secondFactorChanges: number
  readonly isDeploymentOperator: boolean
}

/** The person with that e-mail address (lower-cased). */
export async function findPerson(db: Db, email: string): Promise<KnownPerson | null> {
  return (await selectPersons(db).where('email', '=', email).executeTakeFirst()) ?? null
}

/** A person who is there. */
export async function readPerson(db: Db, person: Uuid): Promise<KnownPerson> {
  return await selectPersons(db).where('uuid', '=', person).executeTakeFirstOrThrow()
}

function selectPersons(db: Db) {
  return db
    .selectFrom('api.person')
    .select(['uuid', 'email', 'password_hash as passwordHash'])
    .select([
      'second_factor_changes as secondFactorChanges',
      'is_deployment_operator as isDeploymentOperator',
    ])
}

/** Makes a person unless the e-mail address is taken; whether it did. */
export async function createPerson(
  db: Db | Tx,
  person: Omit<KnownPerson, 'secondFactorChanges'> & { readonly name: string; readonly isInvited?: boolean },
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('api.person')
    .values({
      uuid: person.uuid,
      email: person.email,
      name: person.name,
      password_hash: person.passwordHash,
      is_deployment_operator: person.isDeploymentOperator,
      ...(person.isInvited && { password_chosen_at: null }),
    })
    .onConflict((conflict) => conflict.constraint('person_email_unique').doNothing())
    .executeTakeFirstOrThrow()
  return numInsertedOrUpdatedRows === 1n
}

/** The e-mail address of a person. */
export async function readEmail(db: Db | Tx, person: Uuid): Promise<string> {
  const { email } = await db
    .selectFrom('api.person')
    .select('email')
    .where('uuid', '=', person)
    .executeTakeFirstOrThrow()
  return email
}

/** Whether the deployment has an operator yet. */
export async function hasDeploymentOperator(db: Db): Promise<boolean> {
  const row = await db
    .selectFrom('api.person')
    .select('uuid')
    .where('is_deployment_operator', '=', true)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** The networks a person acts in, by slug. */
export async function listMemberships(db: Db, person: Uuid) {
  return await db
    .selectFrom('api.membership as membership')
    .innerJoin('api.network as network', 'network.network_id', 'membership.network_id')
    .select(['network.network_id', 'network.uuid', 'network.slug', 'network.name', 'membership.role'])
    .select('membership.merchant_id')
    .where('membership.person_uuid', '=', person)
    .where('membership.ended_at', 'is', null)
    .where('membership.accepted_at', 'is not', null)
    .orderBy('network.slug')
    .execute()
}

/** One network a person acts in. */
export type Membership = Awaited<ReturnType<typeof listMemberships>>[number]
export type { Role }
