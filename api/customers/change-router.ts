import { z } from 'zod'
import { auditSource, recordAudit } from '../audit/record.ts'
import { requireOneOf, type Access } from '../http/authenticate.ts'
import { email, id, shownId, text } from '../http/fields.ts'
import { typeId } from '../http/ids.ts'
import { Refusal } from '../http/problems.ts'
import { declareRoute, type Routes } from '../http/routes.ts'
import type { CreateSharedLimit } from '../http/shared-limit.ts'
import type { Lookups } from '../identifications/lookups.ts'
import type { CustomerIdentity } from '../identity/identities.ts'
import type { SendMail } from '../mail/mailer.ts'
import { noteLettersOff } from '../notices/notices.ts'
import type { Db } from '../tables.ts'
import { ofMerchant, type MerchantCaller } from '../transactions/merchant-caller.ts'
import { changeCustomer, findCustomerWallet } from './change-store.ts'
import { birthday, letters, phone } from './fields.ts'
import { emailAddedLetter } from './letters.ts'
import { demandPresence } from './presence.ts'
import { readLetterhead } from './email-change-store.ts'

const patchCustomer = declareRoute({
  method: 'patch',
  path: '/v1/customers/{id}',
  operation: 'changeCustomer',
  tag: 'Customers',
  summary: 'Change what is known of a customer',
  description:
    'Customers change their own. A shop does with the person present, which the `identification` by QR or card shows; ' +
    "for e-mail and phone by QR, or by card where the network's `card_pays` says so. " +
    'An e-mail address signs in, so a shop may add one where there is none, which is told to it, and nobody may ' +
    'replace one here. A phone number that customers say themselves identifies nobody until a shop that has them ' +
    'before it says it too. Which `letters` they get is for customers alone to say.',
  who: ['customer', 'till', 'staff'],
  params: z.strictObject({ id: id('cus') }),
  body: z
    .strictObject({
      name: text(200).nullable().optional(),
      phone: phone().nullable().optional(),
      birthday: birthday().nullable().optional(),
      email: email().optional(),
      letters: letters
        .partial()
        .refine((named) => Object.keys(named).length > 0, { error: 'names nothing to change' })
        .optional(),
      identification: id('idn').optional(),
    })
    .refine((body) => Object.keys(body).some((name) => name !== 'identification'), {
      error: 'names nothing to change',
      when: ({ issues }) => issues.length === 0,
    }),
  answers: {
    200: {
      description: 'Changed.',
      schema: z.strictObject({ id: shownId('cus'), wallet: shownId('wal') }),
    },
  },
  refusals: ['contact_taken', 'email_fixed', 'person_not_present'],
})

interface Parts {
  readonly access: Access
  readonly db: Db
  readonly sendMail: SendMail
  readonly lookups: Lookups
  readonly createSharedLimit: CreateSharedLimit
}

/** `PATCH /v1/customers/{id}`, for themselves, or a shop that has them before it. */
export function customerChangeRoutes(
  routes: Routes,
  { access, db, sendMail, lookups, createSharedLimit }: Parts,
): void {
  // Numbers are not to be tried until one is somebody's.
  const ownPhones = createSharedLimit('phone changes', { count: 3, seconds: 24 * 60 * 60 })
  // Turned on and off in a loop, they would fill the address with last letters.
  const ownLetters = createSharedLimit('letters turned on and off', { count: 20, seconds: 24 * 60 * 60 })

  routes.on(patchCustomer, async (req, res) => {
    const caller = await requireOneOf(access, req, ['customer', 'till', 'staff'])
    const { params, body } = patchCustomer.parse(req)
    const { identification, ...change } = body
    const customer = await findCustomerWallet(db, caller.network.id, params.id)
    if (customer === undefined) throw new Refusal('not_found')
    const isOwn = caller.kind === 'customer'
    if (isOwn) {
      demandOwn(caller, params.id)
      if (change.letters !== undefined) await ownLetters.consume(`${caller.network.id} ${params.id}`)
      if (change.phone !== undefined) await ownPhones.consume(`${caller.network.id} ${params.id}`)
    } else {
      if (change.letters !== undefined) throw new Refusal('forbidden')
      const mayTake = change.email !== undefined || change.phone !== undefined
      // That another has it tells a shop who is a member, as an identification would.
      if (mayTake) await lookups.consume(caller)
      await demandPresence(db, shopOf(caller), { ...customer, identification, mayTake, now: access.now() })
    }
    const added = await db.transaction().execute(async (tx) => {
      const { addedEmail, lettersOff } = await changeCustomer(tx, caller.network.id, {
        customer: params.id,
        change,
        isOwn,
      })
      if (lettersOff.spends || lettersOff.endings)
        await noteLettersOff(tx, { network: caller.network.id, customer: params.id }, lettersOff)
      const subjects = [typeId('cus', params.id)]
      await recordAudit(tx, auditSource(req), { subjects, changed: Object.keys(change) })
      return addedEmail
    })
    if (added !== null) {
      const head = await readLetterhead(db, caller.network.id)
      await sendMail(emailAddedLetter({ ...head, to: added }))
    }
    patchCustomer.answer(res, 200, { id: typeId('cus', params.id), wallet: typeId('wal', customer.uuid) })
  })
}

function demandOwn(caller: CustomerIdentity, customer: string): void {
  if (caller.customer !== customer) throw new Refusal('not_found')
}

function shopOf(caller: Parameters<typeof ofMerchant>[0]): MerchantCaller {
  return ofMerchant(caller)
}
