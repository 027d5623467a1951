import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openHighStreet, type Customer, type HighStreet, type Shop } from '../support/high-street.ts'

let street: HighStreet

beforeAll(async () => {
  street = await openHighStreet()
})
afterAll(() => street.close())

const reason = 'goods came back'

async function sell(shop: Shop, customer: Customer, fields: object): Promise<string> {
  const { status, body } = await shop.buy({ qr: await customer.showQr(), ...fields })
  expect(status).toBe(201)
  return body.transaction
}

function reverse(shop: Shop, transaction: string, fields: object, key?: string) {
  return shop.post(`/v1/transactions/${transaction}/reversals`, { reason, ...fields }, key)
}

describe('a refund', () => {
  test('of a whole purchase takes its points back and gives all money back', async () => {
    const ada = await street.join()
    const sale = await sell(street.bakery, ada, { amount_minor: 1299 })
    const answer = await reverse(street.bakery, sale, {})
    expect(answer.status).toBe(201)
    expect(answer.body).toEqual({
      transaction: expect.stringMatching(/^txn_/),
      refund_money_minor: 1299,
      refund_points: 0,
      taken_points: 12,
      wallet: { available: 0, debt: 0 },
    })
    expect(await ada.available()).toBe(0)
  })

  test('of a part takes what the rule would not have given for what was kept', async () => {
    const ada = await street.join()
    const sale = await sell(street.bakery, ada, { amount_minor: 1299 })
    const first = await reverse(street.bakery, sale, { refund_amount_minor: 50 })
    expect(first.body).toMatchObject({ refund_money_minor: 50, taken_points: 0, wallet: { available: 12 } })
    const second = await reverse(street.bakery, sale, { refund_amount_minor: 50 })
    expect(second.body).toMatchObject({ refund_money_minor: 50, taken_points: 1, wallet: { available: 11 } })
    const tooMuch = await reverse(street.bakery, sale, { refund_amount_minor: 1200 })
    expect(tooMuch).toMatchObject({ status: 409, body: { code: 'more_than_there_was' } })
    const rest = await reverse(street.bakery, sale, {})
    expect(rest.body).toMatchObject({ refund_money_minor: 1199, taken_points: 11 })
    expect(await ada.available()).toBe(0)
  })

  test('of a purchase paid in part with points gives back money first, then points', async () => {
    const ada = await street.join({ points: 100 })
    const sale = await sell(street.bookshop, ada, { amount_minor: 1000, redeem: { points: 60 } })
    const first = await reverse(street.bookshop, sale, { refund_amount_minor: 500 })
    expect(first.body).toMatchObject({ refund_money_minor: 400, refund_points: 10 })
    const rest = await reverse(street.bookshop, sale, {})
    expect(rest.body).toMatchObject({ refund_money_minor: 0, refund_points: 50 })
    expect(await ada.available()).toBe(100)
  })

  test('of points already spent leaves a debt, which the next points repay', async () => {
    const ada = await street.join()
    const sale = await sell(street.bakery, ada, { amount_minor: 5000 })
    await street.bookshop.post('/v1/redemptions', { qr: await ada.showQr(), points: 40, reference: 'spent' })
    const answer = await reverse(street.bakery, sale, {})
    expect(answer.body).toMatchObject({ taken_points: 50, wallet: { available: 0, debt: 40 } })
    const wallet = await ada.get(`/v1/wallets/${ada.wallet}`)
    expect(wallet.body).toMatchObject({ available: 0, debt: 40, posted: -40, lots: [] })
    await sell(street.bookshop, ada, { amount_minor: 6000 })
    expect(await ada.available()).toBe(20)
  })

  test('of a redemption gives the points back', async () => {
    const ada = await street.join({ points: 100 })
    const taken = await street.bookshop.post('/v1/redemptions', {
      qr: await ada.showQr(),
      points: 80,
      reference: crypto.randomUUID(),
    })
    const part = await reverse(street.bookshop, taken.body.transaction, { points: 30 })
    expect(part.body).toMatchObject({ refund_points: 30, refund_money_minor: 0, wallet: { available: 50 } })
    const tooMuch = await reverse(street.bookshop, taken.body.transaction, { points: 51 })
    expect(tooMuch).toMatchObject({ status: 409, body: { code: 'more_than_there_was' } })
    expect(await ada.available()).toBe(50)
  })

  test('sent twice is made once and answers the same', async () => {
    const ada = await street.join()
    const sale = await sell(street.bakery, ada, { amount_minor: 1000 })
    const first = await reverse(street.bakery, sale, { refund_amount_minor: 400 }, 'refund-once')
    const again = await reverse(street.bakery, sale, { refund_amount_minor: 400 }, 'refund-once')
    expect(again).toMatchObject({ status: 201, body: first.body, headers: { 'idempotent-replayed': 'true' } })
    expect(await ada.available()).toBe(6)
  })

  test('of the whole, asked twice at the same moment under two keys, is made once', async () => {
    const ada = await street.join()
    const sale = await sell(street.bakery, ada, { amount_minor: 1000 })
    const answers = await Promise.all([reverse(street.bakery, sale, {}), reverse(street.bakery, sale, {})])
    expect(answers.map((answer) => answer.status).toSorted()).toEqual([201, 409])
    expect(await ada.available()).toBe(0)
  })

  test('can not be undone itself', async () => {
    const ada = await street.join()
    const sale = await sell(street.bakery, ada, { amount_minor: 1000 })
    const { body } = await reverse(street.bakery, sale, {})
    const answer = await reverse(street.bakery, body.transaction, {})
    expect(answer).toMatchObject({ status: 409, body: { code: 'not_reversible' } })
    expect(await ada.available()).toBe(0)
  })

  test('of another shop’s sale is refused as if there were none', async () => {
    const ada = await street.join()
    const sale = await sell(street.bakery, ada, { amount_minor: 1000 })
    expect(await reverse(street.bookshop, sale, {})).toMatchObject({
      status: 404,
      body: { code: 'not_found' },
    })
    expect(await ada.available()).toBe(10)
  })

  test('needs a reason, and only one way to say how much', async () => {
    const ada = await street.join()
    const sale = await sell(street.bakery, ada, { amount_minor: 1000 })
    expect((await reverse(street.bakery, sale, { reason: ' ' })).status).toBe(400)
    expect((await reverse(street.bakery, sale, { points: 1, refund_amount_minor: 1 })).status).toBe(400)
    expect((await reverse(street.bakery, sale, { refund_amount_minor: 0 })).status).toBe(400)
    expect(await ada.available()).toBe(10)
  })

  test('is not for customers, nor for an operator of the network', async () => {
    const ada = await street.join()
    const sale = await sell(street.bakery, ada, { amount_minor: 1000 })
    const path = `/v1/transactions/${sale}/reversals`
    const byCustomer = await ada.post(path, { reason })
    const byOperator = await street.api
      .call('post', path, street.network.operator)
      .set('Idempotency-Key', 'operator')
      .send({ reason })
    expect([byCustomer.status, byOperator.status]).toEqual([403, 403])
    expect(await ada.available()).toBe(10)
  })
})
