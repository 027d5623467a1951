import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addStaff } from '../support/api.ts'
import { openHighStreet, type Customer, type HighStreet, type Shop } from '../support/high-street.ts'

let street: HighStreet
let owner: string
let manager: string
let cashier: string

beforeAll(async () => {
  street = await openHighStreet()
  const merchant = street.bakery.merchant
  owner = await staff('owner', merchant)
  manager = await staff('manager', merchant)
  cashier = await staff('cashier', merchant)
})
afterAll(() => street.close())

function staff(role: 'owner' | 'manager' | 'cashier' | 'auditor', merchant: string | null) {
  return addStaff(street.api, street.network, { role, merchant })
}

function ask(token: string, customer: Customer, fields: object = {}) {
  return street.api
    .call('post', '/v1/adjustments', token)
    .send({ wallet: customer.wallet, points: 25, reason: 'stamped twice on paper', ...fields })
}

async function asked(token: string, customer: Customer, fields: object = {}): Promise<string> {
  const { status, body } = await ask(token, customer, fields)
  expect(status).toBe(201)
  return body.id
}

function approve(token: string, id: string, key: string = crypto.randomUUID()) {
  return street.api.call('post', `/v1/adjustments/${id}/approval`, token).set('Idempotency-Key', key).send({})
}

describe('a correction', () => {
  test('moves nothing until a second person approves, and then once', async () => {
    const ada = await street.join()
    const answer = await ask(cashier, ada)
    expect(answer).toMatchObject({
      status: 201,
      body: { state: 'asked', merchant: street.bakery.merchant, points: 25, approved_by: null },
    })
    expect(await ada.available()).toBe(0)
    const approved = await approve(owner, answer.body.id)
    expect(approved).toMatchObject({ status: 201, body: { points: 25, wallet: { available: 25 } } })
    const again = await approve(manager, answer.body.id)
    expect(again).toMatchObject({
      status: 201,
      body: approved.body,
      headers: { 'idempotent-replayed': 'true' },
    })
    expect(await ada.available()).toBe(25)
    const { body } = await street.api.call('get', '/v1/adjustments?state=approved', owner)
    expect(body.data[0]).toMatchObject({
      id: answer.body.id,
      state: 'approved',
      transaction: approved.body.transaction,
      approved_by: expect.stringMatching(/^usr_/),
    })
  })

  test('is not approved by whoever joined after it was asked for', async () => {
    const ada = await street.join()
    const id = await asked(owner, ada)
    const late = await staff('manager', street.bakery.merchant)
    expect(await approve(late, id)).toMatchObject({ status: 403, body: { code: 'forbidden' } })
    expect(await ada.available()).toBe(0)
    expect(await approve(manager, id)).toMatchObject({ status: 201 })
  })

  test('approved by two people at the same moment moves once', async () => {
    const ada = await street.join()
    const id = await asked(cashier, ada)
    const answers = await Promise.all([approve(owner, id), approve(manager, id), approve(owner, id)])
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201])
    expect(await ada.available()).toBe(25)
  })

  test('is never approved by whoever asked, a cashier, a neighbour, an auditor or a till', async () => {
    const ada = await street.join()
    const id = await asked(manager, ada)
    expect(await approve(manager, id)).toMatchObject({ status: 409, body: { code: 'same_person' } })
    expect(await approve(cashier, id)).toMatchObject({ status: 403 })
    const neighbour = await staff('owner', street.bookshop.merchant)
    expect(await approve(neighbour, id)).toMatchObject({ status: 404 })
    expect(await approve(await staff('auditor', null), id)).toMatchObject({ status: 403 })
    expect(await approve(street.bakery.key, id)).toMatchObject({ status: 403 })
    expect(await ada.available()).toBe(0)
  })

  test('of a one-person shop is approved by the operator, of a larger one not', async () => {
    const ada = await street.join()
    const small = await street.admit('Corner shop')
    const alone = await staff('owner', small.merchant)
    const id = await asked(alone, ada)
    expect(await approve(street.network.operator, id)).toMatchObject({ status: 201 })
    expect(await ada.available()).toBe(25)
    const larger = await asked(owner, ada)
    expect(await approve(street.network.operator, larger)).toMatchObject({ status: 403 })
    expect(await ada.available()).toBe(25)
  })

  test('that takes points takes no more than there are, and waits until there are enough', async () => {
    const ada = await street.join({ points: 10 })
    const id = await asked(cashier, ada, { points: -25 })
    const tooMuch = await approve(owner, id)
    expect(tooMuch).toMatchObject({ status: 409, body: { code: 'points_insufficient', available: 10 } })
    expect(await ada.available()).toBe(10)
    await buy(street.bakery, ada, 3000)
    expect(await approve(owner, id)).toMatchObject({ status: 201, body: { points: -25 } })
    expect(await ada.available()).toBe(15)
  })

  test('that takes what other shops gave is approved by the operator, not within the shop', async () => {
    const ada = await street.join()
    await buy(street.bookshop, ada, 5000)
    await buy(street.bakery, ada, 1000)
    const own = await asked(cashier, ada, { points: -10 })
    const approved = await approve(owner, own)
    expect(approved).toMatchObject({ status: 201 })
    // Sent again: what it took is not there any more, and it is approved all the same.
    for (const again of [await approve(owner, own), await approve(manager, own)]) {
      expect(again).toMatchObject({ status: 201, body: approved.body })
    }
    const theirs = await asked(cashier, ada, { points: -30 })
    expect(await approve(owner, theirs)).toMatchObject({
      status: 403,
      body: { code: 'forbidden', detail: expect.stringContaining('operator') },
    })
    expect(await ada.available()).toBe(50)
    for (const _ of ['approved', 'sent again']) {
      expect(await approve(street.network.operator, theirs)).toMatchObject({ status: 201 })
      expect(await ada.available()).toBe(20)
    }
  })

  test('is withdrawn before it is approved, not after', async () => {
    const ada = await street.join()
    const id = await asked(cashier, ada)
    const withdraw = (token: string, each: string) =>
      street.api.call('delete', `/v1/adjustments/${each}`, token)
    expect(await withdraw(await staff('cashier', street.bakery.merchant), id)).toMatchObject({ status: 403 })
    expect(await withdraw(cashier, id)).toMatchObject({ status: 204 })
    const late = await approve(owner, id)
    expect(late).toMatchObject({ status: 409, body: { code: 'adjustment_withdrawn' } })
    expect(await ada.available()).toBe(0)
    const done = await asked(cashier, ada)
    await approve(owner, done)
    const tooLate = await withdraw(owner, done)
    expect(tooLate).toMatchObject({ status: 409, body: { code: 'adjustment_approved' } })
  })

  test("is the shop's own affair: neighbours see none, auditors all but the reasons", async () => {
    const ada = await street.join()
    await asked(cashier, ada)
    const neighbour = await staff('manager', street.bookshop.merchant)
    const seen = await street.api.call('get', '/v1/adjustments', neighbour)
    expect(seen).toMatchObject({ status: 200, body: { data: [] } })
    const { body } = await street.api.call('get', '/v1/adjustments', await staff('auditor', null))
    expect(body.data.length).toBeGreaterThan(0)
    expect(body.data.map(({ reason }: { reason: null }) => reason)).toEqual(body.data.map(() => null))
  })

  test('of nothing, or of another shop, is not asked for', async () => {
    const ada = await street.join()
    expect(await ask(owner, ada, { points: 0 })).toMatchObject({ status: 400 })
    expect(await ask(owner, ada, { merchant: street.bookshop.merchant })).toMatchObject({ status: 404 })
    expect(await ask(street.network.operator, ada)).toMatchObject({ status: 400 })
    const named = await ask(street.network.operator, ada, { merchant: street.bookshop.merchant })
    expect(named).toMatchObject({ status: 201, body: { merchant: street.bookshop.merchant } })
  })
})

describe('goodwill', () => {
  const give = (token: string, customer: Customer, points: number, key: string = crypto.randomUUID()) =>
    street.api
      .call('post', '/v1/goodwill', token)
      .set('Idempotency-Key', key)
      .send({ wallet: customer.wallet, points, reason: 'waited too long' })

  test('is given by owners and managers, once per key', async () => {
    const ada = await street.join()
    const first = await give(manager, ada, 30, 'for waiting')
    expect(first).toMatchObject({ status: 201, body: { points: 30, wallet: { available: 30 } } })
    expect(await give(manager, ada, 30, 'for waiting')).toMatchObject({ status: 201, body: first.body })
    expect(await give(cashier, ada, 30)).toMatchObject({ status: 403 })
    expect(await give(street.network.operator, ada, 30)).toMatchObject({ status: 403 })
    expect(await give(street.bakery.key, ada, 30)).toMatchObject({ status: 403 })
    expect(await ada.available()).toBe(30)
  })

  test('ends at what the network allows a shop in a day, whoever gives it', async () => {
    const shop = await street.admit('Generous shop')
    const [one, two] = [await staff('owner', shop.merchant), await staff('manager', shop.merchant)]
    const changed = await street.api
      .call('patch', `/v1/networks/${street.network.slug}`, street.network.operator)
      .send({ goodwill_daily_max: 100 })
    expect(changed).toMatchObject({ status: 200, body: { goodwill_daily_max: 100 } })
    const [ada, bo] = [await street.join(), await street.join()]
    expect(await give(one, ada, 60)).toMatchObject({ status: 201 })
    expect(await give(two, bo, 41)).toMatchObject({ status: 409, body: { code: 'limit_reached' } })
    expect(await bo.available()).toBe(0)
    expect(await give(two, bo, 40)).toMatchObject({ status: 201 })
  })
})

async function buy(shop: Shop, customer: Customer, amount: number): Promise<void> {
  expect(await shop.buy({ wallet: customer.wallet, amount_minor: amount })).toMatchObject({ status: 201 })
}
