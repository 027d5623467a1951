import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { points, post, type Answer, type Command, type Posted } from '../../ledger/index.ts'
import { whileHeadIsHeld } from '../support/barrier.ts'
import { dayToDate, setClock, type Stage } from '../support/stage.ts'
import {
  buy,
  capture,
  expire,
  gift,
  give,
  hold,
  pay,
  reverse,
  timeOut,
  voidHold,
  withOtherContent,
} from './commands.ts'
import {
  availableOf,
  booksOf,
  done,
  expectBooksWhole,
  openTown,
  outcomeOf,
  twoTills,
  type Town,
} from './town.ts'

let town: Town

beforeAll(async () => {
  town = await openTown()
})

afterAll(() => town.close())

/** What nobody notices, but a batch of more than a few is posted another way: see ledger.post. */
function others(stage: Stage): Command[] {
  const [merchant, wallet] = [Object.keys(stage.merchants)[0]!, Object.keys(stage.wallets)[0]!]
  return Array.from({ length: 10 }, () => buy(stage, merchant, wallet, 0))
}

/** Each in a process of its own: all wait for the network's head before one goes on, in the order given. */
function fromProcesses(stage: Stage, commands: readonly Command[]): Promise<Answer[]> {
  const attempts = commands.map((command, i) => () => post(town.processes[i]!, stage.network, command))
  return whileHeadIsHeld(town.admin, stage.network, attempts)
}

/** All given to one poster in the same turn of the event loop. */
function inOneBatch(stage: Stage, commands: readonly Command[]): Promise<Answer[]> {
  return Promise.all(commands.map((command) => post(town.ledger, stage.network, command)))
}

function fromProcessesInLargeBatches(stage: Stage, commands: readonly Command[]): Promise<Answer[]> {
  const attempts = commands.map((command, i) => async () => {
    const [answer] = await Promise.all(
      [command, ...others(stage)].map((one) => post(town.processes[i]!, stage.network, one)),
    )
    return answer!
  })
  return whileHeadIsHeld(town.admin, stage.network, attempts)
}

async function inOneLargeBatch(stage: Stage, commands: readonly Command[]): Promise<Answer[]> {
  const answers = await inOneBatch(stage, [...others(stage), ...commands])
  return answers.slice(-commands.length)
}

test('who keeps the head and does nothing is ended after five seconds, and the next posts', async () => {
  const stage = await town.stage()
  const holder = await town.admin.connect()
  const ended = Promise.withResolvers<unknown>()
  holder.on('error', ended.resolve)
  const timeout = async () =>
    (await holder.query('show idle_in_transaction_session_timeout')).rows[0]
      .idle_in_transaction_session_timeout
  const lock = () => holder.query('select ledger.lock_head($1)', [stage.network])
  try {
    const before = await timeout()
    await holder.query('begin')
    await lock()
    expect(await timeout()).toBe('5s')
    await holder.query('commit')
    expect(await timeout()).toBe(before)
    await holder.query('begin')
    await lock()
    const next = post(town.ledger, stage.network, buy(stage, 'bakery', 'ada', 5000))
    // "idle_in_transaction_session_timeout"
    expect(await ended.promise).toMatchObject({ code: '25P03' })
    expect(await next).toMatchObject({ outcome: 'posted', points: 50n })
  } finally {
    holder.release(true)
  }
})

describe.each([
  { how: 'from two processes', atOnce: fromProcesses },
  { how: 'in one batch', atOnce: inOneBatch },
  { how: 'from two processes, in large batches', atOnce: fromProcessesInLargeBatches },
  { how: 'in one large batch', atOnce: inOneLargeBatch },
])('at the same moment, $how,', ({ atOnce }) => {
  test('a purchase sent twice with one key gives its points once, and both hear the same', async () => {
    const stage = await town.stage()
    const purchase = buy(stage, 'bakery', 'ada', 5000)
    const [first, second] = await atOnce(stage, [purchase, purchase])
    expect(first).toMatchObject({ outcome: 'posted', points: 50n })
    expect(second).toEqual({ ...first, outcome: 'replayed' })
    expect(await availableOf(town, stage, 'ada')).toBe(50)
    await expectBooksWhole(town, stage)
  })

  test('a payment sent twice with one key takes its points once', async () => {
    const stage = await town.stage()
    await done(town, stage, give(stage, 'bakery', 'ada', 100))
    const payment = pay(stage, 'books', 'ada', 60)
    const [first, second] = await atOnce(stage, [payment, payment])
    expect(first).toMatchObject({ outcome: 'posted', redeemedPoints: 60n, availableAfter: 40n })
    expect(second).toEqual({ ...first, outcome: 'replayed' })
    expect(await availableOf(town, stage, 'ada')).toBe(40)
    await expectBooksWhole(town, stage)
  })

  test('one key with two contents posts the first and refuses the other', async () => {
    const stage = await town.stage()
    const first = give(stage, 'bakery', 'ada', 50)
    const answers = await atOnce(stage, [first, withOtherContent(first)])
    expect(answers.map(outcomeOf)).toEqual(['posted', 'idempotency_key_reused'])
    expect(await availableOf(town, stage, 'ada')).toBe(50)
    await expectBooksWhole(town, stage)
  })

  test('a key whose first command is refused is still free for the second', async () => {
    const stage = await town.stage()
    await done(town, stage, give(stage, 'bakery', 'ada', 10))
    const tooMuch = pay(stage, 'books', 'ada', 20)
    const fitting = { ...tooMuch, asked: { points: points(10) }, content: 'less' }
    const answers = await atOnce(stage, [tooMuch, fitting])
    expect(answers.map(outcomeOf)).toEqual(['points_insufficient', 'posted'])
    expect(await availableOf(town, stage, 'ada')).toBe(0)
    await expectBooksWhole(town, stage)
  })

  test('a customer cannot spend the same points in two shops', async () => {
    const stage = await town.stage()
    await done(town, stage, give(stage, 'bakery', 'ada', 100))
    const answers = await atOnce(stage, [pay(stage, 'bakery', 'ada', 80), pay(stage, 'books', 'ada', 80)])
    expect(answers.map(outcomeOf)).toEqual(['posted', 'points_insufficient'])
    expect(answers[1]).toMatchObject({ available: 20n })
    expect(await availableOf(town, stage, 'ada')).toBe(20)
    expect(await booksOf(town, stage, 'books')).toEqual([0, 0, 0])
    await expectBooksWhole(town, stage)
  })

  test('points set aside by one shop cannot be spent in another', async () => {
    const stage = await town.stage()
    await done(town, stage, give(stage, 'bakery', 'ada', 100))
    const answers = await atOnce(stage, [hold(stage, 'bakery', 'ada', 80), pay(stage, 'books', 'ada', 80)])
    expect(answers.map(outcomeOf)).toEqual(['posted', 'points_insufficient'])
    expect(await availableOf(town, stage, 'ada')).toBe(20)
    await expectBooksWhole(town, stage)
  })

  test('points are either given to a friend or spent', async () => {
    const stage = await town.stage()
    await done(town, stage, give(stage, 'bakery', 'ada', 100))
    const answers = await atOnce(stage, [gift(stage, 'ada', 'bob', 100), pay(stage, 'books', 'ada', 1)])
    expect(answers.map(outcomeOf)).toEqual(['posted', 'points_insufficient'])
    expect(await availableOf(town, stage, 'bob')).toBe(100)
    await expectBooksWhole(town, stage)
  })

  test('points just received can be spent by the very next', async () => {
    const stage = await town.stage()
    await done(town, stage, give(stage, 'bakery', 'ada', 100))
    const answers = await atOnce(stage, [gift(stage, 'ada', 'bob', 100), pay(stage, 'books', 'bob', 100)])
    expect(answers.map(outcomeOf)).toEqual(['posted', 'posted'])
    expect(await booksOf(town, stage, 'books')).toEqual([0, 100, 0])
    await expectBooksWhole(town, stage)
  })

  test('a purchase is taken back once, however often staff press the button', async () => {
    const stage = await town.stage()
    const purchase = await done(town, stage, buy(stage, 'bakery', 'ada', 10_000))
    const answers = await atOnce(stage, [
      reverse(stage, 'bakery', purchase, 'all'),
      reverse(stage, 'bakery', purchase, 'all'),
    ])
    expect(answers.map(outcomeOf)).toEqual(['posted', 'more_than_there_was'])
    expect(await availableOf(town, stage, 'ada')).toBe(0)
    expect(await booksOf(town, stage, 'bakery')).toEqual([0, 0, 0])
    await expectBooksWhole(town, stage)
  })

  test('two part refunds never take back more than the purchase gave', async () => {
    const stage = await town.stage()
    const purchase = await done(town, stage, buy(stage, 'bakery', 'ada', 10_000))
    const answers = await atOnce(stage, [
      reverse(stage, 'bakery', purchase, { refund: 6000 }),
      reverse(stage, 'bakery', purchase, { refund: 6000 }),
    ])
    expect(answers.map(outcomeOf)).toEqual(['posted', 'more_than_there_was'])
    expect(await availableOf(town, stage, 'ada')).toBe(40)
    await expectBooksWhole(town, stage)
  })

  test('two part refunds that fit are both made, cumulatively', async () => {
    const stage = await town.stage()
    const purchase = await done(town, stage, buy(stage, 'bakery', 'ada', 150))
    const answers = await atOnce(stage, [
      reverse(stage, 'bakery', purchase, { refund: 50 }),
      reverse(stage, 'bakery', purchase, { refund: 50 }),
    ])
    expect(answers).toMatchObject([
      { outcome: 'posted', points: 0n },
      { outcome: 'posted', points: 1n },
    ])
    expect(await availableOf(town, stage, 'ada')).toBe(0)
    await expectBooksWhole(town, stage)
  })

  test('two part give-backs never give back more than was paid', async () => {
    const stage = await town.stage()
    await done(town, stage, give(stage, 'bakery', 'ada', 100))
    const payment = await done(town, stage, pay(stage, 'books', 'ada', 100))
    const answers = await atOnce(stage, [
      reverse(stage, 'books', payment, 60),
      reverse(stage, 'books', payment, 60),
    ])
    expect(answers.map(outcomeOf)).toEqual(['posted', 'more_than_there_was'])
    expect(await availableOf(town, stage, 'ada')).toBe(60)
    await expectBooksWhole(town, stage)
  })

  test('a daily cap reached by two tills is never exceeded, and no sale is refused', async () => {
    const stage = await town.stage({ rule: { dailyMaxPerWallet: points(50) } })
    const [one, other] = await twoTills(town, stage)
    const answers = await atOnce(stage, [
      buy(stage, 'bakery', 'ada', 4000, { credential: one }),
      buy(stage, 'bakery', 'ada', 4000, { credential: other }),
    ])
    expect(answers).toMatchObject([
      { outcome: 'posted', points: 40n },
      { outcome: 'posted', points: 10n },
    ])
    expect(await availableOf(town, stage, 'ada')).toBe(50)
    await expectBooksWhole(town, stage)
  })

  test('two tills together take no more without a QR than the day allows', async () => {
    const stage = await town.stage()
    const [one, other] = await twoTills(town, stage)
    await done(town, stage, give(stage, 'bakery', 'ada', 500))
    const counters = [{ name: `redeem_without_qr:wallet:${stage.wallets.ada}`, ceiling: points(100) }]
    const answers = await atOnce(stage, [
      pay(stage, 'bakery', 'ada', 60, { credential: one, counters }),
      pay(stage, 'bakery', 'ada', 60, { credential: other, counters }),
    ])
    expect(answers.map(outcomeOf)).toEqual(['posted', 'limit_reached'])
    expect(await availableOf(town, stage, 'ada')).toBe(440)
    await expectBooksWhole(town, stage)
  })

  test('an issuing limit holds against two tills', async () => {
    const stage = await town.stage({ issuingLimits: { bakery: 100 } })
    const answers = await atOnce(stage, [give(stage, 'bakery', 'ada', 60), give(stage, 'bakery', 'bob', 60)])
    expect(answers.map(outcomeOf)).toEqual(['posted', 'issuing_limit_reached'])
    expect(await booksOf(town, stage, 'bakery')).toEqual([-60, 0, 0])
    await expectBooksWhole(town, stage)
  })

  test('one receipt rung up at two tills of a series gives points once and names the first sale', async () => {
    const stage = await town.stage()
    const [one, other] = await twoTills(town, stage)
    const reference = { value: 'R-1', series: 'shop floor' }
    const [first, second] = await atOnce(stage, [
      buy(stage, 'bakery', 'ada', 4000, { credential: one, reference }),
      buy(stage, 'bakery', 'ada', 4000, { credential: other, reference }),
    ])
    expect(first).toMatchObject({ outcome: 'posted' })
    expect(second).toEqual({
      outcome: 'refused',
      code: 'reference_reused',
      transaction: (first as Posted).transaction,
    })
    expect(await availableOf(town, stage, 'ada')).toBe(40)
    await expectBooksWhole(town, stage)
  })

  test('the same number on receipts of two tills without a common series is two sales', async () => {
    const stage = await town.stage()
    const [one, other] = await twoTills(town, stage)
    const reference = { value: 'R-1' }
    const answers = await atOnce(stage, [
      buy(stage, 'bakery', 'ada', 4000, { credential: one, reference }),
      buy(stage, 'bakery', 'ada', 4000, { credential: other, reference }),
    ])
    expect(answers.map(outcomeOf)).toEqual(['posted', 'posted'])
    expect(await availableOf(town, stage, 'ada')).toBe(80)
    await expectBooksWhole(town, stage)
  })

  test('a QR shown at two tills is spent once', async () => {
    const stage = await town.stage()
    await done(town, stage, give(stage, 'bakery', 'ada', 100))
    const now = Date.now()
    const qr = { id: randomUUID(), issuedAt: new Date(now - 5000), expiresAt: new Date(now + 55_000) }
    const answers = await atOnce(stage, [
      pay(stage, 'bakery', 'ada', 10, { qr }),
      pay(stage, 'books', 'ada', 10, { qr }),
    ])
    expect(answers.map(outcomeOf)).toEqual(['posted', 'qr_already_used'])
    expect(await availableOf(town, stage, 'ada')).toBe(90)
    await expectBooksWhole(town, stage)
  })

  test.each(allOrders(['capture', 'void', 'time-out', 'expire'] as const))(
    'a hold ends once, and its points go one way, when %s meets %s, %s and %s',
    async (...order) => {
      const stage = await town.stage()
      await setClock(town.admin, stage.network, dayToDate(0))
      await done(town, stage, give(stage, 'bakery', 'ada', 50, { expiresAt: dayToDate(1) }))
      const held = await done(town, stage, hold(stage, 'books', 'ada', 30))
      await setClock(town.admin, stage.network, dayToDate(2))
      const commands = {
        capture: capture(stage, 'books', held),
        void: voidHold(stage, 'books', held),
        'time-out': timeOut(held),
        expire: expire(stage, 'ada'),
      }
      const answers = await atOnce(
        stage,
        order.map((name) => commands[name]),
      )
      const expired = answers[order.indexOf('expire')] as Posted
      const ends = answers.filter((answer) => answer !== expired)
      expect(ends.map(outcomeOf).toSorted()).toEqual(['hold_ended', 'hold_ended', 'posted'])
      const end = ends.find((answer) => answer.outcome === 'posted') as Posted
      // What the end freed expires only if it was free when expiry came.
      const captured = end.kind === 'capture' ? 30 : 0
      const late = end.entryIndex > expired.entryIndex
      const left = late ? 30 - captured : 0
      expect(expired).toMatchObject({ outcome: 'posted', points: BigInt(50 - captured - left) })
      expect(await availableOf(town, stage, 'ada')).toBe(left)
      expect(await booksOf(town, stage, 'books')).toEqual([0, captured, 0])
      expect(await booksOf(town, stage, 'bakery')).toEqual([0 - left - captured, 0, 0])
      // The first is first; of several processes that wait behind it, any may be next.
      const first = order.find((name) => name !== 'expire')
      const mayWin = atOnce === inOneBatch || order[0] !== 'expire' ? [first] : order
      expect(mayWin).toContain(end.kind)
      await expectBooksWhole(town, stage)
    },
  )
})

function allOrders<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]]
  return items.flatMap((item) =>
    allOrders(items.filter((other) => other !== item)).map((rest) => [item, ...rest]),
  )
}
