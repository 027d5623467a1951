import { z } from 'zod'
import { readWallet } from '../../ledger/index.ts'
import { auditSource, recordAudit } from '../audit/record.ts'
import { requireCustomer, requireOneOf, type Access } from '../http/authenticate.ts'
import { email, id, integer, shownId, shownInteger, text } from '../http/fields.ts'
import { typeId } from '../http/ids.ts'
import { cutPage, limit, page } from '../http/paging.ts'
import { Refusal } from '../http/problems.ts'
import { declareRoute, type Routes } from '../http/routes.ts'
import type { Db } from '../tables.ts'
import { ofMerchant } from '../transactions/merchant-caller.ts'
import { phone } from './fields.ts'
import { listMemberships, searchCustomers, type CustomerFound } from './search-store.ts'

const tag = 'Customers'

/** A customer as a shop sees them. */
export const shownCustomer = z.strictObject({
  id: shownId('cus'),
  wallet: shownId('wal'),
  name: z.string().nullable(),
  visits: integer().meta({ description: 'Days with a sale in this shop.' }),
  since: z.iso.date().nullable(),
  last_visit: z.iso.date().nullable(),
})

const getCustomers = declareRoute({
  method: 'get',
  path: '/v1/customers',
  operation: 'listCustomers',
  tag,
  summary: "Look for the shop's customers, in the order they were enrolled",
  description: 'Only customers with a history in this shop; visits are those in this shop.',
  who: ['till', 'staff'],
  query: z.strictObject({
    name: text(200).optional().meta({ description: 'How the name begins, in any case.' }),
    email: email().optional(),
    phone: phone().optional(),
    limit: limit(),
    after: id('cus').optional(),
  }),
  answers: { 200: { description: 'A page.', schema: page(shownCustomer) } },
})

const getMemberships = declareRoute({
  method: 'get',
  path: '/v1/customers/{id}/memberships',
  operation: 'listCustomerMemberships',
  tag,
  summary: 'All networks that know the customer by the e-mail address they have proven, by slug',
  who: ['customer'],
  params: z.strictObject({ id: id('cus') }),
  answers: {
    200: {
      description: 'Networks, each with the wallet in it.',
      schema: z.strictObject({
        data: z.array(
          z.strictObject({
            network: z.strictObject({ id: shownId('net'), slug: z.string(), name: z.string() }),
            wallet: shownId('wal'),
            available: integer().meta({ description: 'Points that can be spent now.' }),
            currency: z.string(),
            point_face_value_minor: integer(),
          }),
        ),
        next: z.null(),
      }),
    },
  },
})

/** `GET /v1/customers`, for shops; `/{id}/memberships`, for customers. */
export function customerSearchRoutes(routes: Routes, { access, db }: { access: Access; db: Db }): void {
  routes.on(getCustomers, async (req, res) => {
    const shop = ofMerchant(await requireOneOf(access, req, ['till', 'staff']))
    const { query } = getCustomers.parse(req)
    const found = await searchCustomers(db, shop, query)
    const cursor = (customer: CustomerFound) => typeId('cus', customer.uuid)
    // Whoever of a shop looks at people is on record.
    const subjects = found.slice(0, query.limit).map(cursor)
    if (subjects.length > 0) await recordAudit(db, auditSource(req), { subjects })
    getCustomers.answer(res, 200, cutPage(found, query.limit, { cursor, present: presentToShop }))
  })

  routes.on(getMemberships, async (req, res) => {
    const caller = await requireCustomer(access, req)
    const { params } = getMemberships.parse(req)
    if (params.id !== caller.customer) throw new Refusal('not_found')
    const memberships = await listMemberships(db, caller.network.id, caller.customer)
    const data = await Promise.all(memberships.map((membership) => presentMembership(db, membership)))
    getMemberships.answer(res, 200, { data, next: null })
  })
}

/** Presents a customer to a shop. */
export function presentToShop(customer: CustomerFound): z.input<typeof shownCustomer> {
  return {
    id: typeId('cus', customer.uuid),
    wallet: typeId('wal', customer.wallet_uuid),
    name: customer.name,
    visits: customer.visits,
    since: customer.since,
    last_visit: customer.lastVisit,
  }
}

async function presentMembership(db: Db, member: Awaited<ReturnType<typeof listMemberships>>[number]) {
  const wallet = await readWallet(db, member.network_id, member.wallet_id)
  return {
    network: { id: typeId('net', member.uuid), slug: member.slug, name: member.name },
    wallet: typeId('wal', member.wallet_uuid),
    available: shownInteger(wallet?.available ?? 0n),
    currency: member.currency,
    point_face_value_minor: shownInteger(member.point_face_value_minor),
  }
}
