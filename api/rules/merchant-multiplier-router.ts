import { z } from 'zod'
import { auditSource } from '../audit/record.ts'
import { requireOneOf, requireStaff, type Access } from '../http/authenticate.ts'
import { id, integer, shownTime, time } from '../http/fields.ts'
import { Refusal } from '../http/problems.ts'
import { declareRoute, type Routes } from '../http/routes.ts'
import { findMerchant } from '../merchants/store.ts'
import type { Db } from '../tables.ts'
import { listOwnFactors, setOwnFactor } from './merchant-multiplier.ts'
import { factor } from './multiplier-fields.ts'

const merchantPath = z.strictObject({ id: id('mer') })

const versions = z.strictObject({
  data: z.array(z.strictObject({ version: integer(), factor: z.string(), effective_from: shownTime() })),
  next: z.null(),
})

const putMultiplier = declareRoute({
  method: 'put',
  path: '/v1/merchants/{id}/multiplier',
  operation: 'setMerchantMultiplier',
  tag: 'Rules',
  summary: "Set a merchant's own factor on what its purchases give",
  description:
    "On top of the network's rule, within its `merchant_multiplier_min` and `merchant_multiplier_max`. A new version, " +
    'never a change; a lower factor waits `notice_days`, as worse rules do, and those who bought there are told of it in the ' +
    'same way, also where a higher one makes the next version lower than what holds before it.',
  who: ['staff', 'operator'],
  params: merchantPath,
  body: z.strictObject({
    factor: factor(),
    effective_from: time().optional().meta({ description: 'Now, unless told.' }),
  }),
  answers: { 200: { description: 'All versions, newest first.', schema: versions } },
  refusals: ['multiplier_out_of_bounds', 'notice_too_short'],
})

const getMultiplier = declareRoute({
  method: 'get',
  path: '/v1/merchants/{id}/multiplier',
  operation: 'listMerchantMultipliers',
  tag: 'Rules',
  summary: "List all versions of a merchant's own factor, newest first; none is a factor of 1",
  who: ['staff', 'operator', 'till', 'customer'],
  params: merchantPath,
  answers: { 200: { description: 'All versions.', schema: versions } },
})

/** `/v1/merchants/{id}/multiplier`: set by its owner or the operator, read by all. */
export function merchantMultiplierRoutes(routes: Routes, { access, db }: { access: Access; db: Db }): void {
  routes.on(putMultiplier, async (req, res) => {
    const staff = await requireStaff(access, req)
    if (staff.role !== 'owner' && staff.role !== 'operator') throw new Refusal('forbidden')
    const { params, body } = putMultiplier.parse(req)
    const { network } = staff
    if (staff.merchant !== null && staff.merchant.uuid !== params.id) throw new Refusal('not_found')
    const { merchant_id: merchant, uuid } = await findMerchant(db, network.id, params.id)
    const now = access.now()
    await setOwnFactor(db, network, {
      merchant: { id: merchant, uuid },
      factor: body.factor,
      effectiveFrom: body.effective_from ?? now,
      by: staff.credential,
      now,
      audit: auditSource(req),
    })
    putMultiplier.answer(res, 200, present(await listOwnFactors(db, network, merchant)))
  })

  routes.on(getMultiplier, async (req, res) => {
    const { network } = await requireOneOf(access, req, ['staff', 'till', 'customer'])
    const { params } = getMultiplier.parse(req)
    const { merchant_id: merchant } = await findMerchant(db, network.id, params.id)
    getMultiplier.answer(res, 200, present(await listOwnFactors(db, network, merchant)))
  })
}

function present(factors: Awaited<ReturnType<typeof listOwnFactors>>): z.input<typeof versions> {
  const data = factors.map((each) => ({
    version: each.version,
    factor: each.factor,
    effective_from: each.effectiveFrom.toISOString(),
  }))
  return { data, next: null }
}
