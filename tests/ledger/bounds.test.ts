import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  createLedger,
  currencyDigits,
  points,
  post,
  type Answer,
  type Command,
  type Ledger,
} from '../../ledger/index.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { testPool } from '../support/scratch.ts'
import { findFaults, setClock, setStage, testSecret, type Stage } from '../support/stage.ts'

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

type Distributive<T> = T extends Command ? Omit<T, 'key' | 'credential' | 'content'> : never

function give(stage: Stage, command: Distributive<Command>): Promise<Answer> {
  const key = { scope: 'network' as const, value: `key ${++count}` }
  return post(ledger, stage.network, {
    key,
    credential: stage.credential,
    content: '',
    ...command,
  } as Command)
}

/** A wallet with so many lots of one point. */
async function openStage(lots: number, expiresAt: Date | null = null): Promise<Stage> {
  const stage = await setStage(ledger, { merchants: ['bakery', 'books'], wallets: ['ada', 'bob', 'cleo'] })
  await setClock(admin, stage.network, new Date('2026-01-01T00:00:00Z'))
  const gives = { bonus: { points: points(1), expiresAt } }
  const merchant = stage.merchants.bakery!
  await Promise.all(
    Array.from({ length: lots }, () =>
      give(stage, { kind: 'issue', merchant, wallet: stage.wallets.ada!, gives }),
    ),
  )
  return stage
}

test('a wallet can come to hold no more than 2^53 - 1 points, by whatever way', async () => {
  const stage = await openStage(0)
  const merchant = stage.merchants.bakery!
  const most = points(2n ** 53n - 1n)
  const bonus = (wallet: string, of = most) =>
    give(stage, {
      kind: 'issue',
      merchant: stage.merchants[wallet === 'ada' ? 'bakery' : 'books']!,
      wallet: stage.wallets[wallet]!,
      gives: { bonus: { points: of, expiresAt: null } },
    })
  expect((await bonus('ada')).outcome).toBe('posted')
  expect((await bonus('bob')).outcome).toBe('posted')
  const refused = { outcome: 'refused', code: 'amount_out_of_range' }
  expect(await bonus('ada', points(1))).toEqual(refused)
  expect(
    await give(stage, {
      kind: 'gift',
      wallet: stage.wallets.ada!,
      to: stage.wallets.bob!,
      points: points(1),
    }),
  ).toEqual(refused)
  // Whoever has less than they give is told so, whatever the other has.
  expect(
    await give(stage, { kind: 'gift', wallet: stage.wallets.cleo!, to: stage.wallets.bob!, points: most }),
  ).toMatchObject({ outcome: 'refused', code: 'points_insufficient' })
  const paid = await give(stage, {
    kind: 'redeem',
    merchant,
    wallet: stage.wallets.ada!,
    asked: { points: most },
  })
  if (paid.outcome === 'refused') throw new Error(paid.code)
  expect((await bonus('ada', points(1))).outcome).toBe('refused') // the bakery's own float is full
  expect(
    (await give(stage, { kind: 'reverse', merchant, target: paid.transaction, asked: 'all', reason: 'r' }))
      .outcome,
  ).toBe('posted')
  expect(await findFaults(ledger.db, stage.network)).toEqual([])
})

test("a customer's key and a shop's never meet, even where wallet and merchant have the same number", async () => {
  const stage = await openStage(5)
  const merchant = stage.merchants.bakery!
  const head = { credential: null, content: '' }
  const gift = await post(ledger, stage.network, {
    ...head,
    kind: 'gift',
    key: { scope: merchant as never, value: 'sale-1' },
    wallet: stage.wallets.ada!,
    to: stage.wallets.bob!,
    points: points(1),
  })
  expect(gift.outcome).toBe('posted')
  const sale = await post(ledger, stage.network, {
    ...head,
    kind: 'issue',
    key: { scope: merchant, value: 'sale-1' },
    credential: stage.credential,
    merchant,
    wallet: stage.wallets.ada!,
    gives: { bonus: { points: points(1), expiresAt: null } },
  })
  expect(sale.outcome).toBe('posted')
})

test('amounts are counted in the minor units of ISO 4217', () => {
  const digits = {
    GBP: 2,
    EUR: 2,
    HUF: 2,
    IDR: 2,
    COP: 2,
    JPY: 0,
    KRW: 0,
    ISK: 0,
    KWD: 3,
    IQD: 3,
    TND: 3,
    CLF: 4,
  }
  for (const [currency, count] of Object.entries(digits)) expect(currencyDigits(currency)).toBe(count)
})
