import { closeWallet, eraseReasons, type NetworkId, type Uuid, type WalletId } from '../../ledger/index.ts'
import type { ApiTables, Db, Tx } from '../tables.ts'
import { eraseMoveReasons } from '../transactions/moved-sale-store.ts'

/** A customer of a network. */
export interface CustomerKey {
  readonly network: NetworkId
  readonly customer: Uuid
}

/** What is needed to tell somebody what erasure means; undefined where there is no such customer. */
export async function findErasable(db: Db, { network, customer }: CustomerKey) {
  return await db
    .selectFrom('api.customer as customer')
    .innerJoin('api.wallet as wallet', (join) =>
      join
        .onRef('wallet.network_id', '=', 'customer.network_id')
        .onRef('wallet.customer_uuid', '=', 'customer.uuid'),
    )
    .innerJoin('api.network as network', 'network.network_id', 'customer.network_id')
    .leftJoin('api.erasure as erasure', (join) =>
      join
        .onRef('erasure.network_id', '=', 'customer.network_id')
        .onRef('erasure.customer_uuid', '=', 'customer.uuid'),
    )
    .where('customer.network_id', '=', network)
    .where('customer.uuid', '=', customer)
    .select(['customer.email', 'wallet.wallet_id'])
    .select(['network.name as at', 'network.locale', 'network.time_zone as timeZone'])
    .select(['network.erasure_grace_days', 'erasure.due_at', 'erasure.cause'])
    .executeTakeFirst()
}

/** Notes that a customer is to be erased; whether they were not to be already: then the earlier note stays. */
export async function beginErasure(
  tx: Tx,
  { network, customer }: CustomerKey,
  erasure: { cause: ApiTables['api.erasure']['cause']; askedAt: Date; dueAt: Date },
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('api.erasure')
    .values({
      network_id: network,
      customer_uuid: customer,
      cause: erasure.cause,
      asked_at: erasure.askedAt,
      due_at: erasure.dueAt,
    })
    .onConflict((conflict) => conflict.constraint('erasure_pk').doNothing())
    .executeTakeFirst()
  return numInsertedOrUpdatedRows === 1n
}

/** Changes the mind; whether there was an erasure to cancel. */
export async function cancelErasure(tx: Tx, { network, customer }: CustomerKey): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom('api.erasure')
    .where('network_id', '=', network)
    .where('customer_uuid', '=', customer)
    .executeTakeFirst()
  return numDeletedRows === 1n
}

/** Customers whose time has come at `now`. */
export async function listDueErasures(db: Db, now: Date, limit: number) {
  return await db
    .selectFrom('api.erasure')
    .select(['network_id as network', 'customer_uuid as customer', 'cause'])
    .where('due_at', '<=', now)
    .orderBy('due_at')
    .limit(limit)
    .execute()
}

/** Thrown out of the transaction that was to erase somebody: they changed their mind, or it was done already. */
export class CustomerStays extends Error {}

/**
 * Forgets a customer for good, if their time has come: the wallet is closed (what is in it expires), and all that says
 * who they were goes. Answers the wallet. Throws `CustomerStays`, so that nothing of it is done.
 */
export async function eraseCustomer(
  tx: Tx,
  { network, customer }: CustomerKey,
  now: Date,
): Promise<WalletId> {
  const found = await tx
    .selectFrom('api.wallet as wallet')
    .innerJoin('api.customer as customer', (join) =>
      join
        .onRef('customer.network_id', '=', 'wallet.network_id')
        .onRef('customer.uuid', '=', 'wallet.customer_uuid'),
    )
    .where('customer.network_id', '=', network)
    .where('customer.uuid', '=', customer)
    .select(['wallet.wallet_id', 'customer.email'])
    .executeTakeFirst()
  if (found === undefined) throw new CustomerStays()
  const { wallet_id: wallet, email } = found
  // The ledger's head before any row of ours: all who take both take them in that order.
  await closeWallet(tx, network, wallet, null)
  const due = await tx
    .deleteFrom('api.erasure')
    .where('network_id', '=', network)
    .where('customer_uuid', '=', customer)
    .where('due_at', '<=', now)
    .executeTakeFirst()
  if (due.numDeletedRows === 0n) throw new CustomerStays()
  await tx
    .updateTable('api.wallet')
    .set({ customer_uuid: null })
    .where('network_id', '=', network)
    .where('wallet_id', '=', wallet)
    .execute()
  for (const table of ['api.device', 'api.identification'] as const) {
    await tx.deleteFrom(table).where('network_id', '=', network).where('wallet_id', '=', wallet).execute()
  }
  // What staff wrote may say who it was about.
  await eraseReasons(tx, network, wallet)
  await eraseMoveReasons(tx, network, wallet)
  await tx
    .updateTable('api.adjustment')
    .set({ reason: 'erased' })
    .where('network_id', '=', network)
    .where('wallet_id', '=', wallet)
    .execute()
  if (email !== null) {
    await tx
      .deleteFrom('api.wallet_session')
      .where('network_id', '=', network)
      .where('email', '=', email)
      .execute()
  }
  // Sessions, cards and consents go with it.
  await tx.deleteFrom('api.customer').where('network_id', '=', network).where('uuid', '=', customer).execute()
  return wallet
}
