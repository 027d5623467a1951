import { randomBytes } from 'node:crypto'
import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ensureDemonstration } from '../../api/demo/demonstration.ts'
import { ensureOperator } from '../../api/people/ensure-operator.ts'
import type { ApiTables } from '../../api/tables.ts'
import {
  checkRows,
  closeWallet,
  createDb,
  createLedger,
  minor,
  points,
  post,
  setEarningRule,
  setMerchantMultiplier,
  stopPosting,
  sweep,
  type LedgerTables,
} from '../../ledger/index.ts'
import { openBooks } from '../../ledger/verify/books.ts'
import { parseDecimal, pointsFor, type EarningRule } from '../../ledger/verify/earning.ts'
import { startReplay } from '../../ledger/verify/replay.ts'
import { buy, expire, gift, pay, reverse } from '../ledger/commands.ts'
import { openTown, posted, type Town } from '../ledger/town.ts'
import { createTestDatabase } from '../support/database.ts'
import { rounds } from '../support/long.ts'
import { testPool } from '../support/scratch.ts'
import { setClock } from '../support/stage.ts'
import { readHonestLog } from './honest-log.ts'

let town: Town

beforeAll(async () => {
  town = await openTown()
})
afterAll(() => town.close())

test('points by a rule are those that the database works out, at any rate, factor, rounding and amount', async () => {
  const decimal = fc
    .tuple(fc.integer({ min: 0, max: 5000 }), fc.integer({ min: 0, max: 4 }))
    .map(([digits, scale]) => (digits / 10 ** scale).toFixed(scale))
  const cases = fc.sample(
    fc.record({
      rate: decimal,
      factor: fc.option(decimal),
      rounding: fc.constantFrom('down' as const, 'nearest' as const, 'up' as const),
      least: fc.option(fc.integer({ min: 0, max: 2000 })),
      // Above 2^62 points the database says 2^62: more than any amount may be.
      amount: fc.oneof(fc.integer({ min: 0, max: 5000 }), fc.integer({ min: 0, max: 2 ** 36 })),
      digits: fc.integer({ min: 0, max: 4 }),
    }),
    rounds(500, 20_000),
  )
  const { rows } = await town.ledger.pool.query<{ points: bigint }>(
    `select ledger.points_for(row(1, 1, c.rate, c.rounding, null, null, c.least, null, now(), 0, now()), c.factor,
       c.digits::smallint, c.amount) as points
     from jsonb_to_recordset($1)
       as c(rate numeric, factor numeric, rounding text, least bigint, amount bigint, digits int, place int)
     order by place`,
    [JSON.stringify(cases.map((each, place) => ({ ...each, place })))],
  )
  const own = cases.map(({ rate, factor, rounding, least, amount, digits }) => {
    const rule: EarningRule = {
      version: 1,
      pointsPerCurrencyUnit: parseDecimal(rate)!,
      rounding,
      expiresAfterMonths: null,
      dailyMaxPerWallet: null,
      minSpendMinor: least,
      hasMultipliers: false,
      effectiveFrom: '',
    }
    return pointsFor(rule, amount, {
      factor: factor === null ? null : parseDecimal(factor),
      currencyDigits: digits,
    })
  })
  expect(own).toEqual(rows.map((row) => row.points))
})

/** Plays what a network has; throws where the replay calls any of it wrong. */
async function replay(network: Parameters<typeof readHonestLog>[1], pool = town.ledger.pool) {
  const log = await readHonestLog(pool, network)
  const replay = startReplay(log.accounts)
  for (const line of log.lines) replay.play(line)
  return replay
}

test('rules with expiry, multipliers, factors, minimum spend and later versions are followed in any time zone', async () => {
  for (const timeZone of ['Pacific/Kiritimati', 'Pacific/Niue', 'Europe/London']) {
    const stage = await town.stage({
      timeZone,
      pointFaceValueMinor: 3,
      rule: { expiresAfterMonths: 1, rounding: 'nearest' },
    })
    await setClock(town.admin, stage.network, new Date('2026-01-31T10:30:00Z'))
    const { ledger } = town
    const first = await posted(town, stage, buy(stage, 'bakery', 'ada', 1250))
    await ledger.db.transaction().execute(async (tx) => {
      await setEarningRule(tx, stage.network, {
        pointsPerCurrencyUnit: '1.5',
        rounding: 'up',
        expiresAfterMonths: 13,
        dailyMaxPerWallet: points(40),
        minSpendMinor: minor(500),
        multipliers: [{ factor: '2', weekdays: [6, 7] }],
        effectiveFrom: new Date('2026-01-31T12:00:00Z'),
        by: stage.credential,
      })
      await setMerchantMultiplier(tx, stage.network, stage.merchants['books']!, {
        factor: '1.25',
        effectiveFrom: new Date('2026-01-01T00:00:00Z'),
        by: stage.credential,
      })
    })
    for (const [at, merchant, bill] of [
      ['2026-01-31T11:59:59Z', 'books', 1999],
      ['2026-01-31T12:00:00Z', 'bakery', 499],
      ['2026-02-01T01:00:00Z', 'books', 1000],
      ['2026-02-01T02:00:00Z', 'books', 1000],
      ['2026-02-28T23:30:00Z', 'cafe', 777],
    ] as const) {
      await setClock(town.admin, stage.network, new Date(at))
      await posted(town, stage, buy(stage, merchant, 'ada', bill, { redeem: { points: points(2) } }))
    }
    await posted(town, stage, reverse(stage, 'bakery', first.transaction, { refund: 333 }))
    await posted(town, stage, gift(stage, 'ada', 'bob', 5))
    await setClock(town.admin, stage.network, new Date('2026-06-01T00:00:00Z'))
    await posted(town, stage, pay(stage, 'cafe', 'bob', 1))
    await post(ledger, stage.network, expire(stage, 'ada'))
    await ledger.db.transaction().execute((tx) => closeWallet(tx, stage.network, stage.wallets['bob']!, null))
    await sweep(ledger)
    const { books } = await replay(stage.network)
    expect(books.breakage.size, timeZone).toBeGreaterThan(0)
    expect((await checkRows(ledger.db, stage.network)).faults).toEqual([])
  }
})

test('the demonstration’s weeks of history are called right, to the last account', async () => {
  const database = await createTestDatabase()
  const pool = testPool(database.url, undefined, 10)
  const db = createDb<ApiTables & LedgerTables>(pool)
  const ledger = createLedger({ pool, secret: randomBytes(32) })
  await ensureOperator(db, { email: 'operator@example.org', password: 'correct horse battery' })
  await ensureDemonstration({ ledger, db, adminUrl: database.adminUrl })
  const { network_id: network } = await db
    .selectFrom('api.network')
    .select('network_id')
    .executeTakeFirstOrThrow()
  const { size } = await replay(network, pool)
  expect(size()).toBeGreaterThan(500)
  expect((await checkRows(ledger.db, network)).faults).toEqual([])
  await stopPosting(ledger)
  await db.destroy()
  await database.drop()
})

test('accounts that contradict themselves are refused before the first entry', () => {
  const account = '01234567-89ab-7def-8123-456789abcdef'
  const twice = [
    { account, kind: 'wallet' },
    { account, kind: 'wallet' },
  ] as const
  expect(() => openBooks(twice)).toThrow('twice')
  expect(() => openBooks([{ account, kind: 'float' }])).toThrow('without an owner')
})
