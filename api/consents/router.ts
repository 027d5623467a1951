import { z } from 'zod'
import type { MerchantId, Uuid } from '../../ledger/index.ts'
import { auditSource, recordAudit } from '../audit/record.ts'
import { requireOneOf, type Access } from '../http/authenticate.ts'
import { id, shownId, shownTime, text } from '../http/fields.ts'
import { typeId } from '../http/ids.ts'
import { Refusal } from '../http/problems.ts'
import { declareRoute, type Routes } from '../http/routes.ts'
import type { CustomerIdentity, StaffIdentity, TillIdentity } from '../identity/identities.ts'
import type { Db } from '../tables.ts'
import { ofMerchant } from '../transactions/merchant-caller.ts'
import { findMerchantId } from '../transactions/store.ts'
import {
  addConsent,
  findPresentCustomer,
  listConsents,
  newestConsents,
  type Consent,
  type Taking,
} from './store.ts'
import { consentChannels, consentPurposes } from './tables.ts'

const tag = 'Privacy'
const who = ['customer', 'till', 'staff'] as const
const takers = { customer: 'cus', till: 'til', staff: 'usr' } as const

const purpose = z.enum(consentPurposes)
const channel = z.enum(consentChannels)

const shownConsent = z
  .strictObject({
    purpose,
    channel,
    controller: shownId('mer').nullable().meta({ description: "Null: the network's operator." }),
    given: z.boolean(),
    wording_version: z.string(),
    taken_at: shownTime(),
    taken_by: z
      .string()
      .meta({ description: 'A till (`til_…`), a person (`usr_…`), or the customer (`cus_…`).' }),
    merchant: shownId('mer').nullable().meta({
      description: 'In which shop; null where the customers said it themselves, and for other shops.',
    }),
    till: shownId('til').nullable().meta({ description: 'At which till of it, if it was taken at one.' }),
    staff: shownId('usr').nullable().meta({
      description: 'Who of the shop took it; null where nobody was switched on at the till.',
    }),
  })
  .meta({ id: 'Consent' })

const consentList = z.strictObject({ data: z.array(shownConsent), next: z.null() })

const getConsents = declareRoute({
  method: 'get',
  path: '/v1/consents',
  operation: 'listConsents',
  tag,
  summary: 'What the customer agrees to now: by purpose, channel and controller',
  description:
    'Customers their own. A shop with the person present, which the `identification` shows, sees those given to itself ' +
    'and to the operator.',
  who,
  query: z.strictObject({ identification: id('idn').optional() }),
  answers: { 200: { description: 'The newest of each.', schema: consentList } },
  refusals: ['person_not_present'],
})

const putConsent = declareRoute({
  method: 'put',
  path: '/v1/consents',
  operation: 'putConsent',
  tag,
  summary: 'Write down a yes or no',
  description:
    'By the customer, or by a shop with the person present, for itself or the operator. What was said before is kept as ' +
    'proof. Membership, points and their use never depend on it.',
  who,
  body: z.strictObject({
    purpose,
    channel,
    controller: id('mer').nullable().meta({ description: "Who will use it; null: the network's operator." }),
    given: z.boolean(),
    wording_version: text(60).meta({ description: 'Which text the person was shown.' }),
    identification: id('idn').optional(),
  }),
  answers: { 200: { description: 'What the customer agrees to now.', schema: consentList } },
  refusals: ['person_not_present'],
})

/** `/v1/consents`, for customers, and for shops that have them before them. */
export function consentRoutes(routes: Routes, { access, db }: { access: Access; db: Db }): void {
  routes.on(getConsents, async (req, res) => {
    const caller = await requireOneOf(access, req, who)
    const { query } = getConsents.parse(req)
    const customer = await findGiver(access, caller, query.identification)
    // Whoever of a shop looks at a person is on record.
    if (caller.kind !== 'customer') {
      await recordAudit(db, auditSource(req), { subjects: [typeId('cus', customer)] })
    }
    getConsents.answer(res, 200, await presentNow(db, caller, customer))
  })

  routes.on(putConsent, async (req, res) => {
    const caller = await requireOneOf(access, req, who)
    const { body } = putConsent.parse(req)
    const customer = await findGiver(access, caller, body.identification)
    const controller = await findController(db, caller, body.controller)
    const said = { ...body, controller, wordingVersion: body.wording_version }
    const giver = { network: caller.network.id, customer }
    await db.transaction().execute(async (tx) => {
      await addConsent(tx, giver, { said, taking: takingOf(caller, access.now()) })
      await recordAudit(tx, auditSource(req), {
        subjects: [typeId('cus', customer)],
        changed: [body.purpose],
      })
    })
    putConsent.answer(res, 200, await presentNow(db, caller, customer))
  })
}

type Caller = CustomerIdentity | TillIdentity | StaffIdentity

/** Whose consent it is. Refuses `person_not_present`, `forbidden`. */
async function findGiver(access: Access, caller: Caller, identification: Uuid | undefined): Promise<Uuid> {
  if (caller.kind === 'customer') return caller.customer
  const shop = ofMerchant(caller)
  const now = access.now()
  const customer =
    identification === undefined ? null : await findPresentCustomer(access.db, shop, { identification, now })
  if (customer === null) throw new Refusal('person_not_present')
  return customer
}

/** A shop takes consents for itself and the operator alone. Refuses `not_found`. */
async function findController(db: Db, caller: Caller, named: Uuid | null): Promise<MerchantId | null> {
  if (named === null) return null
  if (caller.kind !== 'customer' && caller.merchant?.uuid !== named) throw new Refusal('not_found')
  const controller = await findMerchantId(db, caller.network.id, named)
  if (controller === undefined) throw new Refusal('not_found')
  return controller
}

function takingOf(caller: Caller, at: Date): Taking {
  if (caller.kind === 'customer') {
    return { at, kind: 'customer', by: caller.customer, merchant: null, staff: null }
  }
  const merchant = caller.merchant?.id ?? null
  return caller.kind === 'till'
    ? { at, kind: 'till', by: caller.till, merchant, staff: caller.staff?.person ?? null }
    : { at, kind: 'staff', by: caller.person, merchant, staff: caller.person }
}

async function presentNow(db: Db, caller: Caller, customer: Uuid): Promise<z.input<typeof consentList>> {
  const newest = newestConsents(await listConsents(db, caller.network.id, customer))
  if (caller.kind === 'customer') return { data: newest.map(presentConsent), next: null }
  const seen = newest.filter(({ controller_id }) => [null, caller.merchant?.id].includes(controller_id))
  return { data: seen.map((consent) => presentToShop(caller.merchant?.id, consent)), next: null }
}

/** In which other shops its customers are is no shop's affair. */
function presentToShop(shop: MerchantId | undefined, consent: Consent): z.input<typeof shownConsent> {
  const shown = presentConsent(consent)
  return consent.merchant_id === shop ? shown : { ...shown, merchant: null, till: null, staff: null }
}

/** A consent as it is shown, and as it is handed out. */
export function presentConsent(consent: Consent): z.input<typeof shownConsent> {
  return {
    purpose: consent.purpose,
    channel: consent.channel,
    controller: consent.controller_uuid && typeId('mer', consent.controller_uuid),
    given: consent.given,
    wording_version: consent.wording_version,
    taken_at: consent.taken_at.toISOString(),
    taken_by: typeId(takers[consent.taken_by_kind], consent.taken_by),
    merchant: consent.merchant_uuid && typeId('mer', consent.merchant_uuid),
    till: consent.taken_by_kind === 'till' ? typeId('til', consent.taken_by) : null,
    staff: consent.staff_uuid && typeId('usr', consent.staff_uuid),
  }
}
