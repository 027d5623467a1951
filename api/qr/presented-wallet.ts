import { z } from 'zod'
import type { RefusalCode, SpentQr, Uuid, WalletId } from '../../ledger/index.ts'
import { id } from '../http/fields.ts'
import { Refusal, type ProblemCode } from '../http/problems.ts'
import { findIdentification, isQrIdentified } from '../identifications/store.ts'
import type { TillIdentity } from '../identity/identities.ts'
import type { Db } from '../tables.ts'
import { findDevice } from '../wallets/device-store.ts'
import type { WalletDirectory } from '../wallets/store.ts'
import { qrTextLengthMax, readQr } from './read-qr.ts'

/** How a till names the customer's wallet: the fields to spread into a body of which `presentsOneWallet` holds. */
export const presentedFields = {
  identification: id('idn')
    .optional()
    .meta({ description: 'From `POST /v1/identifications` at this till. This, `qr` or `wallet`.' }),
  qr: z
    .string()
    .min(1)
    .max(qrTextLengthMax)
    .optional()
    .meta({ description: "The customer's QR as it was scanned: compact JWS or digits (docs/qr.md)." }),
  wallet: id('wal').optional(),
}

export const presentsOneWallet = [
  (body: Presented) =>
    [body.identification, body.qr, body.wallet].filter((way) => way !== undefined).length === 1,
  { error: 'needs exactly one of identification, qr and wallet' },
] as const

/** What a till may hear when points are to be taken from the wallet it was shown. */
export const takingRefusals = [
  'amount_out_of_range',
  'credential_revoked',
  'identification_expired',
  'limit_reached',
  'merchant_left',
  'points_insufficient',
  'qr_already_used',
  'qr_device_removed',
  'qr_expired',
  'qr_not_genuine',
  'qr_not_yet_valid',
  'qr_required',
  'qr_unreadable',
  'reference_reused',
  'too_many_lots',
  'wallet_closed',
  'wallet_locked',
] as const satisfies readonly ProblemCode[]

interface Presented {
  readonly identification?: Uuid | undefined
  readonly qr?: string | undefined
  readonly wallet?: Uuid | undefined
}

/** The wallet a till was shown, and what spends the showing, as a command wants them. */
export interface PresentedWallet {
  readonly wallet: WalletId
  readonly qr?: SpentQr
  /** For the posting to give: it must not stand in the way of a replay. */
  readonly refusal?: RefusalCode
}

/** A wallet found, with its UUID, which is the same whatever named it. */
export interface FoundWallet {
  readonly uuid: Uuid
  readonly presented: PresentedWallet
  /** Points may be taken: the customer showed their QR. */
  readonly mayTake: boolean
}

/**
 * Finds the wallet in the till's network.
 * Refuses `not_found`, `qr_unreadable`, `qr_not_genuine`.
 */
export async function findPresentedWallet(
  { db, wallets }: { db: Db; wallets: WalletDirectory },
  till: TillIdentity,
  { identification, qr, wallet: uuid }: Presented,
): Promise<FoundWallet> {
  if (identification !== undefined) {
    const { walletUuid, wallet, spent, ...found } = await findIdentification(db, till, identification)
    const refusal = found.isDeviceRemoved ? 'qr_device_removed' : undefined
    return { uuid: walletUuid, presented: { wallet, qr: spent, refusal }, mayTake: found.mayTake }
  }
  if (qr !== undefined) return await findByQr(db, till, qr)
  const wallet = uuid === undefined ? undefined : await wallets.find(till.network.id, uuid)
  if (uuid === undefined || wallet === undefined) throw new Refusal('not_found')
  return { uuid, presented: { wallet }, mayTake: false }
}

async function findByQr(db: Db, { network }: TillIdentity, qr: string): Promise<FoundWallet> {
  const { device, spent } = await readQr((named) => findDevice(db, network.id, named), network.slug, qr)
  const refusal = (await isQrIdentified(db, network.id, spent.id))
    ? 'qr_already_used'
    : device.removedAt === null
      ? undefined
      : 'qr_device_removed'
  return { uuid: device.wallet, presented: { wallet: device.walletId, qr: spent, refusal }, mayTake: true }
}

/** For a command's content: a retry with a fresh QR, or a new identification, of the same wallet is the same request. */
export function namedAlike({ uuid }: FoundWallet) {
  return { identification: undefined, qr: undefined, wallet: uuid }
}
