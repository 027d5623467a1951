import { z } from 'zod'
import { requireStaff, type Access } from '../http/authenticate.ts'
import { integer, shownTime } from '../http/fields.ts'
import { Refusal } from '../http/problems.ts'
import { declareRoute, type Routes } from '../http/routes.ts'
import type { Db } from '../tables.ts'
import { readRowsCheck } from './store.ts'

const getRowsCheck = declareRoute({
  method: 'get',
  path: '/v1/rows-check',
  operation: 'readRowsCheck',
  tag: 'Log',
  summary: 'Read what the last daily check of the ledger’s tables found',
  description:
    'Once a day everything in the tables is made again and compared with the log. Everyone may know how much was found ' +
    'changed (`GET /log/{network}`); this says what. `npm run verify -- --database` does the same at once, on the server.',
  who: ['staff', 'operator'],
  answers: {
    200: {
      description: 'What was found.',
      schema: z
        .strictObject({
          at: shownTime().nullable().meta({ description: 'When it came to its end; null: not yet.' }),
          entries: integer().meta({ description: 'How many were made again from their rows.' }),
          faults: z.array(z.string()).meta({
            description: 'What is not as it was posted, entries first, in words; none: nothing was changed.',
          }),
        })
        .meta({ id: 'RowsCheck' }),
    },
  },
})

/** What the daily check found, for auditors and operators. */
export function rowsCheckRoutes(routes: Routes, { access, db }: { access: Access; db: Db }): void {
  routes.on(getRowsCheck, async (req, res) => {
    const staff = await requireStaff(access, req)
    if (staff.role !== 'auditor' && staff.role !== 'operator') throw new Refusal('forbidden')
    const check = await readRowsCheck(db, staff.network.id)
    getRowsCheck.answer(res, 200, {
      at: check?.checkedAt.toISOString() ?? null,
      entries: check?.entries ?? 0,
      faults: [...(check?.faults ?? [])],
    })
  })
}
