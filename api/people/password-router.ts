import { z } from 'zod'
import { auditSource } from '../audit/record.ts'
import { email } from '../http/fields.ts'
import { addressKey, createLimit, limitRequest } from '../http/limits.ts'
import { declareRoute, type Routes } from '../http/routes.ts'
import type { CreateSharedLimit } from '../http/shared-limit.ts'
import { inStrangersTurn } from '../http/strangers.ts'
import { setKnownBrowserCookie } from '../sessions/cookies.ts'
import { staffAccount } from '../sessions/known-browsers.ts'
import type { Proving } from '../sessions/sign-in.ts'
import { acceptInvitation } from './invitation-store.ts'
import { nobodyLetter, passwordChangedLetter, resetLetter } from './letters.ts'
import { beginReset, resetPassword } from './password-store.ts'
import { newPassword } from './fields.ts'

const tag = 'People'
const token = z.string().regex(/^[\w-]{43}$/, 'must be the code from the e-mail')

const postInvitation = declareRoute({
  method: 'post',
  path: '/v1/invitations',
  operation: 'acceptInvitation',
  tag,
  summary: 'Accept an invitation with the code from the e-mail',
  description:
    'With a new password, or with the one that the person has in this deployment already; guesses at that are counted ' +
    'together with those at `POST /v1/sessions`.',
  who: ['anyone'],
  body: z.strictObject({ token, password: newPassword }),
  answers: {
    201: {
      description: 'Accepted: sign in to act.',
      schema: z.strictObject({
        network: z.string(),
        role: z.enum(['operator', 'auditor', 'owner', 'manager', 'cashier']),
      }),
    },
  },
  refusals: ['code_wrong', 'sign_in_failed'],
})

const postReset = declareRoute({
  method: 'post',
  path: '/v1/password-resets',
  operation: 'requestPasswordReset',
  tag,
  summary: 'Ask for a new password, by e-mail',
  description:
    'Answers and sends alike for people with and without an account, so that no one learns who has one.',
  who: ['anyone'],
  body: z.strictObject({ email: email() }),
  answers: { 202: { description: 'An e-mail is on its way.' } },
})

const postConfirmation = declareRoute({
  method: 'post',
  path: '/v1/password-resets/confirm',
  operation: 'confirmPasswordReset',
  tag,
  summary: 'Set a new password with the code from the e-mail; signs out everywhere',
  description:
    'The browser that this comes from is known afterwards, and no other (see `POST /v1/sessions`).',
  who: ['anyone'],
  body: z.strictObject({ token, password: newPassword }),
  answers: { 204: { description: 'Set: sign in with it.' } },
  refusals: ['code_wrong'],
})

interface Parts extends Proving {
  readonly createSharedLimit: CreateSharedLimit
}

/** Invitations accepted, and passwords reset, by anyone with a code from an e-mail. */
export function passwordRoutes(routes: Routes, parts: Parts): void {
  const { db, now, sendMail, knownBrowsers, createSharedLimit } = parts
  const codesFromAddress = createLimit(50, 15 * 60)
  const lettersFromAddress = createLimit(50, 15 * 60)
  const lettersByPair = createSharedLimit('password resets by e-mail and address', {
    count: 5,
    seconds: 15 * 60,
  })
  const lettersByPairDaily = createSharedLimit('password resets by e-mail and address, daily', {
    count: 10,
    seconds: 24 * 60 * 60,
  })
  const lettersToEmail = createSharedLimit('password resets', { count: 50, seconds: 24 * 60 * 60 })

  routes.on(postInvitation, async (req, res) => {
    await limitRequest(codesFromAddress, res, addressKey(req))
    const { body } = postInvitation.parse(req)
    const entered = { ...body, now: now(), audit: auditSource(req), addressKey: addressKey(req) }
    postInvitation.answer(res, 201, await acceptInvitation(parts, entered))
  })

  routes.on(postReset, async (req, res) => {
    await limitRequest(lettersFromAddress, res, addressKey(req))
    const { body } = postReset.parse(req)
    const made = await inStrangersTurn(async () => {
      const pair = `${body.email} ${addressKey(req)}`
      await lettersByPair.consume(pair)
      await lettersByPairDaily.consume(pair)
      await lettersToEmail.consume(body.email)
      return await beginReset(db, body.email, now())
    })
    await sendMail(made === null ? nobodyLetter(body.email) : resetLetter(body.email, made))
    postReset.answer(res, 202, undefined)
  })

  routes.on(postConfirmation, async (req, res) => {
    await limitRequest(codesFromAddress, res, addressKey(req))
    const { body } = postConfirmation.parse(req)
    const account = await resetPassword(db, { ...body, now: now(), audit: auditSource(req) })
    // Or strangers who guess could keep out whoever forgot theirs.
    setKnownBrowserCookie(req, res, { kind: 'staff', ...knownBrowsers.issue(staffAccount(account), now()) })
    await sendMail(passwordChangedLetter(account.email))
    postConfirmation.answer(res, 204, undefined)
  })
}
