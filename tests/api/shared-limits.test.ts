import { randomUUID } from 'node:crypto'
import type { Response } from 'supertest'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addStaff, asAdmin, makeTill, startApi, type TestApi } from '../support/api.ts'
import { customerIdOf } from '../support/customer-id.ts'
import { buildHighStreet, type Customer, type HighStreet } from '../support/high-street.ts'

// Two processes of one deployment: nobody has more letters sent to one address, or more guesses at what is secret, by
// asking them in turn. How often passwords and codes are guessed at is in guesses.test.ts.

let one: TestApi
let other: TestApi
let street: HighStreet

beforeAll(async () => {
  one = await startApi()
  other = await startApi({ beside: one })
  street = await buildHighStreet(one, {})
})
afterAll(async () => {
  await other.close()
  await one.close()
})

const freshEmail = () => `${randomUUID()}@example.org`
const lettersTo = (email: string) => [...one.letters, ...other.letters].filter(({ to }) => to === email)

/** Asks the two in turn, so often, then each once more: those are refused as too many, and say until when. */
async function expectSoMany(count: number, ask: (api: TestApi, i: number) => Promise<Response>) {
  const statuses: number[] = []
  for (let i = 0; i < count; i++) statuses.push((await ask(i % 2 === 0 ? one : other, i)).status)
  expect(statuses).not.toContain(429)
  for (const api of [one, other]) {
    const { status, body, headers } = await ask(api, count)
    expect({ status, body }).toMatchObject({ status: 429, body: { code: 'too_many_requests' } })
    expect(Number(headers['retry-after'])).toBeGreaterThan(0)
  }
}

async function customerId({ wallet }: Customer): Promise<string> {
  return await customerIdOf(one.db, { wallet })
}

const askForCode = (email: string, from: (i: number) => string) => async (api: TestApi, i: number) =>
  await api
    .call('post', '/v1/wallet-sessions')
    .set('X-Forwarded-For', from(i))
    .send({ network: street.network.slug, email })

const askForReset = (email: string, from: (i: number) => string) => async (api: TestApi, i: number) =>
  await api.call('post', '/v1/password-resets').set('X-Forwarded-For', from(i)).send({ email })

test('five letters for a new password go to an e-mail address in 15 minutes from one address', async () => {
  const email = freshEmail()
  await expectSoMany(
    5,
    askForReset(email, () => '192.0.2.100'),
  )
  expect(lettersTo(email)).toHaveLength(5)
  expect(await askForReset(email, () => '192.0.2.101')(one, 0)).toMatchObject({ status: 202 })
})

test('fifty letters for a new password go to an e-mail address in a day, whoever asks', async () => {
  const email = freshEmail()
  await expectSoMany(
    50,
    askForReset(email, (i) => `198.51.101.${Math.floor(i / 5)}`),
  )
  expect(lettersTo(email)).toHaveLength(50)
})

test('a shop’s owner has fifty people invited in an hour, and an e-mail address gets ten invitations in a day', async () => {
  const owner = await addStaff(one, street.network, { role: 'owner', merchant: street.bakery.merchant })
  const invite = async (api: TestApi, token: string, email: string) =>
    await api
      .call('post', `/v1/merchants/${street.bakery.merchant}/staff`, token)
      .send({ email, name: 'Kim', role: 'cashier' })
  await expectSoMany(50, async (api) => await invite(api, owner, freshEmail()))
  const email = freshEmail()
  for (let i = 0; i < 10; i++) {
    const { status, body } = await invite(i % 2 === 0 ? one : other, street.network.operator, email)
    expect(status).toBe(201)
    const path = `/v1/merchants/${street.bakery.merchant}/staff/${body.id}`
    expect(await one.call('delete', path, street.network.operator)).toMatchObject({ status: 204 })
  }
  expect(await invite(other, street.network.operator, email)).toMatchObject({ status: 429 })
})

test('five letters with a code go to an e-mail address in 15 minutes from one address', async () => {
  const email = freshEmail()
  await expectSoMany(
    5,
    askForCode(email, () => '192.0.2.1'),
  )
  expect(lettersTo(email)).toHaveLength(5)
  // Its owner, elsewhere, is not kept from signing in.
  expect(await askForCode(email, () => '192.0.2.2')(other, 0)).toMatchObject({ status: 201 })
})

test('fifty letters with a code go to an e-mail address in a day, from however many addresses', async () => {
  const email = freshEmail()
  await expectSoMany(
    50,
    askForCode(email, (i) => `198.51.100.${i}`),
  )
  expect(lettersTo(email)).toHaveLength(50)
})

test('a customer has five letters sent to new addresses in 15 minutes', async () => {
  const ada = await street.join()
  const path = `/v1/customers/${await customerId(ada)}/email`
  await expectSoMany(5, async (api) => await api.call('post', path, ada.token).send({ email: freshEmail() }))
})

test('a customer turns letters on and off, each of which is a letter, twenty times a day', async () => {
  const ada = await street.join()
  const path = `/v1/customers/${await customerId(ada)}`
  await expectSoMany(
    20,
    async (api, i) => await api.call('patch', path, ada.token).send({ letters: { spends: i % 2 === 1 } }),
  )
})

test('a customer tries twenty codes of receipts in an hour, and the right one no more after that', async () => {
  const [ada, bea] = [await street.join(), await street.join()]
  const claim = (await street.bakery.post('/v1/claims', undefined, null)).body
  await street.bakery.buy({ wallet: claim.wallet, amount_minor: 2000 })
  await expectSoMany(20, async (api, i) => {
    const code = i === 20 ? claim.code : `AAAA-A${String(i).padStart(3, '0')}`
    return await api.call('post', '/v1/claims/collections', ada.token).send({ code })
  })
  expect(await ada.available()).toBe(0)
  expect((await bea.post('/v1/claims/collections', { code: claim.code })).body.points).toBe(20)
})

test('thirty codes of tills are tried from one address in 15 minutes', async () => {
  await expectSoMany(30, async (api, i) => {
    const code = `AAAA-B${String(i).padStart(3, '0')}`
    return await api.call('post', '/v1/pairings').set('X-Forwarded-For', '203.0.113.1').send({ code })
  })
})

/** As `ask` is answered for each: above the limit there must be nothing to tell a member by. */
async function expectAlike(ask: (api: TestApi, email: string) => Promise<Response>, emails: string[]) {
  for (const email of emails) {
    const { status, body } = await ask(one, email)
    expect({ status, body }).toMatchObject({ status: 429, body: { code: 'too_many_requests' } })
  }
}

const giveTo = (giver: Customer, points: number) => async (api: TestApi, to_email: string) =>
  await api
    .call('post', '/v1/gifts', giver.token)
    .set('Idempotency-Key', randomUUID())
    .send({ to_email, points })

test('ten gifts to addresses come to nothing in a day, and then no gift tells who has joined', async () => {
  const [ada, bea] = [await street.join({ points: 50 }), await street.join()]
  await expectSoMany(10, (api) => giveTo(ada, 1)(api, freshEmail()))
  await expectAlike(giveTo(ada, 1_000_000), [bea.email, freshEmail()])
  await expectAlike(giveTo(ada, 1), [bea.email, freshEmail()])
  expect([await ada.available(), await bea.available()]).toEqual([50, 0])
})

test('gifts of more than there is find out about ten addresses in a day', async () => {
  const [ada, bea] = [await street.join({ points: 1 }), await street.join()]
  expect(await giveTo(ada, 1_000_000)(one, bea.email)).toMatchObject({ status: 409 })
  await expectSoMany(9, (api, i) => giveTo(ada, 1_000_000)(api, i % 2 === 0 ? bea.email : freshEmail()))
  await expectAlike(giveTo(ada, 1_000_000), [bea.email, freshEmail()])
})

test('gifts to addresses that are made count for none of the ten', async () => {
  const [ada, bea] = [await street.join({ points: 50 }), await street.join()]
  for (let i = 0; i < 12; i++) {
    expect(await giveTo(ada, 1)(i % 2 === 0 ? one : other, bea.email)).toMatchObject({ status: 201 })
  }
  expect(await giveTo(ada, 1)(one, freshEmail())).toMatchObject({ status: 404 })
  expect([await ada.available(), await bea.available()]).toEqual([38, 12])
})

test('a customer says three phone numbers in a day', async () => {
  const ada = await street.join()
  const path = `/v1/customers/${await customerId(ada)}`
  const number = () => `+4930${Math.floor(1e8 + Math.random() * 9e8)}`
  await expectSoMany(3, async (api) => await api.call('patch', path, ada.token).send({ phone: number() }))
})

test('a till asks for sixty people whom nobody knows in a minute', async () => {
  const ask = async (api: TestApi) =>
    await api.call('post', '/v1/identifications', street.bookshop.key).send({ email: freshEmail() })
  const answers = await Promise.all(Array.from({ length: 66 }, (_, i) => ask(i % 2 === 0 ? one : other)))
  const statuses = answers.map(({ status }) => status)
  expect(statuses.filter((status) => status === 429)).toHaveLength(6)
  // Nor of those who are known, from then on; whoever shows their QR is not looked for.
  const ada = await street.join({ points: 50 })
  const identify = async (api: TestApi, body: object) =>
    await api.call('post', '/v1/identifications', street.bookshop.key).send(body)
  await expectAlike((api, email) => identify(api, { email }), [ada.email, freshEmail()])
  expect(await identify(one, { qr: await ada.showQr() })).toMatchObject({ status: 201 })
  const elsewhere = street.bakery.post('/v1/identifications', { email: ada.email }, null)
  expect(await elsewhere).toMatchObject({ status: 201 })
})

/** A shop, and the keys of three tills of it. */
async function admitTills(name: string) {
  const shop = await street.admit(name)
  const till = async () => (await makeTill(one, street.network, shop.merchant)).key
  return [shop.key, await till(), await till()] as const
}

test('tills of one shop have no more of them together than 120 in a minute', async () => {
  const keys = await admitTills('Chain of tills')
  const ask = async (api: TestApi, i: number) =>
    await api.call('post', '/v1/identifications', keys[i % keys.length]).send({ email: freshEmail() })
  await expectSoMany(120, ask)
})

test('a card that is found counts for its till alone', async () => {
  const [scanner, other, third] = await admitTills('Shop of cards')
  const card = `29${Date.now()}01`
  const { body: cy } = await street.bakery.post('/v1/customers', { name: 'Cy' }, null)
  const bound = await street.bakery.post(`/v1/customers/${cy.id}/cards`, { card }, null)
  expect(bound).toMatchObject({ status: 201 })
  const identify = (key: string, body: object) => one.call('post', '/v1/identifications', key).send(body)
  for (let i = 0; i < 60; i++) expect(await identify(scanner, { card })).toMatchObject({ status: 201 })
  expect(await identify(scanner, { card })).toMatchObject({ status: 429 })
  for (let i = 0; i < 60; i++)
    expect(await identify(other, { email: freshEmail() })).toMatchObject({ status: 404 })
  expect(await identify(third, { email: freshEmail() })).toMatchObject({ status: 404 })
})

test('a till asks for a thousand people whom nobody knows in a day, a shop for two thousand; who is enrolled counts', async () => {
  const shop = await street.admit('Curious shop')
  const { key } = await makeTill(one, street.network, shop.merchant)
  const ask = (till: string) => one.call('post', '/v1/identifications', till).send({ email: freshEmail() })
  const enrol = (till: string) => one.call('post', '/v1/customers', till).send({ email: freshEmail() })
  for (let i = 0; i < 7; i++) expect(await ask(shop.key)).toMatchObject({ status: 404 })
  for (let i = 0; i < 4; i++) expect(await enrol(key)).toMatchObject({ status: 201 })
  const raise = (from: number, to: number) =>
    asAdmin(
      one,
      `update api.guess set count = ${to} where count = ${from} and ends_at > now() + interval '23 hours 50 minutes'`,
    )
  const refusedForDay = async (asked: PromiseLike<Response>) => {
    const refused = await asked
    expect(refused).toMatchObject({ status: 429, body: { code: 'too_many_requests' } })
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(23 * 60 * 60)
  }
  await raise(7, 999)
  expect(await ask(shop.key)).toMatchObject({ status: 404 })
  await refusedForDay(ask(shop.key))
  expect(await ask(key)).toMatchObject({ status: 404 })
  // Eleven before, one that was let in, and one: what was refused to the one till is not the shop's.
  await raise(13, 1999)
  expect(await enrol(key)).toMatchObject({ status: 201 })
  await refusedForDay(enrol(key))
})

test('a till that finds whom it asks for may ask for as many as come', async () => {
  const shop = await street.admit('Busy shop')
  const ada = await street.join()
  const ask = async (api: TestApi, email: string) =>
    await api.call('post', '/v1/identifications', shop.key).send({ email })
  for (let i = 0; i < 70; i++) {
    expect(await ask(i % 2 === 0 ? one : other, ada.email)).toMatchObject({ status: 201 })
  }
  for (let i = 0; i < 60; i++) expect(await ask(one, freshEmail())).toMatchObject({ status: 404 })
  await expectAlike(ask, [ada.email, freshEmail()])
})
