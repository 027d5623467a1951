import type { Request } from 'express'
import { z } from 'zod'
import { auditSource, recordAudit } from '../audit/record.ts'
import { findCustomerWallet } from '../customers/change-store.ts'
import { readAddress, readLetterhead } from '../customers/email-change-store.ts'
import { cardLetter } from '../customers/letters.ts'
import { demandPresence } from '../customers/presence.ts'
import { requireCustomer, requireOneOf, type Access } from '../http/authenticate.ts'
import { id, shownId, shownTime } from '../http/fields.ts'
import { typeId } from '../http/ids.ts'
import { Refusal } from '../http/problems.ts'
import { declareRoute, type Routes } from '../http/routes.ts'
import type { CreateSharedLimit } from '../http/shared-limit.ts'
import type { Lookups } from '../identifications/lookups.ts'
import type { CustomerIdentity } from '../identity/identities.ts'
import type { SendMail } from '../mail/mailer.ts'
import type { Db } from '../tables.ts'
import { ofMerchant } from '../transactions/merchant-caller.ts'
import { newCardNumber } from './number.ts'
import { bindCard, isReachable, listCards, removeCard } from './store.ts'

const tag = 'Customers'
const customerPath = z.strictObject({ id: id('cus') })

const postCard = declareRoute({
  method: 'post',
  path: '/v1/customers/{id}/cards',
  operation: 'postCard',
  tag,
  summary: 'Bind a printed card to a customer, who is told by e-mail',
  description:
    'The first card of someone just enrolled without e-mail and phone needs nothing more. For everyone else the person ' +
    'must be present, which an `identification` by QR or card shows.',
  who: ['till', 'staff'],
  params: customerPath,
  body: z.strictObject({ card: newCardNumber(), identification: id('idn').optional() }),
  answers: { 201: { description: 'Bound.', schema: z.strictObject({ id: shownId('crd') }) } },
  refusals: ['card_taken', 'person_not_present'],
})

const getCards = declareRoute({
  method: 'get',
  path: '/v1/customers/{id}/cards',
  operation: 'listCards',
  tag,
  summary: 'List the cards of a customer, oldest first',
  who: ['customer'],
  params: customerPath,
  answers: {
    200: {
      description: 'All cards.',
      schema: z.strictObject({
        data: z.array(z.strictObject({ id: shownId('crd'), card: z.string(), created_at: shownTime() })),
        next: z.null(),
      }),
    },
  },
})

const deleteCard = declareRoute({
  method: 'delete',
  path: '/v1/customers/{id}/cards/{card}',
  operation: 'deleteCard',
  tag,
  summary: 'End a card, e.g. a lost one',
  who: ['customer'],
  params: z.strictObject({ id: id('cus'), card: id('crd') }),
  answers: { 204: { description: 'It leads to nobody any more.' } },
})

interface Parts {
  readonly access: Access
  readonly db: Db
  readonly sendMail: SendMail
  readonly lookups: Lookups
  readonly createSharedLimit: CreateSharedLimit
}

/** `/v1/customers/{id}/cards`: shops bind, customers list and end. */
export function cardRoutes(
  routes: Routes,
  { access, db, sendMail, lookups, createSharedLimit }: Parts,
): void {
  const cardsOfCustomer = createSharedLimit('cards bound to a customer', {
    count: 5,
    seconds: 24 * 60 * 60,
    detail:
      'This customer was given many cards today already. Use one of those, or wait as long as Retry-After says.',
  })

  routes.on(postCard, async (req, res) => {
    const shop = ofMerchant(await requireOneOf(access, req, ['till', 'staff']))
    const { params, body } = postCard.parse(req)
    const network = shop.network.id
    const customer = await findCustomerWallet(db, network, params.id)
    if (customer === undefined) throw new Refusal('not_found')
    if (await isReachable(db, network, params.id)) {
      const { identification } = body
      await demandPresence(db, shop, { ...customer, identification, mayTake: false, now: access.now() })
    }
    // That somebody else has it tells which numbers lead to people, as an identification would.
    await lookups.consume(shop)
    await cardsOfCustomer.consume(`${network} ${params.id}`)
    const card = await db.transaction().execute(async (tx) => {
      const bound = await bindCard(tx, network, { customer: params.id, number: body.card })
      await recordAudit(tx, auditSource(req), { subjects: [typeId('cus', params.id), typeId('crd', bound)] })
      return bound
    })
    const to = await readAddress(db, { network, customer: params.id })
    if (to !== null) await sendMail(cardLetter({ ...(await readLetterhead(db, network)), to }))
    postCard.answer(res, 201, { id: typeId('crd', card) })
  })

  routes.on(getCards, async (req, res) => {
    const caller = await requireSelf(access, req, (self) => getCards.parse(self).params.id)
    const cards = await listCards(db, caller.network.id, caller.customer)
    const data = cards.map(({ uuid, number, created_at }) => ({
      id: typeId('crd', uuid),
      card: number,
      created_at: created_at.toISOString(),
    }))
    getCards.answer(res, 200, { data, next: null })
  })

  routes.on(deleteCard, async (req, res) => {
    const caller = await requireSelf(access, req, (self) => deleteCard.parse(self).params.id)
    const { card } = deleteCard.parse(req).params
    await db.transaction().execute(async (tx) => {
      const ended = await removeCard(tx, caller.network.id, { customer: caller.customer, card })
      if (!ended) throw new Refusal('not_found')
      await recordAudit(tx, auditSource(req), { subjects: [typeId('crd', card)] })
    })
    deleteCard.answer(res, 204, undefined)
  })
}

/** The customer that calls, where they are the one that the address names. */
async function requireSelf(
  access: Access,
  req: Request,
  named: (req: Request) => string,
): Promise<CustomerIdentity> {
  const caller = await requireCustomer(access, req)
  if (named(req) !== caller.customer) throw new Refusal('not_found')
  return caller
}
