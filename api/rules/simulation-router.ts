import { z } from 'zod'
import type { NetworkId } from '../../ledger/index.ts'
import { auditSource, recordAudit } from '../audit/record.ts'
import { requireOperator, type Access } from '../http/authenticate.ts'
import { id, integer, shownId, shownTime } from '../http/fields.ts'
import { typeId } from '../http/ids.ts'
import { Refusal } from '../http/problems.ts'
import { declareRoute, type Routes } from '../http/routes.ts'
import type { Tasks } from '../jobs/jobs.ts'
import type { Db } from '../tables.ts'
import { earningFields } from './earning-fields.ts'
import { readMultiplier } from './multiplier-fields.ts'
import { beginSimulation, countSlice, readSimulation, simulationTask } from './simulation-store.ts'
import { presentResult, shownResult } from './simulation-result.ts'
import { demandMerchants } from './store.ts'

const tag = 'Rules'
const path = '/v1/rules/earning/simulations'

const postSimulation = declareRoute({
  method: 'post',
  path,
  operation: 'simulateEarningRule',
  tag,
  summary: 'Work out what a rule would have given for the purchases of the last months',
  description:
    'In the background, while the tills go on; nothing of it is posted. Read how far it is, and the result, by its id, ' +
    'for 30 days.',
  who: ['operator'],
  body: z.strictObject({ ...earningFields, months: z.int().min(1).max(60) }),
  answers: { 202: { description: 'It has begun.', schema: z.strictObject({ id: shownId('sim') }) } },
})

const getSimulation = declareRoute({
  method: 'get',
  path: `${path}/{id}`,
  operation: 'readEarningRuleSimulation',
  tag,
  summary: 'How far a simulation is, and its result',
  who: ['operator'],
  params: z.strictObject({ id: id('sim') }),
  answers: {
    200: {
      description: 'As it is now.',
      schema: z.strictObject({
        state: z.enum(['waiting', 'running', 'done']),
        progress: integer().meta({ description: 'Per cent of the wallets that are counted.' }),
        since: shownTime(),
        until: shownTime(),
        result: shownResult.optional(),
      }),
    },
  },
})

/** `/v1/rules/earning/simulations`, for the operator. */
export function simulationRoutes(routes: Routes, { access, db }: { access: Access; db: Db }): void {
  routes.on(postSimulation, async (req, res) => {
    const { network } = await requireOperator(access, req)
    const { body } = postSimulation.parse(req)
    const named = body.multipliers.flatMap(({ merchants }) => merchants ?? [])
    await demandMerchants(db, network.id, named)
    const terms = {
      pointsPerCurrencyUnit: body.points_per_currency_unit,
      rounding: body.rounding,
      dailyMaxPerWallet: body.daily_max_per_wallet,
      minSpendMinor: body.min_spend_minor,
      multipliers: body.multipliers.map(readMultiplier),
    }
    const simulation = await db.transaction().execute(async (tx) => {
      const begun = await beginSimulation(tx, network.id, { terms, months: body.months, now: access.now() })
      await recordAudit(tx, auditSource(req), { subjects: [typeId('sim', begun)] })
      return begun
    })
    postSimulation.answer(res, 202, { id: typeId('sim', simulation) })
  })

  routes.on(getSimulation, async (req, res) => {
    const { network } = await requireOperator(access, req)
    const { params } = getSimulation.parse(req)
    const found = await readSimulation(db, network.id, params.id)
    if (found === undefined) throw new Refusal('not_found')
    const { wallets_counted: counted, wallets_total: total, finished_at: finishedAt } = found
    const isDone = finishedAt !== null
    getSimulation.answer(res, 200, {
      state: isDone ? 'done' : counted > 0 ? 'running' : 'waiting',
      // Some may have joined since it began.
      progress: isDone ? 100 : Math.min(99, Math.floor((100 * counted) / Math.max(1, total))),
      since: found.since.toISOString(),
      until: found.until.toISOString(),
      ...(isDone && { result: await presentResult(db, network.id, found.tally) }),
    })
  })
}

const payloadSchema = z.strictObject({
  network: z.int().transform((value) => value as NetworkId),
  uuid: z.uuid(),
})

/** The task that counts. */
export function simulationTasks({ db, now }: { readonly db: Db; readonly now: () => Date }): Tasks {
  return { [simulationTask]: (payload) => countSlice(db, { ...payloadSchema.parse(payload), now: now() }) }
}
