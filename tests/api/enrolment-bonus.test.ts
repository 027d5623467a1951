import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { bonusesPerDayMax, payEnrolmentBonuses } from '../../api/rules/pay-enrolment-bonus.ts'
import { signInCustomer } from '../support/phone.ts'
import { addStaff, asAdmin, makeTill } from '../support/api.ts'
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

const give = (body: object, token = street.network.operator) =>
  street.api.call('put', '/v1/rules/enrolment-bonus', token).send(body)

const fifty = { points: 50, expires_after_months: 12 }
const email = () => `${randomUUID()}@example.org`
const enrol = (shop: Shop, person: object) => shop.post('/v1/customers', person, null)

async function transactionsOf(wallet: string) {
  const { body } = await street.api.call('get', `/v1/transactions?wallet=${wallet}`, street.network.operator)
  return body.data
}

async function houseOf(): Promise<string> {
  const { body } = await street.api.call('get', '/v1/merchants', street.network.operator)
  return body.data.find(({ house }: { house: boolean }) => house).id
}

test('who joins at a till or by code has the bonus at once, paid by the house merchant', async () => {
  expect(await give(fifty)).toMatchObject({ status: 201, body: { version: 1, ...fifty } })
  const atTill = await enrol(street.bakery, { email: email() })
  const byCode = await signInCustomer(street.api, street.network.slug, email())
  for (const { wallet } of [atTill.body, byCode]) {
    const seen = await street.bookshop.get(`/v1/wallets/${wallet}`)
    expect(seen.body.available).toBe(50)
    expect(await transactionsOf(wallet)).toMatchObject([
      { kind: 'issue', points: 50, merchant: await houseOf() },
    ])
  }
  const own = await street.api.call('get', `/v1/wallets/${byCode.wallet}`, byCode.token)
  const [lot] = own.body.lots
  const days = (Date.parse(lot.expires_at) - Date.now()) / (24 * 60 * 60 * 1000)
  expect(days).toBeGreaterThan(364)
  expect(days).toBeLessThan(368)
})

test('nobody has it twice: not by joining again, nor at two tills and by code at the same moment', async () => {
  await give(fifty)
  const ada = { email: email() }
  const answers = await Promise.all([
    enrol(street.bakery, ada),
    enrol(street.bookshop, ada),
    signInCustomer(street.api, street.network.slug, ada.email),
  ])
  const again = await enrol(street.bakery, ada)
  const { token } = await signInCustomer(street.api, street.network.slug, ada.email)
  expect(again.status).toBe(200)
  const wallets = new Set([answers[0].body.wallet, answers[1].body.wallet, answers[2].wallet])
  expect([...wallets]).toEqual([again.body.wallet])
  await payEnrolmentBonuses(street.api)
  const seen = await street.api.call('get', `/v1/wallets/${again.body.wallet}`, token)
  expect(seen.body.available).toBe(50)
  expect(await transactionsOf(again.body.wallet)).toHaveLength(1)
})

test('without a bonus, or with one of 0, nothing is posted', async () => {
  const before = await enrol(street.bakery, { email: email() })
  await give(fifty)
  expect(await give({ ...fifty, points: 0 })).toMatchObject({ status: 201, body: { version: 2 } })
  const after = await enrol(street.bakery, { email: email() })
  await payEnrolmentBonuses(street.api)
  expect(await transactionsOf(before.body.wallet)).toEqual([])
  expect(await transactionsOf(after.body.wallet)).toEqual([])
})

test('a till that enrols people known by nothing gets points for none of them', async () => {
  await give(fifty)
  const { body } = await enrol(street.bakery, { name: 'Somebody' })
  expect(await transactionsOf(body.wallet)).toEqual([])
})

test('what could not be posted as they joined comes later, once', async () => {
  await give(fifty)
  const house = `/v1/merchants/${await houseOf()}`
  const limit = (points: number | null) =>
    street.api.call('patch', house, street.network.operator).send({ issuing_limit: points })
  expect(await limit(0)).toMatchObject({ status: 200 })
  const { status, body } = await enrol(street.bakery, { email: email() })
  expect(status).toBe(201)
  expect(await transactionsOf(body.wallet)).toEqual([])
  await limit(null)
  await Promise.all([payEnrolmentBonuses(street.api), payEnrolmentBonuses(street.api)])
  await payEnrolmentBonuses(street.api)
  expect(await transactionsOf(body.wallet)).toMatchObject([{ kind: 'issue', points: 50 }])
})

test('only the operator sets it, every version stays readable, and the network posts under one name', async () => {
  const owner = await addStaff(street.api, street.network, {
    role: 'owner',
    merchant: street.bakery.merchant,
  })
  for (const token of [owner, street.bakery.key])
    expect(await give(fifty, token)).toMatchObject({ status: 403 })
  expect(await give({ ...fifty, points: -1 })).toMatchObject({ status: 400 })
  const made = await Promise.all([give(fifty), give(fifty)])
  expect(made.map(({ status }) => status).toSorted()).toEqual([200, 201])
  await give({ points: 60, expires_after_months: null })
  const { body } = await street.bakery.get('/v1/rules/enrolment-bonus')
  expect(body.data).toMatchObject([
    { version: 2, points: 60, expires_after_months: null },
    { version: 1, ...fifty },
  ])
  const credentials = await street.api.db
    .selectFrom('api.enrolment_bonus')
    .innerJoin('api.network', 'api.network.network_id', 'api.enrolment_bonus.network_id')
    .where('slug', '=', street.network.slug)
    .select('credential_id')
    .distinct()
    .execute()
  expect(credentials).toHaveLength(1)
})

test('every version is in the log, with who set it; the same again adds nothing, and no version is without an entry', async () => {
  const { api, network } = street
  await give(fifty)
  await give(fifty)
  await give({ points: 0, expires_after_months: null })
  const entries = await api.db
    .selectFrom('ledger.governance as entry')
    .innerJoin('api.network as network', 'network.network_id', 'entry.network_id')
    .innerJoin('ledger.credential as credential', (join) =>
      join
        .onRef('credential.network_id', '=', 'entry.network_id')
        .onRef('credential.credential_id', '=', 'entry.credential_id'),
    )
    .select(['entry.facts', 'credential.kind', 'entry.network_id'])
    .where('network.slug', '=', network.slug)
    .where('entry.event', '=', 'enrolment_bonus_set')
    .orderBy('entry.entry_index')
    .execute()
  expect(entries.map(({ facts, kind }) => ({ facts, kind }))).toEqual([
    { kind: 'person', facts: { version: '1', points: '50', expires_after_months: '12' } },
    { kind: 'person', facts: { version: '2', points: '0', expires_after_months: 'never' } },
  ])
  const unseen = (entry: string) =>
    asAdmin(
      api,
      `insert into api.enrolment_bonus (network_id, version, points, credential_id, entry_index)
         values (${entries[0]!.network_id}, 3, 1000, 1, ${entry})`,
    )
  await expect(unseen('null')).rejects.toThrow('enrolment_bonus_entry_present')
  await expect(unseen('999999')).rejects.toThrow('enrolment_bonus_entry_fk')
})

test('one letter box has it once, for ever: not by a tag behind a plus, nor after erasure', async () => {
  await give(fifty)
  const box = randomUUID()
  const first = await enrol(street.bakery, { email: `${box}@example.org` })
  const tagged = await enrol(street.bookshop, { email: `${box}+again@example.org` })
  const byCode = await signInCustomer(street.api, street.network.slug, `${box}+code@example.org`)
  // Gone, as after an erasure.
  await asAdmin(street.api, `update api.customer set email = null where email = '${box}@example.org'`)
  const anew = await enrol(street.bakery, { email: `${box}@example.org` })
  expect(anew.status).toBe(201)
  const available = async (wallet: string) =>
    (await street.bakery.get(`/v1/wallets/${wallet}`)).body.available
  expect(await available(first.body.wallet)).toBe(50)
  for (const { wallet } of [tagged.body, byCode, anew.body]) expect(await available(wallet)).toBe(0)
})

test('a till enrols as many a day with it as a till may, and others go on', async () => {
  await give(fifty)
  const shop = await street.admit('Busy shop')
  const wallets = []
  for (let count = 0; count <= bonusesPerDayMax.enrolledBy; count++) {
    wallets.push((await enrol(shop, { email: email() })).body.wallet)
  }
  const available = async (wallet: string) => (await shop.get(`/v1/wallets/${wallet}`)).body.available
  expect(await available(wallets.at(-2))).toBe(50)
  expect(await available(wallets.at(-1))).toBe(0)
  const elsewhere = await enrol(street.bakery, { email: email() })
  expect(await available(elsewhere.body.wallet)).toBe(50)
})

test('a shop that pairs many tills enrols no more a day with it than a shop may', async () => {
  await give(fifty)
  const shop = await street.admit('Shop of many tills')
  const till = async () => (await makeTill(street.api, street.network, shop.merchant)).key
  const keys = [shop.key, await till(), await till()]
  const wallets: string[] = []
  for (let count = 0; count <= bonusesPerDayMax.merchant; count++) {
    const request = street.api.call('post', '/v1/customers', keys[count % keys.length])
    wallets.push((await request.send({ email: email() })).body.wallet)
  }
  const available = async (wallet: string) => (await shop.get(`/v1/wallets/${wallet}`)).body.available
  expect(await available(wallets.at(-2)!)).toBe(50)
  expect(await available(wallets.at(-1)!)).toBe(0)
})
