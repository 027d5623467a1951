import type { Request } from 'express'
import { z } from 'zod'
import type { Uuid } from '../../ledger/index.ts'
import { auditSource, recordAudit } from '../audit/record.ts'
import { requireOneOf, type Access } from '../http/authenticate.ts'
import { email, id } from '../http/fields.ts'
import { typeId } from '../http/ids.ts'
import type { InBackground } from '../http/in-background.ts'
import { addressKey } from '../http/limits.ts'
import { Refusal } from '../http/problems.ts'
import { declareRoute, type Routes } from '../http/routes.ts'
import type { CreateSharedLimit } from '../http/shared-limit.ts'
import type { CustomerIdentity } from '../identity/identities.ts'
import type { SendMail } from '../mail/mailer.ts'
import type { Db } from '../tables.ts'
import { guessedCodesLetter } from '../wallets/letters.ts'
import type { SignInCodes } from '../wallets/sign-in-code.ts'
import { wrongCodesUntilTold, type SignInLimits } from '../wallets/sign-in-limits.ts'
import {
  applyEmailChange,
  areCodesRight,
  beginEmailChange,
  countChangeAttempt,
  readAddress,
  readLetterhead,
} from './email-change-store.ts'
import { addressChangedLetter, newAddressLetter, oldAddressLetter } from './letters.ts'

const tag = 'Customers'
const code = z.string().regex(/^[0-9]{6}$/, 'must be the six digits of the code')
const customerPath = z.strictObject({ id: id('cus') })

const postEmail = declareRoute({
  method: 'post',
  path: '/v1/customers/{id}/email',
  operation: 'beginEmailChange',
  tag,
  summary: 'Take another e-mail address: ask for a code to be sent there, and one to the old address',
  description:
    'The address signs in, so it stays as it is until the codes are entered. Answers alike whether or not another ' +
    'customer has the new one; the code tells.',
  who: ['customer'],
  params: customerPath,
  body: z.strictObject({ email: email() }),
  answers: { 202: { description: 'The codes are on their way.' } },
})

const postEmailCode = declareRoute({
  method: 'post',
  path: '/v1/customers/{id}/email/code',
  operation: 'confirmEmailChange',
  tag,
  summary: 'Enter the codes: the new address replaces the old one, which is told; other sessions end',
  who: ['customer'],
  params: customerPath,
  body: z.strictObject({
    code,
    old_code: code.optional().meta({ description: 'Sent to the old address; needed where there is one.' }),
  }),
  answers: { 204: { description: 'Changed.' } },
  refusals: ['code_wrong', 'contact_taken'],
})

interface Parts {
  readonly access: Access
  readonly db: Db
  readonly codes: SignInCodes
  readonly sendMail: SendMail
  readonly inBackground: InBackground
  /** Those of signing in: a code lets in here as there. */
  readonly limits: SignInLimits
  readonly createSharedLimit: CreateSharedLimit
}

/** `/v1/customers/{id}/email`, for the customer. */
export function emailChangeRoutes(routes: Routes, parts: Parts): void {
  const { access, db, codes, sendMail, limits, createSharedLimit } = parts
  const lettersOfCustomer = createSharedLimit('e-mail changes', { count: 5, seconds: 15 * 60 })
  const lettersOfCustomerDaily = createSharedLimit('e-mail changes, daily', {
    count: 10,
    seconds: 24 * 60 * 60,
  })

  routes.on(postEmail, async (req, res) => {
    const { network, customer } = await requireSelf(access, req, () => postEmail.parse(req).params.id)
    const { body } = postEmail.parse(req)
    await lettersOfCustomer.consume(`${network.id} ${customer}`)
    await lettersOfCustomerDaily.consume(`${network.id} ${customer}`)
    const account = `${network.slug} ${body.email}`
    await limits.pair.consume(`${account} ${addressKey(req)}`)
    await limits.pairDaily.consume(`${account} ${addressKey(req)}`)
    await limits.letters.consume(account)
    const key = { network: network.id, customer }
    const made = await beginEmailChange({ db, codes }, key, { email: body.email, now: access.now() })
    const head = await readLetterhead(db, network.id)
    if (made.old !== null) await sendMail(oldAddressLetter({ ...head, to: made.old.email }, made.old.code))
    await sendMail(newAddressLetter({ ...head, to: body.email }, made.code))
    postEmail.answer(res, 202, undefined)
  })

  routes.on(postEmailCode, async (req, res) => {
    const caller = await requireSelf(access, req, () => postEmailCode.parse(req).params.id)
    const { network, customer } = caller
    const { body } = postEmailCode.parse(req)
    const key = { network: network.id, customer }
    const change = await proveChange(parts, req, { caller, code: body.code, oldCode: body.old_code })
    const changed = await db.transaction().execute(async (tx) => {
      const subjects = [typeId('cus', customer)]
      await recordAudit(tx, auditSource(req), { subjects, changed: ['email'] })
      const { session } = caller
      return await applyEmailChange(tx, { ...key, session }, { change, now: access.now() })
    })
    if (changed.before !== null && changed.before !== changed.email) {
      const head = await readLetterhead(db, network.id)
      await sendMail(addressChangedLetter({ ...head, to: changed.before }))
    }
    postEmailCode.answer(res, 204, undefined)
  })
}

interface EnteredCodes {
  readonly caller: CustomerIdentity
  readonly code: string
  readonly oldCode: string | undefined
}

/**
 * The change that the codes prove. Refuses `code_wrong`; wrong ones are in the trail, and several a day are told to
 * the old address.
 */
async function proveChange(parts: Parts, req: Request, { caller, ...entered }: EnteredCodes): Promise<Uuid> {
  const { access, db, codes, sendMail, inBackground, limits } = parts
  const key = { network: caller.network.id, customer: caller.customer }
  const tried = await countChangeAttempt(db, key, access.now())
  const before = await readAddress(db, key)
  const guessedAt = [...new Set([tried.email, before ?? tried.email])].map((each) => `${key.network} ${each}`)
  let count = 0
  // Counted before looking, so that guesses sent at once are counted too.
  for (const each of guessedAt) count = (await limits.wrongCodes.consume(each)).consumedPoints
  if (!areCodesRight(codes, tried, entered)) {
    inBackground(async () => {
      await recordAudit(db, auditSource(req), {
        subjects: [typeId('cus', key.customer)],
        outcome: 'code_wrong',
      })
      if (count !== wrongCodesUntilTold || before === null) return
      await sendMail(guessedCodesLetter({ ...(await readLetterhead(db, key.network)), to: before }))
    })
    throw new Refusal('code_wrong')
  }
  for (const each of guessedAt) await limits.wrongCodes.giveBack(each)
  return tried.uuid
}

/** The customer, where the address names them and nobody else. */
async function requireSelf(access: Access, req: Request, named: () => string): Promise<CustomerIdentity> {
  const caller = await requireOneOf(access, req, ['customer'])
  if (named() !== caller.customer) throw new Refusal('not_found')
  return caller
}
