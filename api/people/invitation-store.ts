import type { NetworkId, Uuid } from '../../ledger/index.ts'
import { recordAudit } from '../audit/record.ts'
import { Refusal } from '../http/problems.ts'
import { inStrangersTurn } from '../http/strangers.ts'
import { provePerson, type Proving } from '../sessions/sign-in.ts'
import type { Tx } from '../tables.ts'
import type { Entered } from './password-store.ts'
import { hashPassword } from './passwords.ts'
import { findInvited, usePersonToken, type Invited } from './token-store.ts'

/** An invitation that is accepted, and from where. */
export interface Accepting extends Entered {
  readonly addressKey: string
}

/**
 * Accepts an invitation. Who never chose a password chooses one; who has one gives it, so that a letter alone does
 * not open an account elsewhere. Refuses `code_wrong`, `sign_in_failed` for another password than theirs, and
 * `too_many_requests` as sign-in does, with which guesses are counted together.
 */
export async function acceptInvitation(parts: Proving, accepting: Accepting) {
  const { token, password, now, audit } = accepting
  const invited = await inStrangersTurn(() => findInvited(parts.db, token, now))
  if (invited === undefined) throw new Refusal('code_wrong')
  // Both take their time, and more while others sign in: before any row is locked, or all who wait for it would have a
  // connection each. What they were done with is looked at again below.
  if (invited.hasChosen) await demandPassword(parts, { invited, accepting })
  const passwordHash = invited.hasChosen ? null : await hashPassword(password)
  return await parts.db.transaction().execute(async (tx) => {
    const used = await usePersonToken(tx, 'invitation', token, now)
    if (used === undefined || used.network === null) throw new Refusal('code_wrong')
    const { person, network } = used
    const stands =
      passwordHash === null
        ? await isUnchanged(tx, invited)
        : await chooseFirstPassword(tx, { invited, passwordHash, now })
    if (!stands) throw anotherPassword()
    const membership = await beginMembership(tx, network, { person, now })
    const actor = { kind: 'staff', uuid: person, role: membership.role } as const
    const source = { ...audit, network, actor, merchant: membership.merchant_id }
    await recordAudit(tx, source, { subjects: [] })
    return { network: membership.slug, role: membership.role }
  })
}

/** Without a code of their second step: signing in asks for that, and accepting lets nobody in. */
async function demandPassword(
  parts: Proving,
  { invited, accepting }: { readonly invited: Invited; readonly accepting: Accepting },
): Promise<void> {
  const { password, addressKey, audit } = accepting
  try {
    await provePerson(parts, { email: invited.email, password, addressKey, audit })
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    if (error.code === 'sign_in_failed') throw anotherPassword()
    // So it says of a password that is right.
    if (error.code !== 'second_factor_required') throw error
  }
}

function anotherPassword(): Refusal {
  return new Refusal('sign_in_failed', {
    detail: 'You have a password here already, and this is another one. Enter that, or ask for a new one.',
  })
}

/** Whether the password that was proven is theirs still. */
async function isUnchanged(tx: Tx, { person, passwordHash }: Invited): Promise<boolean> {
  const known = await tx
    .selectFrom('api.person')
    .select('password_hash')
    .where('uuid', '=', person)
    .executeTakeFirst()
  return known?.password_hash === passwordHash
}

/** Sets their first password; whether there was none until now. */
async function chooseFirstPassword(
  tx: Tx,
  chosen: { readonly invited: Invited; readonly passwordHash: string; readonly now: Date },
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('api.person')
    .set({ password_hash: chosen.passwordHash, password_chosen_at: chosen.now })
    .where('uuid', '=', chosen.invited.person)
    .where('password_hash', '=', chosen.invited.passwordHash)
    .executeTakeFirstOrThrow()
  return numUpdatedRows === 1n
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
