import { afterAll, beforeAll, expect, test } from 'vitest'
import { typeId } from '../../api/http/ids.ts'
import {
  addStaff,
  makeMerchant,
  makeNetwork,
  makeTill,
  startApi,
  type TestApi,
  type TestNetwork,
} from '../support/api.ts'
import { buildHighStreet } from '../support/high-street.ts'

let api: TestApi
let network: TestNetwork

beforeAll(async () => {
  api = await startApi()
  network = await makeNetwork(api)
})
afterAll(() => api.close())

const read = (id: string, token = network.operator) => api.call('get', `/v1/merchants/${id}`, token)
const change = (id: string, fields: object, token = network.operator) =>
  api.call('patch', `/v1/merchants/${id}`, token).send(fields)

test('the operator admits a merchant, with a limit or expressly without', async () => {
  const limited = await api
    .call('post', '/v1/merchants', network.operator)
    .send({ name: 'Bakery', issuing_limit: 5000, external_reference: '17' })
  expect(limited).toMatchObject({
    status: 201,
    body: { name: 'Bakery', issuing_limit: 5000, external_reference: '17', house: false, left_at: null },
  })
  expect(limited.body.id).toMatch(/^mer_/)
  expect((await read(limited.body.id)).body).toEqual(limited.body)
  const unlimited = await makeMerchant(api, network, { issuing_limit: null })
  expect((await read(unlimited)).body.issuing_limit).toBeNull()
  const unsaid = await api.call('post', '/v1/merchants', network.operator).send({ name: 'Bakery' })
  expect(unsaid).toMatchObject({ status: 400, body: { errors: [{ pointer: '#/issuing_limit' }] } })
})

test('two merchants of a network can’t have one external reference; in two networks they can', async () => {
  const other = await makeNetwork(api)
  await makeMerchant(api, network, { external_reference: 'shop 3' })
  await makeMerchant(api, other, { external_reference: 'shop 3' })
  const taken = await api
    .call('post', '/v1/merchants', network.operator)
    .send({ name: 'Bookshop', issuing_limit: null, external_reference: 'shop 3' })
  expect(taken).toMatchObject({ status: 409, body: { code: 'reference_taken' } })
  const another = await makeMerchant(api, network, { external_reference: 'shop 4' })
  expect(await change(another, { external_reference: 'shop 3' })).toMatchObject({
    status: 409,
    body: { code: 'reference_taken' },
  })
  expect((await read(another)).body.external_reference).toBe('shop 4')
})

test('merchants are listed in the order they were admitted, page by page, while others are admitted', async () => {
  const own = await makeNetwork(api)
  const admitted: string[] = []
  for (let i = 0; i < 3; i++) admitted.push(await makeMerchant(api, own, { name: `Shop ${i}` }))
  const first = (await api.call('get', '/v1/merchants?limit=2', own.operator)).body
  admitted.push(await makeMerchant(api, own, { name: 'Latecomer' }))
  const rest = (await api.call('get', `/v1/merchants?limit=50&after=${first.next}`, own.operator)).body
  expect(rest.next).toBeNull()
  const listed = [...first.data, ...rest.data].filter(({ house }) => !house).map(({ id }) => id)
  expect(listed).toEqual(admitted)
  const foreign = await makeMerchant(api, network)
  expect(await api.call('get', `/v1/merchants?after=${foreign}`, own.operator)).toMatchObject({ status: 404 })
})

test('the operator changes name and limit', async () => {
  const id = await makeMerchant(api, network)
  expect(await change(id, { name: 'Baker’s', issuing_limit: 10 })).toMatchObject({
    status: 200,
    body: { id, name: 'Baker’s', issuing_limit: 10 },
  })
  expect(await change(id, { issuing_limit: null })).toMatchObject({
    status: 200,
    body: { issuing_limit: null },
  })
  expect(await change(id, {})).toMatchObject({ status: 400 })
  expect(await change(id, { house: true })).toMatchObject({
    status: 400,
    body: { errors: [{ pointer: '#/house' }] },
  })
  expect(await change(typeId('mer', crypto.randomUUID()), { name: 'x' })).toMatchObject({ status: 404 })
})

test('the limits in the ledger are those that were set', async () => {
  const floorOf = async (id: string) => {
    const { body } = await read(id)
    const row = await api.db
      .selectFrom('api.merchant as m')
      .innerJoin('ledger.account as a', (join) =>
        join.onRef('a.network_id', '=', 'm.network_id').onRef('a.merchant_id', '=', 'm.merchant_id'),
      )
      .select(['a.floor', 'm.name'])
      .where('a.kind', '=', 'float')
      .where('m.name', '=', body.name)
      .executeTakeFirstOrThrow()
    return row.floor
  }
  const id = await makeMerchant(api, network, { name: 'Floor', issuing_limit: 300 })
  expect(await floorOf(id)).toBe(-300n)
  await change(id, { issuing_limit: 200 })
  expect(await floorOf(id)).toBe(-200n)
  await change(id, { issuing_limit: null })
  expect(await floorOf(id)).toBeNull()
})

test('a merchant let go opens nothing new; its holds may still be captured, and its refunds go on', async () => {
  const street = await buildHighStreet(api, {})
  const [ada, { bakery }] = [await street.join(), street]
  const sale = await bakery.buy({ wallet: ada.wallet, amount_minor: 5000 })
  const held = await bakery.post('/v1/holds', { qr: await ada.showQr(), points: 20 })
  expect(held.status).toBe(201)
  expect((await change(bakery.merchant, { left: true }, street.network.operator)).status).toBe(200)
  const left = { status: 409, body: { code: 'merchant_left' } }
  expect(await bakery.buy({ wallet: ada.wallet, amount_minor: 5000 })).toMatchObject(left)
  expect(await bakery.post('/v1/holds', { qr: await ada.showQr(), points: 1 })).toMatchObject(left)
  expect((await bakery.post(`/v1/holds/${held.body.id}/capture`)).status).toBe(201)
  const refund = { refund_amount_minor: 1000, reason: 'too dry' }
  const refunded = await bakery.post(`/v1/transactions/${sale.body.transaction}/reversals`, refund)
  expect(refunded).toMatchObject({ status: 201, body: { taken_points: 10 } })
  expect(await ada.available()).toBe(20)
})

test('a merchant is let go once and for all, and stays readable', async () => {
  const id = await makeMerchant(api, network)
  const gone = await change(id, { left: true })
  expect(gone).toMatchObject({ status: 200, body: { left_at: expect.stringMatching(/Z$/) } })
  expect((await change(id, { left: true })).body.left_at).toBe(gone.body.left_at)
  expect(await change(id, { left: false })).toMatchObject({ status: 400 })
  const till = await api.call('post', `/v1/merchants/${id}/tills`, network.operator).send({ name: 'Counter' })
  expect(till).toMatchObject({ status: 409, body: { code: 'merchant_left' } })
  expect(await read(id)).toMatchObject({ status: 200 })
})

test('the house merchant can’t be let go', async () => {
  const { body } = await api.call('get', '/v1/merchants?limit=1', network.operator)
  expect(body.data[0].house).toBe(true)
  expect(await change(body.data[0].id, { left: true })).toMatchObject({ status: 403 })
  expect((await read(body.data[0].id)).body.left_at).toBeNull()
})

test('a till sees its own merchant and no other, and changes none', async () => {
  const own = await makeMerchant(api, network)
  const other = await makeMerchant(api, network)
  const { key } = await makeTill(api, network, own)
  expect(await read(own, key)).toMatchObject({ status: 200, body: { id: own } })
  expect(await read(other, key)).toMatchObject({ status: 404 })
  const { body } = await api.call('get', '/v1/merchants', key)
  expect(body.data.map(({ id }: { id: string }) => id)).toEqual([own])
  expect(await change(own, { name: 'Mine' }, key)).toMatchObject({ status: 403 })
  const admitted = await api.call('post', '/v1/merchants', key).send({ name: 'x', issuing_limit: null })
  expect(admitted).toMatchObject({ status: 403 })
})

test('an owner renames their shop and no more; a manager, a cashier and an auditor change nothing', async () => {
  const own = await makeMerchant(api, network)
  const other = await makeMerchant(api, network)
  const owner = await addStaff(api, network, { role: 'owner', merchant: own })
  expect(await change(own, { name: 'Owner’s' }, owner)).toMatchObject({
    status: 200,
    body: { name: 'Owner’s' },
  })
  expect(await change(own, { issuing_limit: 1 }, owner)).toMatchObject({ status: 403 })
  expect(await change(own, { left: true }, owner)).toMatchObject({ status: 403 })
  expect(await change(other, { name: 'Owner’s' }, owner)).toMatchObject({ status: 404 })
  for (const role of ['manager', 'cashier'] as const) {
    const token = await addStaff(api, network, { role, merchant: own })
    expect(await read(own, token)).toMatchObject({ status: 200 })
    expect(await read(other, token)).toMatchObject({ status: 404 })
    expect(await change(own, { name: role }, token)).toMatchObject({ status: 403 })
  }
  const auditor = await addStaff(api, network, { role: 'auditor', merchant: null })
  expect(await read(other, auditor)).toMatchObject({ status: 200 })
  expect(await change(own, { name: 'auditor' }, auditor)).toMatchObject({ status: 403 })
  expect((await read(own)).body).toMatchObject({ name: 'Owner’s', issuing_limit: null, left_at: null })
})
