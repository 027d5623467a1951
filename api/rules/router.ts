import { z } from 'zod'
import { listEarningRules, type EarningRule } from '../../ledger/index.ts'
import { auditSource } from '../audit/record.ts'
import { requireOneOf, requireOperator, type Access } from '../http/authenticate.ts'
import { integer, shownInteger, shownTime, time } from '../http/fields.ts'
import { cutPage, limit, page } from '../http/paging.ts'
import { declareRoute, type Routes } from '../http/routes.ts'
import type { Db } from '../tables.ts'
import { earningFields, rounding } from './earning-fields.ts'
import { presentMultiplier, readMultiplier, shownMultiplier } from './multiplier-fields.ts'
import { demandMerchants, setRule } from './store.ts'

const tag = 'Rules'

const shownRule = z
  .strictObject({
    version: integer(),
    points_per_currency_unit: z.string(),
    rounding,
    expires_after_months: integer().nullable(),
    daily_max_per_wallet: integer().nullable(),
    min_spend_minor: integer().nullable(),
    multipliers: z.array(shownMultiplier),
    effective_from: shownTime(),
    created_at: shownTime(),
  })
  .meta({ id: 'EarningRule' })

const putRule = declareRoute({
  method: 'put',
  path: '/v1/rules/earning',
  operation: 'setEarningRule',
  tag,
  summary: 'Set how purchases earn points',
  description:
    'Adds a version, never changes one: points keep the rule that gave them. A rule that is worse for customers ' +
    '(fewer points per unit, less kind rounding, shorter life, lower daily maximum, higher minimum spend, a multiplier less) than what was promised must start ' +
    '`notice_days` of the network from now or later: the period begins as it is set, which is when a letter to every ' +
    'customer with an e-mail address is queued (`told_at` in `worse_terms` of `GET /v1/networks/{slug}/shops`). So it is where ' +
    'a better rule makes the next version worse than what holds before it. Customers are told five times in 24 hours at most. While the network has no customers yet, any rule may start at ' +
    'any time. Sent again with nothing changed, it adds nothing.',
  who: ['operator'],
  body: z.strictObject({
    ...earningFields,
    expires_after_months: z
      .int()
      .min(1)
      .max(1200)
      .nullable()
      .meta({ description: 'Null: points never expire.' }),
    effective_from: time().optional().meta({ description: 'Now, unless told.' }),
  }),
  answers: {
    200: { description: 'Nothing changed: the version that is there.', schema: shownRule },
    201: { description: 'The new version.', schema: shownRule },
  },
  refusals: ['notice_too_short'],
})

const getRules = declareRoute({
  method: 'get',
  path: '/v1/rules/earning',
  operation: 'listEarningRules',
  tag,
  summary: 'List all versions of the earning rule, newest first',
  who: ['operator', 'staff', 'till', 'customer'],
  query: z.strictObject({
    limit: limit(),
    after: z
      .string()
      .regex(/^[1-9]\d{0,8}$/, 'must be the `next` of the page before')
      .transform(Number)
      .optional(),
  }),
  answers: { 200: { description: 'A page.', schema: page(shownRule) } },
})

/** Earning rules: set by the operator, read by all. */
export function ruleRoutes(
  routes: Routes,
  { access, db, now }: { access: Access; db: Db; now: () => Date },
): void {
  routes.on(putRule, async (req, res) => {
    const { network, credential } = await requireOperator(access, req)
    const { body } = putRule.parse(req)
    await demandMerchants(
      db,
      network.id,
      body.multipliers.flatMap(({ merchants }) => merchants ?? []),
    )
    const { rule, added } = await setRule(db, network, {
      ...readRule(body),
      by: credential,
      clock: now,
      audit: auditSource(req),
    })
    putRule.answer(res, added ? 201 : 200, present(rule))
  })

  routes.on(getRules, async (req, res) => {
    const { network } = await requireOneOf(access, req, ['staff', 'till', 'customer'])
    const { query } = getRules.parse(req)
    const rules = await listEarningRules(db, network.id)
    const { after = Infinity } = query
    const asked = rules.filter(({ version }) => version < after)
    const cursor = ({ version }: EarningRule) => String(version)
    getRules.answer(res, 200, cutPage(asked, query.limit, { cursor, present }))
  })
}

function readRule(body: z.output<typeof putRule.shape.body>) {
  return {
    terms: {
      pointsPerCurrencyUnit: body.points_per_currency_unit,
      rounding: body.rounding,
      expiresAfterMonths: body.expires_after_months,
      dailyMaxPerWallet: body.daily_max_per_wallet,
      minSpendMinor: body.min_spend_minor,
      multipliers: body.multipliers.map(readMultiplier),
    },
    effectiveFrom: body.effective_from ?? null,
  }
}

function present(rule: EarningRule): z.input<typeof shownRule> {
  return {
    version: rule.version,
    points_per_currency_unit: rule.pointsPerCurrencyUnit,
    rounding: rule.rounding,
    expires_after_months: rule.expiresAfterMonths,
    daily_max_per_wallet: rule.dailyMaxPerWallet === null ? null : shownInteger(rule.dailyMaxPerWallet),
    min_spend_minor: rule.minSpendMinor === null ? null : shownInteger(rule.minSpendMinor),
    multipliers: rule.multipliers.map(presentMultiplier),
    effective_from: rule.effectiveFrom.toISOString(),
    created_at: rule.createdAt.toISOString(),
  }
}
