import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addStaff, startApi, type TestApi } from '../support/api.ts'
import { openHighStreet, type HighStreet } from '../support/high-street.ts'
import { testPool } from '../support/scratch.ts'
import { waitUntilWaiting } from '../support/barrier.ts'

// Moves that would give too much, or hold up everybody else. How a move goes is in moves.test.ts.

let street: HighStreet
let cashier: string
let manager: string

beforeAll(async () => {
  street = await openHighStreet()
  const { api, network, bakery } = street
  cashier = await addStaff(api, network, { role: 'cashier', merchant: bakery.merchant })
  manager = await addStaff(api, network, { role: 'manager', merchant: bakery.merchant })
})
afterAll(() => street.close())

async function move(
  sale: string,
  to: string,
  { api = street.api, token, key = randomUUID() }: { api?: TestApi; token: string; key?: string },
) {
  return api
    .call('post', `/v1/transactions/${sale}/moves`, token)
    .set('Idempotency-Key', key)
    .send({ to, reason: 'the wrong customer' })
}

async function sell(wallet: string, amountMinor: number): Promise<string> {
  const { status, body } = await street.bakery.buy({ wallet, amount_minor: amountMinor })
  expect(status).toBe(201)
  return body.transaction
}

test('a cashier can’t make a sale give its points twice, by moving it after they were spent', async () => {
  const [wrong, right] = [await street.join(), await street.join()]
  const sale = await sell(wrong.wallet, 10_000)
  const spent = { qr: await wrong.showQr(), points: 100, reference: randomUUID() }
  expect((await street.bookshop.post('/v1/redemptions', spent)).status).toBe(201)
  const key = randomUUID()
  expect(await move(sale, right.wallet, { token: cashier, key })).toMatchObject({
    status: 403,
    body: { code: 'forbidden', detail: expect.stringContaining('points of this sale were spent') },
  })
  expect([await wrong.available(), await right.available()]).toEqual([0, 0])
  const read = await street.api.call('get', `/v1/wallets/${wrong.wallet}`, wrong.token)
  expect(read.body).toMatchObject({ posted: 0, debt: 0 })
  // Whoever answers for the shop's money may: the customer's debt is the shop's to write off.
  expect((await move(sale, right.wallet, { token: manager, key: randomUUID() })).status).toBe(201)
  expect(await right.available()).toBe(100)
})

test('a cashier moves a sale of a customer in debt where that takes no points from them, and no other', async () => {
  const [wrong, right] = [await street.join(), await street.join()]
  const first = await sell(wrong.wallet, 10_000)
  const spent = { qr: await wrong.showQr(), points: 100, reference: randomUUID() }
  expect((await street.bookshop.post('/v1/redemptions', spent)).status).toBe(201)
  const undone = await street.bakery.post(`/v1/transactions/${first}/reversals`, { reason: 'returned' })
  expect(undone).toMatchObject({ status: 201, body: { wallet: { debt: 100 } } })
  const debt = async () =>
    (await street.api.call('get', `/v1/wallets/${wrong.wallet}`, wrong.token)).body.debt as number
  const small = await sell(wrong.wallet, 50)
  expect(await move(small, right.wallet, { token: cashier })).toMatchObject({
    status: 201,
    body: { points: 0 },
  })
  expect(await debt()).toBe(100)
  const large = await sell(wrong.wallet, 3000)
  expect(await debt()).toBe(70)
  expect(await move(large, right.wallet, { token: cashier })).toMatchObject({ status: 403 })
  expect([await debt(), await right.available()]).toEqual([70, 0])
})

test('many moves at once hold up nobody, also at a process that has not posted to the network yet', async () => {
  const { api, bakery } = street
  const other = await startApi({ beside: api })
  const admin = testPool(api.adminUrl)
  const holder = await admin.connect()
  try {
    const [wrong, right] = [await street.join(), await street.join()]
    const sales: string[] = []
    for (let i = 0; i < 14; i++) sales.push(await sell(wrong.wallet, 100))
    await holder.query('begin')
    await holder.query('select from ledger.head for update')
    const moves = sales.map((sale) => move(sale, right.wallet, { api: other, token: manager }))
    // One of them, however many connections there are.
    await waitUntilWaiting(admin, 1)
    const reading = await other.call('get', `/v1/wallets/${right.wallet}`, bakery.key)
    expect(reading.status).toBe(200)
    await holder.query('rollback')
    const answers = await Promise.all(moves)
    expect(answers.map(({ status }) => status)).toEqual(Array(14).fill(201))
    expect(await right.available()).toBe(14)
  } finally {
    holder.release(true)
    await admin.end()
    await other.close()
  }
})

test('a receipt with more refunds than may be repeated while all others wait is not collected', async () => {
  const claim = await street.bakery.post('/v1/claims', undefined, null)
  const sale = await sell(claim.body.wallet, 10_000)
  for (let i = 0; i < 51; i++) {
    const refund = { refund_amount_minor: 100, reason: 'one of many' }
    expect((await street.bakery.post(`/v1/transactions/${sale}/reversals`, refund)).status).toBe(201)
  }
  const customer = await street.join()
  const collected = await street.api
    .call('post', '/v1/claims/collections', customer.token)
    .send({ code: claim.body.code })
  expect(collected).toMatchObject({ status: 409, body: { code: 'not_reversible' } })
  expect(await customer.available()).toBe(0)
})
