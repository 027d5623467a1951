import type { NetworkId, Uuid } from '../../ledger/index.ts'
import { Refusal } from '../http/problems.ts'
import type { LettersOff } from '../notices/letters.ts'
import type { Db, Tx } from '../tables.ts'

/** What may change of a customer; null forgets it. */
export interface CustomerChange {
  readonly name?: string | null | undefined
  readonly phone?: string | null | undefined
  readonly birthday?: string | null | undefined
  readonly email?: string | undefined
  readonly letters?:
    { readonly spends?: boolean | undefined; readonly endings?: boolean | undefined } | undefined
}

/** A customer's wallet, by its number and UUID; undefined where there is no such customer. */
export async function findCustomerWallet(db: Db, network: NetworkId, customer: Uuid) {
  return await db
    .selectFrom('api.wallet')
    .where('network_id', '=', network)
    .where('customer_uuid', '=', customer)
    .select(['wallet_id as wallet', 'uuid'])
    .executeTakeFirst()
}

/**
 * Changes what is named; answers the e-mail address where there was none, and which letters it turned off. A phone number
 * that customers say themselves (`isOwn`) leads to nobody until a shop that has them before it says it too: it may be
 * somebody else's, whose points they would get. Refuses `email_fixed` where there is another e-mail address
 * already, and a shop's number that somebody else has by its constraint: `contact_taken`.
 */
export async function changeCustomer(
  tx: Tx,
  network: NetworkId,
  { customer, change, isOwn }: { customer: Uuid; change: CustomerChange; isOwn: boolean },
): Promise<{ readonly addedEmail: string | null; readonly lettersOff: LettersOff }> {
  const { letters, ...person } = change
  const { email } = person
  const before = await tx
    .selectFrom('api.customer')
    .select(['email', 'phone', 'phone_leads', 'tells_spends', 'tells_endings'])
    .where('network_id', '=', network)
    .where('uuid', '=', customer)
    .orderBy('uuid')
    .forUpdate()
    .executeTakeFirst()
  if (before === undefined) throw new Refusal('not_found')
  if (email !== undefined && before.email !== null && before.email !== email) throw new Refusal('email_fixed')
  const leads = !isOwn || (before.phone_leads && before.phone === person.phone)
  await tx
    .updateTable('api.customer')
    .set({
      ...person,
      ...(person.phone !== undefined && { phone_leads: leads }),
      ...(letters?.spends !== undefined && { tells_spends: letters.spends }),
      ...(letters?.endings !== undefined && { tells_endings: letters.endings }),
    })
    .where('network_id', '=', network)
    .where('uuid', '=', customer)
    .execute()
  return {
    addedEmail: before.email === null ? (email ?? null) : null,
    lettersOff: {
      spends: before.tells_spends && letters?.spends === false,
      endings: before.tells_endings && letters?.endings === false,
    },
  }
}
