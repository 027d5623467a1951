import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { typeId } from '../../api/http/ids.ts'
import {
  addStaff,
  makeMerchant,
  makeNetwork,
  makeTill,
  setRule,
  startApi,
  type TestApi,
  type TestNetwork,
} from '../support/api.ts'

let api: TestApi
let network: TestNetwork
let bakery: string

beforeAll(async () => {
  api = await startApi()
  network = await makeNetwork(api)
  bakery = await makeMerchant(api, network)
})
afterAll(() => api.close())
afterEach(() => {
  api.clock.now = null
})

const list = (token = network.operator, merchant = bakery) =>
  api.call('get', `/v1/merchants/${merchant}/tills`, token)
const make = (token: string, merchant = bakery) =>
  api.call('post', `/v1/merchants/${merchant}/tills`, token).send({ name: 'Counter' })
const revoke = (till: string, token = network.operator, merchant = bakery) =>
  api.call('delete', `/v1/merchants/${merchant}/tills/${till}`, token)
const use = (key: string) => api.call('get', '/v1/merchants', key)

test('a till’s key is shown once and of it only a hash is kept', async () => {
  const made = await make(network.operator)
  expect(made).toMatchObject({
    status: 201,
    body: { name: 'Counter' },
    headers: { 'cache-control': 'no-store' },
  })
  expect(made.body.id).toMatch(/^til_/)
  expect(made.body.key).toMatch(/^tk_[\w-]{43}$/)
  expect(await use(made.body.key)).toMatchObject({ status: 200 })
  const listed = await list()
  expect(listed.text).toContain(made.body.id)
  expect(listed.text).not.toContain(made.body.key.slice(3))
  const rows = await api.db.selectFrom('api.till').selectAll().execute()
  expect(
    JSON.stringify(rows, (_, value) => (typeof value === 'bigint' ? String(value) : value)),
  ).not.toContain(made.body.key.slice(3))
})

test('a revoked till is refused from that moment on, and its neighbour is not', async () => {
  const gone = await makeTill(api, network, bakery)
  const stays = await makeTill(api, network, bakery)
  expect(await use(gone.key)).toMatchObject({ status: 200 })
  expect(await revoke(gone.id)).toMatchObject({ status: 204 })
  expect(await use(gone.key)).toMatchObject({ status: 401, body: { code: 'unauthenticated' } })
  expect(await use(stays.key)).toMatchObject({ status: 200 })
})

test('a till that posted a moment ago posts nothing more once it is revoked', async () => {
  await setRule(api, network)
  const till = await makeTill(api, network, bakery)
  const { wallet } = (await api.call('post', '/v1/customers', till.key).send({})).body
  const purchase = (number: string) =>
    api.call('post', '/v1/purchases', till.key).set('idempotency-key', number).send({
      wallet,
      amount_minor: 1000,
      currency: 'EUR',
      reference: number,
      occurred_at: new Date().toISOString(),
    })
  expect(await purchase('1')).toMatchObject({ status: 201, body: { wallet: { available: 10 } } })
  await revoke(till.id)
  expect(await purchase('2')).toMatchObject({
    status: 401,
    body: { code: 'credential_revoked' },
    headers: { 'www-authenticate': 'Bearer' },
  })
  const other = await makeTill(api, network, bakery)
  expect((await api.call('get', `/v1/wallets/${wallet}`, other.key)).body).toMatchObject({ available: 10 })
})

test('revoking twice, also at the same moment, is revoking once', async () => {
  const till = await makeTill(api, network, bakery)
  const answers = await Promise.all([revoke(till.id), revoke(till.id)])
  expect(answers.map(({ status }) => status)).toEqual([204, 204])
  const entries = await api.db
    .selectFrom('ledger.credential as c')
    .innerJoin('api.till as t', (join) =>
      join.onRef('t.network_id', '=', 'c.network_id').onRef('t.credential_id', '=', 'c.credential_id'),
    )
    .select(['c.revoked_at as ledger', 't.revoked_at as api', 't.name'])
    .where('t.revoked_at', 'is not', null)
    .execute()
  expect(entries.length).toBeGreaterThan(0)
  for (const { ledger, api } of entries) expect([ledger, api]).toEqual([expect.any(Date), expect.any(Date)])
})

test('a till that is not there can’t be revoked, nor one of another shop', async () => {
  const other = await makeMerchant(api, network)
  const till = await makeTill(api, network, bakery)
  expect(await revoke(typeId('til', crypto.randomUUID()))).toMatchObject({ status: 404 })
  expect(await revoke('til_nonsense')).toMatchObject({ status: 404 })
  expect(await revoke(till.id, network.operator, other)).toMatchObject({ status: 404 })
  expect(await use(till.key)).toMatchObject({ status: 200 })
})

test('owners and managers keep the tills of their own shop; cashiers, auditors and tills keep none', async () => {
  const bookshop = await makeMerchant(api, network)
  for (const role of ['owner', 'manager'] as const) {
    const token = await addStaff(api, network, { role, merchant: bakery })
    const made = await make(token)
    expect(made).toMatchObject({ status: 201 })
    expect(await list(token)).toMatchObject({ status: 200 })
    expect(await revoke(made.body.id, token)).toMatchObject({ status: 204 })
    expect(await make(token, bookshop)).toMatchObject({ status: 404 })
    expect(await list(token, bookshop)).toMatchObject({ status: 404 })
  }
  const { id, key } = await makeTill(api, network, bakery)
  const cashier = await addStaff(api, network, { role: 'cashier', merchant: bakery })
  const auditor = await addStaff(api, network, { role: 'auditor', merchant: null })
  for (const token of [cashier, auditor, key]) {
    expect(await make(token)).toMatchObject({ status: 403 })
    expect(await revoke(id, token)).toMatchObject({ status: 403 })
  }
  expect(await use(key)).toMatchObject({ status: 200 })
})

test('tills are listed from the oldest, page by page', async () => {
  const shop = await makeMerchant(api, network)
  const made: string[] = []
  for (let i = 0; i < 3; i++) made.push((await makeTill(api, network, shop)).id)
  const first = (await api.call('get', `/v1/merchants/${shop}/tills?limit=2`, network.operator)).body
  const rest = (
    await api.call('get', `/v1/merchants/${shop}/tills?limit=2&after=${first.next}`, network.operator)
  ).body
  expect([...first.data, ...rest.data].map(({ id }) => id)).toEqual(made)
  expect(rest.next).toBeNull()
})

test('it shows when a till was last used', async () => {
  const shop = await makeMerchant(api, network)
  const { key } = await makeTill(api, network, shop)
  const lastUsed = async () => (await list(network.operator, shop)).body.data[0].last_used_at
  expect(await lastUsed()).toBeNull()
  await use(key)
  expect(Date.now() - Date.parse(await lastUsed())).toBeLessThan(60_000)
})

test('a key that is off by one character opens nothing', async () => {
  const { key } = await makeTill(api, network, bakery)
  const last = key.endsWith('A') ? 'B' : 'A'
  for (const wrong of [
    key.slice(0, -1),
    `${key}A`,
    key.slice(0, -1) + last,
    key.toUpperCase(),
    key.slice(3),
  ]) {
    expect(await use(wrong)).toMatchObject({ status: 401 })
  }
})

test('the log never holds a key', async () => {
  const { key } = await makeTill(api, network, bakery)
  await use(key)
  await use(`${key}x`)
  expect(api.logged()).not.toContain(key.slice(3, 20))
})

test('one address that tries keys gets no more answers after a hundred', async () => {
  const guess = (address: string) => use(`tk_${'A'.repeat(43)}`).set('x-forwarded-for', address)
  const guesses = await Promise.all(Array.from({ length: 101 }, () => guess('203.0.113.20')))
  expect(guesses.filter(({ status }) => status === 401)).toHaveLength(100)
  expect(guesses.filter(({ status }) => status === 429)).toHaveLength(1)
  expect(await guess('203.0.113.21')).toMatchObject({ status: 401 })
})
