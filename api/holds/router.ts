import { z } from 'zod'
import type { Ledger, Posted, TransactionUuid } from '../../ledger/index.ts'
import { requirePostingTill, type Access } from '../http/authenticate.ts'
import { id, integer, points, shownId, shownInteger, shownTime } from '../http/fields.ts'
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

export const holdLifetimeSecondsDefault = 15 * 60
export const holdLifetimeSecondsMax = 7 * 24 * 60 * 60

const holdPath = z.strictObject({ id: id('txn') })

const postHold = declareRoute({
  method: 'post',
  path: '/v1/holds',
  operation: 'postHold',
  tag: 'Points',
  summary: 'Set points aside, to be captured or voided',
  who: ['till'],
  idempotent: true,
  body: z
    .strictObject({
      ...presentedFields,
      ...askedFields,
      ...referenceFields,
      reference: referenceFields.reference.optional(),
      lifetime_seconds: z.int().min(1).max(holdLifetimeSecondsMax).default(holdLifetimeSecondsDefault).meta({
        description:
          'When it is neither captured nor voided by then, the points are free again within a minute.',
      }),
    })
    .refine(...presentsOneWallet)
    .refine(...asksOneWay)
    .refine(
      (body) => body.reference !== undefined || (body.reference_series ?? body.reference_part) === undefined,
      {
        error: 'is needed with reference_series or reference_part',
        path: ['reference'],
      },
    ),
  answers: {
    201: {
      description: 'Held.',
      schema: z.strictObject({
        id: shownId('txn'),
        points: integer().meta({ description: 'Points set aside.' }),
        ends_at: shownTime(),
        wallet: walletAfter,
      }),
    },
  },
  refusals: takingRefusals,
})

const endedHold = z.strictObject({
  transaction: shownId('txn'),
  points: integer().meta({ description: 'Points taken; what else was held is free again.' }),
  wallet: walletAfter,
})

const captureHold = declareRoute({
  method: 'post',
  path: '/v1/holds/{id}/capture',
  operation: 'captureHold',
  tag: 'Points',
  summary: 'Take held points as payment, all or some',
  who: ['till'],
  idempotent: true,
  params: holdPath,
  body: z
    .strictObject({ points: points().optional().meta({ description: 'All that was held when left out.' }) })
    .optional(),
  answers: { 201: { description: 'Captured.', schema: endedHold } },
  refusals: ['credential_revoked', 'hold_ended', 'more_than_there_was'],
})

const voidHold = declareRoute({
  method: 'post',
  path: '/v1/holds/{id}/void',
  operation: 'voidHold',
  tag: 'Points',
  summary: 'Set held points free',
  who: ['till'],
  idempotent: true,
  params: holdPath,
  body: z.strictObject({}).optional(),
  answers: { 201: { description: 'Voided.', schema: endedHold } },
  refusals: ['credential_revoked', 'hold_ended'],
})

/** `POST /v1/holds`, `/{id}/capture` and `/{id}/void`, for tills. */
export function holdRoutes(
  routes: Routes,
  { access, db, wallets, ledger }: { access: Access; db: Db; wallets: WalletDirectory; ledger: Ledger },
): void {
  routes.on(postHold, async (req, res) => {
    const till = await requirePostingTill(access, req)
    const key = idempotencyKey(req)
    const { body } = postHold.parse(req)
    const found = await findPresentedWallet({ db, wallets }, till, body)
    const content = writeContent('hold', { ...body, ...namedAlike(found) })
    const held = await postCommand(ledger, res, {
      network: till.network.id,
      command: {
        kind: 'hold',
        ...merchantHead(till, { key, content }),
        ...found.presented,
        asked: askedOf(body),
        lifetimeSeconds: body.lifetime_seconds,
        reference:
          body.reference === undefined ? undefined : referenceOf({ ...body, reference: body.reference }),
        counters: await guardTaking(db, till, found),
      },
    })
    postHold.answer(res, 201, {
      id: typeId('txn', held.transaction),
      points: shownInteger(held.points),
      ends_at: new Date(held.postedAt.getTime() + body.lifetime_seconds * 1000).toISOString(),
      wallet: presentWalletAfter(held),
    })
  })

  routes.on(captureHold, async (req, res) => {
    const till = await requirePostingTill(access, req)
    const key = idempotencyKey(req)
    const { params, body } = captureHold.parse(req)
    const target = params.id as TransactionUuid
    const head = merchantHead(till, {
      key,
      content: writeContent('capture', { target, points: body?.points }),
    })
    const command = { kind: 'capture' as const, ...head, target, points: body?.points }
    const captured = await postCommand(ledger, res, { network: till.network.id, command })
    captureHold.answer(res, 201, presentEnd(captured))
  })

  routes.on(voidHold, async (req, res) => {
    const till = await requirePostingTill(access, req)
    const key = idempotencyKey(req)
    const { params } = voidHold.parse(req)
    const target = params.id as TransactionUuid
    const command = {
      kind: 'void' as const,
      ...merchantHead(till, { key, content: writeContent('void', { target }) }),
      target,
    }
    const voided = await postCommand(ledger, res, { network: till.network.id, command })
    voidHold.answer(res, 201, presentEnd(voided))
  })
}

function presentEnd(ended: Posted): z.input<typeof endedHold> {
  return {
    transaction: typeId('txn', ended.transaction),
    points: shownInteger(ended.redeemedPoints),
    wallet: presentWalletAfter(ended),
  }
}
