import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { uuidOf } from '../../api/http/ids.ts'
import { openHighStreet, type HighStreet } from '../support/high-street.ts'
import { lastCode, signInCustomer } from '../support/phone.ts'

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

const email = () => `${randomUUID()}@example.org`
const enrol = (person: object) => street.bakery.post('/v1/customers', person, null)

async function demand(minimum_age: number | null): Promise<void> {
  const { slug, operator } = street.network
  const answer = await street.api.call('patch', `/v1/networks/${slug}`, operator).send({ minimum_age })
  expect(answer).toMatchObject({ status: 200, body: { minimum_age } })
}

async function countCustomers(): Promise<number> {
  const rows = await street.api.db
    .selectFrom('api.customer')
    .innerJoin('api.network', 'api.network.network_id', 'api.customer.network_id')
    .where('slug', '=', street.network.slug)
    .select('api.customer.uuid')
    .execute()
  return rows.length
}

async function confirmedBy(wallet: string) {
  return await street.api.db
    .selectFrom('api.customer')
    .innerJoin('api.wallet', 'api.wallet.customer_uuid', 'api.customer.uuid')
    .where('api.wallet.uuid', '=', uuidOf('wal', wallet))
    .select(['confirmed_age', 'age_confirmed_at'])
    .executeTakeFirstOrThrow()
}

test('at a till nobody joins who did not say that they are old enough, and it is kept when they did', async () => {
  await demand(16)
  for (const of_age of [undefined, false]) {
    const refused = await enrol({ email: email(), of_age })
    expect(refused).toMatchObject({ status: 422, body: { code: 'age_not_confirmed', minimum_age: 16 } })
  }
  expect(await countCustomers()).toBe(0)
  const joined = await enrol({ email: email(), of_age: true })
  expect(joined.status).toBe(201)
  const kept = await confirmedBy(joined.body.wallet)
  expect(kept).toEqual({ confirmed_age: 16, age_confirmed_at: expect.any(Date) })
})

test('who is refused for their age tells a till no more of who is a member than who is known', async () => {
  const member = email()
  await enrol({ email: member })
  await demand(16)
  for (let asked = 0; asked < 60; asked++)
    expect(await enrol({ email: email() })).toMatchObject({ status: 422 })
  for (const each of [member, email()]) expect(await enrol({ email: each })).toMatchObject({ status: 429 })
})

test('by code neither, and the code is still good for saying so', async () => {
  await demand(18)
  const to = email()
  const asked = await street.api
    .call('post', '/v1/wallet-sessions')
    .send({ network: street.network.slug, email: to })
  const enter = (more: object) =>
    street.api
      .call('post', `/v1/wallet-sessions/${asked.body.id}/code`)
      .send({ code: lastCode(street.api, to), ...more })
  expect(await enter({})).toMatchObject({ status: 422, body: { code: 'age_not_confirmed', minimum_age: 18 } })
  expect(await countCustomers()).toBe(0)
  const joined = await enter({ of_age: true })
  expect(joined.status).toBe(201)
  expect(await confirmedBy(joined.body.wallet)).toMatchObject({ confirmed_age: 18 })
})

test('whoever is a customer already is not asked again, and without a minimum nobody is', async () => {
  const ada = { email: email() }
  const before = await enrol(ada)
  expect(before.status).toBe(201)
  expect(await confirmedBy(before.body.wallet)).toEqual({ confirmed_age: null, age_confirmed_at: null })
  await demand(16)
  expect(await enrol(ada)).toMatchObject({ status: 200, body: before.body })
  const signedIn = await signInCustomer(street.api, street.network.slug, ada.email)
  expect(signedIn.wallet).toBe(before.body.wallet)
  await demand(null)
  expect(await enrol({ email: email() })).toMatchObject({ status: 201 })
})
