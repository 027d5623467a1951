import type { NetworkId, Uuid } from '../../ledger/index.ts'
import { recordAudit, type AuditSource } from '../audit/record.ts'
import { Refusal } from '../http/problems.ts'
import type { Account } from '../sessions/known-browsers.ts'
import { endSessionsOf } from '../sessions/store.ts'
import type { Db, Tx } from '../tables.ts'
import { hashPassword, isPassword } from './passwords.ts'
import { readSecondFactor } from './second-factor.ts'
import { listMemberships } from './store.ts'
import { createPersonToken, endPersonTokens, usePersonToken } from './token-store.ts'

/** What is entered with the code from a letter. */
export interface Entered {
  readonly token: string
  readonly password: string
  readonly now: Date
  readonly audit: AuditSource
}

/**
 * Accepts an invitation. Who never chose a password chooses one; who has one gives it, so that a letter alone does
 * not open an account elsewhere. Refuses `code_wrong`, and `sign_in_failed` for another password than theirs.
 */
export async function acceptInvitation(db: Db, { token, password, now, audit }: Entered) {
  // Takes its time, so before any row is locked.
  const passwordHash = await hashPassword(password)
  return await db.transaction().execute(async (tx) => {
    const used = await usePersonToken(tx, 'invitation', token, now)
    if (used === undefined || used.network === null) throw new Refusal('code_wrong')
    const { person, network } = used
    const known = await tx
      .selectFrom('api.person')
      .select(['password_hash', 'password_chosen_at'])
      .where('uuid', '=', person)
      .executeTakeFirstOrThrow()
    if (known.password_chosen_at === null) {
      await setPassword(tx, { person, passwordHash, now })
    } else if (!(await isPassword(known.password_hash, password))) {
      throw new Refusal('sign_in_failed', {
        detail:
          'You have a password here already, and this is another one. Enter that, or ask for a new one.',
      })
    }
    const membership = await beginMembership(tx, network, { person, now })
    const actor = { kind: 'staff', uuid: person, role: membership.role } as const
    const source = { ...audit, network, actor, merchant: membership.merchant_id }
    await recordAudit(tx, source, { subjects: [] })
    return { network: membership.slug, role: membership.role }
  })
}

async function beginMembership(tx: Tx, network: NetworkId, { person, now }: { person: Uuid; now: Date }) {
  const membership = await tx
    .updateTable('api.membership as membership')
    .from('api.network as network')
    .whereRef('network.network_id', '=', 'membership.network_id')
    .where('membership.network_id', '=', network)
    .where('membership.person_uuid', '=', person)
    .where('membership.ended_at', 'is', null)
    .set({ accepted_at: now })
    .returning(['membership.role', 'membership.merchant_id', 'network.slug'])
    .executeTakeFirst()
  if (membership === undefined) throw new Refusal('code_wrong')
  return membership
}

/** A token that lets the person with that e-mail address set a new password; null when there is none. */
export async function beginReset(db: Db, email: string, now: Date): Promise<string | null> {
  return await db.transaction().execute(async (tx) => {
    const person = await tx
      .selectFrom('api.person')
      .select('uuid')
      .where('email', '=', email)
      .executeTakeFirst()
    if (person === undefined) return null
    return await createPersonToken(tx, { purpose: 'password reset', person: person.uuid }, now)
  })
}

/**
 * Sets a new password, signs the person out everywhere and removes their passkeys, which whoever had the old one may
 * have added; answers whose it is now. Refuses `code_wrong`.
 */
export async function resetPassword(db: Db, { token, password, now, audit }: Entered): Promise<Account> {
  const passwordHash = await hashPassword(password)
  const used = await db.transaction().execute(async (tx) => {
    const { person } = (await usePersonToken(tx, 'password reset', token, now)) ?? {}
    if (person === undefined) throw new Refusal('code_wrong')
    const email = await setPassword(tx, { person, passwordHash, now })
    const secondFactorAt = await readSecondFactor(tx, person)
    await endSessionsOf(tx, { person }, now)
    await endPersonTokens(tx, { person, network: null })
    await tx.deleteFrom('api.passkey').where('person_uuid', '=', person).execute()
    return { person, email, secondFactorAt }
  })
  for (const membership of await listMemberships(db, used.person)) {
    const actor = { kind: 'staff', uuid: used.person, role: membership.role } as const
    const { network_id: network, merchant_id: merchant } = membership
    await recordAudit(db, { ...audit, network, actor, merchant }, { subjects: [], changed: ['password'] })
  }
  return { email: used.email, passwordHash, secondFactorAt: used.secondFactorAt }
}

async function setPassword(
  tx: Tx,
  { person, passwordHash, now }: { person: Uuid; passwordHash: string; now: Date },
): Promise<string> {
  const { email } = await tx
    .updateTable('api.person')
    .set({ password_hash: passwordHash, password_chosen_at: now })
    .where('uuid', '=', person)
    .returning('email')
    .executeTakeFirstOrThrow()
  return email
}
