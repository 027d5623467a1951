import { uuidv7 } from 'uuidv7'
import type { MerchantId, NetworkId, Uuid } from '../../ledger/index.ts'
import type { ApiTables, Db, Tx } from '../tables.ts'
import type { MerchantCaller } from '../transactions/merchant-caller.ts'

type Row = ApiTables['api.consent']

/** What somebody said to one purpose over one channel to one controller. */
export interface Said {
  readonly purpose: Row['purpose']
  readonly channel: Row['channel']
  /** Null: the network's operator. */
  readonly controller: MerchantId | null
  readonly given: boolean
  readonly wordingVersion: string
}

/** When, where and by whom it was taken. */
export interface Taking {
  readonly at: Date
  readonly kind: Row['taken_by_kind']
  readonly by: Uuid
  /** Null: by the customers themselves. */
  readonly merchant: MerchantId | null
  /** Null also where nobody was switched on at the till. */
  readonly staff: Uuid | null
}

/** Writes down what the customer said, beside what they said before. */
export async function addConsent(
  tx: Tx,
  { network, customer }: { network: NetworkId; customer: Uuid },
  { said, taking }: { said: Said; taking: Taking },
): Promise<void> {
  await tx
    .insertInto('api.consent')
    .values({
      network_id: network,
      uuid: uuidv7(),
      customer_uuid: customer,
      purpose: said.purpose,
      channel: said.channel,
      controller_id: said.controller,
      given: said.given,
      wording_version: said.wordingVersion,
      taken_at: taking.at,
      taken_by_kind: taking.kind,
      taken_by: taking.by,
      merchant_id: taking.merchant,
      staff_uuid: taking.staff,
    })
    .execute()
}

/** All that a customer ever said, the newest first. */
export async function listConsents(db: Db, network: NetworkId, customer: Uuid) {
  return await db
    .selectFrom('api.consent as consent')
    .leftJoin('api.merchant as controller', (join) =>
      join
        .onRef('controller.network_id', '=', 'consent.network_id')
        .onRef('controller.merchant_id', '=', 'consent.controller_id'),
    )
    .leftJoin('api.merchant as merchant', (join) =>
      join
        .onRef('merchant.network_id', '=', 'consent.network_id')
        .onRef('merchant.merchant_id', '=', 'consent.merchant_id'),
    )
    .where('consent.network_id', '=', network)
    .where('consent.customer_uuid', '=', customer)
    .select(['consent.purpose', 'consent.channel', 'consent.given', 'consent.wording_version'])
    .select(['consent.taken_at', 'consent.taken_by_kind', 'consent.taken_by'])
    .select(['consent.merchant_id', 'merchant.uuid as merchant_uuid', 'consent.staff_uuid'])
    .select(['consent.controller_id', 'controller.uuid as controller_uuid'])
    .orderBy('consent.uuid', 'desc')
    .execute()
}

/** One yes or no. */
export type Consent = Awaited<ReturnType<typeof listConsents>>[number]

/** The newest for each purpose, channel and controller; `consents` with the newest first. */
export function newestConsents(consents: readonly Consent[]): Consent[] {
  const byWhat = new Map<string, Consent>()
  for (const consent of consents) {
    const what = `${consent.purpose} ${consent.channel} ${consent.controller_id}`
    if (!byWhat.has(what)) byWhat.set(what, consent)
  }
  return [...byWhat.values()]
}

/** The customer who stands before the shop, by an identification that is still good: by QR, or by card where cards pay. */
export async function findPresentCustomer(
  db: Db,
  { network, merchant }: MerchantCaller,
  { identification, now }: { identification: Uuid; now: Date },
): Promise<Uuid | null> {
  const found = await db
    .selectFrom('api.identification as identification')
    .innerJoin('api.wallet as wallet', (join) =>
      join
        .onRef('wallet.network_id', '=', 'identification.network_id')
        .onRef('wallet.wallet_id', '=', 'identification.wallet_id'),
    )
    .select('wallet.customer_uuid')
    .where('identification.network_id', '=', network.id)
    .where('identification.uuid', '=', identification)
    .where('identification.merchant_id', '=', merchant.id)
    .where('identification.may_take', '=', true)
    .where('identification.expires_at', '>', now)
    .executeTakeFirst()
  return found?.customer_uuid ?? null
}
