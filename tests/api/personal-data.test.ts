import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { uuidOf } from '../../api/http/ids.ts'
import { forgetInTime } from '../../api/privacy/retention.ts'
import type { NetworkId } from '../../ledger/index.ts'
import { addStaff } from '../support/api.ts'
import { customerIdOf } from '../support/customer-id.ts'
import { openHighStreet, type Customer, type HighStreet } from '../support/high-street.ts'
import { joinByPhone } from '../support/phone.ts'
import { ofCustomers, ofLedger, ofNobody, ofStaff } from './personal-columns.ts'

const minute = 60_000
const day = 24 * 60 * minute

let street: HighStreet
let admin: Client

beforeAll(async () => {
  street = await openHighStreet()
  admin = new Client({ connectionString: street.api.adminUrl })
  await admin.connect()
})
afterAll(async () => {
  await admin.end()
  await street.close()
})

async function listWordColumns(schema: string, types: readonly string[]): Promise<string[]> {
  const { rows } = await admin.query<{ name: string }>(
    `select c.table_name || '.' || c.column_name as name
     from information_schema.columns c
     join information_schema.tables t using (table_schema, table_name)
     where c.table_schema = $1 and t.table_type = 'BASE TABLE' and c.data_type = any ($2)
     order by 1`,
    [schema, types],
  )
  return rows.map(({ name }) => name)
}

const words = ['text', 'character varying', 'character', 'json', 'jsonb', 'inet', 'ARRAY', 'USER-DEFINED']

test('every column that can hold words is known as personal or not', async () => {
  const columns = await listWordColumns('api', [...words, 'bytea'])
  expect(columns).toEqual([...ofCustomers, ...ofStaff, ...ofNobody].toSorted())
})

test('the ledger has no column for who a person is', async () => {
  const columns = await listWordColumns('ledger', [...words, 'bytea'])
  expect(columns).toEqual(ofLedger.toSorted())
})

/** Tables of every schema in which the text stands in any row; of a network's rows alone where it is named. */
async function findTraces(text: string, network?: NetworkId): Promise<string[]> {
  const { rows } = await admin.query<{ schema: string; name: string }>(
    `select table_schema as schema, table_name as name from information_schema.tables
     where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema') order by 1, 2`,
  )
  const traces: string[] = []
  for (const { schema, name } of rows) {
    const found = await admin.query(
      `select from ${schema}."${name}" x where strpos(lower(x::text), lower($1)) > 0
         and ($2::int is null or (to_jsonb(x) ->> 'network_id')::int = $2) limit 1`,
      [text, network ?? null],
    )
    if (found.rowCount) traces.push(`${schema}.${name}`)
  }
  return traces
}

async function idOf(wallet: string): Promise<string> {
  return await customerIdOf(street.api.db, { wallet })
}

const forgetAt = (now: Date) =>
  forgetInTime({ db: street.api.db, ledger: street.api.ledger, sendMail: async () => {}, now: () => now })

/**
 * Has a customer erased who knows that so many points are lost, as if the grace had gone by already: what would be
 * forgotten by its age is not old enough.
 */
async function erase(customer: Pick<Customer, 'wallet' | 'token'>, points: number): Promise<void> {
  const path = `/v1/customers/${await idOf(customer.wallet)}?acknowledged_points=${points}`
  expect(await street.api.call('delete', path, customer.token)).toMatchObject({ status: 202 })
  await admin.query(
    `update api.erasure set asked_at = now() - interval '15 days', due_at = now() - interval '1 second' where customer_uuid = $1`,
    [uuidOf('cus', await idOf(customer.wallet))],
  )
  expect(await forgetAt(new Date())).toMatchObject({ erased: 1 })
}

test('a person stands where it is said and nowhere else, and after erasure nowhere at all', async () => {
  const { api, bakery, bookshop } = street
  const ada = await street.join({ points: 90 })
  const id = await idOf(ada.wallet)
  const person = {
    name: `Ada ${crypto.randomUUID()}`,
    phone: `+4930${Math.floor(1e8 + Math.random() * 9e8)}`,
    card: `77${Math.floor(1e12 + Math.random() * 9e12)}`,
  }
  await api.call('patch', `/v1/customers/${id}`, ada.token).send({ name: person.name, phone: person.phone })
  const shown = await bakery.post('/v1/identifications', { qr: await ada.showQr() }, null)
  const { identification } = shown.body
  const bound = await bakery.post(`/v1/customers/${id}/cards`, { card: person.card, identification }, null)
  expect(bound.status).toBe(201)
  await bakery.post('/v1/identifications', { email: ada.email }, null)
  await bakery.post('/v1/identifications', { phone: person.phone }, null)
  await bakery.get(`/v1/customers?email=${ada.email}`)
  await bookshop.post('/v1/redemptions', { qr: await ada.showQr(), points: 20, reference: 'a receipt' })
  await ada.get(`/v1/customers/${id}/export`)

  const spoken = `for ${crypto.randomUUID()}, who complained`
  const bought = await bakery.buy({ wallet: ada.wallet, amount_minor: 1000 })
  const reversal = { points: 10, reason: spoken }
  const reversed = await bakery.post(`/v1/transactions/${bought.body.transaction}/reversals`, reversal)
  expect(reversed.status).toBe(201)

  expect(await findTraces(spoken)).toEqual(['ledger.reason'])
  expect(await findTraces(person.name)).toEqual(['api.customer'])
  expect(await findTraces(person.phone)).toEqual(['api.customer'])
  expect(await findTraces(person.card)).toEqual(['api.card'])
  expect(await findTraces(ada.email)).toEqual(['api.customer', 'api.wallet_session'])
  for (const each of [person.name, person.phone, person.card, ada.email]) {
    expect(api.logged()).not.toContain(each)
    expect(api.logged()).not.toContain(encodeURIComponent(each))
  }

  await erase(ada, 70)
  for (const each of [spoken, person.name, person.phone, person.card, ada.email]) {
    expect(await findTraces(each)).toEqual([])
  }
})

test('an address that was to be proven is forgotten an hour after its codes ended, though nobody gives another', async () => {
  const { api, network } = street
  const ada = await street.join()
  const given = { signIn: `${crypto.randomUUID()}@example.org`, change: `${crypto.randomUUID()}@example.org` }
  await api.call('post', '/v1/wallet-sessions').send({ network: network.slug, email: given.signIn })
  const path = `/v1/customers/${await idOf(ada.wallet)}/email`
  expect(await api.call('post', path, ada.token).send({ email: given.change })).toMatchObject({ status: 202 })
  const { rows } = await admin.query<{ ended: Date }>(
    `select expires_at as ended from api.wallet_session where email = $1
     union all select expires_at from api.email_change where email = $2 order by 1`,
    [given.signIn, given.change],
  )
  const [first, last] = rows.map(({ ended }) => ended.getTime())
  await forgetAt(new Date(first! + 59 * minute))
  expect(await findTraces(given.signIn)).toEqual(['api.wallet_session'])
  expect(await findTraces(given.change)).toEqual(['api.email_change'])
  await forgetAt(new Date(last! + 61 * minute))
  for (const each of Object.values(given)) expect(await findTraces(each)).toEqual([])
})

test('who was identified at which till is forgotten eight days later, though nobody else is', async () => {
  const ada = await street.join()
  const shown = await street.bakery.post('/v1/identifications', { qr: await ada.showQr() }, null)
  const uuid = uuidOf('idn', shown.body.identification)!
  const ended = Date.now() + 10 * minute
  await forgetAt(new Date(ended + 8 * day - minute))
  expect(await findTraces(uuid)).toEqual(['api.identification'])
  await forgetAt(new Date(ended + 8 * day + minute))
  expect(await findTraces(uuid)).toEqual([])
})

test('what staff write about somebody who was erased is kept nowhere', async () => {
  const { api, bakery, network } = street
  const ada = await street.join({ points: 30 })
  const sale = (await bakery.buy({ wallet: ada.wallet, amount_minor: 1000 })).body.transaction
  await erase(ada, 40)
  const spoken = `for ${crypto.randomUUID()}, who wants to be forgotten`
  const reversal = { refund_amount_minor: 500, reason: spoken }
  const path = `/v1/transactions/${sale}/reversals`
  const reversed = await bakery.post(path, reversal, 'refunded late')
  expect(reversed).toMatchObject({ status: 201, body: { taken_points: 5 } })
  expect((await bakery.post(path, reversal, 'refunded late')).body).toEqual(reversed.body)
  const owner = await addStaff(api, network, { role: 'owner', merchant: bakery.merchant })
  const correction = { wallet: ada.wallet, points: 5, reason: spoken }
  for (const asked of ['adjustments', 'goodwill']) {
    const refused = await api
      .call('post', `/v1/${asked}`, owner)
      .set('Idempotency-Key', crypto.randomUUID())
      .send(correction)
    expect(refused).toMatchObject({ status: 409, body: { code: 'wallet_closed' } })
  }
  const listed = await api.call('get', '/v1/adjustments', owner)
  expect(listed.body.data).toEqual([])
  expect(await findTraces(spoken)).toEqual([])
})

test('whoever is a customer of two networks is forgotten in the one that they asked, and then in the other', async () => {
  const { api } = street
  const other = await street.elsewhere()
  const network = await idOfNetwork(street.network.slug)
  const person = {
    email: `${crypto.randomUUID()}@example.org`,
    name: `Bea ${crypto.randomUUID()}`,
    phone: `+4930${Math.floor(1e8 + Math.random() * 9e8)}`,
  }
  const spoken = `for ${crypto.randomUUID()}, who complained`
  const [here, there] = [await becomeKnown(street), await becomeKnown(other)]
  async function becomeKnown({ network: { slug }, bakery }: HighStreet) {
    const phone = await joinByPhone(api, slug, person.email)
    const id = await idOf(phone.wallet)
    const { name, phone: number } = person
    const changed = await api.call('patch', `/v1/customers/${id}`, phone.token).send({ name, phone: number })
    expect(changed.status).toBe(200)
    await bakery.post('/v1/identifications', { qr: await phone.showQr() }, null)
    const sale = await bakery.buy({ wallet: phone.wallet, amount_minor: 2000 })
    const reversal = { points: 5, reason: spoken }
    await bakery.post(`/v1/transactions/${sale.body.transaction}/reversals`, reversal)
    return phone
  }
  const words = [person.email, person.name, person.phone, spoken]
  for (const each of words) expect(await findTraces(each, network)).not.toEqual([])

  await erase(here, 15)
  for (const each of words) expect(await findTraces(each, network)).toEqual([])
  // The other network is another's affair: there everything is as it was.
  const kept = await api.call('get', `/v1/customers/${await idOf(there.wallet)}`, there.token)
  expect(kept.body).toMatchObject(person)
  expect((await api.call('get', `/v1/wallets/${there.wallet}`, there.token)).body.available).toBe(15)

  await erase(there, 15)
  for (const each of words) expect(await findTraces(each)).toEqual([])
})

test('staff of two networks who are erased in both are named nowhere', async () => {
  const { api } = street
  const other = await street.elsewhere()
  const [email, name] = [`${crypto.randomUUID()}@example.org`, `Cyril ${crypto.randomUUID()}`]
  const networks = [street, other]
  for (const { network, bakery } of networks) {
    const path = `/v1/merchants/${bakery.merchant}/staff`
    const invited = await api.call('post', path, network.operator).send({ email, name, role: 'cashier' })
    expect(invited.status).toBe(201)
  }
  const remove = async ({ network, bakery }: HighStreet) => {
    const path = `/v1/merchants/${bakery.merchant}/staff`
    const { body } = await api.call('get', path, network.operator)
    const member = body.data.find((each: { name: string }) => each.name === name)
    return await api.call('delete', `${path}/${member.id}?erase=true`, network.operator)
  }
  expect(await remove(street)).toMatchObject({ status: 204 })
  expect(await findTraces(name, await idOfNetwork(street.network.slug))).toEqual([])
  expect(await remove(other)).toMatchObject({ status: 204 })
  for (const each of [email, name]) expect(await findTraces(each)).toEqual([])
})

async function idOfNetwork(slug: string): Promise<NetworkId> {
  const { network_id } = await street.api.db
    .selectFrom('api.network')
    .select('network_id')
    .where('slug', '=', slug)
    .executeTakeFirstOrThrow()
  return network_id
}
