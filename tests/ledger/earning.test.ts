import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { minor, points, readWallet, setEarningRule, type EarningRule } from '../../ledger/index.ts'
import { setClock, type Stage } from '../support/stage.ts'
import { buy, give, pay, reverse } from './commands.ts'
import { availableOf, done, expectBooksWhole, openTown, outcome, posted, type Town } from './town.ts'

let town: Town

beforeAll(async () => {
  town = await openTown()
})

afterAll(() => town.close())

async function earned(rule: Partial<EarningRule>, bill: number, eligible?: number): Promise<bigint> {
  const stage = await town.stage({ rule })
  const more = eligible === undefined ? {} : { eligible }
  return (await posted(town, stage, buy(stage, 'bakery', 'ada', bill, more))).points
}

describe('a purchase gives what the rule says to the point', () => {
  test.each([
    // In binary floats 0.29 × 100 is below 29 and 0.07 × 100 above 7.
    { pointsPerCurrencyUnit: '0.29', rounding: 'down', bill: 10_000, gives: 29n },
    { pointsPerCurrencyUnit: '0.07', rounding: 'up', bill: 10_000, gives: 7n },
    { pointsPerCurrencyUnit: '0.1', rounding: 'up', bill: 300, gives: 1n },
    { pointsPerCurrencyUnit: '0.1', rounding: 'nearest', bill: 300, gives: 0n },
    { pointsPerCurrencyUnit: '0.1', rounding: 'down', bill: 300, gives: 0n },
    { pointsPerCurrencyUnit: '0.1', rounding: 'up', bill: 3000, gives: 3n },
    { pointsPerCurrencyUnit: '1', rounding: 'nearest', bill: 149, gives: 1n },
    { pointsPerCurrencyUnit: '1', rounding: 'nearest', bill: 150, gives: 2n },
    { pointsPerCurrencyUnit: '1', rounding: 'nearest', bill: 250, gives: 3n },
    { pointsPerCurrencyUnit: '1', rounding: 'up', bill: 1, gives: 1n },
    { pointsPerCurrencyUnit: '1', rounding: 'down', bill: 99, gives: 0n },
    { pointsPerCurrencyUnit: '0.000001', rounding: 'up', bill: 1, gives: 1n },
    { pointsPerCurrencyUnit: '0', rounding: 'up', bill: 10_000, gives: 0n },
  ] as const)(
    '$pointsPerCurrencyUnit a unit, $rounding, of $bill: $gives',
    async ({ bill, gives, ...rule }) => {
      expect(await earned(rule, bill)).toBe(gives)
    },
  )

  test('only the part of the bill that earns counts', async () => {
    expect(await earned({}, 10_000, 2550)).toBe(25n)
    expect(await earned({}, 10_000, 0)).toBe(0n)
  })

  test('the part paid in points earns nothing', async () => {
    const stage = await town.stage({ pointFaceValueMinor: 10 })
    await done(town, stage, give(stage, 'books', 'ada', 500))
    const redeem = { points: points(300) }
    const sale = await posted(town, stage, buy(stage, 'bakery', 'ada', 10_000, { redeem }))
    expect(sale).toMatchObject({ points: 70n, redeemedPoints: 300n, moneyMinor: 7000n, availableAfter: 270n })
    await expectBooksWhole(town, stage)
  })
})

test('a bill that gives nothing is on record all the same, and can be brought back', async () => {
  const stage = await town.stage()
  const sale = await posted(town, stage, buy(stage, 'bakery', 'ada', 99))
  expect(sale).toMatchObject({ points: 0n, moneyMinor: 99n })
  const back = await posted(town, stage, reverse(stage, 'bakery', sale.transaction, 'all'))
  expect(back).toMatchObject({ points: 0n, moneyMinor: 99n })
  await expectBooksWhole(town, stage)
})

test.each([-1, -10_000])('a bill of %i is refused and moves nothing', async (bill) => {
  const stage = await town.stage()
  expect(await outcome(town, stage, buy(stage, 'bakery', 'ada', bill))).toBe('amount_out_of_range')
  expect(await outcome(town, stage, buy(stage, 'bakery', 'ada', 100, { eligible: bill }))).toBe(
    'amount_out_of_range',
  )
  expect(await availableOf(town, stage, 'ada')).toBe(0)
  await expectBooksWhole(town, stage)
})

test('the daily cap trims, and a refund makes room for as much again that day', async () => {
  const stage = await town.stage({ rule: { dailyMaxPerWallet: points(100) } })
  const first = await posted(town, stage, buy(stage, 'bakery', 'ada', 8000))
  const second = await posted(town, stage, buy(stage, 'books', 'ada', 8000))
  const third = await posted(town, stage, buy(stage, 'cafe', 'ada', 8000))
  expect([first.points, second.points, third.points]).toEqual([80n, 20n, 0n])
  await done(town, stage, reverse(stage, 'bakery', first.transaction, { refund: 3000 }))
  const fourth = await posted(town, stage, buy(stage, 'bakery', 'ada', 8000))
  expect(fourth.points).toBe(30n)
  // Another customer has a cap of their own.
  expect((await posted(town, stage, buy(stage, 'bakery', 'bob', 8000))).points).toBe(80n)
  await expectBooksWhole(town, stage)
})

test('a trimmed purchase gives back no more than it gave', async () => {
  const stage = await town.stage({ rule: { dailyMaxPerWallet: points(10) } })
  const sale = await posted(town, stage, buy(stage, 'bakery', 'ada', 5000))
  const half = await posted(town, stage, reverse(stage, 'bakery', sale.transaction, { refund: 2500 }))
  // What was kept would still have given 10.
  expect(half.points).toBe(0n)
  const rest = await posted(town, stage, reverse(stage, 'bakery', sale.transaction, 'all'))
  expect(rest.points).toBe(10n)
  expect(await availableOf(town, stage, 'ada')).toBe(0)
  await expectBooksWhole(town, stage)
})

test('a refund goes by the rule that gave the points, and a sale sent late by the rule of its time', async () => {
  const stage = await town.stage()
  const sale = await done(town, stage, buy(stage, 'bakery', 'ada', 10_000))
  const changedAt = new Date()
  await town.ledger.db.transaction().execute((tx) =>
    setEarningRule(tx, stage.network, {
      pointsPerCurrencyUnit: '3',
      rounding: 'up',
      expiresAfterMonths: null,
      dailyMaxPerWallet: null,
      effectiveFrom: changedAt,
      by: stage.credential,
    }),
  )
  const occurredAt = new Date(changedAt.getTime() - 1)
  expect(await posted(town, stage, buy(stage, 'bakery', 'bob', 1000, { occurredAt }))).toMatchObject({
    points: 10n,
  })
  expect(await posted(town, stage, buy(stage, 'bakery', 'bob', 1000))).toMatchObject({ points: 30n })
  const back = await posted(town, stage, reverse(stage, 'bakery', sale, { refund: 4000 }))
  expect(back.points).toBe(40n)
  expect(await availableOf(town, stage, 'ada')).toBe(60)
  await expectBooksWhole(town, stage)
})

describe('where a point is worth 10 pence', () => {
  test('paying an amount takes whole points, rounded down', async () => {
    const stage = await town.stage({ pointFaceValueMinor: 10 })
    await done(town, stage, give(stage, 'bakery', 'ada', 100))
    const payment = await posted(town, stage, pay(stage, 'books', 'ada', { amountMinor: minor(99) }))
    expect(payment.redeemedPoints).toBe(9n)
    expect(await outcome(town, stage, pay(stage, 'books', 'ada', { amountMinor: minor(9) }))).toBe(
      'amount_out_of_range',
    )
    expect(await availableOf(town, stage, 'ada')).toBe(91)
  })

  test('refunds in odd parts give back exactly what was paid, and not a point more', async () => {
    const stage = await town.stage({ pointFaceValueMinor: 10 })
    await done(town, stage, give(stage, 'bakery', 'ada', 9))
    const payment = await done(town, stage, pay(stage, 'books', 'ada', 9))
    const parts: bigint[] = []
    for (const refund of [33, 33, 23, 1]) {
      parts.push((await posted(town, stage, reverse(stage, 'books', payment, { refund }))).redeemedPoints)
    }
    expect(parts).toEqual([3n, 3n, 2n, 1n])
    expect(await outcome(town, stage, reverse(stage, 'books', payment, { refund: 1 }))).toBe(
      'more_than_there_was',
    )
    expect(await availableOf(town, stage, 'ada')).toBe(9)
    await expectBooksWhole(town, stage)
  })

  test('of a bill paid partly in points the money comes back first', async () => {
    const stage = await town.stage({ pointFaceValueMinor: 10 })
    await done(town, stage, give(stage, 'books', 'ada', 30))
    const redeem = { amountMinor: minor(305) }
    const sale = await posted(town, stage, buy(stage, 'bakery', 'ada', 1000, { redeem }))
    expect(sale).toMatchObject({ points: 7n, redeemedPoints: 30n, moneyMinor: 700n })
    const back = (refund: number) =>
      posted(town, stage, reverse(stage, 'bakery', sale.transaction, { refund }))
    expect(await back(600)).toMatchObject({ points: 6n, redeemedPoints: 0n, moneyMinor: 600n })
    expect(await back(155)).toMatchObject({ points: 1n, redeemedPoints: 5n, moneyMinor: 100n })
    expect(await back(245)).toMatchObject({ points: 0n, redeemedPoints: 25n, moneyMinor: 0n })
    expect(await availableOf(town, stage, 'ada')).toBe(30)
    await expectBooksWhole(town, stage)
  })
})

describe('days are those of the clock on the wall, also when it changes', () => {
  async function london(at: string, rule: Partial<EarningRule>): Promise<Stage> {
    const stage = await town.stage({ timeZone: 'Europe/London', rule })
    await setClock(town.admin, stage.network, new Date(at))
    return stage
  }

  test('the 25 hours of the last Sunday of October are one day for the cap', async () => {
    const stage = await london('2026-10-24T23:30:00Z', { dailyMaxPerWallet: points(100) })
    const at = async (time: string) => {
      await setClock(town.admin, stage.network, new Date(time))
      return (await posted(town, stage, buy(stage, 'bakery', 'ada', 6000))).points
    }
    expect(await at('2026-10-24T22:59:59Z')).toBe(60n)
    expect(await at('2026-10-24T23:00:00Z')).toBe(60n)
    expect(await at('2026-10-25T23:59:59Z')).toBe(40n)
    expect(await at('2026-10-26T00:00:00Z')).toBe(60n)
  })

  test('a receipt number is free again on the next local day and no sooner', async () => {
    const stage = await london('2026-03-29T00:00:00Z', {})
    const at = async (time: string) => {
      await setClock(town.admin, stage.network, new Date(time))
      return outcome(town, stage, buy(stage, 'bakery', 'ada', 100, { reference: { value: 'R-1' } }))
    }
    expect(await at('2026-03-29T00:00:00Z')).toBe('posted')
    // 23:59 British summer time: the day has 23 hours.
    expect(await at('2026-03-29T22:59:59Z')).toBe('reference_reused')
    expect(await at('2026-03-29T23:00:00Z')).toBe('posted')
  })

  test.each([
    ['2026-02-27T12:00:00Z', '2026-03-28T00:00:00Z'],
    ['2026-02-28T23:59:59Z', '2026-03-31T23:00:00Z'],
    ['2026-03-29T22:59:59Z', '2026-04-29T23:00:00Z'],
    ['2026-09-24T23:00:00Z', '2026-10-26T00:00:00Z'],
    ['2026-09-24T22:59:59Z', '2026-10-24T23:00:00Z'],
  ])('points of a purchase at %s that last a month expire at %s, a local midnight', async (at, expiry) => {
    const stage = await london(at, { expiresAfterMonths: 1 })
    await done(town, stage, buy(stage, 'bakery', 'ada', 1000))
    const { lots } = (await readWallet(town.ledger.db, stage.network, stage.wallets.ada!))!
    expect(lots.map((lot) => lot.expiresAt)).toEqual([new Date(expiry)])
  })
})
