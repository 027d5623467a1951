import { afterAll, beforeAll, expect, test } from 'vitest'
import { addStaff } from '../support/api.ts'
import { openHighStreet, type HighStreet, type Shop } from '../support/high-street.ts'

let street: HighStreet
let owner: string

beforeAll(async () => {
  street = await openHighStreet()
  owner = await addStaff(street.api, street.network, { role: 'owner', merchant: street.bakery.merchant })
})
afterAll(() => street.close())

const set = (token: string, shop: Shop, body: object) =>
  street.api.call('put', `/v1/merchants/${shop.merchant}/multiplier`, token).send(body)

async function allow(bounds: object): Promise<void> {
  const answer = await street.api
    .call('patch', `/v1/networks/${street.network.slug}`, street.network.operator)
    .send(bounds)
  expect(answer).toMatchObject({ status: 200, body: bounds })
}

test('a merchant gives more only within what the network allows, which at first is nothing', async () => {
  const refused = await set(owner, street.bakery, { factor: '2' })
  expect(refused).toMatchObject({ status: 422, body: { code: 'multiplier_out_of_bounds' } })
  await allow({ merchant_multiplier_min: '0.5', merchant_multiplier_max: '3' })
  for (const factor of ['3.1', '0.4']) {
    expect(await set(owner, street.bakery, { factor })).toMatchObject({ status: 422 })
  }
  const answer = await set(owner, street.bakery, { factor: '2' })
  expect(answer).toMatchObject({ status: 200, body: { data: [{ version: 1, factor: '2' }] } })
  const ada = await street.join()
  const bought = await street.bakery.buy({ wallet: ada.wallet, amount_minor: 1000 })
  expect(bought.body.points).toBe(20)
  const dry = await street.bakery.post('/v1/rules/earning/dry-run', { amount_minor: 1000 }, null)
  expect(dry.body).toMatchObject({
    points: 20,
    steps: [{ reason: 'rate' }, { reason: 'merchant_multiplier', factor: '2', points: 10 }],
  })
  expect((await street.bookshop.buy({ wallet: ada.wallet, amount_minor: 1000 })).body.points).toBe(10)
})

test('once promised it is not taken away overnight, nor changed for the past', async () => {
  await allow({ merchant_multiplier_min: '0.5', merchant_multiplier_max: '3' })
  await street.join()
  const shop = await street.admit('Butcher')
  const at = (days: number) => new Date(Date.now() + days * 24 * 60 * 60 * 1000).toISOString()
  const by = street.network.operator
  expect(await set(by, shop, { factor: '3' })).toMatchObject({ status: 200 })
  for (const body of [
    { factor: '2' },
    { factor: '2', effective_from: at(29) },
    { factor: '3', effective_from: at(-1) },
  ]) {
    const refused = await set(by, shop, body)
    expect(refused).toMatchObject({ status: 422, body: { code: 'notice_too_short' } })
  }
  expect(await set(by, shop, { factor: '2', effective_from: at(31) })).toMatchObject({ status: 200 })
  const listed = await shop.get(`/v1/merchants/${shop.merchant}/multiplier`)
  expect(listed.body.data).toMatchObject([{ factor: '2' }, { factor: '3' }])
})

test('is its owner’s to set, not a neighbour’s, a manager’s or a till’s', async () => {
  expect(await set(owner, street.bookshop, { factor: '1' })).toMatchObject({ status: 404 })
  const manager = await addStaff(street.api, street.network, {
    role: 'manager',
    merchant: street.bakery.merchant,
  })
  for (const token of [manager, street.bakery.key]) {
    expect(await set(token, street.bakery, { factor: '1' })).toMatchObject({ status: 403 })
  }
})
