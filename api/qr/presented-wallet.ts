import { z } from 'zod'
import type { NetworkId, RefusalCode, SpentQr, Uuid, WalletId } from '../../ledger/index.ts'
import { id } from '../http/fields.ts'
import { Refusal } from '../http/problems.ts'
import type { Db } from '../tables.ts'
import { findDevice } from '../wallets/device-store.ts'
import type { WalletDirectory } from '../wallets/store.ts'
import { qrTextLengthMax, readQr } from './read-qr.ts'

/** How a till names the customer's wallet: the fields to spread into a body of which `presentsOneWallet` holds. */
export const presentedFields = {
  qr: z
    .string()
    .min(1)
    .max(qrTextLengthMax)
    .optional()
    .meta({ description: "The customer's QR: compact JWS or digits. Either this or `wallet`." }),
  wallet: id('wal').optional(),
}

export const presentsOneWallet = [
  (body: Presented) => (body.qr === undefined) !== (body.wallet === undefined),
  { error: 'needs exactly one of qr and wallet' },
] as const

interface Presented {
  readonly qr?: string | undefined
  readonly wallet?: Uuid | undefined
}

/** The wallet a till was shown, and the QR it was shown by, as a command wants them. */
export interface PresentedWallet {
  readonly wallet: WalletId
  readonly qr?: SpentQr
  /** For the posting to give: it must not stand in the way of a replay. */
  readonly refusal?: RefusalCode
}

/**
 * Finds the wallet in the till's network, and its UUID, which is the same whatever QR named it.
 * Refuses `not_found`, `qr_unreadable`, `qr_not_genuine`.
 */
export async function findPresentedWallet(
  { db, wallets }: { db: Db; wallets: WalletDirectory },
  network: { readonly id: NetworkId; readonly slug: string },
  { qr, wallet: uuid }: Presented,
): Promise<{ readonly uuid: Uuid; readonly presented: PresentedWallet }> {
  if (qr !== undefined) {
    const { device, spent } = await readQr((named) => findDevice(db, network.id, named), network.slug, qr)
    const refusal = device.removedAt === null ? undefined : 'qr_device_removed'
    return { uuid: device.wallet, presented: { wallet: device.walletId, qr: spent, refusal } }
  }
  const wallet = uuid === undefined ? undefined : await wallets.find(network.id, uuid)
  if (uuid === undefined || wallet === undefined) throw new Refusal('not_found')
  return { uuid, presented: { wallet } }
}
