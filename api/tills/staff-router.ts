import type { Request } from 'express'
import { z } from 'zod'
import { actorOf } from '../audit/actor.ts'
import { auditSource, recordAudit } from '../audit/record.ts'
import { requireStaff, requireTill, type Access } from '../http/authenticate.ts'
import { id, shownId, shownTime } from '../http/fields.ts'
import { typeId } from '../http/ids.ts'
import { createLimit } from '../http/limits.ts'
import { Refusal } from '../http/problems.ts'
import { declareRoute, type Routes } from '../http/routes.ts'
import type { TillIdentity } from '../identity/identities.ts'
import { guessingLetter, pinLetter } from '../people/letters.ts'
import { password, stepCode } from '../people/fields.ts'
import { hashPassword, isPin } from '../people/passwords.ts'
import { staffSessionSeconds } from '../sessions/lifetimes.ts'
import { proveCaller } from '../sessions/prove-caller.ts'
import type { Proving } from '../sessions/sign-in.ts'
import { countPinTry, forgetPinTries, listTillStaff, setPin, type TillStaff } from './pin-store.ts'

const tag = 'Tills'
const pin = z.string().regex(/^\d{4,8}$/, 'must be 4 to 8 digits')

const shownStaff = z.strictObject({
  id: shownId('usr'),
  name: z.string(),
  role: z.enum(['owner', 'manager', 'cashier', 'operator', 'auditor']),
})

const putPin = declareRoute({
  method: 'put',
  path: '/v1/pin',
  operation: 'setPin',
  tag,
  summary: 'Set one’s own PIN for the tills of one’s merchant; its person is told by e-mail',
  description:
    'It takes the password (and the code of a second step), so that a borrowed browser sets none. Whoever is switched on ' +
    'at a till with the PIN before is so no more.',
  who: ['staff'],
  body: z.strictObject({
    pin,
    password,
    code: stepCode.optional(),
  }),
  answers: { 204: { description: 'Set.' } },
  refusals: ['second_factor_required', 'sign_in_failed'],
})

const getTillStaff = declareRoute({
  method: 'get',
  path: '/v1/tills/staff',
  operation: 'listTillStaff',
  tag,
  summary: 'List who may switch on this till: those of its merchant with a PIN',
  who: ['till'],
  answers: {
    200: {
      description: 'People.',
      schema: z.strictObject({ data: z.array(shownStaff), next: z.null() }),
    },
  },
})

const postStaffSession = declareRoute({
  method: 'post',
  path: '/v1/tills/staff-sessions',
  operation: 'beginStaffSession',
  tag,
  summary: 'Switch on a till by PIN',
  description:
    'Send the token as `Tally-Staff` beside the till’s key: what is posted then names the person. Good at this till ' +
    'for a shift. After five wrong PINs none is taken for a quarter of an hour, and the person is told.',
  who: ['till'],
  body: z.strictObject({ person: id('usr'), pin }),
  answers: {
    201: {
      description: 'Switched on.',
      schema: z.strictObject({ token: z.string(), expires_at: shownTime(), person: shownStaff }),
    },
  },
  refusals: ['pin_wrong'],
})

interface Parts extends Proving {
  readonly access: Access
}

/** People at tills: their PIN, and switching a till on with it. */
export function tillStaffRoutes(routes: Routes, parts: Parts): void {
  const { access, db, sendMail } = parts
  const triesAtTill = createLimit(60, 60)

  routes.on(putPin, async (req, res) => {
    const staff = await requireStaff(access, req)
    if (staff.merchant === null) throw new Refusal('forbidden')
    const { body } = putPin.parse(req)
    const { email } = await proveCaller(parts, req, { ...staff, ...body })
    const pinHash = await hashPassword(body.pin)
    await setPin(db, actorOf(req, staff), { person: staff.person, pinHash })
    await sendMail(pinLetter(email))
    putPin.answer(res, 204, undefined)
  })

  routes.on(getTillStaff, async (req, res) => {
    const till = await requireTill(access, req)
    const data = (await listTillStaff(db, till.network.id, till.merchant.id)).map(present)
    // Names are people's data: which till read them is on record.
    const subjects = data.map((person) => person.id)
    if (subjects.length > 0) await recordAudit(db, auditSource(req), { subjects })
    getTillStaff.answer(res, 200, { data, next: null })
  })

  routes.on(postStaffSession, async (req, res) => {
    const till = await requireTill(access, req)
    const { body } = postStaffSession.parse(req)
    await triesAtTill.consume(till.till)
    const person = await checkPin(parts, req, { till, ...body })
    const expiresAt = new Date(access.now().getTime() + staffSessionSeconds * 1000)
    const token = access.staffTokens.issue({
      till: till.till,
      person: person.uuid,
      signIns: person.sign_ins_uuid,
      expiresAt,
    })
    await recordAudit(db, auditSource(req), { subjects: [typeId('usr', person.uuid)] })
    postStaffSession.answer(res, 201, { token, expires_at: expiresAt.toISOString(), person: present(person) })
  })
}

async function checkPin(
  { access, db, sendMail, inBackground }: Parts,
  req: Request,
  { till, person: uuid, pin: entered }: { till: TillIdentity; person: string; pin: string },
): Promise<TillStaff> {
  const network = till.network.id
  const now = access.now()
  const staff = await listTillStaff(db, network, till.merchant.id)
  const person = staff.find((each) => each.uuid === uuid)
  const tried = person && (await countPinTry(db, network, { person: uuid, now }))
  if (!person || !tried) throw new Refusal('pin_wrong')
  if (tried.lockedUntil !== null) {
    const seconds = Math.ceil((tried.lockedUntil.getTime() - now.getTime()) / 1000)
    throw new Refusal('too_many_requests', { headers: { 'Retry-After': String(Math.max(1, seconds)) } })
  }
  if (!(await isPin(tried.pinHash, entered))) {
    await recordAudit(db, auditSource(req), { subjects: [typeId('usr', uuid)], outcome: 'pin_wrong' })
    if (tried.isLast) inBackground(() => sendMail(guessingLetter(person.email, 'PIN')))
    throw new Refusal('pin_wrong')
  }
  await forgetPinTries(db, network, uuid)
  return person
}

function present({ uuid, name, role }: TillStaff): z.input<typeof shownStaff> {
  return { id: typeId('usr', uuid), name, role }
}
