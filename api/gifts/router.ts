import { z } from 'zod'
import type { Ledger } from '../../ledger/index.ts'
import { requireCustomer, type Access } from '../http/authenticate.ts'
import { id, integer, points, shownId, shownInteger } from '../http/fields.ts'
import { typeId } from '../http/ids.ts'
import { createLimit } from '../http/limits.ts'
import { Refusal } from '../http/problems.ts'
import { declareRoute, idempotencyKey, type Routes } from '../http/routes.ts'
import { writeContent } from '../transactions/content.ts'
import { postCommand, presentWalletAfter, walletAfter } from '../transactions/post-command.ts'
import type { WalletDirectory } from '../wallets/store.ts'

const postGift = declareRoute({
  method: 'post',
  path: '/v1/gifts',
  operation: 'postGift',
  tag: 'Points',
  summary: "Give points of one's own to another wallet",
  who: ['customer'],
  idempotent: true,
  body: z.strictObject({ to: id('wal').meta({ description: "The receiver's wallet." }), points: points() }),
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
  { access, wallets, ledger }: { access: Access; wallets: WalletDirectory; ledger: Ledger },
): void {
  // A wallet whose session was stolen is not emptied in a thousand small gifts.
  const gifts = createLimit(
    60,
    60 * 60,
    'At most 60 gifts can be made in an hour. Wait as many seconds as Retry-After says.',
  )

  routes.on(postGift, async (req, res) => {
    const { network, wallet } = await requireCustomer(access, req)
    await gifts.consume(wallet.uuid)
    const key = idempotencyKey(req)
    const { body } = postGift.parse(req)
    const to = await wallets.find(network.id, body.to)
    if (to === undefined) throw new Refusal('not_found')
    const given = await postCommand(ledger, res, {
      network: network.id,
      command: {
        kind: 'gift',
        key: { scope: wallet.id, value: key },
        content: writeContent('gift', body),
        credential: null,
        wallet: wallet.id,
        to,
        points: body.points,
      },
    })
    postGift.answer(res, 201, {
      transaction: typeId('txn', given.transaction),
      points: shownInteger(given.points),
      wallet: presentWalletAfter(given),
    })
  })
}
