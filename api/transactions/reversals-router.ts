import { z } from 'zod'
import type { Ledger, ReverseCommand, TransactionUuid } from '../../ledger/index.ts'
import { auditSource } from '../audit/record.ts'
import { requireOneOf, type Access } from '../http/authenticate.ts'
import { id, integer, longText, minor, points, shownId, shownInteger } from '../http/fields.ts'
import { typeId } from '../http/ids.ts'
import { declareRoute, idempotencyKey, type Routes } from '../http/routes.ts'
import { writeContent } from './content.ts'
import { ofMerchant } from './merchant-caller.ts'
import { merchantHead } from './merchant-head.ts'
import { postCommand, presentWalletAfter, walletAfter } from './post-command.ts'

const reversedWallet = walletAfter.extend({
  debt: integer().meta({
    description:
      'What the wallet owed right after: above 0, the points to be taken back had been spent, and what next enters ' +
      'the wallet repays them. Tell the customer.',
  }),
})

const reversalBody = z
  .strictObject({
    points: points().optional().meta({ description: 'So many points of the transaction.' }),
    refund_amount_minor: minor().optional().meta({
      description: 'Goods of a purchase worth so much came back. Either this, or `points`, or neither: all.',
    }),
    reason: longText(500),
  })
  .refine((body) => body.points === undefined || body.refund_amount_minor === undefined, {
    error: 'takes points or refund_amount_minor, not both',
  })

const postReversal = declareRoute({
  method: 'post',
  path: '/v1/transactions/{id}/reversals',
  operation: 'postReversal',
  tag: 'Points',
  summary: 'Undo a transaction by a new one, in part or whole',
  description:
    'A reversed purchase takes back what the rule that gave the points would not have given for what was kept; ' +
    'what the wallet no longer has becomes its debt, which the answer tells. A reversed redemption gives back the very points used.',
  who: ['till', 'staff'],
  idempotent: true,
  params: z.strictObject({ id: id('txn') }),
  body: reversalBody,
  answers: {
    201: {
      description: 'Posted.',
      schema: z.strictObject({
        transaction: shownId('txn'),
        refund_money_minor: integer().meta({ description: 'Money to give back to the customer.' }),
        refund_points: integer().meta({ description: 'Points given back to the wallet.' }),
        taken_points: integer().meta({ description: 'Points of the purchase taken back from the wallet.' }),
        wallet: reversedWallet,
      }),
    },
  },
  refusals: [
    'amount_out_of_range',
    'credential_revoked',
    'more_than_there_was',
    'not_reversible',
    'too_many_lots',
  ],
})

/** `POST /v1/transactions/{id}/reversals`, for the tills and the staff of its merchant. */
export function reversalRoutes(routes: Routes, { access, ledger }: { access: Access; ledger: Ledger }): void {
  routes.on(postReversal, async (req, res) => {
    const caller = ofMerchant(await requireOneOf(access, req, ['till', 'staff']))
    const key = idempotencyKey(req)
    const { params, body } = postReversal.parse(req)
    const target = params.id as TransactionUuid
    const content = writeContent('reversal', { ...body, target })
    const event = { source: auditSource(req), subjects: [typeId('txn', target)] }
    const reversed = await postCommand(ledger, res, {
      network: caller.network.id,
      command: {
        kind: 'reverse',
        ...merchantHead(caller, { key, content }),
        target,
        asked: reversalAsked(body),
        reason: body.reason,
      },
      recorded: caller.kind === 'staff' ? { db: access.db, event } : undefined,
    })
    postReversal.answer(res, 201, {
      transaction: typeId('txn', reversed.transaction),
      refund_money_minor: shownInteger(reversed.moneyMinor),
      refund_points: shownInteger(reversed.redeemedPoints),
      taken_points: shownInteger(reversed.points),
      wallet: { ...presentWalletAfter(reversed), debt: Math.max(0, shownInteger(-reversed.availableAfter)) },
    })
  })
}

function reversalAsked(body: z.output<typeof reversalBody>): ReverseCommand['asked'] {
  if (body.points !== undefined) return { points: body.points }
  if (body.refund_amount_minor !== undefined) return { refundAmountMinor: body.refund_amount_minor }
  return 'all'
}
