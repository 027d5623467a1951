import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sweep } from '../../ledger/index.ts'
import { openHighStreet, type Customer, type HighStreet } from '../support/high-street.ts'

let street: HighStreet

beforeAll(async () => {
  street = await openHighStreet()
})
afterAll(() => street.close())

async function hold(customer: Customer, fields: object = {}) {
  return street.bookshop.post('/v1/holds', { qr: await customer.showQr(), points: 60, ...fields })
}

async function standing(customer: Customer) {
  const { body } = await customer.get(`/v1/wallets/${customer.wallet}`)
  return { posted: body.posted, held: body.held, available: body.available }
}

test('held points can not be spent, and are still the customer’s', async () => {
  const ada = await street.join({ points: 100 })
  const held = await hold(ada, { lifetime_seconds: 600 })
  expect(held.status).toBe(201)
  expect(held.body).toEqual({
    id: expect.stringMatching(/^txn_/),
    points: 60,
    ends_at: expect.any(String),
    wallet: { available: 40 },
  })
  expect(Date.parse(held.body.ends_at) - Date.now()).toBeGreaterThan(590_000)
  expect(await standing(ada)).toEqual({ posted: 100, held: 60, available: 40 })
  expect(await hold(ada)).toMatchObject({ status: 409, body: { code: 'points_insufficient', available: 40 } })
})

test('a capture takes all that was held when it is told nothing', async () => {
  const ada = await street.join({ points: 100 })
  const { body } = await hold(ada)
  const captured = await street.bookshop.post(`/v1/holds/${body.id}/capture`)
  expect(captured.status).toBe(201)
  expect(captured.body).toMatchObject({ points: 60, wallet: { available: 40 } })
  expect(await standing(ada)).toEqual({ posted: 40, held: 0, available: 40 })
})

test('a capture of a part sets the rest free', async () => {
  const ada = await street.join({ points: 100 })
  const { body } = await hold(ada)
  const captured = await street.bookshop.post(`/v1/holds/${body.id}/capture`, { points: 25 })
  expect(captured.body).toMatchObject({ points: 25, wallet: { available: 75 } })
  expect(await standing(ada)).toEqual({ posted: 75, held: 0, available: 75 })
})

test('a capture of more than was held is refused, and the hold stays', async () => {
  const ada = await street.join({ points: 100 })
  const { body } = await hold(ada)
  const tooMuch = await street.bookshop.post(`/v1/holds/${body.id}/capture`, { points: 61 })
  expect(tooMuch).toMatchObject({ status: 409, body: { code: 'more_than_there_was' } })
  expect(await standing(ada)).toEqual({ posted: 100, held: 60, available: 40 })
})

test('a void sets all free, and then nothing can be captured', async () => {
  const ada = await street.join({ points: 100 })
  const { body } = await hold(ada)
  const voided = await street.bookshop.post(`/v1/holds/${body.id}/void`)
  expect(voided).toMatchObject({ status: 201, body: { points: 0, wallet: { available: 100 } } })
  const late = await street.bookshop.post(`/v1/holds/${body.id}/capture`)
  expect(late).toMatchObject({ status: 409, body: { code: 'hold_ended' } })
  expect(await standing(ada)).toEqual({ posted: 100, held: 0, available: 100 })
})

test('a hold whose time is up sets all free, and then nothing can be captured', async () => {
  const ada = await street.join({ points: 100 })
  const { body } = await hold(ada, { lifetime_seconds: 1 })
  await setTimeout(Date.parse(body.ends_at) - Date.now() + 20)
  await sweep(street.api.ledger)
  expect(await standing(ada)).toEqual({ posted: 100, held: 0, available: 100 })
  const late = await street.bookshop.post(`/v1/holds/${body.id}/capture`)
  expect(late).toMatchObject({ status: 409, body: { code: 'hold_ended' } })
  expect((await ada.get(`/v1/transactions/${body.id}`)).body.hold.state).toBe('timed_out')
})

test('of a capture and a void at the same moment one is made', async () => {
  const ada = await street.join({ points: 100 })
  const { body } = await hold(ada)
  const answers = await Promise.all([
    street.bookshop.post(`/v1/holds/${body.id}/capture`, {}),
    street.bookshop.post(`/v1/holds/${body.id}/void`, {}),
  ])
  expect(answers.map((answer) => answer.status).toSorted()).toEqual([201, 409])
  const taken = answers[0]?.status === 201 ? 60 : 0
  expect(await standing(ada)).toEqual({ posted: 100 - taken, held: 0, available: 100 - taken })
})

test('each step sent twice is made once and answers the same', async () => {
  const ada = await street.join({ points: 100 })
  const asked = { points: 60, reference: crypto.randomUUID(), lifetime_seconds: 300 }
  const first = await street.bookshop.post('/v1/holds', { ...asked, qr: await ada.showQr() }, 'hold-once')
  const again = await street.bookshop.post('/v1/holds', { ...asked, qr: await ada.showQr() }, 'hold-once')
  expect(again).toMatchObject({ status: 201, body: first.body, headers: { 'idempotent-replayed': 'true' } })
  const path = `/v1/holds/${first.body.id}/capture`
  const captured = await street.bookshop.post(path, { points: 10 }, 'capture-once')
  const recaptured = await street.bookshop.post(path, { points: 10 }, 'capture-once')
  expect(recaptured).toMatchObject({ status: 201, body: captured.body })
  const otherwise = await street.bookshop.post(path, { points: 11 }, 'capture-once')
  expect(otherwise).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } })
  expect(await standing(ada)).toEqual({ posted: 90, held: 0, available: 90 })
})

test('another shop can neither capture nor void a hold', async () => {
  const ada = await street.join({ points: 100 })
  const { body } = await hold(ada)
  for (const step of ['capture', 'void']) {
    const answer = await street.bakery.post(`/v1/holds/${body.id}/${step}`, {})
    expect(answer).toMatchObject({ status: 404, body: { code: 'not_found' } })
  }
  expect(await standing(ada)).toEqual({ posted: 100, held: 60, available: 40 })
})

test('what is no hold can not be captured', async () => {
  const ada = await street.join()
  const sale = await street.bookshop.buy({ wallet: ada.wallet, amount_minor: 1000 })
  for (const id of [sale.body.transaction, 'txn_01h455vb4pex5vsknk084sn02q', 'nonsense', ada.wallet]) {
    const answer = await street.bookshop.post(`/v1/holds/${id}/capture`, {})
    expect(answer).toMatchObject({ status: 404, body: { code: 'not_found' } })
  }
})

test.each([0, -1, 2 ** 53, 1.5, '1'])('a capture of %j points is refused', async (points) => {
  const ada = await street.join({ points: 100 })
  const { body } = await hold(ada)
  const answer = await street.bookshop.post(`/v1/holds/${body.id}/capture`, { points })
  expect(answer.status).toBe(400)
  expect(answer.body.errors[0].pointer).toBe('#/points')
  expect(await standing(ada)).toEqual({ posted: 100, held: 60, available: 40 })
})

test.each([0, 7 * 24 * 3600 + 1, 1.5])('a hold for %j seconds is refused', async (lifetime_seconds) => {
  const ada = await street.join({ points: 100 })
  expect((await hold(ada, { lifetime_seconds })).status).toBe(400)
  expect(await standing(ada)).toEqual({ posted: 100, held: 0, available: 100 })
})
