import { sql } from 'kysely'
import type { NetworkId, Uuid } from '../../ledger/index.ts'
import type { MerchantCaller } from '../transactions/merchant-caller.ts'
import type { Db } from '../tables.ts'
import { readShopHistories, saleKinds } from './shop-view.ts'

/** What to look for, all of it; without anything, all customers of the shop. */
export interface CustomerSearch {
  /** How the name begins, in any case. */
  readonly name?: string | undefined
  readonly email?: string | undefined
  readonly phone?: string | undefined
  readonly limit: number
  /** The customer seen last. */
  readonly after?: Uuid | undefined
}

/** Customers with a history in the caller's shop, in the order they were enrolled, one more than `limit`. */
export async function searchCustomers(
  db: Db,
  { network, merchant }: MerchantCaller,
  { name, email, phone, limit, after }: CustomerSearch,
) {
  let query = db
    .selectFrom('api.customer as customer')
    .innerJoin('api.wallet as wallet', (join) =>
      join
        .onRef('wallet.network_id', '=', 'customer.network_id')
        .onRef('wallet.customer_uuid', '=', 'customer.uuid'),
    )
    .where('customer.network_id', '=', network.id)
    .where((is) =>
      is.exists(
        is
          .selectFrom('ledger.transaction as sale')
          .select('sale.entry_index')
          .whereRef('sale.network_id', '=', 'wallet.network_id')
          .whereRef('sale.wallet_id', '=', 'wallet.wallet_id')
          .where('sale.merchant_id', '=', merchant.id)
          .where('sale.kind', 'in', saleKinds),
      ),
    )
  if (name !== undefined) {
    query = query.where(sql`lower(customer.name)`, 'like', `${escapeLike(name.toLowerCase())}%`)
  }
  if (email !== undefined) query = query.where('customer.email', '=', email)
  if (phone !== undefined) {
    query = query.where('customer.phone', '=', phone).where('customer.phone_leads', '=', true)
  }
  if (after !== undefined) query = query.where('customer.uuid', '>', after)
  const found = await query
    .select(['customer.uuid', 'customer.name', 'wallet.uuid as wallet_uuid', 'wallet.wallet_id'])
    .orderBy('customer.uuid')
    .limit(limit + 1)
    .execute()
  const wallets = found.map(({ wallet_id }) => wallet_id)
  const historyOf = await readShopHistories(db, network.id, { wallets, merchant: merchant.id })
  return found.map((customer) => ({ ...customer, ...historyOf(customer.wallet_id) }))
}

/** A customer as a shop sees them. */
export type CustomerFound = Awaited<ReturnType<typeof searchCustomers>>[number]

function escapeLike(text: string): string {
  return text.replaceAll(/[\\%_]/g, String.raw`\$&`)
}

/** The networks in which a customer is known by the same e-mail address as in this one, by slug. */
export async function listMemberships(db: Db, network: NetworkId, customer: Uuid) {
  return await db
    .selectFrom('api.customer as self')
    .innerJoin('api.customer as member', 'member.email', 'self.email')
    .innerJoin('api.network as network', 'network.network_id', 'member.network_id')
    .innerJoin('api.wallet as wallet', (join) =>
      join
        .onRef('wallet.network_id', '=', 'member.network_id')
        .onRef('wallet.customer_uuid', '=', 'member.uuid'),
    )
    .where('self.network_id', '=', network)
    .where('self.uuid', '=', customer)
    .select(['network.network_id', 'network.uuid', 'network.slug', 'network.name', 'network.currency'])
    .select(['network.point_face_value_minor', 'wallet.uuid as wallet_uuid', 'wallet.wallet_id'])
    .orderBy('network.slug')
    .execute()
}
