import { afterAll, beforeAll, expect, test } from 'vitest'
import { openHighStreet, type HighStreet } from '../support/high-street.ts'

let street: HighStreet
beforeAll(async () => {
  street = await openHighStreet()
})
afterAll(() => street.close())

/** A purchase without a customer, and the code on its receipt. */
async function sellToNobody(euros: number, fields: object = {}) {
  const claim = await street.bakery.post('/v1/claims', undefined, null)
  expect(claim).toMatchObject({ status: 201, body: { code: expect.stringMatching(/^\w{4}-\w{4}$/) } })
  const { code, wallet } = claim.body
  const bought = await street.bakery.buy({ wallet, amount_minor: euros * 100, ...fields })
  expect(bought).toMatchObject({ status: 201, body: { points: euros } })
  return { code, wallet, transaction: bought.body.transaction }
}

test('whoever joins later collects the points of a receipt with its code, once', async () => {
  const { code, wallet } = await sellToNobody(40)
  const ada = await street.join()
  const collected = await ada.post('/v1/claims/collections', { code: code.toLowerCase() })
  expect(collected).toMatchObject({ status: 201, body: { points: 40 } })
  const again = await ada.post('/v1/claims/collections', { code })
  expect(again).toMatchObject({ status: 201, body: { points: 0 } })
  expect(await ada.available()).toBe(40)
  expect((await street.bakery.get(`/v1/wallets/${wallet}`)).body.available).toBe(0)
})

test('a code that somebody else has used, or that nobody was given, collects nothing', async () => {
  const { code } = await sellToNobody(40)
  const [ada, bea] = [await street.join(), await street.join()]
  await ada.post('/v1/claims/collections', { code })
  for (const tried of [code, 'AAAA-AAAA']) {
    const refused = await bea.post('/v1/claims/collections', { code: tried })
    expect(refused.body.code).toBe('code_wrong')
  }
  expect([await ada.available(), await bea.available()]).toEqual([40, 0])
})

test('of two who collect at the same moment one gets the points', async () => {
  const { code } = await sellToNobody(40)
  const both = [await street.join(), await street.join()]
  const answers = await Promise.all(both.map((each) => each.post('/v1/claims/collections', { code })))
  expect(answers.map(({ status }) => status).toSorted()).toEqual([201, expect.any(Number)])
  const points = await Promise.all(both.map((each) => each.available()))
  expect(points.toSorted((a, b) => a - b)).toEqual([0, 40])
})

test('what was collected is taken back by a refund of the sale, like any other points', async () => {
  const { code } = await sellToNobody(40)
  const ada = await street.join()
  await ada.post('/v1/claims/collections', { code })
  const { body } = await ada.get('/v1/transactions')
  const [sale] = body.data
  const refund = await street.bakery.post(`/v1/transactions/${sale.id}/reversals`, {
    refund_amount_minor: 4000,
    reason: 'Stale',
  })
  expect(refund.status).toBe(201)
  expect(await ada.available()).toBe(0)
})

test('a purchase that was refunded before leaves nothing to collect', async () => {
  const { code, transaction } = await sellToNobody(40)
  await street.bakery.post(`/v1/transactions/${transaction}/reversals`, {
    refund_amount_minor: 4000,
    reason: 'Stale',
  })
  const ada = await street.join()
  expect((await ada.post('/v1/claims/collections', { code })).body.points).toBe(0)
  expect(await ada.available()).toBe(0)
})

test('a receipt’s code is good for 30 days', async () => {
  const { code } = await sellToNobody(40)
  const ada = await street.join()
  street.api.clock.now = new Date(Date.now() + 31 * 86_400_000)
  const later = await street.api.call('post', '/v1/claims/collections', ada.token).send({ code })
  street.api.clock.now = null
  expect(later.status).not.toBe(201)
  expect(await ada.available()).toBe(0)
})

test('a purchase of more than a week ago is collected, also when its till is gone', async () => {
  const weekMs = 7 * 24 * 60 * 60 * 1000
  const { code } = await sellToNobody(40, { occurred_at: new Date(Date.now() - weekMs + 2000).toISOString() })
  await new Promise((resolve) => setTimeout(resolve, 2500))
  await street.bakery.revokeTill()
  const ada = await street.join()
  const collected = await ada.post('/v1/claims/collections', { code })
  expect(collected).toMatchObject({ status: 201, body: { points: 40 } })
  expect(await ada.available()).toBe(40)
})
