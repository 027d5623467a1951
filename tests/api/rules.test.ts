import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { sameTerms, versionAt, worseIn, type EarningTerms } from '../../api/rules/worse-terms.ts'
import { points } from '../../ledger/index.ts'
import {
  addStaff,
  makeMerchant,
  makeNetwork,
  makeTill,
  startApi,
  type TestApi,
  type TestNetwork,
} from '../support/api.ts'

let api: TestApi
let network: TestNetwork

beforeAll(async () => {
  api = await startApi()
  network = await makeNetwork(api)
})
afterAll(() => api.close())
afterEach(() => {
  api.clock.now = null
})

const days = 24 * 60 * 60 * 1000
const plain = {
  points_per_currency_unit: '1',
  rounding: 'down',
  expires_after_months: 24,
  daily_max_per_wallet: 500,
}

const set = (where: TestNetwork, fields: object = {}) =>
  api.call('put', '/v1/rules/earning', where.operator).send({ ...plain, ...fields })

async function versions(where: TestNetwork) {
  const { body } = await api.call('get', '/v1/rules/earning', where.operator)
  return body.data
}

/** A network with a rule in force and a customer, so that its terms are promises. */
async function makeNetworkWithCustomer(fields: object = {}): Promise<TestNetwork> {
  const made = await makeNetwork(api, fields)
  expect(await set(made)).toMatchObject({ status: 201 })
  const till = await makeTill(api, made, await makeMerchant(api, made))
  const enrolled = await api.call('post', '/v1/customers', till.key).send({ name: 'Jana' })
  expect(enrolled).toMatchObject({ status: 201 })
  return made
}

test('a rule is added as a version and shown to everyone of the network', async () => {
  const made = await makeNetwork(api)
  expect((await versions(made)).length).toBe(0)
  const first = await set(made)
  expect(first).toMatchObject({ status: 201, body: { version: 1, ...plain } })
  const second = await set(made, { points_per_currency_unit: '2.5', expires_after_months: null })
  expect(second).toMatchObject({ status: 201, body: { version: 2, expires_after_months: null } })
  const { key } = await makeTill(api, made, await makeMerchant(api, made))
  const read = await api.call('get', '/v1/rules/earning', key)
  expect(read.body).toEqual({ data: [second.body, first.body], next: null })
  const page = await api.call('get', '/v1/rules/earning?limit=1', key)
  expect(page.body).toEqual({ data: [second.body], next: expect.any(String) })
  const rest = await api.call('get', `/v1/rules/earning?limit=1&after=${page.body.next}`, key)
  expect(rest.body).toEqual({ data: [first.body], next: null })
})

test('a rule sent twice is one version, also at the same moment', async () => {
  const made = await makeNetwork(api)
  const answers = await Promise.all([set(made), set(made), set(made, { points_per_currency_unit: '1.0' })])
  expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 200, 201])
  expect(answers.map(({ body }) => body.version)).toEqual([1, 1, 1])
  const later = new Date(Date.now() + 90 * days).toISOString()
  expect(await set(made, { effective_from: later })).toMatchObject({ status: 201 })
  expect(await set(made, { effective_from: later })).toMatchObject({ status: 200 })
  expect(await versions(made)).toHaveLength(2)
})

test('only the operator sets rules', async () => {
  const merchant = await makeMerchant(api, network)
  const { key } = await makeTill(api, network, merchant)
  const owner = await addStaff(api, network, { role: 'owner', merchant })
  const auditor = await addStaff(api, network, { role: 'auditor', merchant: null })
  for (const token of [key, owner, auditor]) {
    expect(await api.call('put', '/v1/rules/earning', token).send(plain)).toMatchObject({ status: 403 })
    expect(await api.call('get', '/v1/rules/earning', token)).toMatchObject({ status: 200 })
  }
  expect(await api.call('put', '/v1/rules/earning').send(plain)).toMatchObject({ status: 401 })
  expect(await versions(network)).toEqual([])
})

test.each([
  ['points_per_currency_unit', 1],
  ['points_per_currency_unit', '-1'],
  ['points_per_currency_unit', '1e3'],
  ['points_per_currency_unit', '1.1234567'],
  ['points_per_currency_unit', '1,5'],
  ['points_per_currency_unit', '01'],
  ['points_per_currency_unit', ''],
  ['rounding', 'half-even'],
  ['expires_after_months', 0],
  ['expires_after_months', 1.5],
  ['expires_after_months', 1201],
  ['daily_max_per_wallet', -1],
  ['daily_max_per_wallet', 2 ** 53],
  ['effective_from', 'tomorrow'],
  ['effective_from', '2026-13-01T00:00:00Z'],
  ['effective_from', '2026-02-30T00:00:00Z'],
  ['effective_from', '2030-01-01T00:00:00'],
  ['effective_from', '0000-01-01T00:00:00Z'],
  ['effective_from', 1893456000],
])('a rule with the %s %j is refused, and none is added', async (field, value) => {
  const answer = await set(network, { [field]: value })
  expect(answer).toMatchObject({ status: 400, body: { errors: [{ pointer: `#/${field}` }] } })
  expect(await versions(network)).toEqual([])
})

test('a rule must say whether points expire', async () => {
  const { expires_after_months: _, ...unsaid } = plain
  const answer = await api.call('put', '/v1/rules/earning', network.operator).send(unsaid)
  expect(answer).toMatchObject({ status: 400, body: { errors: [{ pointer: '#/expires_after_months' }] } })
})

test('while there are no customers yet, any rule may start at any time', async () => {
  const made = await makeNetwork(api)
  expect(await set(made, { effective_from: '2017-01-01T00:00:00Z' })).toMatchObject({ status: 201 })
  expect(await set(made, { points_per_currency_unit: '0.5' })).toMatchObject({ status: 201 })
  expect(await versions(made)).toHaveLength(2)
})

test.each([
  ['points_per_currency_unit', '0.999999'],
  ['expires_after_months', 23],
  ['daily_max_per_wallet', 499],
])('once there are customers, a worse %s must wait for the notice period', async (field, value) => {
  const made = await makeNetworkWithCustomer({ notice_days: 10 })
  const refused = await set(made, { [field]: value })
  expect(refused).toMatchObject({ status: 422, body: { code: 'notice_too_short' } })
  expect(refused.body.errors).toEqual([{ pointer: `#/${field}`, detail: expect.any(String) }])
  const tooSoon = new Date(Date.now() + 10 * days - 60_000).toISOString()
  expect(await set(made, { [field]: value, effective_from: tooSoon })).toMatchObject({ status: 422 })
  expect(await versions(made)).toHaveLength(1)
  const earliest = new Date(Date.parse(refused.body.earliest_effective_from) + 60_000).toISOString()
  expect(await set(made, { [field]: value, effective_from: earliest })).toMatchObject({ status: 201 })
})

test('less kind rounding is worse too', async () => {
  const made = await makeNetworkWithCustomer()
  expect(await set(made, { rounding: 'up' })).toMatchObject({ status: 201 })
  expect(await set(made, { rounding: 'nearest' })).toMatchObject({ status: 422 })
})

test('a better rule may start at once, and then going back is worse', async () => {
  const made = await makeNetworkWithCustomer()
  const better = { points_per_currency_unit: '2', expires_after_months: null, daily_max_per_wallet: null }
  expect(await set(made, better)).toMatchObject({ status: 201 })
  const back = await set(made)
  expect(back).toMatchObject({ status: 422 })
  expect(back.body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
    '#/points_per_currency_unit',
    '#/expires_after_months',
    '#/daily_max_per_wallet',
  ])
})

test('what was announced for later is promised too: it can’t be made worse at short notice', async () => {
  const made = await makeNetworkWithCustomer()
  const soon = new Date(Date.now() + 5 * days).toISOString()
  expect(await set(made, { points_per_currency_unit: '3', effective_from: soon })).toMatchObject({
    status: 201,
  })
  const after = new Date(Date.now() + 6 * days).toISOString()
  expect(await set(made, { points_per_currency_unit: '2', effective_from: after })).toMatchObject({
    status: 422,
  })
  expect(await set(made, { points_per_currency_unit: '2', effective_from: soon })).toMatchObject({
    status: 422,
  })
  expect(await set(made, { points_per_currency_unit: '2' })).toMatchObject({ status: 201 })
})

test('once there are customers, no rule starts in the past', async () => {
  const made = await makeNetworkWithCustomer()
  const yesterday = new Date(Date.now() - days).toISOString()
  const refused = await set(made, { points_per_currency_unit: '9', effective_from: yesterday })
  expect(refused).toMatchObject({ status: 422, body: { errors: [{ pointer: '#/effective_from' }] } })
  expect(await versions(made)).toHaveLength(1)
})

const terms: EarningTerms = {
  pointsPerCurrencyUnit: '1.5',
  rounding: 'nearest',
  expiresAfterMonths: 12,
  dailyMaxPerWallet: points(100),
}

test('no end of life and no cap are the best there is', () => {
  const endless = { ...terms, expiresAfterMonths: null, dailyMaxPerWallet: null }
  expect(worseIn(endless, terms)).toEqual([])
  expect(worseIn(terms, endless)).toEqual(['expires_after_months', 'daily_max_per_wallet'])
})

test('rates are compared as numbers and not as text', () => {
  const rate = (pointsPerCurrencyUnit: string) => ({ ...terms, pointsPerCurrencyUnit })
  expect(worseIn(rate('10'), rate('9.5'))).toEqual([])
  expect(worseIn(rate('0.1'), rate('0.09'))).toEqual([])
  expect(sameTerms(rate('1.50'), rate('1.5'))).toBe(true)
  expect(worseIn(rate('1.499999'), rate('1.5'))).toEqual(['points_per_currency_unit'])
})

test('of versions that start at the same time the newest counts, also before the first start, as in the ledger', () => {
  const version = (number: number, from: string) => ({
    ...terms,
    version: number,
    effectiveFrom: new Date(from),
  })
  const all = [version(3, '2026-03-01'), version(2, '2026-02-01'), version(1, '2026-02-01')]
  const at = (time: string) => versionAt(new Date(time), all)?.version
  expect([at('2026-01-01'), at('2026-02-01'), at('2026-02-28'), at('2026-03-01')]).toEqual([2, 2, 2, 3])
  expect(versionAt(new Date(), [])).toBeUndefined()
})
