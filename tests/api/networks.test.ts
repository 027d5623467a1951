import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  makeMerchant,
  makeNetwork,
  makeTill,
  setRule,
  signInOperator,
  startApi,
  testOperator,
  type TestApi,
} from '../support/api.ts'

let api: TestApi
let deploymentOperator: string

beforeAll(async () => {
  api = await startApi()
  deploymentOperator = await signInOperator(api)
})
afterAll(() => api.close())

const complete = {
  slug: 'old-town',
  name: 'Old Town',
  currency: 'CZK',
  point_face_value_minor: 100,
  time_zone: 'Europe/Prague',
  locale: 'cs',
  public_url: 'https://points.example.org',
  terms: 'Points are given\nand taken.',
  grace_days: 14,
  notice_days: 60,
  redeem_without_qr_daily_max: 50,
}

const make = (fields: object) => api.call('post', '/v1/networks', deploymentOperator).send(fields)

async function countNetworks(): Promise<number> {
  const { body } = await api.call('get', '/v1/networks?limit=200', deploymentOperator)
  return body.data.length
}

test('the deployment’s operator makes a network and is its first operator', async () => {
  const made = await make(complete)
  expect(made).toMatchObject({ status: 201, body: complete })
  expect(made.body.id).toMatch(/^net_[0-7][0-9a-z]{25}$/)
  const token = await signInOperator(api, 'old-town')
  const read = await api.call('get', '/v1/networks/old-town', token)
  expect(read).toMatchObject({ status: 200 })
  expect(read.body).toEqual(made.body)
})

test('a network has a house merchant from the start', async () => {
  const network = await makeNetwork(api, { name: 'Harbour' })
  const { body } = await api.call('get', '/v1/merchants', network.operator)
  expect(body).toMatchObject({ data: [{ name: 'Harbour', house: true, issuing_limit: null }], next: null })
})

test('what is left out of a network is careful: no points without QR, 30 days of notice', async () => {
  const { slug } = await makeNetwork(api, { time_zone: undefined })
  const { body } = await api.call('get', `/v1/networks/${slug}`, await signInOperator(api, slug))
  expect(body).toMatchObject({
    redeem_without_qr_daily_max: 0,
    notice_days: 30,
    grace_days: 30,
    time_zone: 'UTC',
    locale: 'en',
    public_url: null,
    terms: null,
  })
})

test('a slug is given once, also to two who ask at the same moment', async () => {
  const fields = { ...complete, slug: 'twice' }
  const before = await countNetworks()
  const answers = await Promise.all([make(fields), make(fields)])
  expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409])
  expect(await make(fields)).toMatchObject({ status: 409, body: { code: 'slug_taken' } })
  expect(await countNetworks()).toBe(before + 1)
})

test.each([
  ['slug', 'Old Town'],
  ['slug', '-old'],
  ['slug', 'x'.repeat(41)],
  ['slug', ''],
  ['currency', 'EURO'],
  ['currency', 'eur'],
  ['currency', 'ZZZ'],
  ['point_face_value_minor', 0],
  ['point_face_value_minor', 0.5],
  ['point_face_value_minor', 2 ** 53],
  ['time_zone', 'Europe/Atlantis'],
  ['time_zone', '+01:00'],
  ['time_zone', 'VST'],
  ['time_zone', 'Europe/PRAGUE'],
  ['locale', 'not a locale'],
  ['public_url', 'javascript:alert(1)'],
  ['notice_days', -1],
  ['grace_days', 366],
  ['redeem_without_qr_daily_max', -1],
  ['terms', 'a\u0000b'],
])('a network with the %s %j is refused, and none is made', async (field, value) => {
  const before = await countNetworks()
  const answer = await make({ ...complete, slug: 'refused', [field]: value })
  expect(answer).toMatchObject({ status: 400, body: { code: 'request_invalid' } })
  expect(answer.body.errors.map((error: { pointer: string }) => error.pointer)).toContain(`#/${field}`)
  expect(await countNetworks()).toBe(before)
})

test('only the deployment’s operator, signed in without a network, makes and lists networks', async () => {
  const network = await makeNetwork(api)
  const till = await makeTill(api, network, await makeMerchant(api, network))
  for (const token of [network.operator, till.key]) {
    expect(await api.call('post', '/v1/networks', token).send(complete)).toMatchObject({ status: 403 })
    expect(await api.call('get', '/v1/networks', token)).toMatchObject({ status: 403 })
  }
  expect(await api.call('post', '/v1/networks').send(complete)).toMatchObject({ status: 401 })
})

test('the list of networks can be read page by page, each network once', async () => {
  for (let i = 0; i < 3; i++) await makeNetwork(api)
  const slugs: string[] = []
  let after = ''
  do {
    const { body } = await api.call('get', `/v1/networks?limit=2${after}`, deploymentOperator)
    slugs.push(...body.data.map((network: { slug: string }) => network.slug))
    after = body.next === null ? '' : `&after=${body.next}`
  } while (after !== '')
  expect(slugs).toHaveLength(await countNetworks())
  expect(slugs).toEqual([...new Set(slugs)].toSorted())
})

test.each(['0', '201', '-1', '1.5', 'all', ''])('a page of %j is refused', async (limit) => {
  expect(await api.call('get', `/v1/networks?limit=${limit}`, deploymentOperator)).toMatchObject({
    status: 400,
    body: { errors: [{ pointer: '?limit' }] },
  })
})

test('a network is seen by those who act in it and by nobody else', async () => {
  const own = await makeNetwork(api)
  const foreign = await makeNetwork(api)
  const till = await makeTill(api, own, await makeMerchant(api, own))
  for (const token of [own.operator, till.key]) {
    expect(await api.call('get', `/v1/networks/${own.slug}`, token)).toMatchObject({ status: 200 })
    expect(await api.call('get', `/v1/networks/${foreign.slug}`, token)).toMatchObject({ status: 404 })
  }
  expect(await api.call('get', `/v1/networks/${own.slug}`)).toMatchObject({ status: 401 })
})

test('its operator changes what may change of a network', async () => {
  const { slug, operator } = await makeNetwork(api)
  const change = {
    name: 'New Town',
    locale: 'de-AT',
    terms: null,
    public_url: 'https://new.example.org',
    redeem_without_qr_daily_max: 20,
  }
  const changed = await api.call('patch', `/v1/networks/${slug}`, operator).send(change)
  expect(changed).toMatchObject({ status: 200, body: { slug, ...change } })
  const read = await api.call('get', `/v1/networks/${slug}`, operator)
  expect(read.body).toEqual(changed.body)
})

test('the house merchant goes by the network’s name, until it is given one of its own', async () => {
  const network = await makeNetwork(api, { name: 'Old Town' })
  const shop = await makeMerchant(api, network, { name: 'Old Town' })
  const rename = async (name: string) =>
    expect(
      await api.call('patch', `/v1/networks/${network.slug}`, network.operator).send({ name }),
    ).toMatchObject({ status: 200, body: { name } })
  const listNames = async () => {
    const { body } = await api.call('get', '/v1/merchants', network.operator)
    return body.data.map((merchant: { id: string; name: string }) => [merchant.id, merchant.name])
  }
  const [[house]] = await listNames()
  await rename('New Town')
  expect(await listNames()).toEqual([
    [house, 'New Town'],
    [shop, 'Old Town'],
  ])
  const { body } = await api.call('get', '/v1/audit-events', network.operator)
  expect(body.data[0]).toMatchObject({ subjects: expect.arrayContaining([house]) })
  await api.call('patch', `/v1/merchants/${house}`, network.operator).send({ name: 'The office' })
  await rename('Newer Town')
  expect(await listNames()).toEqual([
    [house, 'The office'],
    [shop, 'Old Town'],
  ])
})

test.each([
  ['currency', 'USD'],
  ['point_face_value_minor', 2],
  ['time_zone', 'UTC'],
  ['slug', 'other'],
  ['notice_days', 0],
])('nobody changes the %s of a network', async (field, value) => {
  const { slug, operator } = await makeNetwork(api)
  const before = await api.call('get', `/v1/networks/${slug}`, operator)
  const answer = await api.call('patch', `/v1/networks/${slug}`, operator).send({ [field]: value })
  expect(answer).toMatchObject({ status: 400, body: { errors: [{ pointer: `#/${field}` }] } })
  expect((await api.call('get', `/v1/networks/${slug}`, operator)).body).toEqual(before.body)
})

test('nobody else changes a network', async () => {
  const own = await makeNetwork(api)
  const foreign = await makeNetwork(api)
  const till = await makeTill(api, own, await makeMerchant(api, own))
  const change = (token: string) =>
    api.call('patch', `/v1/networks/${own.slug}`, token).send({ name: 'Mine' })
  expect(await change(till.key)).toMatchObject({ status: 403 })
  expect(await change(foreign.operator)).toMatchObject({ status: 404 })
  expect(await change(deploymentOperator)).toMatchObject({ status: 403 })
  expect(await api.call('patch', `/v1/networks/${own.slug}`, own.operator).send({})).toMatchObject({
    status: 400,
  })
  const { body } = await api.call('get', `/v1/networks/${own.slug}`, own.operator)
  expect(body.name).toBe('Old Town')
})

test('nothing of one network shows in another', async () => {
  const one = await makeNetwork(api)
  const other = await makeNetwork(api)
  const merchant = await makeMerchant(api, one, { name: 'Secret shop' })
  await makeTill(api, one, merchant)
  await setRule(api, one)
  expect(await api.call('get', `/v1/merchants/${merchant}`, other.operator)).toMatchObject({ status: 404 })
  expect(await api.call('get', `/v1/merchants/${merchant}/tills`, other.operator)).toMatchObject({
    status: 404,
  })
  expect(
    await api.call('patch', `/v1/merchants/${merchant}`, other.operator).send({ name: 'x' }),
  ).toMatchObject({
    status: 404,
  })
  expect((await api.call('get', '/v1/rules/earning', other.operator)).body.data).toEqual([])
  expect((await api.call('get', '/v1/merchants', other.operator)).text).not.toContain('Secret')
})

test('the operator’s e-mail shows nowhere', async () => {
  const { text } = await api.call('get', '/v1/networks', deploymentOperator)
  expect(text).not.toContain(testOperator.email)
})
