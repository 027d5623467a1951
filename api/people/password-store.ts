import type { Uuid } from '../../ledger/index.ts'
import { recordAudit, type AuditSource } from '../audit/record.ts'
import { Refusal } from '../http/problems.ts'
import { inStrangersTurn } from '../http/strangers.ts'
import type { ProvenBy } from '../sessions/known-browsers.ts'
import { endSessionsOf } from '../sessions/store.ts'
import type { Db, Tx } from '../tables.ts'
import { hashPassword } from './passwords.ts'
import { listMemberships } from './store.ts'
import { createPersonToken, endPersonTokens, usePersonToken } from './token-store.ts'

/** What is entered with the code from a letter. */
export interface Entered {
  readonly token: string
  readonly password: string
  readonly now: Date
  readonly audit: AuditSource
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
export async function resetPassword(db: Db, { token, password, now, audit }: Entered): Promise<ProvenBy> {
  const passwordHash = await hashPassword(password)
  const used = await inStrangersTurn(() =>
    db.transaction().execute(async (tx) => {
      const { person } = (await usePersonToken(tx, 'password reset', token, now)) ?? {}
      if (person === undefined) throw new Refusal('code_wrong')
      const account = await setPassword(tx, { person, passwordHash, now })
      await endSessionsOf(tx, { person }, now)
      await endPersonTokens(tx, { person, network: null })
      await tx.deleteFrom('api.passkey').where('person_uuid', '=', person).execute()
      return { person, account }
    }),
  )
  for (const membership of await listMemberships(db, used.person)) {
    const actor = { kind: 'staff', uuid: used.person, role: membership.role } as const
    const { network_id: network, merchant_id: merchant } = membership
    await recordAudit(db, { ...audit, network, actor, merchant }, { subjects: [], changed: ['password'] })
  }
  return used.account
}

async function setPassword(
  tx: Tx,
  { person, passwordHash, now }: { person: Uuid; passwordHash: string; now: Date },
): Promise<ProvenBy> {
  const { email, second_factor_changes: secondFactorChanges } = await tx
    .updateTable('api.person')
    .set({ password_hash: passwordHash, password_chosen_at: now })
    .where('uuid', '=', person)
    .returning(['email', 'second_factor_changes'])
    .executeTakeFirstOrThrow()
  return { email, passwordHash, secondFactorChanges }
}
