import type { Request } from 'express'
import { z } from 'zod'
import type { Uuid } from '../../ledger/index.ts'
import { auditSource, recordAudit } from '../audit/record.ts'
import { requireOneOf, type Access } from '../http/authenticate.ts'
import type { InBackground } from '../http/in-background.ts'
import { createLimit } from '../http/limits.ts'
import { Refusal } from '../http/problems.ts'
import { declareRoute, type Routes } from '../http/routes.ts'
import type { SendMail } from '../mail/mailer.ts'
import type { Db, Tx } from '../tables.ts'
import { guessingLetter } from './letters.ts'
import { readEmail } from './store.ts'
import { beginTotp, confirmTotp, removeSecondFactor, type SecondFactors } from './second-factor.ts'

const tag = 'People'
const who = ['staff', 'operator', 'deployment operator'] as const
const entered = z.strictObject({ code: z.string().min(6).max(40) })

const postTotp = declareRoute({
  method: 'post',
  path: '/v1/totp',
  operation: 'beginTotp',
  tag,
  summary: 'Set up an authenticator app as a second step at sign-in',
  description: 'It counts once a code of the app confirms it. Until then asking again gives another secret.',
  who,
  answers: {
    201: {
      description: 'For the app, shown this once.',
      schema: z.strictObject({ secret: z.string(), uri: z.string() }),
    },
  },
  refusals: ['second_factor_on'],
})

const postConfirmation = declareRoute({
  method: 'post',
  path: '/v1/totp/confirm',
  operation: 'confirmTotp',
  tag,
  summary: 'Turn the second step on with a code of the app',
  who,
  body: entered,
  answers: {
    201: {
      description: 'On. These codes are good once each, for the day the phone is lost; shown this once.',
      schema: z.strictObject({ recovery_codes: z.array(z.string()) }),
    },
  },
  refusals: ['code_wrong', 'second_factor_on'],
})

const postRemoval = declareRoute({
  method: 'post',
  path: '/v1/totp/remove',
  operation: 'removeTotp',
  tag,
  summary: 'Turn the second step off with a code of the app, or one for the day it is lost',
  who,
  body: entered,
  answers: { 204: { description: 'Off.' } },
  refusals: ['code_wrong'],
})

interface Parts {
  readonly access: Access
  readonly db: Db
  readonly secondFactors: SecondFactors
  readonly sendMail: SendMail
  readonly inBackground: InBackground
}

/** `/v1/totp`: the second step at one's own sign-in. */
export function secondFactorRoutes(
  routes: Routes,
  { access, db, secondFactors, sendMail, inBackground }: Parts,
): void {
  const wrongCodes = createLimit(5, 15 * 60)

  const requirePerson = async (req: Request) =>
    (await requireOneOf(access, req, ['staff', 'deployment operator'])).person

  const change = async <Answer>(req: Request, task: (tx: Tx) => Promise<Answer>): Promise<Answer> =>
    await db.transaction().execute(async (tx) => {
      const answer = await task(tx)
      await recordAudit(tx, auditSource(req), { subjects: [], changed: ['second_factor'] })
      return answer
    })

  /** As `change` with a code that was entered: wrong ones are in the trail, and the last that is let through is told. */
  const changeByCode = async <Answer>(
    req: Request,
    person: Uuid,
    task: (tx: Tx) => Promise<Answer>,
  ): Promise<Answer> => {
    // Counted before looking, so that guesses sent at once are counted too.
    const { remainingPoints } = await wrongCodes.consume(person)
    try {
      const answer = await change(req, task)
      await wrongCodes.giveBack(person)
      return answer
    } catch (error) {
      if (error instanceof Refusal && error.code === 'code_wrong') {
        await recordAudit(db, auditSource(req), { subjects: [], outcome: error.code })
        if (remainingPoints === 0) {
          inBackground(async () => sendMail(guessingLetter(await readEmail(db, person), 'second-step code')))
        }
      }
      throw error
    }
  }

  routes.on(postTotp, async (req, res) => {
    const person = await requirePerson(req)
    postTotp.answer(res, 201, await change(req, (tx) => beginTotp(tx, secondFactors, person)))
  })

  routes.on(postConfirmation, async (req, res) => {
    const person = await requirePerson(req)
    const { body } = postConfirmation.parse(req)
    const shown = { person, code: body.code, now: access.now() }
    const codes = await changeByCode(req, person, (tx) => confirmTotp(tx, secondFactors, shown))
    postConfirmation.answer(res, 201, { recovery_codes: codes })
  })

  routes.on(postRemoval, async (req, res) => {
    const person = await requirePerson(req)
    const { body } = postRemoval.parse(req)
    const shown = { person, code: body.code, now: access.now() }
    await changeByCode(req, person, (tx) => removeSecondFactor(tx, secondFactors, shown))
    postRemoval.answer(res, 204, undefined)
  })
}
