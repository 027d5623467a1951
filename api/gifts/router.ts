import { z } from 'zod'
import {
  readWallet,
  type Ledger,
  type NetworkId,
  type RefusalCode,
  type Uuid,
  type WalletId,
} from '../../ledger/index.ts'
import { auditSource } from '../audit/record.ts'
import { requireCustomer, type Access } from '../http/authenticate.ts'
import { email, id, integer, points, shownId, shownInteger } from '../http/fields.ts'
import { typeId } from '../http/ids.ts'
import { createLimit } from '../http/limits.ts'
import { Refusal } from '../http/problems.ts'
import { declareRoute, idempotencyKey, type Routes } from '../http/routes.ts'
import type { CreateSharedLimit } from '../http/shared-limit.ts'
import type { Db } from '../tables.ts'
import { writeContent } from '../transactions/content.ts'
import { postCommand, presentWalletAfter, walletAfter } from '../transactions/post-command.ts'
import type { WalletDirectory } from '../wallets/store.ts'
import { findWalletByEmail } from './store.ts'

const postGift = declareRoute({
  method: 'post',
  path: '/v1/gifts',
  operation: 'postGift',
  tag: 'Points',
  summary: "Give points of one's own to another wallet",
  who: ['customer'],
  idempotent: true,
  body: z
    .strictObject({
      to: id('wal').optional().meta({ description: "The receiver's wallet." }),
      to_email: email().optional().meta({ description: 'Or the e-mail address they joined with.' }),
      points: points(),
    })
    .refine(({ to, to_email }) => (to === undefined) !== (to_email === undefined), {
      error: 'must name the receiver by either `to` or `to_email`',
      when: ({ issues }) => issues.length === 0,
    }),
  answers: {
    201: {
      description: 'Posted.',
      schema: z.strictObject({ transaction: shownId('txn'), points: integer(), wallet: walletAfter }),
    },
  },
  refusals: [
    'amount_out_of_range',
    'points_insufficient',
    'same_wallet',
    'too_many_lots',
    'wallet_closed',
    'wallet_locked',
  ],
})

/** `POST /v1/gifts`, for customers. */
export function giftRoutes(
  routes: Routes,
  parts: {
    access: Access
    db: Db
    wallets: WalletDirectory
    ledger: Ledger
    createSharedLimit: CreateSharedLimit
  },
): void {
  const { access, db, ledger } = parts
  // A wallet whose session was stolen is not emptied in a thousand small gifts.
  const gifts = createLimit(
    60,
    60 * 60,
    'At most 60 gifts can be made in an hour. Wait as many seconds as Retry-After says.',
  )
  // Who is a member is not to be found out by trying addresses: not by those that nobody joined with, and not by asking
  // for more than there is to give, which costs nothing.
  const triedAddresses = parts.createSharedLimit('gifts to addresses that came to nothing', {
    count: 10,
    seconds: 24 * 60 * 60,
    detail: 'Too many gifts to e-mail addresses came to nothing today. Try again tomorrow, or scan a QR.',
  })

  routes.on(postGift, async (req, res) => {
    const { network, wallet } = await requireCustomer(access, req)
    await gifts.consume(wallet.uuid)
    const key = idempotencyKey(req)
    const { body } = postGift.parse(req)
    const isByAddress = body.to_email !== undefined
    // Before anybody is looked for: above the limit members and others are answered alike.
    if (isByAddress) await triedAddresses.consume(wallet.uuid)
    const to = await findReceiver(parts, network.id, body)
    const given = await postCommand(ledger, res, {
      network: network.id,
      command: {
        kind: 'gift',
        key: { scope: wallet.id, value: key },
        content: contentOf(body, key),
        credential: null,
        wallet: wallet.id,
        points: body.points,
        // Refused, unless it was given before: who has an address changes.
        ...(to === undefined
          ? {
              to: wallet.id,
              refusal: await refusalToNobody(ledger, network.id, { from: wallet.id, ...body }),
            }
          : { to }),
      },
      // Not who received it: the transaction says so, to those who may see it.
      recorded: { db, event: { source: auditSource(req), subjects: [typeId('wal', wallet.uuid)] } },
    }).catch((error: unknown) => {
      if (!(error instanceof Refusal && error.code === 'not_found')) throw error
      throw new Refusal('not_found', { detail: 'Nobody with this address or wallet has joined here.' })
    })
    if (isByAddress) await triedAddresses.giveBack(wallet.uuid)
    postGift.answer(res, 201, {
      transaction: typeId('txn', given.transaction),
      points: shownInteger(given.points),
      wallet: presentWalletAfter(given),
    })
  })
}

/** What a gift to somebody would be refused for goes first, or asking for too much would tell who has joined, for nothing. */
async function refusalToNobody(
  { db }: Ledger,
  network: NetworkId,
  { from, points }: { readonly from: WalletId; readonly points: bigint },
): Promise<RefusalCode> {
  const wallet = await readWallet(db, network, from)
  if (wallet?.locked) return 'wallet_locked'
  return wallet && wallet.available < points ? 'points_insufficient' : 'not_found'
}

interface Named {
  readonly to?: Uuid | undefined
  readonly to_email?: string | undefined
}

/**
 * What was asked, not whom it reached, since an address may be somebody else's by the time of a retry. With the key,
 * which nobody keeps: the hash that stays in the ledger can not be tried against addresses.
 */
function contentOf({ to, to_email, points }: Named & { points: bigint }, key: string): string {
  return to_email === undefined
    ? writeContent('gift', { to, points })
    : writeContent('gift', { key, to_email, points })
}

async function findReceiver(
  { db, wallets }: { db: Db; wallets: WalletDirectory },
  network: NetworkId,
  { to, to_email: address }: Named,
): Promise<WalletId | undefined> {
  if (address !== undefined) return await findWalletByEmail(db, network, address)
  return to === undefined ? undefined : await wallets.find(network, to)
}
