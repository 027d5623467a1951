import { afterAll, beforeAll, expect, test } from 'vitest'
import { post, readWallet } from '../../ledger/index.ts'
import { dayToDate, setClock, type Stage } from '../support/stage.ts'
import { expire, gift, give, hold, pay, reverse, timeOut, voidHold } from './commands.ts'
import { availableOf, booksOf, done, expectBooksWhole, openTown, outcome, type Town } from './town.ts'

let town: Town

beforeAll(async () => {
  town = await openTown()
})

afterAll(() => town.close())

/** Ada spends all of a merchant's points at the cafe, then brings the goods back: what she owes that merchant. */
async function runUpDebt(stage: Stage, merchant: string, amount: number): Promise<void> {
  const given = await done(town, stage, give(stage, merchant, 'ada', amount))
  await done(town, stage, pay(stage, 'cafe', 'ada', amount))
  await done(town, stage, reverse(stage, merchant, given, 'all'))
}

async function lotsOf(stage: Stage, wallet: string) {
  const { lots } = (await readWallet(town.ledger.db, stage.network, stage.wallets[wallet]!))!
  return lots.map((lot) => [stage.names.get(lot.issuer), Number(lot.remaining), lot.expiresAt])
}

test('of debts to two shops the older is repaid first, and each shop gets what it is owed', async () => {
  const stage = await town.stage()
  const atBakery = await done(town, stage, give(stage, 'bakery', 'ada', 30))
  const atBooks = await done(town, stage, give(stage, 'books', 'ada', 50))
  await done(town, stage, pay(stage, 'cafe', 'ada', 80))
  await done(town, stage, reverse(stage, 'bakery', atBakery, 'all'))
  await done(town, stage, reverse(stage, 'books', atBooks, 'all'))
  expect(await availableOf(town, stage, 'ada')).toBe(-80)

  await done(town, stage, give(stage, 'cafe', 'ada', 40))
  expect(await availableOf(town, stage, 'ada')).toBe(-40)
  // The cafe's points count as taken by whom they repay.
  expect(await booksOf(town, stage, 'bakery')).toEqual([-30, 30, 0])
  expect(await booksOf(town, stage, 'books')).toEqual([-50, 10, 40])

  await done(town, stage, give(stage, 'books', 'ada', 60))
  expect(await availableOf(town, stage, 'ada')).toBe(20)
  // Its own points simply come off what it has issued.
  expect(await booksOf(town, stage, 'books')).toEqual([-70, 10, 0])
  expect(await lotsOf(stage, 'ada')).toEqual([['books', 20, null]])
  await expectBooksWhole(town, stage)
})

test('a debt repaid by one purchase leaves the next of the same batch alone', async () => {
  const stage = await town.stage()
  await runUpDebt(stage, 'bakery', 50)
  const purchases = [
    give(stage, 'books', 'ada', 60),
    give(stage, 'cafe', 'bob', 30),
    give(stage, 'cafe', 'ada', 5),
  ]
  const answers = await Promise.all(purchases.map((purchase) => post(town.ledger, stage.network, purchase)))
  expect(answers.map((answer) => answer.outcome)).toEqual(['posted', 'posted', 'posted'])
  expect(await lotsOf(stage, 'ada')).toEqual([
    ['books', 10, null],
    ['cafe', 5, null],
  ])
  expect(await lotsOf(stage, 'bob')).toEqual([['cafe', 30, null]])
  expect(await booksOf(town, stage, 'bakery')).toEqual([-50, 50, 0])
  await expectBooksWhole(town, stage)
})

test('whoever owes points can spend none and give none away', async () => {
  const stage = await town.stage()
  await runUpDebt(stage, 'bakery', 50)
  expect(await outcome(town, stage, pay(stage, 'books', 'ada', 1))).toBe('points_insufficient')
  expect(await outcome(town, stage, gift(stage, 'ada', 'bob', 1))).toBe('points_insufficient')
  expect(await outcome(town, stage, hold(stage, 'books', 'ada', 1))).toBe('points_insufficient')
  expect(await availableOf(town, stage, 'ada')).toBe(-50)
})

test.each(['void', 'time-out'] as const)('points freed by a %s repay a debt first', async (how) => {
  const stage = await town.stage()
  await setClock(town.admin, stage.network, dayToDate(0))
  const given = await done(town, stage, give(stage, 'bakery', 'ada', 100))
  const held = await done(town, stage, hold(stage, 'books', 'ada', 60))
  await done(town, stage, pay(stage, 'cafe', 'ada', 40))
  await done(town, stage, reverse(stage, 'bakery', given, 70))
  expect(await availableOf(town, stage, 'ada')).toBe(-70)
  await setClock(town.admin, stage.network, dayToDate(1))
  await done(town, stage, how === 'void' ? voidHold(stage, 'books', held) : timeOut(held))
  expect(await availableOf(town, stage, 'ada')).toBe(-10)
  expect(await booksOf(town, stage, 'bakery')).toEqual([-40, 0, 10])
  expect(await booksOf(town, stage, 'books')).toEqual([0, 0, 0])
  await expectBooksWhole(town, stage)
})

test('a gift to a friend who owes points repays the friend’s debt', async () => {
  const stage = await town.stage()
  await runUpDebt(stage, 'bakery', 50)
  await done(town, stage, give(stage, 'books', 'bob', 80))
  await done(town, stage, gift(stage, 'bob', 'ada', 70))
  expect(await availableOf(town, stage, 'ada')).toBe(20)
  expect(await availableOf(town, stage, 'bob')).toBe(10)
  expect(await booksOf(town, stage, 'bakery')).toEqual([-50, 50, 0])
  await expectBooksWhole(town, stage)
})

test('points given back after they have expired are good for the days of grace', async () => {
  const stage = await town.stage({ graceDays: 14 })
  await setClock(town.admin, stage.network, dayToDate(0))
  await done(town, stage, give(stage, 'bakery', 'ada', 40, { expiresAt: dayToDate(10) }))
  await done(town, stage, give(stage, 'books', 'ada', 40, { expiresAt: dayToDate(30) }))
  const payment = await done(town, stage, pay(stage, 'cafe', 'ada', 60))
  await setClock(town.admin, stage.network, dayToDate(20))
  await done(town, stage, reverse(stage, 'cafe', payment, 'all'))
  // The last used comes back first, as it was; the expired one as a new lot of the same issuer.
  expect(await lotsOf(stage, 'ada')).toEqual([
    ['books', 40, dayToDate(30)],
    ['bakery', 40, dayToDate(34)],
  ])
  await setClock(town.admin, stage.network, dayToDate(34))
  await done(town, stage, expire(stage, 'ada'))
  expect(await availableOf(town, stage, 'ada')).toBe(0)
  expect(await booksOf(town, stage, 'bakery')).toEqual([0, 0, 0])
  await expectBooksWhole(town, stage)
})

test('points given back in parts come back in reverse order of use, part after part', async () => {
  const stage = await town.stage()
  await done(town, stage, give(stage, 'bakery', 'ada', 10, { expiresAt: new Date(Date.now() + 1e9) }))
  await done(town, stage, give(stage, 'books', 'ada', 10))
  await done(town, stage, give(stage, 'cafe', 'ada', 10))
  const payment = await done(town, stage, pay(stage, 'cafe', 'ada', 30))
  const issuers = async () => (await lotsOf(stage, 'ada')).map(([issuer, left]) => [issuer, left])
  await done(town, stage, reverse(stage, 'cafe', payment, 13))
  expect(await issuers()).toEqual([
    ['books', 3],
    ['cafe', 10],
  ])
  await done(town, stage, reverse(stage, 'cafe', payment, 12))
  expect(await issuers()).toEqual([
    ['bakery', 5],
    ['books', 10],
    ['cafe', 10],
  ])
  await done(town, stage, reverse(stage, 'cafe', payment, 5))
  expect(await issuers()).toEqual([
    ['bakery', 10],
    ['books', 10],
    ['cafe', 10],
  ])
  expect(await outcome(town, stage, reverse(stage, 'cafe', payment, 1))).toBe('more_than_there_was')
  await expectBooksWhole(town, stage)
})

test('points spent elsewhere before the goods came back are owed, and the shop that took them is paid', async () => {
  const stage = await town.stage()
  await runUpDebt(stage, 'bakery', 50)
  expect(await booksOf(town, stage, 'cafe')).toEqual([0, 50, 0])
  expect(await booksOf(town, stage, 'bakery')).toEqual([-50, 0, 50])
  await expectBooksWhole(town, stage)
})

test('points that are set aside expire only when they are free again', async () => {
  const stage = await town.stage()
  await setClock(town.admin, stage.network, dayToDate(0))
  await done(town, stage, give(stage, 'bakery', 'ada', 50, { expiresAt: dayToDate(1) }))
  const held = await done(town, stage, hold(stage, 'books', 'ada', 50, { lifetimeSeconds: 5 * 86_400 }))
  await setClock(town.admin, stage.network, dayToDate(2))
  expect(await outcome(town, stage, expire(stage, 'ada'))).toBe('nothing_due')
  expect(await outcome(town, stage, timeOut(held))).toBe('hold_not_due')
  await done(town, stage, voidHold(stage, 'books', held))
  await done(town, stage, expire(stage, 'ada'))
  expect(await outcome(town, stage, expire(stage, 'ada'))).toBe('nothing_due')
  expect(await booksOf(town, stage, 'bakery')).toEqual([0, 0, 0])
  await expectBooksWhole(town, stage)
})
