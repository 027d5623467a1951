import type { Request } from 'express'
import { z } from 'zod'
import { actorOf } from '../audit/actor.ts'
import { requireStaff, type Access } from '../http/authenticate.ts'
import { id, shownId, shownTime, text } from '../http/fields.ts'
import { typeId } from '../http/ids.ts'
import { cutPage, limit, page } from '../http/paging.ts'
import { Refusal } from '../http/problems.ts'
import { declareRoute, type Routes } from '../http/routes.ts'
import type { StaffIdentity } from '../identity/identities.ts'
import { createTillKey } from '../identity/till-keys.ts'
import { readOwnMerchant } from '../merchants/router.ts'
import type { Db } from '../tables.ts'
import { createTill, listTills, revokeTill, type TillRow } from './store.ts'

const tag = 'Tills'
const byMerchant = z.strictObject({ id: id('mer') })

const shownTill = z
  .strictObject({
    id: shownId('til'),
    name: z.string(),
    created_at: shownTime(),
    revoked_at: shownTime().nullable(),
    last_used_at: shownTime().nullable().meta({ description: 'To the minute.' }),
  })
  .meta({ id: 'Till' })

const postTill = declareRoute({
  method: 'post',
  path: '/v1/merchants/{id}/tills',
  operation: 'createTill',
  tag,
  summary: 'Make a till and its key',
  description: 'The key is shown this once; of it only a hash is kept.',
  who: ['operator', 'staff'],
  params: byMerchant,
  body: z.strictObject({ name: text(100) }),
  answers: {
    201: {
      description: 'The till.',
      schema: z.strictObject({ id: shownId('til'), name: z.string(), key: z.string() }),
    },
  },
  refusals: ['merchant_left'],
})

const getTills = declareRoute({
  method: 'get',
  path: '/v1/merchants/{id}/tills',
  operation: 'listTills',
  tag,
  summary: 'List a merchant’s tills, from the oldest; without their keys',
  who: ['operator', 'staff'],
  params: byMerchant,
  query: z.strictObject({ limit: limit(), after: id('til').optional() }),
  answers: { 200: { description: 'Tills.', schema: page(shownTill) } },
})

const deleteTill = declareRoute({
  method: 'delete',
  path: '/v1/merchants/{id}/tills/{till}',
  operation: 'revokeTill',
  tag,
  summary: 'Revoke a till’s key, at once and for ever',
  who: ['operator', 'staff'],
  params: z.strictObject({ id: id('mer'), till: id('til') }),
  answers: { 204: { description: 'Revoked.' } },
})

/** Tills: made and revoked by the merchant's owner and managers, or the operator. */
export function tillRoutes(
  routes: Routes,
  { access, db, now }: { access: Access; db: Db; now: () => Date },
): void {
  routes.on(postTill, async (req, res) => {
    const staff = await requireTillKeeper(access, req)
    const { params, body } = postTill.parse(req)
    const merchant = await readOwnMerchant(db, staff, params.id)
    if (merchant.left_at !== null) throw new Refusal('merchant_left')
    const key = createTillKey()
    const till = await createTill(db, actorOf(req, staff), {
      merchant: merchant.merchant_id,
      name: body.name,
      key,
    })
    postTill.answer(res, 201, { id: typeId('til', till.uuid), name: till.name, key })
  })

  routes.on(getTills, async (req, res) => {
    const staff = await requireStaff(access, req)
    const { params, query } = getTills.parse(req)
    const merchant = await readOwnMerchant(db, staff, params.id)
    const rows = await listTills(db, staff.network.id, { merchant: merchant.merchant_id, ...query })
    const cursor = (row: TillRow) => typeId('til', row.uuid)
    getTills.answer(res, 200, cutPage(rows, query.limit, { cursor, present }))
  })

  routes.on(deleteTill, async (req, res) => {
    const staff = await requireTillKeeper(access, req)
    const { params } = deleteTill.parse(req)
    const merchant = await readOwnMerchant(db, staff, params.id)
    const which = { merchant: merchant.merchant_id, till: params.till, now: now() }
    if (!(await revokeTill(db, actorOf(req, staff), which))) throw new Refusal('not_found')
    deleteTill.answer(res, 204, undefined)
  })
}

/** Whoever may make and revoke tills: the merchant's owner and managers, and the operator. */
export async function requireTillKeeper(access: Access, req: Request): Promise<StaffIdentity> {
  const staff = await requireStaff(access, req)
  if (!['operator', 'owner', 'manager'].includes(staff.role)) throw new Refusal('forbidden')
  return staff
}

function present(till: TillRow): z.input<typeof shownTill> {
  return {
    id: typeId('til', till.uuid),
    name: till.name,
    created_at: till.created_at.toISOString(),
    revoked_at: till.revoked_at?.toISOString() ?? null,
    last_used_at: till.last_used_at?.toISOString() ?? null,
  }
}
