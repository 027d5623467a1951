import { z } from 'zod'
import { requireOneOf, type Access } from '../http/authenticate.ts'
import { id, integer, minor, time } from '../http/fields.ts'
import { Refusal } from '../http/problems.ts'
import { declareRoute, type Routes } from '../http/routes.ts'
import type { Db } from '../tables.ts'
import { findMerchantId } from '../transactions/store.ts'
import type { WalletDirectory } from '../wallets/store.ts'
import { dryRun } from './dry-run.ts'

const postDryRun = declareRoute({
  method: 'post',
  path: '/v1/rules/earning/dry-run',
  operation: 'dryRunEarningRule',
  tag: 'Rules',
  summary: 'What a purchase would give, and the reason for each point; nothing is recorded',
  who: ['till', 'staff', 'operator'],
  body: z
    .strictObject({
      merchant: id('mer').optional().meta({ description: "From operators; else one's own." }),
      wallet: id('wal').optional().meta({ description: 'Counts what it earned on that day.' }),
      amount_minor: minor(0),
      eligible_amount_minor: minor(0).optional(),
      occurred_at: time().optional().meta({ description: 'Now when left out.' }),
    })
    .refine((body) => (body.eligible_amount_minor ?? 0n) <= body.amount_minor, {
      error: 'must not be more than amount_minor',
      path: ['eligible_amount_minor'],
    }),
  answers: {
    200: {
      description: 'What it would give.',
      schema: z.strictObject({
        points: integer(),
        rule_version: integer(),
        steps: z.array(
          z.strictObject({
            reason: z.enum(['rate', 'minimum_spend', 'multiplier', 'merchant_multiplier', 'daily_maximum']),
            factor: z.string().nullable(),
            points: integer().meta({ description: 'What this step adds; below 0 what it takes.' }),
          }),
        ),
      }),
    },
  },
  refusals: ['rule_missing'],
})

/** `POST /v1/rules/earning/dry-run`, for tills, staff and operators. */
export function dryRunRoutes(
  routes: Routes,
  { access, db, wallets }: { access: Access; db: Db; wallets: WalletDirectory },
): void {
  routes.on(postDryRun, async (req, res) => {
    const caller = await requireOneOf(access, req, ['till', 'staff'])
    const { body } = postDryRun.parse(req)
    const network = caller.network.id
    if (caller.merchant !== null && body.merchant !== undefined && body.merchant !== caller.merchant.uuid) {
      throw new Refusal('not_found')
    }
    const named = body.merchant === undefined ? undefined : await findMerchantId(db, network, body.merchant)
    const merchant = caller.merchant?.id ?? named
    const wallet = body.wallet === undefined ? undefined : await wallets.find(network, body.wallet)
    if (body.merchant !== undefined && named === undefined) throw new Refusal('not_found')
    if (body.wallet !== undefined && wallet === undefined) throw new Refusal('not_found')
    if (merchant === undefined) {
      throw new Refusal('request_invalid', { errors: [{ pointer: '#/merchant', detail: 'is missing' }] })
    }
    const result = await dryRun(db, network, {
      merchant,
      wallet,
      eligibleMinor: body.eligible_amount_minor ?? body.amount_minor,
      at: body.occurred_at ?? access.now(),
    })
    postDryRun.answer(res, 200, {
      points: result.points,
      rule_version: result.version,
      steps: result.steps,
    })
  })
}
