import { z } from 'zod'
import type { IssueCommand, Ledger, Posted } from '../../ledger/index.ts'
import { requirePostingTill, type Access } from '../http/authenticate.ts'
import { integer, minor, shownId, shownInteger, time } from '../http/fields.ts'
import { typeId } from '../http/ids.ts'
import { Refusal } from '../http/problems.ts'
import { declareRoute, idempotencyKey, type Routes } from '../http/routes.ts'
import type { TillIdentity } from '../identity/identities.ts'
import {
  findPresentedWallet,
  namedAlike,
  presentedFields,
  presentsOneWallet,
  takingRefusals,
  type FoundWallet,
} from '../qr/presented-wallet.ts'
import { guardTaking } from '../qr/without-qr.ts'
import type { Db } from '../tables.ts'
import { askedFields, askedOf, asksOneWay, referenceFields, referenceOf } from '../transactions/asked.ts'
import { writeContent } from '../transactions/content.ts'
import { merchantHead, type MerchantHead } from '../transactions/merchant-head.ts'
import { postCommand, presentWalletAfter, walletAfter } from '../transactions/post-command.ts'
import type { WalletDirectory } from '../wallets/store.ts'

const purchaseBody = z
  .strictObject({
    ...presentedFields,
    ...referenceFields,
    amount_minor: minor(0).meta({ description: 'The whole bill, in minor units of the currency.' }),
    eligible_amount_minor: minor(0)
      .optional()
      .meta({ description: 'The part of the bill that earns; the whole bill when left out.' }),
    currency: z.string().regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code, e.g. EUR'),
    occurred_at: time().meta({ description: "The shop's time of the sale; at most 7 days ago." }),
    redeem: z
      .strictObject(askedFields)
      .refine(...asksOneWay)
      .optional()
      .meta({ description: 'Pay part of the bill in points; that part earns nothing.' }),
  })
  .refine(...presentsOneWallet)
  .refine((body) => (body.eligible_amount_minor ?? 0n) <= body.amount_minor, {
    error: 'must not be more than amount_minor',
    path: ['eligible_amount_minor'],
    when: ({ issues }) => issues.length === 0,
  })

type PurchaseBody = z.output<typeof purchaseBody>

const purchaseAnswer = z.strictObject({
  transaction: shownId('txn'),
  points: integer().meta({ description: 'Points given.' }),
  redeemed_points: integer().meta({ description: 'Points taken as payment.' }),
  to_pay_minor: integer().meta({ description: 'The bill less what points paid.' }),
  wallet: walletAfter,
})

const postPurchase = declareRoute({
  method: 'post',
  path: '/v1/purchases',
  operation: 'postPurchase',
  tag: 'Points',
  summary: 'Record a purchase: give points by the rule, take some as payment',
  description:
    'A purchase by somebody who is no customer yet is recorded for the wallet of `POST /v1/claims`, whose code goes on ' +
    'the receipt.',
  who: ['till'],
  idempotent: true,
  body: purchaseBody,
  answers: { 201: { description: 'Posted.', schema: purchaseAnswer } },
  refusals: [
    ...takingRefusals,
    'currency_mismatch',
    'issuing_limit_reached',
    'occurred_at_out_of_range',
    'rule_missing',
  ],
})

/** `POST /v1/purchases`, for tills. */
export function purchaseRoutes(
  routes: Routes,
  { access, db, wallets, ledger }: { access: Access; db: Db; wallets: WalletDirectory; ledger: Ledger },
): void {
  routes.on(postPurchase, async (req, res) => {
    const till = await requirePostingTill(access, req)
    const key = idempotencyKey(req)
    const { body } = postPurchase.parse(req)
    const found = await findPresentedWallet({ db, wallets }, till, body)
    const head = merchantHead(till, {
      key,
      content: writeContent('purchase', { ...body, ...namedAlike(found) }),
    })
    const counters = body.redeem && (await guardTaking(db, till, found))
    const command = purchaseCommand(till, body, { head, found, counters })
    const posted = await postCommand(ledger, res, { network: till.network.id, command })
    postPurchase.answer(res, 201, presentPurchase(posted))
  })
}

function purchaseCommand(
  till: TillIdentity,
  body: PurchaseBody,
  { head, found, counters }: Pick<IssueCommand, 'counters'> & { head: MerchantHead; found: FoundWallet },
): IssueCommand {
  if (body.currency !== till.network.currency) {
    throw new Refusal('currency_mismatch', {
      detail: `This network counts in ${till.network.currency}. Send the amount in it.`,
    })
  }
  const purchase = {
    amountMinor: body.amount_minor,
    eligibleAmountMinor: body.eligible_amount_minor,
    redeem: body.redeem && askedOf(body.redeem),
  }
  return {
    kind: 'issue',
    ...head,
    ...found.presented,
    reference: referenceOf(body),
    occurredAt: body.occurred_at,
    counters,
    gives: { purchase },
  }
}

function presentPurchase(posted: Posted): z.input<typeof purchaseAnswer> {
  return {
    transaction: typeId('txn', posted.transaction),
    points: shownInteger(posted.points),
    redeemed_points: shownInteger(posted.redeemedPoints),
    to_pay_minor: shownInteger(posted.moneyMinor),
    wallet: presentWalletAfter(posted),
  }
}
