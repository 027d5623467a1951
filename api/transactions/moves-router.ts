import type { Request } from 'express'
import { z } from 'zod'
import type { Ledger, TransactionUuid } from '../../ledger/index.ts'
import { auditSource } from '../audit/record.ts'
import { requireOneOf, type Access } from '../http/authenticate.ts'
import { id, integer, longText, shownId, shownInteger } from '../http/fields.ts'
import { typeId } from '../http/ids.ts'
import { Refusal } from '../http/problems.ts'
import { declareRoute, idempotencyKey, markReplayed, type Routes } from '../http/routes.ts'
import type { Db } from '../tables.ts'
import type { WalletDirectory } from '../wallets/store.ts'
import { ofMerchant, type MerchantCaller } from './merchant-caller.ts'
import { moveSale } from './move.ts'
import { presentWalletAfter, walletAfter } from './post-command.ts'

const postMove = declareRoute({
  method: 'post',
  path: '/v1/transactions/{id}/moves',
  operation: 'postMove',
  tag: 'Points',
  summary: 'Give the points of a purchase to another customer: it was recorded for the wrong one',
  description:
    'Reverses the purchase and records it anew for `to`, both or neither, with its time, amounts and the rule of that ' +
    'time. A request that got no answer is finished within a minute all the same; sent again, with the same ' +
    'Idempotency-Key, it is finished at once. Only a purchase that took no points and was not refunded can be moved, within ' +
    '7 days. At a till somebody of the shop must be switched on by PIN.',
  who: ['staff', 'till'],
  idempotent: true,
  params: z.strictObject({ id: id('txn') }),
  body: z.strictObject({ to: id('wal'), reason: longText(500) }),
  answers: {
    201: {
      description: 'Moved.',
      schema: z.strictObject({
        transaction: shownId('txn').meta({ description: 'The purchase as recorded anew.' }),
        reversal: shownId('txn').meta({ description: 'Of the purchase as it was.' }),
        points: integer().meta({ description: 'Points given to the right customer.' }),
        wallet: walletAfter,
      }),
    },
  },
  refusals: [
    'amount_out_of_range',
    'credential_revoked',
    'issuing_limit_reached',
    'merchant_left',
    'not_reversible',
    'occurred_at_out_of_range',
    'same_wallet',
    'wallet_closed',
  ],
})

/** `POST /v1/transactions/{id}/moves`, for the staff of its merchant, also where they stand at a till. */
export function moveRoutes(
  routes: Routes,
  parts: { access: Access; db: Db; wallets: WalletDirectory; ledger: Ledger },
): void {
  const { access, wallets } = parts
  routes.on(postMove, async (req, res) => {
    const staff = await requireShopStaff(access, req)
    const key = idempotencyKey(req)
    const { params, body } = postMove.parse(req)
    const network = staff.network.id
    const to = await wallets.find(network, body.to)
    if (to === undefined) throw new Refusal('not_found')
    const audit = staff.kind === 'staff' ? auditSource(req) : null
    const { made, reversal } = await moveSale(
      { ...parts, audit },
      {
        network,
        merchant: staff.merchant.id,
        credential: staff.credential,
        staff: staff.kind === 'till' ? (staff.staff?.credential ?? null) : null,
        key,
        target: params.id as TransactionUuid,
        to: { id: to, uuid: body.to },
        reason: body.reason,
        refundsUntil: null,
        mayLeaveDebt: answersForMoney(staff),
      },
    )
    if (made.outcome === 'replayed') markReplayed(res)
    postMove.answer(res, 201, {
      transaction: typeId('txn', made.transaction),
      reversal: typeId('txn', reversal.transaction),
      points: shownInteger(made.points),
      wallet: presentWalletAfter(made),
    })
  })
}

function answersForMoney(caller: MerchantCaller): boolean {
  const role = caller.kind === 'staff' ? caller.role : caller.staff?.role
  return role === 'owner' || role === 'manager'
}

/** A person of the merchant: by their session, or switched on at a till. A till alone is nobody. */
async function requireShopStaff(access: Access, req: Request): Promise<MerchantCaller> {
  const caller = ofMerchant(await requireOneOf(access, req, ['till', 'staff']))
  if (caller.kind === 'staff' || caller.staff !== undefined) return caller
  throw new Refusal('forbidden', {
    detail: 'A till may do that only while somebody of the shop is switched on. Enter your PIN first.',
  })
}
