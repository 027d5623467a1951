import { z } from 'zod'
import type { Ledger } from '../../ledger/index.ts'
import { auditSource, recordAudit } from '../audit/record.ts'
import { requireOneOf, type Access } from '../http/authenticate.ts'
import { email, id, shownId, shownTime, text } from '../http/fields.ts'
import { typeId } from '../http/ids.ts'
import { Refusal } from '../http/problems.ts'
import { declareRoute, type Routes } from '../http/routes.ts'
import { payEnrolmentBonus } from '../rules/pay-enrolment-bonus.ts'
import type { Db } from '../tables.ts'
import { ofAge, phone } from './fields.ts'
import { enrolCustomer, findCustomer } from './store.ts'

const customerForShop = z.strictObject({ id: shownId('cus'), wallet: shownId('wal') })

const customerForThemselves = customerForShop.extend({
  email: z.string().nullable(),
  phone: z.string().nullable(),
  name: z.string().nullable(),
  birthday: z.string().nullable().meta({ description: 'Month and day, e.g. 11-21.' }),
  created_at: shownTime(),
})

const postCustomer = declareRoute({
  method: 'post',
  path: '/v1/customers',
  operation: 'postCustomer',
  tag: 'Customers',
  summary: 'Enrol a customer',
  description:
    'The same e-mail or phone number answers the same customer, unchanged. Without either a new one is made each ' +
    'time, e.g. for a paper card.',
  who: ['till', 'staff'],
  body: z.strictObject({
    email: email().optional(),
    phone: phone().optional(),
    name: text(200).optional(),
    of_age: ofAge.optional(),
  }),
  answers: {
    200: { description: 'Enrolled before.', schema: customerForShop },
    201: { description: 'Enrolled.', schema: customerForShop },
  },
  refusals: ['age_not_confirmed', 'customer_ambiguous'],
})

const getCustomer = declareRoute({
  method: 'get',
  path: '/v1/customers/{id}',
  operation: 'getCustomer',
  tag: 'Customers',
  summary: 'Read a customer',
  description: 'Only customers themselves see more than their ids.',
  who: ['till', 'staff', 'customer'],
  params: z.strictObject({ id: id('cus') }),
  answers: {
    200: { description: 'The customer.', schema: z.union([customerForThemselves, customerForShop]) },
  },
})

/** `/v1/customers`: tills and staff enrol, customers read themselves. */
export function customerRoutes(
  routes: Routes,
  { access, db, ledger }: { access: Access; db: Db; ledger: Ledger },
): void {
  routes.on(postCustomer, async (req, res) => {
    const caller = await requireOneOf(access, req, ['till', 'staff'])
    if (caller.kind === 'staff' && caller.role === 'auditor') throw new Refusal('forbidden')
    const { body } = postCustomer.parse(req)
    const { of_age, ...person } = body
    const enrolled = await db.transaction().execute(async (tx) => {
      const found = await enrolCustomer(tx, caller.network.id, {
        person,
        isOfAge: of_age === true,
        now: access.now(),
      })
      await recordAudit(tx, auditSource(req), { subjects: [typeId('cus', found.customer)] })
      return found
    })
    await payEnrolmentBonus({ db, ledger }, caller.network.id, enrolled.walletId)
    postCustomer.answer(res, enrolled.isNew ? 201 : 200, presentForShop(enrolled))
  })

  routes.on(getCustomer, async (req, res) => {
    const caller = await requireOneOf(access, req, ['till', 'staff', 'customer'])
    const { params } = getCustomer.parse(req)
    const isSelf = caller.kind === 'customer' && caller.customer === params.id
    if (caller.kind === 'customer' && !isSelf) throw new Refusal('not_found')
    const customer = await findCustomer(db, caller.network.id, params.id)
    if (customer === undefined) throw new Refusal('not_found')
    // Whoever of a shop looks at a person is on record.
    if (!isSelf) await recordAudit(db, auditSource(req), { subjects: [typeId('cus', params.id)] })
    getCustomer.answer(res, 200, isSelf ? presentForThemselves(customer) : presentForShop(customer))
  })
}

type Customer = NonNullable<Awaited<ReturnType<typeof findCustomer>>>

function presentForShop({ customer, wallet }: Pick<Customer, 'customer' | 'wallet'>) {
  return { id: typeId('cus', customer), wallet: typeId('wal', wallet) }
}

function presentForThemselves(customer: Customer): z.input<typeof customerForThemselves> {
  return {
    ...presentForShop(customer),
    email: customer.email,
    phone: customer.phone,
    name: customer.name,
    birthday: customer.birthday,
    created_at: customer.createdAt.toISOString(),
  }
}
