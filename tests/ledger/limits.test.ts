import { randomUUID } from 'node:crypto'
import { uuidv7 } from 'uuidv7'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  changeIssuingLimit,
  letGoMerchant,
  lockWallet,
  points,
  registerCredential,
  revokeCredential,
  type CredentialId,
} from '../../ledger/index.ts'
import { dayToDate, setClock, type Stage } from '../support/stage.ts'
import {
  adjust,
  buy,
  capture,
  gift,
  give,
  goodwill,
  hold,
  pay,
  reverse,
  withOtherContent,
} from './commands.ts'
import {
  availableOf,
  booksOf,
  done,
  expectBooksWhole,
  newTill,
  openTown,
  outcome,
  type Town,
} from './town.ts'

let town: Town

beforeAll(async () => {
  town = await openTown()
})

afterAll(() => town.close())

function limit(stage: Stage, merchant: string, to: number | null): Promise<void> {
  const issuingLimit = to === null ? null : points(to)
  return town.ledger.db
    .transaction()
    .execute((tx) =>
      changeIssuingLimit(tx, stage.network, stage.merchants[merchant]!, issuingLimit, stage.credential),
    )
}

function newPerson(stage: Stage): Promise<CredentialId> {
  return town.ledger.db.transaction().execute((tx) =>
    registerCredential(tx, stage.network, {
      uuid: uuidv7(),
      kind: 'person',
      merchant: null,
      by: stage.credential,
    }),
  )
}

describe('the issuing limit', () => {
  test('lowered below what is out, it refuses more and leaves what is out good', async () => {
    const stage = await town.stage({ issuingLimits: { bakery: 100 } })
    const given = await done(town, stage, give(stage, 'bakery', 'ada', 80))
    await limit(stage, 'bakery', 50)
    expect(await outcome(town, stage, give(stage, 'bakery', 'ada', 1))).toBe('issuing_limit_reached')
    await done(town, stage, pay(stage, 'books', 'ada', 20))
    await done(town, stage, gift(stage, 'ada', 'bob', 20))
    await done(town, stage, reverse(stage, 'bakery', given, 20))
    expect(await outcome(town, stage, give(stage, 'bakery', 'ada', 1))).toBe('issuing_limit_reached')
    await done(town, stage, reverse(stage, 'bakery', given, 20))
    expect(await booksOf(town, stage, 'bakery')).toEqual([-40, 0, 0])
    expect(await outcome(town, stage, give(stage, 'bakery', 'ada', 11))).toBe('issuing_limit_reached')
    await done(town, stage, give(stage, 'bakery', 'ada', 10))
    await expectBooksWhole(town, stage)
  })

  test('raised, or taken away, it lets more be issued', async () => {
    const stage = await town.stage({ issuingLimits: { bakery: 10 } })
    await done(town, stage, give(stage, 'bakery', 'ada', 10))
    await limit(stage, 'bakery', 25)
    expect(await outcome(town, stage, give(stage, 'bakery', 'ada', 16))).toBe('issuing_limit_reached')
    await done(town, stage, give(stage, 'bakery', 'ada', 15))
    await limit(stage, 'bakery', null)
    await done(town, stage, give(stage, 'bakery', 'ada', 1_000_000))
    await limit(stage, 'bakery', 0)
    expect(await outcome(town, stage, give(stage, 'bakery', 'ada', 1))).toBe('issuing_limit_reached')
    await expectBooksWhole(town, stage)
  })

  test('does not refuse a purchase that gives nothing', async () => {
    const stage = await town.stage({ issuingLimits: { bakery: 0 } })
    await done(town, stage, buy(stage, 'bakery', 'ada', 99))
    expect(await outcome(town, stage, buy(stage, 'bakery', 'ada', 100))).toBe('issuing_limit_reached')
  })
})

test('goodwill stays within its daily ceiling, and what is taken back may be given again', async () => {
  const stage = await town.stage()
  const counters = [{ name: 'goodwill:1', ceiling: points(100) }]
  const first = await done(town, stage, goodwill(stage, 'bakery', 'ada', 60, counters))
  expect(await outcome(town, stage, goodwill(stage, 'bakery', 'bob', 41, counters))).toBe('limit_reached')
  await done(town, stage, goodwill(stage, 'bakery', 'bob', 40, counters))
  await done(town, stage, reverse(stage, 'bakery', first, 25))
  expect(await outcome(town, stage, goodwill(stage, 'bakery', 'bob', 26, counters))).toBe('limit_reached')
  await done(town, stage, goodwill(stage, 'bakery', 'bob', 25, counters))
  await expectBooksWhole(town, stage)
})

test('goodwill that was passed on before it was taken back is not given a second time that day', async () => {
  const stage = await town.stage()
  const counters = [{ name: 'goodwill:1', ceiling: points(100) }]
  const first = await done(town, stage, goodwill(stage, 'bakery', 'ada', 100, counters))
  await done(town, stage, gift(stage, 'ada', 'bob', 70))
  await done(town, stage, reverse(stage, 'bakery', first, 100))
  expect(await outcome(town, stage, goodwill(stage, 'bakery', 'cyd', 31, counters))).toBe('limit_reached')
  await done(town, stage, goodwill(stage, 'bakery', 'cyd', 30, counters))
  await expectBooksWhole(town, stage)
})

test('points of a hold that are not captured may be taken without a QR that day again', async () => {
  const stage = await town.stage()
  const counters = [{ name: 'redeem_without_qr:wallet:1', ceiling: points(100) }]
  await done(town, stage, give(stage, 'bakery', 'ada', 500))
  const held = await done(town, stage, hold(stage, 'books', 'ada', 90, { counters }))
  expect(await outcome(town, stage, pay(stage, 'books', 'ada', 11, { counters }))).toBe('limit_reached')
  const captured = await done(town, stage, capture(stage, 'books', held, 30))
  expect(await outcome(town, stage, pay(stage, 'books', 'ada', 71, { counters }))).toBe('limit_reached')
  await done(town, stage, pay(stage, 'books', 'ada', 70, { counters }))
  await done(town, stage, reverse(stage, 'books', captured, 'all'))
  await done(town, stage, pay(stage, 'books', 'ada', 30, { counters }))
  await expectBooksWhole(town, stage)
})

describe('a correction', () => {
  test('needs two different people', async () => {
    const stage = await town.stage()
    expect(await outcome(town, stage, adjust(stage, 'bakery', 'ada', 10, stage.credential))).toBe(
      'same_person',
    )
    expect(await outcome(town, stage, adjust(stage, 'bakery', 'ada', -10, stage.credential))).not.toBe(
      'posted',
    )
    expect(await availableOf(town, stage, 'ada')).toBe(0)
    await done(town, stage, adjust(stage, 'bakery', 'ada', 10, await newPerson(stage)))
    expect(await availableOf(town, stage, 'ada')).toBe(10)
  })

  test('is not approved by somebody whose rights were taken away', async () => {
    const stage = await town.stage()
    const gone = await newPerson(stage)
    await town.ledger.db
      .transaction()
      .execute((tx) => revokeCredential(tx, stage.network, gone, stage.credential))
    expect(await outcome(town, stage, adjust(stage, 'bakery', 'ada', 10, gone))).toBe('not_found')
    expect(await availableOf(town, stage, 'ada')).toBe(0)
  })

  test('takes no more than there is', async () => {
    const stage = await town.stage()
    const approver = await newPerson(stage)
    await done(town, stage, give(stage, 'books', 'ada', 10))
    expect(await outcome(town, stage, adjust(stage, 'bakery', 'ada', -11, approver))).toBe(
      'points_insufficient',
    )
    await done(town, stage, adjust(stage, 'bakery', 'ada', -10, approver))
    expect(await booksOf(town, stage, 'bakery')).toEqual([0, 10, 0])
    await expectBooksWhole(town, stage)
  })
})

test('a locked wallet receives and does not spend', async () => {
  const stage = await town.stage()
  const lock = (locked: boolean) =>
    town.ledger.db.transaction().execute((tx) => lockWallet(tx, stage.network, stage.wallets.ada!, locked))
  await done(town, stage, give(stage, 'bakery', 'ada', 50))
  await lock(true)
  await done(town, stage, give(stage, 'bakery', 'ada', 50))
  for (const command of [
    pay(stage, 'books', 'ada', 1),
    hold(stage, 'books', 'ada', 1),
    gift(stage, 'ada', 'bob', 1),
  ]) {
    expect(await outcome(town, stage, command)).toBe('wallet_locked')
  }
  const redeem = { points: points(1) }
  expect(await outcome(town, stage, buy(stage, 'books', 'ada', 1000, { redeem }))).toBe('wallet_locked')
  await lock(false)
  await done(town, stage, pay(stage, 'books', 'ada', 100))
  await expectBooksWhole(town, stage)
})

test('a merchant that left gives and takes nothing, but refunds go on and its points stay good', async () => {
  const stage = await town.stage()
  const given = await done(town, stage, give(stage, 'bakery', 'ada', 100))
  const held = await done(town, stage, hold(stage, 'bakery', 'ada', 10))
  const payment = await done(town, stage, pay(stage, 'bakery', 'ada', 10))
  await town.ledger.db
    .transaction()
    .execute((tx) => letGoMerchant(tx, stage.network, stage.merchants.bakery!, stage.credential))
  for (const command of [
    give(stage, 'bakery', 'ada', 1),
    buy(stage, 'bakery', 'ada', 10),
    pay(stage, 'bakery', 'ada', 1),
    hold(stage, 'bakery', 'ada', 1),
    goodwill(stage, 'bakery', 'ada', 1, []),
  ]) {
    expect(await outcome(town, stage, command)).toBe('merchant_left')
  }
  await done(town, stage, capture(stage, 'bakery', held))
  await done(town, stage, reverse(stage, 'bakery', payment, 'all'))
  await done(town, stage, reverse(stage, 'bakery', given, 20))
  await done(town, stage, pay(stage, 'books', 'ada', 70))
  expect(await booksOf(town, stage, 'bakery')).toEqual([-80, 10, 0])
  await expectBooksWhole(town, stage)
})

describe('a till', () => {
  test('acts for its own shop alone', async () => {
    const stage = await town.stage()
    const credential = await newTill(town, stage, 'bakery')
    expect(await outcome(town, stage, give(stage, 'books', 'ada', 10, { credential }))).toBe('not_found')
    const given = await done(town, stage, give(stage, 'books', 'ada', 10))
    expect(await outcome(town, stage, reverse(stage, 'bakery', given, 'all', { credential }))).toBe(
      'not_found',
    )
    expect(await availableOf(town, stage, 'ada')).toBe(10)
  })

  test('of another network does nothing here', async () => {
    const stage = await town.stage()
    const elsewhere = await town.stage()
    const credential = await newTill(town, elsewhere, 'bakery')
    expect(await outcome(town, stage, give(stage, 'bakery', 'ada', 10, { credential }))).toBe(
      'credential_revoked',
    )
    const strayed = { ...give(stage, 'bakery', 'ada', 10), wallet: elsewhere.wallets.ada! }
    expect(await outcome(town, stage, strayed)).toBe('not_found')
    expect(await availableOf(town, elsewhere, 'ada')).toBe(0)
  })

  test.each([
    ['7 days ago', -7 * 86_400, 'posted'],
    ['more than 7 days ago', -7 * 86_400 - 1, 'occurred_at_out_of_range'],
    ['5 minutes ahead', 300, 'posted'],
    ['more than 5 minutes ahead', 301, 'occurred_at_out_of_range'],
  ])('sends a sale of %s', async (_, seconds, says) => {
    const stage = await town.stage()
    await setClock(town.admin, stage.network, dayToDate(0))
    const occurredAt = new Date(dayToDate(0).getTime() + seconds * 1000)
    expect(await outcome(town, stage, buy(stage, 'bakery', 'ada', 100, { occurredAt }))).toBe(says)
  })
})

describe('a QR', () => {
  const shownAt = dayToDate(0)
  const qr = () => ({ id: randomUUID(), issuedAt: shownAt, expiresAt: new Date(shownAt.getTime() + 60_000) })

  async function stageAt(seconds: number): Promise<Stage> {
    const stage = await town.stage()
    await setClock(town.admin, stage.network, dayToDate(-30))
    await done(town, stage, give(stage, 'bakery', 'ada', 100))
    await setClock(town.admin, stage.network, new Date(shownAt.getTime() + seconds * 1000))
    return stage
  }

  test.each([
    [-31, 'qr_not_yet_valid'],
    [-30, 'posted'],
    [90, 'posted'],
    [91, 'qr_expired'],
  ])('%i seconds after it was shown', async (seconds, says) => {
    const stage = await stageAt(seconds)
    expect(await outcome(town, stage, pay(stage, 'books', 'ada', 10, { qr: qr() }))).toBe(says)
  })

  test('of a purchase sent late counts at the time of the sale; of a payment, now', async () => {
    const stage = await stageAt(86_400)
    const occurredAt = new Date(shownAt.getTime() + 10_000)
    expect(await outcome(town, stage, buy(stage, 'bakery', 'ada', 100, { qr: qr(), occurredAt }))).toBe(
      'posted',
    )
    expect(await outcome(town, stage, pay(stage, 'books', 'ada', 10, { qr: qr(), occurredAt }))).toBe(
      'qr_expired',
    )
    const redeem = { points: points(1) }
    const mixed = buy(stage, 'bakery', 'ada', 100, { qr: qr(), occurredAt, redeem })
    expect(await outcome(town, stage, mixed)).toBe('qr_expired')
  })

  test('is not used up by a payment that was refused', async () => {
    const stage = await stageAt(0)
    const shown = qr()
    expect(await outcome(town, stage, pay(stage, 'books', 'ada', 101, { qr: shown }))).toBe(
      'points_insufficient',
    )
    await done(town, stage, pay(stage, 'books', 'ada', 100, { qr: shown }))
    expect(await outcome(town, stage, buy(stage, 'books', 'ada', 100, { qr: shown }))).toBe('qr_already_used')
  })

  test('that has expired since does not keep a retry from its answer', async () => {
    const stage = await stageAt(0)
    const payment = pay(stage, 'books', 'ada', 10, { qr: qr() })
    await done(town, stage, payment)
    await setClock(town.admin, stage.network, new Date(shownAt.getTime() + 600_000))
    expect(await outcome(town, stage, payment)).toBe('replayed')
    expect(await outcome(town, stage, { ...payment, refusal: 'qr_device_removed' })).toBe('replayed')
    expect(await availableOf(town, stage, 'ada')).toBe(90)
  })
})

describe('a receipt number', () => {
  test('is one for sales and one for payments, and one for each part', async () => {
    const stage = await town.stage()
    const reference = { value: 'R-1' }
    await done(town, stage, buy(stage, 'bakery', 'ada', 5000, { reference }))
    expect(await outcome(town, stage, buy(stage, 'bakery', 'bob', 5000, { reference }))).toBe(
      'reference_reused',
    )
    await done(town, stage, pay(stage, 'bakery', 'ada', 10, { reference }))
    await done(town, stage, hold(stage, 'bakery', 'ada', 10, { reference }))
    await done(town, stage, buy(stage, 'bakery', 'ada', 5000, { reference: { value: 'R-1', part: 2 } }))
    await done(town, stage, buy(stage, 'books', 'ada', 5000, { reference }))
    await expectBooksWhole(town, stage)
  })

  test('of a sale that was refused, or that moved nothing, is treated as such', async () => {
    const stage = await town.stage({ issuingLimits: { bakery: 10 } })
    const reference = { value: 'R-1' }
    expect(await outcome(town, stage, buy(stage, 'bakery', 'ada', 5000, { reference }))).toBe(
      'issuing_limit_reached',
    )
    const small = await done(town, stage, buy(stage, 'bakery', 'ada', 500, { reference }))
    // Brought back it is still the receipt of a sale.
    await done(town, stage, reverse(stage, 'bakery', small, 'all'))
    expect(await outcome(town, stage, buy(stage, 'bakery', 'ada', 500, { reference }))).toBe(
      'reference_reused',
    )
  })
})

test('what was posted is answered again, also where it would be refused now', async () => {
  const stage = await town.stage({ issuingLimits: { cafe: 30 } })
  const fromLimit = [
    give(stage, 'cafe', 'ada', 10),
    buy(stage, 'cafe', 'ada', 1000),
    buy(stage, 'cafe', 'ada', 1000, { eligible: 1000 }),
  ]
  for (const command of fromLimit) expect(await outcome(town, stage, command)).toBe('posted')
  const spending = [
    buy(stage, 'bakery', 'ada', 20, { redeem: { points: points(20) } }),
    pay(stage, 'books', 'ada', 10),
  ]
  for (const command of spending) expect(await outcome(town, stage, command)).toBe('posted')

  expect(await outcome(town, stage, give(stage, 'cafe', 'ada', 1))).toBe('issuing_limit_reached')
  expect(await outcome(town, stage, pay(stage, 'books', 'ada', 1))).toBe('points_insufficient')
  for (const command of [...fromLimit, ...spending]) {
    expect(await outcome(town, stage, command)).toBe('replayed')
    expect(await outcome(town, stage, withOtherContent(command))).toBe('idempotency_key_reused')
  }
  // In a batch so large that what is everyday is not looked for at first.
  const fresh = Array.from({ length: 8 }, () => buy(stage, 'bakery', 'bob', 100))
  const batch = [...fresh, ...fromLimit, ...spending]
  expect(await Promise.all(batch.map((command) => outcome(town, stage, command)))).toEqual([
    ...fresh.map(() => 'posted'),
    ...[...fromLimit, ...spending].map(() => 'replayed'),
  ])
})
