import { uuidv7 } from 'uuidv7'
import { openWallets, type MerchantId, type NetworkId, type WalletId } from '../../ledger/index.ts'
import { auditSystem } from '../audit/record.ts'
import { createMerchant } from '../merchants/store.ts'
import type { Actor } from '../audit/actor.ts'
import type { Db, Tx } from '../tables.ts'
import type { ImportedPurchase } from './parse-purchase.ts'

/** Whose purchase it is, as the ledger numbers them. */
export interface Parties {
  readonly merchant: MerchantId
  readonly wallet: WalletId
}

/** Finds the merchant and the wallet of each purchase, and makes those that are new. */
export type FindParties = (purchases: readonly ImportedPurchase[]) => Promise<Parties[]>

/**
 * Remembers stores and customers, so its memory grows with them, not with the purchases. One import at a time may
 * make them (see `lockImport`).
 */
export function createParties(db: Db, actor: Omit<Actor, 'audit'>): FindParties {
  const merchants = new Map<string, MerchantId>()
  const wallets = new Map<string, WalletId>()
  return async (purchases) => {
    await learn(
      merchants,
      purchases.map(({ store }) => store),
      (stores) => resolveStores(db, actor, stores),
    )
    await learn(
      wallets,
      purchases.map(({ customer }) => customer),
      (customers) => db.transaction().execute((tx) => resolveCustomers(tx, actor.network, customers)),
    )
    return purchases.map(({ store, customer }) => ({
      merchant: merchants.get(store)!,
      wallet: wallets.get(customer)!,
    }))
  }
}

async function learn<Id>(
  known: Map<string, Id>,
  names: readonly string[],
  resolve: (names: string[]) => Promise<[string, Id][]>,
): Promise<void> {
  const unknown = [...new Set(names)].filter((name) => !known.has(name))
  if (unknown.length === 0) return
  for (const [name, id] of await resolve(unknown)) known.set(name, id)
}

async function resolveStores(
  db: Db,
  actor: Omit<Actor, 'audit'>,
  stores: string[],
): Promise<[string, MerchantId][]> {
  const rows = await db
    .selectFrom('api.merchant')
    .select(['external_reference', 'merchant_id'])
    .where('network_id', '=', actor.network)
    .where('external_reference', 'in', stores)
    .execute()
  const found = rows.map((row): [string, MerchantId] => [row.external_reference!, row.merchant_id])
  const known = new Set(found.map(([store]) => store))
  for (const store of stores.filter((name) => !known.has(name))) {
    const made = { name: nameOf(store), issuingLimit: null, externalReference: store }
    found.push([
      store,
      (await createMerchant(db, { ...actor, audit: auditSystem(actor.network, 'import') }, made)).merchant_id,
    ])
  }
  return found
}

/** What the till calls the shop: its name, or what a bare number is the number of. */
function nameOf(store: string): string {
  return /^\d+$/.test(store) ? `Store ${store}` : store
}

async function resolveCustomers(
  tx: Tx,
  network: NetworkId,
  customers: string[],
): Promise<[string, WalletId][]> {
  const rows = await tx
    .selectFrom('api.customer as customer')
    .innerJoin('api.wallet as wallet', (join) =>
      join
        .onRef('wallet.network_id', '=', 'customer.network_id')
        .onRef('wallet.customer_uuid', '=', 'customer.uuid'),
    )
    .select(['customer.external_reference', 'wallet.wallet_id'])
    .where('customer.network_id', '=', network)
    .where('customer.external_reference', 'in', customers)
    .execute()
  const found = rows.map((row): [string, WalletId] => [row.external_reference!, row.wallet_id])
  const known = new Set(found.map(([customer]) => customer))
  const made = customers
    .filter((name) => !known.has(name))
    .map((name) => ({ name, customer: uuidv7(), wallet: uuidv7() }))
  if (made.length === 0) return found
  const walletIds = await openWallets(
    tx,
    network,
    made.map(({ wallet }) => wallet),
  )
  await tx
    .insertInto('api.customer')
    .values(made.map((one) => ({ network_id: network, uuid: one.customer, external_reference: one.name })))
    .execute()
  const opened = made.map((one, i) => ({ ...one, walletId: walletIds[i]! }))
  await tx
    .insertInto('api.wallet')
    .values(
      opened.map((one) => ({
        network_id: network,
        wallet_id: one.walletId,
        uuid: one.wallet,
        customer_uuid: one.customer,
      })),
    )
    .execute()
  return [...found, ...opened.map(({ name, walletId }): [string, WalletId] => [name, walletId])]
}
