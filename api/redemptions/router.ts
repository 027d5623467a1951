import { z } from 'zod'
import type { Ledger } from '../../ledger/index.ts'
import { requirePostingTill, type Access } from '../http/authenticate.ts'
import { integer, shownId, shownInteger, time } from '../http/fields.ts'
import { typeId } from '../http/ids.ts'
import { declareRoute, idempotencyKey, type Routes } from '../http/routes.ts'
import {
  findPresentedWallet,
  namedAlike,
  presentedFields,
  presentsOneWallet,
  takingRefusals,
} from '../qr/presented-wallet.ts'
import { guardTaking } from '../qr/without-qr.ts'
import type { Db } from '../tables.ts'
import { askedFields, askedOf, asksOneWay, referenceFields, referenceOf } from '../transactions/asked.ts'
import { writeContent } from '../transactions/content.ts'
import { merchantHead } from '../transactions/merchant-head.ts'
import { postCommand, presentWalletAfter, walletAfter } from '../transactions/post-command.ts'
import type { WalletDirectory } from '../wallets/store.ts'

const postRedemption = declareRoute({
  method: 'post',
  path: '/v1/redemptions',
  operation: 'postRedemption',
  tag: 'Points',
  summary: 'Take points as payment at once',
  who: ['till'],
  idempotent: true,
  body: z
    .strictObject({
      ...presentedFields,
      ...askedFields,
      ...referenceFields,
      occurred_at: time().optional().meta({ description: "The shop's time; now when left out." }),
    })
    .refine(...presentsOneWallet)
    .refine(...asksOneWay),
  answers: {
    201: {
      description: 'Posted.',
      schema: z.strictObject({
        transaction: shownId('txn'),
        points: integer().meta({ description: 'Points taken.' }),
        wallet: walletAfter,
      }),
    },
  },
  refusals: [...takingRefusals, 'occurred_at_out_of_range'],
})

/** `POST /v1/redemptions`, for tills. */
export function redemptionRoutes(
  routes: Routes,
  { access, db, wallets, ledger }: { access: Access; db: Db; wallets: WalletDirectory; ledger: Ledger },
): void {
  routes.on(postRedemption, async (req, res) => {
    const till = await requirePostingTill(access, req)
    const key = idempotencyKey(req)
    const { body } = postRedemption.parse(req)
    const found = await findPresentedWallet({ db, wallets }, till, body)
    const content = writeContent('redemption', { ...body, ...namedAlike(found) })
    const posted = await postCommand(ledger, res, {
      network: till.network.id,
      command: {
        kind: 'redeem',
        ...merchantHead(till, { key, content }),
        ...found.presented,
        asked: askedOf(body),
        reference: referenceOf(body),
        occurredAt: body.occurred_at,
        counters: await guardTaking(db, till, found),
      },
    })
    postRedemption.answer(res, 201, {
      transaction: typeId('txn', posted.transaction),
      points: shownInteger(posted.redeemedPoints),
      wallet: presentWalletAfter(posted),
    })
  })
}
