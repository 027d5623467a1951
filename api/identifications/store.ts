import { sql } from 'kysely'
import { uuidv7 } from 'uuidv7'
import type { MerchantId, NetworkId, SpentQr, Uuid, WalletId } from '../../ledger/index.ts'
import { Refusal } from '../http/problems.ts'
import type { ActingNetwork, TillIdentity } from '../identity/identities.ts'
import type { Db } from '../tables.ts'
import type { Means } from './tables.ts'

export const identificationLifetimeSeconds = 10 * 60

/** What the ledger allows for clocks that differ. It is taken off, since an identification is timed by one clock. */
const ledgerSlackSeconds = 30
/** A sale sent late is at most 7 days old; a QR is remembered a day longer. */
const rememberedSeconds = 8 * 24 * 60 * 60

/** Who stands at the till, and how it was told. */
export interface Shown {
  readonly wallet: WalletId
  readonly means: Means
  readonly mayTake: boolean
  /** What the QR is known by once it is spent: `SpentQr.id`. */
  readonly qrId: string | null
}

/**
 * Identifies a wallet at the till for one sale, which spends the QR. The same till showing the same QR again (a lost
 * answer) gets the same identification. Refuses `qr_already_used`.
 */
export async function beginIdentification(
  db: Db,
  till: TillIdentity,
  { shown, now }: { shown: Shown; now: Date },
): Promise<Uuid> {
  const uuid = uuidv7()
  const made = await db
    .insertInto('api.identification')
    .values({
      network_id: till.network.id,
      uuid,
      merchant_id: till.merchant.id,
      till_uuid: till.till,
      wallet_id: shown.wallet,
      means: shown.means,
      may_take: shown.mayTake,
      qr_id: shown.qrId,
      created_at: now,
      expires_at: new Date(now.getTime() + identificationLifetimeSeconds * 1000),
    })
    .onConflict((conflict) => conflict.constraint('identification_qr_once').doNothing())
    .executeTakeFirst()
  if (made.numInsertedOrUpdatedRows === 1n) return uuid
  const before = await db
    .selectFrom('api.identification')
    .select('uuid')
    .where('network_id', '=', till.network.id)
    .where('qr_id', '=', shown.qrId)
    .where('till_uuid', '=', till.till)
    .where('expires_at', '>', now)
    .executeTakeFirst()
  if (before === undefined) throw new Refusal('qr_already_used')
  return before.uuid
}

/** Forgets who was identified where, once it ended long enough before `now`. */
export async function forgetIdentifications(db: Db, now: Date): Promise<void> {
  const before = new Date(now.getTime() - rememberedSeconds * 1000)
  await db.deleteFrom('api.identification').where('expires_at', '<', before).execute()
}

/** Whether the QR was spent by an identification. */
export async function isQrIdentified(db: Db, network: NetworkId, qrId: string): Promise<boolean> {
  const found = await db
    .selectFrom('api.identification')
    .select('uuid')
    .where('network_id', '=', network)
    .where('qr_id', '=', qrId)
    .executeTakeFirst()
  return found !== undefined
}

/** An identification as a posting wants it. */
export interface Identification {
  readonly wallet: WalletId
  readonly walletUuid: Uuid
  readonly mayTake: boolean
  /** It came from a device that its owner has removed since. */
  readonly isDeviceRemoved: boolean
  /**
   * What the posting records as spent, so that there is one sale and no more: the QR itself, or else the identification
   * under a name that no QR can have. Its time ends with the identification's.
   */
  readonly spent: SpentQr
}

/** Begins the name of what an identification without a QR spends; no QR's has a space. */
const withoutQr = 'identification '

/** Whether the posting spends an identification by e-mail, phone or card, so that words about a QR would be wrong. */
export function isWithoutQr(spent: SpentQr): boolean {
  return spent.id.startsWith(withoutQr)
}

/** An identification made at this till, ended or not. Refuses `not_found`. */
export async function findIdentification(db: Db, till: TillIdentity, uuid: Uuid): Promise<Identification> {
  const found = await db
    .selectFrom('api.identification as identification')
    .innerJoin('api.wallet as wallet', (join) =>
      join
        .onRef('wallet.network_id', '=', 'identification.network_id')
        .onRef('wallet.wallet_id', '=', 'identification.wallet_id'),
    )
    .where('identification.network_id', '=', till.network.id)
    .where('identification.uuid', '=', uuid)
    .where('identification.till_uuid', '=', till.till)
    .select(['identification.wallet_id', 'identification.may_take', 'identification.qr_id'])
    .select(['identification.created_at', 'identification.expires_at', 'wallet.uuid as wallet_uuid'])
    .select((is) =>
      is
        .exists(
          is
            .selectFrom('api.device as device')
            .select('device.uuid')
            .whereRef('device.network_id', '=', 'identification.network_id')
            // The name of what a QR spends begins with its device (readQr).
            .where('device.uuid', '=', sql<Uuid>`split_part(identification.qr_id, ' ', 1)::uuid`)
            .where('device.removed_at', 'is not', null),
        )
        .as('is_device_removed'),
    )
    .executeTakeFirst()
  if (found === undefined) throw new Refusal('not_found')
  return {
    wallet: found.wallet_id,
    walletUuid: found.wallet_uuid,
    mayTake: found.may_take,
    isDeviceRemoved: Boolean(found.is_device_removed),
    spent: {
      id: found.qr_id ?? `${withoutQr}${uuid}`,
      // The receipt may have been begun before the customer was asked who they are.
      issuedAt: new Date(found.created_at.getTime() - identificationLifetimeSeconds * 1000),
      expiresAt: new Date(found.expires_at.getTime() - ledgerSlackSeconds * 1000),
    },
  }
}

/** What shows that a person is before the shop. */
export interface Presence {
  readonly identification: Uuid
  readonly wallet: WalletId
  readonly now: Date
  /** By what takes points too: a QR, or a card where the network's `card_pays` says so. */
  readonly mayTake: boolean
}

/**
 * Whether the person is before the shop now: identified at a till of the merchant by QR or card, minutes ago. A card's
 * number is soon copied, so what leads further into a wallet asks for `mayTake`.
 */
export async function isPresent(
  db: Db,
  { network, merchant }: { network: ActingNetwork; merchant: MerchantId },
  { identification, wallet, now, mayTake }: Presence,
): Promise<boolean> {
  let query = db
    .selectFrom('api.identification')
    .select('uuid')
    .where('network_id', '=', network.id)
    .where('uuid', '=', identification)
    .where('merchant_id', '=', merchant)
    .where('wallet_id', '=', wallet)
    .where('means', 'in', ['qr', 'card'])
    .where('expires_at', '>', now)
  if (mayTake) query = query.where('may_take', '=', true)
  return (await query.executeTakeFirst()) !== undefined
}
