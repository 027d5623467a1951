import { z } from 'zod'
import type { Ledger, NetworkId, Points } from '../../ledger/index.ts'
import { auditSource } from '../audit/record.ts'
import { requireStaff, type Access } from '../http/authenticate.ts'
import { id, integer, longText, points, shownId, shownInteger } from '../http/fields.ts'
import { typeId } from '../http/ids.ts'
import { Refusal } from '../http/problems.ts'
import { declareRoute, idempotencyKey, type Routes } from '../http/routes.ts'
import { pointsExpiry } from '../rules/points-expiry.ts'
import type { Db } from '../tables.ts'
import { writeContent } from '../transactions/content.ts'
import { ofMerchant } from '../transactions/merchant-caller.ts'
import { merchantHead } from '../transactions/merchant-head.ts'
import { postCommand, presentWalletAfter, walletAfter } from '../transactions/post-command.ts'
import type { WalletDirectory } from '../wallets/store.ts'

const postGoodwill = declareRoute({
  method: 'post',
  path: '/v1/goodwill',
  operation: 'postGoodwill',
  tag: 'Corrections',
  summary: 'Give a customer points of the shop, without a purchase',
  description:
    "By owners and managers; at most the network's `goodwill_daily_max` for each shop and local day. They expire as " +
    'those of a purchase would.',
  who: ['staff'],
  idempotent: true,
  body: z.strictObject({ wallet: id('wal'), points: points(), reason: longText(500) }),
  answers: {
    201: {
      description: 'Given.',
      schema: z.strictObject({ transaction: shownId('txn'), points: integer(), wallet: walletAfter }),
    },
  },
  refusals: [
    'amount_out_of_range',
    'credential_revoked',
    'issuing_limit_reached',
    'limit_reached',
    'merchant_left',
    'wallet_closed',
  ],
})

/** `POST /v1/goodwill`, for owners and managers. */
export function goodwillRoutes(
  routes: Routes,
  { access, db, wallets, ledger }: { access: Access; db: Db; wallets: WalletDirectory; ledger: Ledger },
): void {
  routes.on(postGoodwill, async (req, res) => {
    const staff = ofMerchant(await requireStaff(access, req))
    if (staff.role === 'cashier') throw new Refusal('forbidden')
    const key = idempotencyKey(req)
    const { body } = postGoodwill.parse(req)
    const network = staff.network.id
    const wallet = await wallets.find(network, body.wallet)
    if (wallet === undefined) throw new Refusal('not_found')
    const posted = await postCommand(ledger, res, {
      network,
      command: {
        kind: 'goodwill',
        ...merchantHead(staff, { key, content: writeContent('goodwill', body) }),
        wallet,
        points: body.points,
        expiresAt: await pointsExpiry(db, staff.network, access.now()),
        counters: [
          { name: `goodwill:merchant:${staff.merchant.id}`, ceiling: await readCeiling(db, network) },
        ],
        reason: body.reason,
      },
      recorded: { db, event: { source: auditSource(req), subjects: [typeId('wal', body.wallet)] } },
    })
    postGoodwill.answer(res, 201, {
      transaction: typeId('txn', posted.transaction),
      points: shownInteger(posted.points),
      wallet: presentWalletAfter(posted),
    })
  })
}

async function readCeiling(db: Db, network: NetworkId): Promise<Points> {
  const { goodwill_daily_max } = await db
    .selectFrom('api.network')
    .select('goodwill_daily_max')
    .where('network_id', '=', network)
    .executeTakeFirstOrThrow()
  return goodwill_daily_max
}
