import type { Request } from 'express'
import { z } from 'zod'
import { auditSource, recordAudit } from '../audit/record.ts'
import { requireOneOf, type Access } from '../http/authenticate.ts'
import { email, id } from '../http/fields.ts'
import { typeId } from '../http/ids.ts'
import { createLimit } from '../http/limits.ts'
import { Refusal } from '../http/problems.ts'
import { declareRoute, type Routes } from '../http/routes.ts'
import type { CustomerIdentity } from '../identity/identities.ts'
import type { SendMail } from '../mail/mailer.ts'
import type { Db } from '../tables.ts'
import type { SignInCodes } from '../wallets/sign-in-code.ts'
import {
  applyEmailChange,
  beginEmailChange,
  findProvenChange,
  readNetworkName,
} from './email-change-store.ts'
import { addressChangedLetter, newAddressLetter } from './letters.ts'

const tag = 'Customers'
const customerPath = z.strictObject({ id: id('cus') })

const postEmail = declareRoute({
  method: 'post',
  path: '/v1/customers/{id}/email',
  operation: 'beginEmailChange',
  tag,
  summary: 'Take another e-mail address: ask for a code to be sent there',
  description:
    'The address signs in, so it stays as it is until the code is entered. Answers alike whether or not another ' +
    'customer has the new one; the code tells.',
  who: ['customer'],
  params: customerPath,
  body: z.strictObject({ email: email() }),
  answers: { 202: { description: 'A code is on its way.' } },
})

const postEmailCode = declareRoute({
  method: 'post',
  path: '/v1/customers/{id}/email/code',
  operation: 'confirmEmailChange',
  tag,
  summary: 'Enter the code: the new address replaces the old one, which is told',
  who: ['customer'],
  params: customerPath,
  body: z.strictObject({ code: z.string().regex(/^[0-9]{6}$/, 'must be the six digits of the code') }),
  answers: { 204: { description: 'Changed.' } },
  refusals: ['code_wrong', 'contact_taken'],
})

interface Parts {
  readonly access: Access
  readonly db: Db
  readonly codes: SignInCodes
  readonly sendMail: SendMail
}

/** `/v1/customers/{id}/email`, for the customer. */
export function emailChangeRoutes(routes: Routes, { access, db, codes, sendMail }: Parts): void {
  const lettersOfCustomer = createLimit(5, 15 * 60)

  routes.on(postEmail, async (req, res) => {
    const { network, customer } = await requireSelf(access, req, () => postEmail.parse(req).params.id)
    const { body } = postEmail.parse(req)
    await lettersOfCustomer.consume(`${network.id} ${customer}`)
    const key = { network: network.id, customer }
    const code = await beginEmailChange({ db, codes }, key, { email: body.email, now: access.now() })
    const name = await readNetworkName(db, network.id)
    await sendMail(newAddressLetter(body.email, { code, at: name }))
    postEmail.answer(res, 202, undefined)
  })

  routes.on(postEmailCode, async (req, res) => {
    const { network, customer } = await requireSelf(access, req, () => postEmailCode.parse(req).params.id)
    const { body } = postEmailCode.parse(req)
    const key = { network: network.id, customer }
    const change = await findProvenChange({ db, codes }, key, { code: body.code, now: access.now() })
    const changed = await db.transaction().execute(async (tx) => {
      const subjects = [typeId('cus', customer)]
      await recordAudit(tx, auditSource(req), { subjects, changed: ['email'] })
      return await applyEmailChange(tx, key, change)
    })
    if (changed.before !== null && changed.before !== changed.email) {
      const name = await readNetworkName(db, network.id)
      await sendMail(addressChangedLetter(changed.before, name))
    }
    postEmailCode.answer(res, 204, undefined)
  })
}

/** The customer, where the address names them and nobody else. */
async function requireSelf(access: Access, req: Request, named: () => string): Promise<CustomerIdentity> {
  const caller = await requireOneOf(access, req, ['customer'])
  if (named() !== caller.customer) throw new Refusal('not_found')
  return caller
}
