import { z } from 'zod'
import { points as toPoints } from '../../ledger/index.ts'
import { auditSource } from '../audit/record.ts'
import { requireOneOf, requireOperator, type Access } from '../http/authenticate.ts'
import { integer, shownInteger, shownTime } from '../http/fields.ts'
import { declareRoute, type Routes } from '../http/routes.ts'
import type { Db } from '../tables.ts'
import { listEnrolmentBonuses, setEnrolmentBonus, type EnrolmentBonusVersion } from './enrolment-bonus.ts'

const path = '/v1/rules/enrolment-bonus'
const tag = 'Rules'
const pointsMax = 1_000_000

const shownBonus = z
  .strictObject({
    version: integer(),
    points: integer().meta({ description: '0: nothing is given.' }),
    expires_after_months: integer().nullable(),
    created_at: shownTime(),
  })
  .meta({ id: 'EnrolmentBonus' })

const putBonus = declareRoute({
  method: 'put',
  path,
  operation: 'setEnrolmentBonus',
  tag,
  summary: 'Set what whoever joins is given',
  description:
    "Points of the network's house merchant, once for each e-mail address (or phone number) ever, at a till or by e-mail " +
    'code; at most 50 in 24 hours by one till or person of staff, and 500 in a network; not for those enrolled without ' +
    'e-mail address and phone number, who could be anyone. Adds a version, which counts for whoever joins from ' +
    'then on; what somebody has stays as it is. Sent again with nothing changed, it adds nothing.',
  who: ['operator'],
  body: z.strictObject({
    points: z.int().min(0).max(pointsMax).meta({ description: '0: nothing is given.' }),
    expires_after_months: z
      .int()
      .min(1)
      .max(1200)
      .nullable()
      .meta({ description: 'Null: the points never expire.' }),
  }),
  answers: {
    200: { description: 'Nothing changed: the version that is there.', schema: shownBonus },
    201: { description: 'The new version.', schema: shownBonus },
  },
})

const getBonus = declareRoute({
  method: 'get',
  path,
  operation: 'listEnrolmentBonuses',
  tag,
  summary: 'List all versions of what whoever joins is given, newest first; none is nothing',
  who: ['operator', 'staff', 'till', 'customer'],
  answers: {
    200: {
      description: 'All versions.',
      schema: z.strictObject({ data: z.array(shownBonus), next: z.null() }),
    },
  },
})

/** `/v1/rules/enrolment-bonus`: set by the operator, read by all. */
export function enrolmentBonusRoutes(routes: Routes, { access, db }: { access: Access; db: Db }): void {
  routes.on(putBonus, async (req, res) => {
    const { network, credential } = await requireOperator(access, req)
    const { body } = putBonus.parse(req)
    const { bonus, added } = await setEnrolmentBonus(db, network, {
      points: toPoints(body.points),
      expiresAfterMonths: body.expires_after_months,
      by: credential,
      audit: auditSource(req),
    })
    putBonus.answer(res, added ? 201 : 200, present(bonus))
  })

  routes.on(getBonus, async (req, res) => {
    const { network } = await requireOneOf(access, req, ['staff', 'till', 'customer'])
    const bonuses = await listEnrolmentBonuses(db, network.id)
    getBonus.answer(res, 200, { data: bonuses.map(present), next: null })
  })
}

function present(bonus: EnrolmentBonusVersion): z.input<typeof shownBonus> {
  return {
    version: bonus.version,
    points: shownInteger(bonus.points),
    expires_after_months: bonus.expiresAfterMonths,
    created_at: bonus.createdAt.toISOString(),
  }
}
