import type { WalletId, NetworkId } from '../../ledger/index.ts'
import { Refusal } from '../http/problems.ts'
import type { TillIdentity } from '../identity/identities.ts'
import { readQr } from '../qr/read-qr.ts'
import type { Db } from '../tables.ts'
import { findDevice } from '../wallets/device-store.ts'
import type { Shown } from './store.ts'

/** What a till was told: exactly one of these. */
export interface Told {
  readonly qr?: string | undefined
  readonly email?: string | undefined
  readonly phone?: string | undefined
  readonly card?: string | undefined
}

/** As the ledger allows for clocks that differ. */
const qrSlackMs = 30_000

/**
 * Whose wallet it is. A QR counts for taking points, a card where the network says so, an e-mail address or phone number
 * never: anyone may know them. Refuses `not_found` and what is wrong with a QR.
 */
export async function findShown(db: Db, till: TillIdentity, { told, now }: { told: Told; now: Date }) {
  return told.qr === undefined
    ? await findByContact(db, till, told)
    : await findByQr(db, till, { qr: told.qr, now })
}

async function findByQr(db: Db, till: TillIdentity, { qr, now }: { qr: string; now: Date }): Promise<Shown> {
  const { network } = till
  const { device, spent } = await readQr((named) => findDevice(db, network.id, named), network.slug, qr)
  if (device.removedAt !== null) throw new Refusal('qr_device_removed')
  if (now.getTime() > spent.expiresAt.getTime() + qrSlackMs) throw new Refusal('qr_expired')
  if (now.getTime() < spent.issuedAt.getTime() - qrSlackMs) throw new Refusal('qr_not_yet_valid')
  return { wallet: device.walletId, means: 'qr', mayTake: true, qrId: spent.id }
}

async function findByContact(db: Db, till: TillIdentity, { email, phone, card }: Told): Promise<Shown> {
  const network = till.network.id
  const means = email !== undefined ? 'email' : phone !== undefined ? 'phone' : 'card'
  const wallet =
    card === undefined
      ? await findWalletByContact(db, network, { email, phone })
      : await findWalletByCard(db, network, card)
  if (wallet === undefined) {
    throw new Refusal('not_found', {
      detail: 'No customer of this network is known by that. Check it, or enrol them.',
    })
  }
  return {
    wallet: wallet.walletId,
    means,
    mayTake: means === 'card' && (await doCardsPay(db, network)),
    qrId: null,
  }
}

async function findWalletByContact(
  db: Db,
  network: NetworkId,
  { email, phone }: Told,
): Promise<{ walletId: WalletId } | undefined> {
  let query = db
    .selectFrom('api.customer as customer')
    .innerJoin('api.wallet as wallet', (join) =>
      join
        .onRef('wallet.network_id', '=', 'customer.network_id')
        .onRef('wallet.customer_uuid', '=', 'customer.uuid'),
    )
    .where('customer.network_id', '=', network)
  if (email !== undefined) query = query.where('customer.email', '=', email)
  if (phone !== undefined) {
    query = query.where('customer.phone', '=', phone).where('customer.phone_leads', '=', true)
  }
  return await query.select('wallet.wallet_id as walletId').executeTakeFirst()
}

async function findWalletByCard(
  db: Db,
  network: NetworkId,
  number: string,
): Promise<{ walletId: WalletId } | undefined> {
  return await db
    .selectFrom('api.card as card')
    .innerJoin('api.wallet as wallet', (join) =>
      join
        .onRef('wallet.network_id', '=', 'card.network_id')
        .onRef('wallet.customer_uuid', '=', 'card.customer_uuid'),
    )
    .where('card.network_id', '=', network)
    .where('card.number', '=', number)
    .select('wallet.wallet_id as walletId')
    .executeTakeFirst()
}

async function doCardsPay(db: Db, network: NetworkId): Promise<boolean> {
  const { card_pays } = await db
    .selectFrom('api.network')
    .select('card_pays')
    .where('network_id', '=', network)
    .executeTakeFirstOrThrow()
  return card_pays
}
