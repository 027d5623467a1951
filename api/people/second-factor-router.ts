import type { Request, Response } from 'express'
import { z } from 'zod'
import type { Uuid } from '../../ledger/index.ts'
import { auditSource, recordAudit } from '../audit/record.ts'
import { requireOneOf, type Access } from '../http/authenticate.ts'
import { Refusal } from '../http/problems.ts'
import { declareRoute, type Routes } from '../http/routes.ts'
import { setKnownBrowserCookie } from '../sessions/cookies.ts'
import { staffAccount } from '../sessions/known-browsers.ts'
import { proveCaller } from '../sessions/prove-caller.ts'
import type { Proving } from '../sessions/sign-in.ts'
import type { Tx } from '../tables.ts'
import { password, stepCode } from './fields.ts'
import { guessingLetter, secondFactorLetter } from './letters.ts'
import { readEmail, readPerson } from './store.ts'
import {
  beginTotp,
  confirmTotp,
  demandConfirmable,
  isSecondFactorOn,
  removeSecondFactor,
} from './second-factor.ts'

const tag = 'People'
const who = ['staff', 'operator', 'deployment operator'] as const
const entered = z.strictObject({ code: stepCode })

const postTotp = declareRoute({
  method: 'post',
  path: '/v1/totp',
  operation: 'beginTotp',
  tag,
  summary: 'Set up an authenticator app as a second step at sign-in',
  description:
    'It takes the password once more, so that a borrowed browser locks nobody out. It counts once a code of the app ' +
    'confirms it. Until then asking again gives another secret.',
  who,
  body: z.strictObject({ password }),
  answers: {
    201: {
      description: 'For the app, shown this once.',
      schema: z.strictObject({ secret: z.string(), uri: z.string() }),
    },
  },
  refusals: ['second_factor_on', 'sign_in_failed'],
})

const postConfirmation = declareRoute({
  method: 'post',
  path: '/v1/totp/confirm',
  operation: 'confirmTotp',
  tag,
  summary: 'Turn the second step on with a code of the app and the password; its person is told by e-mail',
  who,
  body: z.strictObject({ code: stepCode, password }),
  answers: {
    201: {
      description: 'On. These codes are good once each, for the day the phone is lost; shown this once.',
      schema: z.strictObject({ recovery_codes: z.array(z.string()) }),
    },
  },
  refusals: ['code_wrong', 'second_factor_on', 'sign_in_failed'],
})

const postRemoval = declareRoute({
  method: 'post',
  path: '/v1/totp/remove',
  operation: 'removeTotp',
  tag,
  summary:
    'Turn the second step off with a code of the app, or one for the day it is lost; its person is told',
  who,
  body: entered,
  answers: { 204: { description: 'Off.' } },
  refusals: ['code_wrong'],
})

interface Parts extends Proving {
  readonly access: Access
}

/** `/v1/totp`: the second step at one's own sign-in. */
export function secondFactorRoutes(routes: Routes, parts: Parts): void {
  const { access, db, secondFactors, sendMail, inBackground } = parts

  routes.on(postTotp, async (req, res) => {
    const caller = await requirePerson(access, req)
    const { person } = caller
    const { body } = postTotp.parse(req)
    await demandPassword(parts, req, { ...caller, password: body.password })
    postTotp.answer(res, 201, await change(parts, req, (tx) => beginTotp(tx, secondFactors, person)))
  })

  routes.on(postConfirmation, async (req, res) => {
    const caller = await requirePerson(access, req)
    const { person } = caller
    const { body } = postConfirmation.parse(req)
    const shown = { person, code: body.code, now: access.now() }
    await demandPassword(parts, req, { ...caller, password: body.password })
    const codes = await changeByCode(parts, { req, person }, async () => {
      await demandConfirmable(db, secondFactors, shown)
      // Before it is on: none is without its person being told. And before any row is locked, since a mail server takes
      // seconds.
      await sendMail(secondFactorLetter(await readEmail(db, person), 'on'))
      return await change(parts, req, (tx) => confirmTotp(tx, secondFactors, shown))
    })
    await makeBrowserKnown(parts, { req, res, person })
    postConfirmation.answer(res, 201, { recovery_codes: codes })
  })

  routes.on(postRemoval, async (req, res) => {
    const { person } = await requirePerson(access, req)
    const { body } = postRemoval.parse(req)
    const shown = { person, code: body.code, now: access.now() }
    await changeByCode(parts, { req, person }, () =>
      change(parts, req, (tx) => removeSecondFactor(tx, secondFactors, shown)),
    )
    inBackground(async () => await sendMail(secondFactorLetter(await readEmail(db, person), 'off')))
    await makeBrowserKnown(parts, { req, res, person })
    postRemoval.answer(res, 204, undefined)
  })
}

/** All browsers that were known are no longer, or those from before would give more tries; this one stays. */
async function makeBrowserKnown(
  { db, knownBrowsers, now }: Parts,
  { req, res, person }: { req: Request; res: Response; person: Uuid },
): Promise<void> {
  const known = knownBrowsers.issue(staffAccount(await readPerson(db, person)), now())
  setKnownBrowserCookie(req, res, { kind: 'staff', ...known })
}

async function requirePerson(access: Access, req: Request) {
  return await requireOneOf(access, req, ['staff', 'deployment operator'])
}

/** Refuses `second_factor_on`, and as `provePerson` does. */
async function demandPassword(
  parts: Parts,
  req: Request,
  entered: { person: Uuid; session: Uuid; password: string },
): Promise<void> {
  if (await isSecondFactorOn(parts.db, entered.person)) throw new Refusal('second_factor_on')
  await proveCaller(parts, req, entered)
}

async function change<Answer>(
  { db }: Parts,
  req: Request,
  task: (tx: Tx) => Promise<Answer>,
): Promise<Answer> {
  return await db.transaction().execute(async (tx) => {
    const answer = await task(tx)
    await recordAudit(tx, auditSource(req), { subjects: [], changed: ['second_factor'] })
    return answer
  })
}

/** Does a change with a code that was entered: wrong ones are in the trail, and the last that is let through is told. */
async function changeByCode<Answer>(
  parts: Parts,
  { req, person }: { req: Request; person: Uuid },
  task: () => Promise<Answer>,
): Promise<Answer> {
  const { db, sendMail, inBackground, limits } = parts
  // Counted before looking, so that guesses sent at once are counted too.
  const { remainingPoints } = await limits.secondFactor.consume(person)
  let isWrong = false
  try {
    return await task()
  } catch (error) {
    isWrong = error instanceof Refusal && error.code === 'code_wrong'
    if (isWrong) {
      await recordAudit(db, auditSource(req), { subjects: [], outcome: 'code_wrong' })
      if (remainingPoints === 0) {
        inBackground(async () => sendMail(guessingLetter(await readEmail(db, person), 'second-step code')))
      }
    }
    throw error
  } finally {
    // Also where it failed for another reason, as when no mail can be sent.
    if (!isWrong) await limits.secondFactor.giveBack(person)
  }
}
