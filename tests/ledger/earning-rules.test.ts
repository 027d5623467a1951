import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  closeWallet,
  createLedger,
  minor,
  points,
  post,
  readEntriesAfter,
  readWallet,
  setEarningRule,
  setMerchantMultiplier,
  sweep,
  type Ledger,
} from '../../ledger/index.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { testPool } from '../support/scratch.ts'
import {
  findFaults,
  setClock,
  setStage,
  testSecret,
  type Stage,
  type StageOptions,
} from '../support/stage.ts'

let database: TestDatabase
let ledger: Ledger
let admin: ReturnType<typeof testPool>
let count = 0

beforeAll(async () => {
  database = await createTestDatabase()
  admin = testPool(database.adminUrl)
  ledger = createLedger({ pool: testPool(database.url), secret: testSecret })
})

afterAll(async () => {
  await ledger.pool.end()
  await admin.end()
  await database.drop()
})

async function openStage(rule: StageOptions['rule'], at = '2026-11-21T12:00:00Z'): Promise<Stage> {
  const stage = await setStage(ledger, {
    merchants: ['bakery', 'books'],
    wallets: ['ada'],
    timeZone: 'Europe/London',
    rule: rule ?? null,
  })
  await setClock(admin, stage.network, new Date(at))
  return stage
}

async function buy(stage: Stage, merchant: string, amount: number) {
  const key = `sale ${++count}`
  const answer = await post(ledger, stage.network, {
    kind: 'issue',
    key: { scope: 'network', value: key },
    credential: stage.credential,
    content: key,
    merchant: stage.merchants[merchant]!,
    wallet: stage.wallets.ada!,
    gives: { purchase: { amountMinor: minor(amount) } },
  })
  if (answer.outcome === 'refused') throw new Error(answer.code)
  return answer
}

async function refund(
  stage: Stage,
  merchant: string,
  target: Awaited<ReturnType<typeof buy>>,
  amount: number,
) {
  const key = `refund ${++count}`
  const answer = await post(ledger, stage.network, {
    kind: 'reverse',
    key: { scope: 'network', value: key },
    credential: stage.credential,
    content: key,
    merchant: stage.merchants[merchant]!,
    target: target.transaction,
    asked: { refundAmountMinor: minor(amount) },
    reason: 'came back',
  })
  if (answer.outcome === 'refused') throw new Error(answer.code)
  return answer
}

test('a bill below the minimum gives nothing, and a refund to below it takes all points back', async () => {
  const stage = await openStage({ minSpendMinor: minor(1000) })
  expect((await buy(stage, 'bakery', 999)).points).toBe(0n)
  const sale = await buy(stage, 'bakery', 1500)
  expect(sale.points).toBe(15n)
  expect((await refund(stage, 'bakery', sale, 600)).points).toBe(15n)
})

test('double points in happy hour on weekdays, by the clock on the wall', async () => {
  const stage = await openStage(
    { multipliers: [{ factor: '2', weekdays: [1, 2, 3, 4, 5], from: '14:00', until: '16:00' }] },
    '2026-07-06T12:59:59Z', // a Monday, British summer time
  )
  expect((await buy(stage, 'bakery', 500)).points).toBe(5n)
  await setClock(admin, stage.network, new Date('2026-07-06T13:00:00Z'))
  const doubled = await buy(stage, 'bakery', 500)
  expect(doubled.points).toBe(10n)
  await setClock(admin, stage.network, new Date('2026-07-06T15:00:00Z'))
  expect((await buy(stage, 'bakery', 500)).points).toBe(5n)
  await setClock(admin, stage.network, new Date('2026-07-11T13:30:00Z')) // Saturday
  expect((await buy(stage, 'bakery', 500)).points).toBe(5n)
  // Refunded by the factor that gave them, whenever the refund comes.
  expect((await refund(stage, 'bakery', doubled, 250)).points).toBe(5n)
})

test('a multiplier can be for some shops alone', async () => {
  const stage = await openStage(null)
  const books = [...stage.names].find(([, name]) => name === 'books')![0]
  await ledger.db.transaction().execute((tx) =>
    setEarningRule(tx, stage.network, {
      pointsPerCurrencyUnit: '1',
      rounding: 'down',
      expiresAfterMonths: null,
      dailyMaxPerWallet: null,
      multipliers: [{ factor: '2', merchants: [books] }],
      effectiveFrom: new Date('2026-01-01T00:00:00Z'),
      by: stage.credential,
    }),
  )
  expect((await buy(stage, 'books', 500)).points).toBe(10n)
  expect((await buy(stage, 'bakery', 500)).points).toBe(5n)
})

test('the best multiplier is taken, they do not add up; a window may go over midnight', async () => {
  const stage = await openStage(
    { multipliers: [{ factor: '1.5' }, { factor: '3', from: '22:00', until: '02:00' }] },
    '2026-11-21T21:00:00Z',
  )
  expect((await buy(stage, 'bakery', 1000)).points).toBe(15n)
  await setClock(admin, stage.network, new Date('2026-11-22T01:30:00Z'))
  expect((await buy(stage, 'bakery', 1000)).points).toBe(30n)
})

test("a merchant's own multiplier counts from its start, in that shop alone", async () => {
  const stage = await openStage({})
  await ledger.db.transaction().execute((tx) =>
    setMerchantMultiplier(tx, stage.network, stage.merchants.books!, {
      factor: '2.5',
      effectiveFrom: new Date('2026-11-22T00:00:00Z'),
      by: stage.credential,
    }),
  )
  expect((await buy(stage, 'books', 1000)).points).toBe(10n)
  await setClock(admin, stage.network, new Date('2026-11-22T09:00:00Z'))
  expect((await buy(stage, 'books', 1000)).points).toBe(25n)
  expect((await buy(stage, 'bakery', 1000)).points).toBe(10n)
  expect(await findFaults(ledger.db, stage.network)).toEqual([])
})

test('a closed wallet expires what it has and what comes back to it, and takes part in nothing more', async () => {
  const stage = await openStage({})
  await buy(stage, 'bakery', 10_000)
  const key = { scope: 'network' as const, value: 'spend' }
  const spent = await post(ledger, stage.network, {
    kind: 'redeem',
    key,
    credential: stage.credential,
    content: '',
    merchant: stage.merchants.books!,
    wallet: stage.wallets.ada!,
    asked: { points: points(40) },
  })
  if (spent.outcome === 'refused') throw new Error(spent.code)
  await ledger.db
    .transaction()
    .execute((tx) => closeWallet(tx, stage.network, stage.wallets.ada!, stage.credential))
  await sweep(ledger)
  expect(await readWallet(ledger.db, stage.network, stage.wallets.ada!)).toMatchObject({
    available: 0n,
    lots: [],
  })
  await expect(buy(stage, 'bakery', 100)).rejects.toThrow('wallet_closed')
  await refund(stage, 'books', spent, 40)
  await sweep(ledger)
  expect(await readWallet(ledger.db, stage.network, stage.wallets.ada!)).toMatchObject({
    available: 0n,
    lots: [],
  })
  expect(await findFaults(ledger.db, stage.network)).toEqual([])
})

test('whoever reads the log from a cursor sees every entry once, in order', async () => {
  const stage = await openStage({})
  for (let i = 0; i < 5; i++) await buy(stage, 'bakery', 100)
  const seen: bigint[] = []
  for (let after = -1n; ;) {
    const entries = await readEntriesAfter(ledger.db, stage.network, after, 3)
    if (entries.length === 0) break
    seen.push(...entries.map((entry) => entry.index))
    after = seen.at(-1)!
  }
  expect(seen).toEqual(seen.map((_, i) => BigInt(i)))
  const [first] = await readEntriesAfter(ledger.db, stage.network, -1n, 1)
  expect(first).toMatchObject({ kind: 'network_opened', transaction: null, facts: { currency: 'GBP' } })
  const [last] = await readEntriesAfter(ledger.db, stage.network, seen.at(-2)!, 10)
  expect(last).toMatchObject({ kind: 'issue', transaction: { points: 1n, amountMinor: 100n }, facts: null })
})
