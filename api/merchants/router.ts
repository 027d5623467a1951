import { z } from 'zod'
import { actorOf } from '../audit/actor.ts'
import { requireOneOf, requireOperator, type Access } from '../http/authenticate.ts'
import { change, id, integer, points, shownId, shownInteger, shownTime, text } from '../http/fields.ts'
import { typeId } from '../http/ids.ts'
import { cutPage, limit, page } from '../http/paging.ts'
import { Refusal } from '../http/problems.ts'
import { declareRoute, type Routes } from '../http/routes.ts'
import type { StaffIdentity, TillIdentity } from '../identity/identities.ts'
import type { Db } from '../tables.ts'
import { changeMerchant, createMerchant, findMerchant, listMerchants, type MerchantRow } from './store.ts'

const tag = 'Merchants'

const issuingLimit = points(0)
  .nullable()
  .meta({ description: 'Most points it may have outstanding; null: no limit.' })
const externalReference = text(200).meta({
  description: 'How imports know this merchant; unique in the network.',
})
const byId = z.strictObject({ id: id('mer') })

const shownMerchant = z
  .strictObject({
    id: shownId('mer'),
    name: z.string(),
    issuing_limit: integer().nullable(),
    house: z.boolean().meta({ description: 'The network’s own merchant, which funds its bonuses.' }),
    external_reference: z.string().nullable(),
    created_at: shownTime(),
    left_at: shownTime().nullable(),
  })
  .meta({ id: 'Merchant' })

const postMerchant = declareRoute({
  method: 'post',
  path: '/v1/merchants',
  operation: 'admitMerchant',
  tag,
  summary: 'Admit a merchant',
  who: ['operator'],
  body: z.strictObject({
    name: text(100),
    issuing_limit: issuingLimit,
    external_reference: externalReference.optional(),
  }),
  answers: { 201: { description: 'The merchant.', schema: shownMerchant } },
  refusals: ['reference_taken'],
})

const getMerchants = declareRoute({
  method: 'get',
  path: '/v1/merchants',
  operation: 'listMerchants',
  tag,
  summary: 'List merchants, in the order they were admitted',
  description: 'Operators and auditors see all, staff and tills their own.',
  who: ['operator', 'staff', 'till'],
  query: z.strictObject({ limit: limit(), after: id('mer').optional() }),
  answers: { 200: { description: 'Merchants.', schema: page(shownMerchant) } },
})

const getMerchant = declareRoute({
  method: 'get',
  path: '/v1/merchants/{id}',
  operation: 'readMerchant',
  tag,
  summary: 'Read a merchant',
  who: ['operator', 'staff', 'till'],
  params: byId,
  answers: { 200: { description: 'The merchant.', schema: shownMerchant } },
})

const patchMerchant = declareRoute({
  method: 'patch',
  path: '/v1/merchants/{id}',
  operation: 'changeMerchant',
  tag,
  summary: 'Change a merchant, or let it go',
  description: 'The owner may change the name of their own merchant, the operator everything.',
  who: ['operator', 'staff'],
  params: byId,
  body: change({
    name: text(100),
    issuing_limit: issuingLimit,
    external_reference: externalReference.nullable(),
    left: z.literal(true).meta({
      description: 'Lets it go: it opens nothing new; holds may still be captured, and refunds go on.',
    }),
  }),
  answers: { 200: { description: 'The merchant as it is now.', schema: shownMerchant } },
  refusals: ['reference_taken'],
})

/** Merchants: admitted, changed and let go by the operator; each sees its own. */
export function merchantRoutes(routes: Routes, { access, db }: { access: Access; db: Db }): void {
  routes.on(postMerchant, async (req, res) => {
    const operator = await requireOperator(access, req)
    const { body } = postMerchant.parse(req)
    const merchant = await createMerchant(db, actorOf(req, operator), {
      name: body.name,
      issuingLimit: body.issuing_limit,
      externalReference: body.external_reference ?? null,
    })
    postMerchant.answer(res, 201, present(merchant))
  })

  routes.on(getMerchants, async (req, res) => {
    const caller = await requireOneOf(access, req, ['staff', 'till'])
    const { query } = getMerchants.parse(req)
    const rows = await listMerchants(db, caller.network.id, { ...query, only: caller.merchant?.id })
    const cursor = (row: MerchantRow) => typeId('mer', row.uuid)
    getMerchants.answer(res, 200, cutPage(rows, query.limit, { cursor, present }))
  })

  routes.on(getMerchant, async (req, res) => {
    const caller = await requireOneOf(access, req, ['staff', 'till'])
    const { params } = getMerchant.parse(req)
    getMerchant.answer(res, 200, present(await readOwnMerchant(db, caller, params.id)))
  })

  routes.on(patchMerchant, async (req, res) => {
    const staff = await requireOneOf(access, req, ['staff'])
    const { params, body } = patchMerchant.parse(req)
    const merchant = await readOwnMerchant(db, staff, params.id)
    demandRightTo(body, { staff, merchant })
    patchMerchant.answer(
      res,
      200,
      present(await changeMerchant(db, actorOf(req, staff), merchant.merchant_id, body)),
    )
  })
}

/** A merchant that the caller may see: its own, or any for those who act for the network. Refuses `not_found`. */
export async function readOwnMerchant(
  db: Db,
  caller: StaffIdentity | TillIdentity,
  uuid: string,
): Promise<MerchantRow> {
  if (caller.merchant !== null && caller.merchant.uuid !== uuid) throw new Refusal('not_found')
  return await findMerchant(db, caller.network.id, uuid)
}

function demandRightTo(
  change: z.output<typeof patchMerchant.shape.body>,
  { staff, merchant }: { staff: StaffIdentity; merchant: MerchantRow },
): void {
  const nameOnly = Object.keys(change).every((field) => field === 'name')
  if (staff.role !== 'operator' && !(staff.role === 'owner' && nameOnly)) throw new Refusal('forbidden')
  if (change.left && merchant.is_house) {
    throw new Refusal('forbidden', {
      detail: 'The house merchant is the network itself and can not be let go.',
    })
  }
}

function present(merchant: MerchantRow): z.input<typeof shownMerchant> {
  return {
    id: typeId('mer', merchant.uuid),
    name: merchant.name,
    issuing_limit: merchant.issuing_limit === null ? null : shownInteger(merchant.issuing_limit),
    house: merchant.is_house,
    external_reference: merchant.external_reference,
    created_at: merchant.created_at.toISOString(),
    left_at: merchant.left_at?.toISOString() ?? null,
  }
}
