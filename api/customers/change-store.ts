import type { NetworkId, Uuid } from '../../ledger/index.ts'
import { Refusal } from '../http/problems.ts'
import type { Db, Tx } from '../tables.ts'

/** What may change of a customer; null forgets it. */
export interface CustomerChange {
  readonly name?: string | null | undefined
  readonly phone?: string | null | undefined
  readonly birthday?: string | null | undefined
  readonly email?: string | undefined
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

/** Changes what is named. Refuses `email_fixed` where there is another e-mail address already. */
export async function changeCustomer(
  tx: Tx,
  network: NetworkId,
  { customer, change }: { customer: Uuid; change: CustomerChange },
): Promise<void> {
  const { email } = change
  let query = tx
    .updateTable('api.customer')
    .set(change)
    .where('network_id', '=', network)
    .where('uuid', '=', customer)
  if (email !== undefined) {
    query = query.where((is) => is.or([is('email', 'is', null), is('email', '=', email)]))
  }
  const { numUpdatedRows } = await query.executeTakeFirst()
  if (numUpdatedRows === 0n) throw new Refusal(email === undefined ? 'not_found' : 'email_fixed')
}
