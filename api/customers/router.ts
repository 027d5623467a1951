import { z } from 'zod'
import type { Ledger, NetworkId } from '../../ledger/index.ts'
import { auditSource, recordAudit } from '../audit/record.ts'
import { requireOneOf, type Access } from '../http/authenticate.ts'
import { email, id, shownId, shownTime, text } from '../http/fields.ts'
import { typeId } from '../http/ids.ts'
import { Refusal } from '../http/problems.ts'
import { declareRoute, type Routes } from '../http/routes.ts'
import type { Lookups } from '../identifications/lookups.ts'
import type { ActingMerchant } from '../identity/identities.ts'
import type { HashContact } from '../rules/bonus-contact.ts'
import { payEnrolmentBonus } from '../rules/pay-enrolment-bonus.ts'
import type { Db } from '../tables.ts'
import { letters, ofAge, phone } from './fields.ts'
import { presentToShop, shownCustomer } from './search-router.ts'
import { readShopHistories } from './shop-view.ts'
import { enrolCustomer, findCustomer } from './store.ts'

const customerForShop = z.strictObject({ id: shownId('cus'), wallet: shownId('wal') })

const customerForThemselves = customerForShop.extend({
  email: z.string().nullable(),
  phone: z.string().nullable(),
  name: z.string().nullable(),
  birthday: z.string().nullable().meta({ description: 'Month and day, e.g. 11-21.' }),
  letters,
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
  who: ['till', 'staff', 'operator'],
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
  description:
    'Customers see themselves; a shop their history in this shop, and their name when there is any; operators and ' +
    'auditors their ids alone.',
  who: ['till', 'staff', 'operator', 'customer'],
  params: z.strictObject({ id: id('cus') }),
  answers: {
    200: {
      description: 'The customer.',
      schema: z.union([customerForThemselves, shownCustomer, customerForShop]),
    },
  },
})

interface Parts {
  readonly access: Access
  readonly db: Db
  readonly ledger: Ledger
  readonly lookups: Lookups
  readonly hashContact: HashContact
}

/** `/v1/customers`: tills and staff enrol, customers read themselves. */
export function customerRoutes(routes: Routes, { access, db, ledger, lookups, hashContact }: Parts): void {
  routes.on(postCustomer, async (req, res) => {
    const caller = await requireOneOf(access, req, ['till', 'staff'])
    if (caller.kind === 'staff' && caller.role === 'auditor') throw new Refusal('forbidden')
    const { body } = postCustomer.parse(req)
    const { of_age, ...person } = body
    const enroller = caller.kind === 'till' ? caller.till : caller.person
    // Before looking: above the limit members and others are answered alike. For a paper card nobody is looked for.
    const isLookup = person.email !== undefined || person.phone !== undefined
    if (isLookup) await lookups.consume(caller)
    const enrolled = await db.transaction().execute(async (tx) => {
      const found = await enrolCustomer(tx, caller.network.id, {
        person,
        isOfAge: of_age === true,
        now: access.now(),
        hashContact,
        enrolledBy: enroller,
      })
      await recordAudit(tx, auditSource(req), { subjects: [typeId('cus', found.customer)] })
      return found
    })
    // Whoever was known already was looked up, and whoever was refused for their age too; who is new counts for nothing.
    if (isLookup && enrolled.isNew) await lookups.giveBackNew(caller)
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
    if (isSelf) return getCustomer.answer(res, 200, presentForThemselves(customer))
    const merchant = caller.kind === 'customer' ? null : caller.merchant
    const seen =
      merchant === null
        ? presentForShop(customer)
        : await viewFrom(db, caller.network.id, { customer, merchant })
    getCustomer.answer(res, 200, seen)
  })
}

type Customer = NonNullable<Awaited<ReturnType<typeof findCustomer>>>

function presentForShop({ customer, wallet }: Pick<Customer, 'customer' | 'wallet'>) {
  return { id: typeId('cus', customer), wallet: typeId('wal', wallet) }
}

/** To a shop that they never bought from, they are nobody yet. */
async function viewFrom(
  db: Db,
  network: NetworkId,
  { customer, merchant }: { readonly customer: Customer; readonly merchant: ActingMerchant },
): Promise<z.input<typeof shownCustomer>> {
  const { customer: uuid, wallet: wallet_uuid, walletId: wallet_id } = customer
  const historyOf = await readShopHistories(db, network, { wallets: [wallet_id], merchant: merchant.id })
  const history = historyOf(wallet_id)
  const name = history.visits > 0 ? customer.name : null
  return presentToShop({ uuid, wallet_uuid, wallet_id, name, ...history })
}

function presentForThemselves(customer: Customer): z.input<typeof customerForThemselves> {
  return {
    ...presentForShop(customer),
    email: customer.email,
    phone: customer.phone,
    name: customer.name,
    birthday: customer.birthday,
    letters: { spends: customer.tellsSpends, endings: customer.tellsEndings },
    created_at: customer.createdAt.toISOString(),
  }
}
