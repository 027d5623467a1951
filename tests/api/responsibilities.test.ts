import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { addStaff } from '../support/api.ts'
import { openHighStreet, type HighStreet, type Shop } from '../support/high-street.ts'

let first: HighStreet
let street: HighStreet

beforeAll(async () => {
  first = await openHighStreet()
})
afterAll(() => first.close())
// A network of each test's own.
beforeEach(async () => {
  street = await first.elsewhere()
})

const membership = {
  purpose: 'membership',
  role: 'joint_controller',
  explanation: 'The bakery and the programme keep your points together.\nAsk either of them.',
}
const offers = { purpose: 'offers', role: 'controller', explanation: 'The bakery alone sends its offers.' }

function record(shop: Shop, token: string, responsibilities: object[]) {
  return street.api
    .call('put', `/v1/merchants/${shop.merchant}/responsibilities`, token)
    .send({ responsibilities })
}

async function readAs(token: string) {
  const { status, body } = await street.api.call('get', '/v1/consents/controllers', token)
  expect(status).toBe(200)
  return body.data
}

test('a customer reads in plain words which shop answers for what', async () => {
  const owner = await addStaff(street.api, street.network, {
    role: 'owner',
    merchant: street.bakery.merchant,
  })
  expect(await record(street.bakery, owner, [membership, offers])).toMatchObject({ status: 200 })
  const none = { purpose: 'offers', role: 'none', explanation: 'The bookshop sends nothing.' }
  expect(await record(street.bookshop, street.network.operator, [none])).toMatchObject({ status: 200 })
  const ada = await street.join()
  const recorded_at = expect.any(String)
  const bakery = { merchant: street.bakery.merchant, merchant_name: 'Bakery', recorded_at }
  const bookshop = { merchant: street.bookshop.merchant, merchant_name: 'Bookshop', recorded_at }
  expect(await readAs(ada.token)).toEqual([
    { ...bakery, ...membership },
    { ...bakery, ...offers },
    { ...bookshop, ...none },
  ])
  const elsewhere = await street.elsewhere()
  expect(await readAs(elsewhere.bakery.key)).toEqual([])
})

test('a later record takes the place of the earlier, which is kept', async () => {
  const { operator, slug } = street.network
  await record(street.bakery, operator, [membership, offers])
  const changed = { ...offers, role: 'processor' }
  await record(street.bakery, operator, [changed])
  expect(await readAs(street.bakery.key)).toMatchObject([membership, changed])
  const kept = await street.api.db
    .selectFrom('api.controller_record as record')
    .innerJoin('api.network as network', 'network.network_id', 'record.network_id')
    .where('network.slug', '=', slug)
    .select('record.role')
    .orderBy('record.uuid')
    .execute()
  expect(kept.map(({ role }) => role).toSorted()).toEqual(['controller', 'joint_controller', 'processor'])
})

test('nobody records for a neighbour, and no half record is kept', async () => {
  const person = (role: 'owner' | 'manager') =>
    addStaff(street.api, street.network, { role, merchant: street.bakery.merchant })
  const [owner, manager] = [await person('owner'), await person('manager')]
  expect(await record(street.bookshop, owner, [offers])).toMatchObject({ status: 404 })
  expect(await record(street.bakery, manager, [offers])).toMatchObject({ status: 403 })
  expect(await record(street.bakery, street.bakery.key, [offers])).toMatchObject({ status: 403 })
  for (const wrong of [[], [offers, offers], [membership, { ...offers, purpose: 'profit' }]]) {
    expect(await record(street.bakery, owner, wrong)).toMatchObject({ status: 400 })
  }
  expect(await readAs(owner)).toEqual([])
})
