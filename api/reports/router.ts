import { z } from 'zod'
import type { Uuid } from '../../ledger/index.ts'
import { requireOneOf, type Access } from '../http/authenticate.ts'
import { writeCsv, type CsvRow } from '../http/csv.ts'
import { id, integer, shownId, shownSum } from '../http/fields.ts'
import { typeId } from '../http/ids.ts'
import { Refusal } from '../http/problems.ts'
import { declareRoute, type Routes } from '../http/routes.ts'
import type { StaffIdentity, TillIdentity } from '../identity/identities.ts'
import type { Db } from '../tables.ts'
import { transactionKinds } from '../transactions/present.ts'
import { findMerchantId, findTillCredential } from '../transactions/store.ts'
import { localDay, readDay, type DayRow, type DayScope } from './day-store.ts'
import { sumDay } from './totals.ts'

const shownRow = z.strictObject({
  merchant: shownId('mer'),
  till: shownId('til').nullable().meta({ description: 'Null: done without a till.' }),
  kind: z.enum(transactionKinds),
  count: integer(),
  points: integer().meta({ description: 'Given, held, or taken back by refunds.' }),
  redeemed_points: integer().meta({ description: 'Taken as payment, or given back by refunds.' }),
  amount_minor: integer().meta({ description: 'Bills, or goods that came back.' }),
  money_minor: integer().meta({ description: 'Paid in money, or given back.' }),
})

const getDay = declareRoute({
  method: 'get',
  path: '/v1/reports/day',
  operation: 'getDayReport',
  tag: 'Reports',
  summary: 'Close of day: by merchant, till and kind',
  description:
    'A sale counts on the local day on which it occurred, also when it was sent late. A till reads its own, staff those ' +
    'of their merchant, operators and auditors all. A sale that was moved or collected counts once, where it was made, ' +
    'and moving it as no refund. As CSV with `Accept: text/csv`. A sum of 2^53 − 1 is that or more.',
  who: ['till', 'staff', 'operator'],
  query: z.strictObject({
    day: z.iso
      .date()
      .refine((day) => day >= '1970-01-01', 'must be 1970-01-01 or later')
      .optional()
      .meta({ description: 'Today when left out.' }),
    till: id('til').optional(),
    merchant: id('mer').optional(),
  }),
  answers: {
    200: {
      description: 'The day.',
      schema: z.strictObject({
        day: z.iso.date(),
        currency: z.string(),
        totals: z.strictObject({
          sales: integer(),
          refunds: integer(),
          points_given: integer().meta({ description: 'Less what refunds took back.' }),
          points_taken: integer().meta({ description: 'Less what refunds gave back.' }),
          money_minor: integer().meta({ description: 'Bills, less what points paid.' }),
          refunded_minor: integer(),
        }),
        data: z.array(shownRow),
      }),
      media: 'text/csv',
    },
  },
})

/** `GET /v1/reports/day`, for tills, staff, operators and auditors. */
export function reportRoutes(routes: Routes, { access, db }: { access: Access; db: Db }): void {
  routes.on(getDay, async (req, res) => {
    const reader = await requireOneOf(access, req, ['till', 'staff'])
    const { query } = getDay.parse(req)
    const day = query.day ?? localDay(access.now(), reader.network.timeZone)
    const rows = await readDay(db, await scopeOf(db, reader, { ...query, day }))
    const data = rows.map(present)
    if (req.accepts(['application/json', 'text/csv']) === 'text/csv') {
      res.type('text/csv').attachment(`day-${day}.csv`)
      res.send(writeCsv(Object.keys(shownRow.shape), data))
      return
    }
    const totals = sumDay(rows)
    getDay.answer(res, 200, {
      day,
      currency: reader.network.currency,
      totals: {
        sales: totals.sales,
        refunds: totals.refunds,
        points_given: shownSum(totals.pointsGiven),
        points_taken: shownSum(totals.pointsTaken),
        money_minor: shownSum(totals.money),
        refunded_minor: shownSum(totals.refunded),
      },
      data,
    })
  })
}

interface Asked {
  readonly day: string
  readonly till?: Uuid | undefined
  readonly merchant?: Uuid | undefined
}

/** What was asked for, within what the reader may see. Refuses `not_found` what lies beyond it. */
async function scopeOf(
  db: Db,
  reader: TillIdentity | StaffIdentity,
  { day, till, merchant: named }: Asked,
): Promise<DayScope> {
  const network = reader.network.id
  const merchant = named === undefined ? reader.merchant?.id : await found(findMerchantId(db, network, named))
  if (reader.merchant !== null && merchant !== reader.merchant.id) throw new Refusal('not_found')
  if (reader.kind === 'till') {
    if (till !== undefined && till !== reader.till) throw new Refusal('not_found')
    return { network, merchant, credential: reader.credential, day }
  }
  const credential =
    till === undefined ? undefined : await found(findTillCredential(db, network, { till, merchant }))
  return { network, merchant, credential, day }
}

async function found<Id>(finding: Promise<Id | undefined>): Promise<Id> {
  const id = await finding
  if (id === undefined) throw new Refusal('not_found')
  return id
}

function present(row: DayRow): z.input<typeof shownRow> & CsvRow {
  return {
    merchant: typeId('mer', row.merchant),
    till: row.till && typeId('til', row.till),
    kind: row.kind,
    count: row.count,
    points: shownSum(row.points),
    redeemed_points: shownSum(row.redeemed),
    amount_minor: shownSum(row.amount),
    money_minor: shownSum(row.money),
  }
}
