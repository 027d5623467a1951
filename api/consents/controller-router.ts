import { z } from 'zod'
import { auditSource, recordAudit } from '../audit/record.ts'
import { requireOneOf, requireStaff, type Access } from '../http/authenticate.ts'
import { id, longText, shownId, shownTime } from '../http/fields.ts'
import { typeId } from '../http/ids.ts'
import { Refusal } from '../http/problems.ts'
import { declareRoute, type Routes } from '../http/routes.ts'
import { findMerchant } from '../merchants/store.ts'
import type { Db } from '../tables.ts'
import { listResponsibilities, recordResponsibilities } from './controller-store.ts'
import { controllerPurposes, controllerRoles } from './tables.ts'

const tag = 'Privacy'

const purpose = z.enum(controllerPurposes).meta({
  description: '`membership`: points, receipts and all that needs no consent; the others as of consents.',
})
const role = z.enum(controllerRoles).meta({
  description: 'What the merchant is in it (GDPR articles 4, 26 and 28); `none`: it has no part in it.',
})

const responsibilities = z.strictObject({
  data: z.array(
    z.strictObject({
      merchant: shownId('mer'),
      merchant_name: z.string(),
      purpose,
      role,
      explanation: z.string(),
      recorded_at: shownTime(),
    }),
  ),
  next: z.null(),
})

const putControllers = declareRoute({
  method: 'put',
  path: '/v1/merchants/{id}/responsibilities',
  operation: 'recordResponsibilities',
  tag,
  summary: "Record who answers for what is done with customers' data in a merchant",
  description:
    'When it joins, and whenever that changes: for each purpose what the merchant is, and in plain words who does what ' +
    'and whom a customer may turn to. By its owner or the operator. What was recorded before is kept.',
  who: ['staff', 'operator'],
  params: z.strictObject({ id: id('mer') }),
  body: z.strictObject({
    responsibilities: z
      .array(z.strictObject({ purpose, role, explanation: longText(2000) }))
      .min(1)
      .max(controllerPurposes.length)
      .refine((each) => new Set(each.map((one) => one.purpose)).size === each.length, {
        error: 'must name each purpose once',
      }),
  }),
  answers: { 200: { description: 'What holds now, of all merchants.', schema: responsibilities } },
})

const getControllers = declareRoute({
  method: 'get',
  path: '/v1/consents/controllers',
  operation: 'listResponsibilities',
  tag,
  summary: "Who answers for what is done with customers' data, by merchant and purpose",
  who: ['customer', 'till', 'staff', 'operator'],
  answers: { 200: { description: 'What holds now.', schema: responsibilities } },
})

/** `/v1/consents/controllers`, for all of the network; recorded by a merchant's owner or the operator. */
export function controllerRoutes(routes: Routes, { access, db }: { access: Access; db: Db }): void {
  routes.on(putControllers, async (req, res) => {
    const staff = await requireStaff(access, req)
    if (staff.role !== 'owner' && staff.role !== 'operator') throw new Refusal('forbidden')
    const { params, body } = putControllers.parse(req)
    if (staff.merchant !== null && staff.merchant.uuid !== params.id) throw new Refusal('not_found')
    const network = staff.network.id
    const { merchant_id: merchant } = await findMerchant(db, network, params.id)
    const said = body.responsibilities
    await db.transaction().execute(async (tx) => {
      await recordResponsibilities(tx, { network, merchant }, { said, at: access.now(), by: staff.person })
      await recordAudit(tx, auditSource(req), {
        subjects: [typeId('mer', params.id)],
        changed: said.map((each) => each.purpose),
        merchant,
      })
    })
    putControllers.answer(res, 200, await present(db, network))
  })

  routes.on(getControllers, async (req, res) => {
    const { network } = await requireOneOf(access, req, ['customer', 'till', 'staff'])
    getControllers.answer(res, 200, await present(db, network.id))
  })
}

async function present(
  db: Db,
  network: Parameters<typeof listResponsibilities>[1],
): Promise<z.input<typeof responsibilities>> {
  const rows = await listResponsibilities(db, network)
  const data = rows.map(({ merchant, name, recorded_at, ...said }) => ({
    merchant: typeId('mer', merchant),
    merchant_name: name,
    ...said,
    recorded_at: recorded_at.toISOString(),
  }))
  return { data, next: null }
}
