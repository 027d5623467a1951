import { afterAll, beforeAll, expect, test } from 'vitest'
import { asAdmin } from '../support/api.ts'
import { openHighStreet, type HighStreet } from '../support/high-street.ts'
import { joinByPhone } from '../support/phone.ts'

let street: HighStreet

beforeAll(async () => {
  street = await openHighStreet()
})
afterAll(() => street.close())

test('a customer gives points to another, who gets them as they were', async () => {
  const [ada, bea] = [await street.join({ points: 50 }), await street.join()]
  const answer = await ada.post('/v1/gifts', { to: bea.wallet, points: 20 })
  expect(answer.status).toBe(201)
  expect(answer.body).toEqual({
    transaction: expect.stringMatching(/^txn_/),
    points: 20,
    wallet: { available: 30 },
  })
  const received = await bea.get(`/v1/wallets/${bea.wallet}`)
  expect(received.body).toMatchObject({
    available: 20,
    lots: [{ issuer: street.bakery.merchant, remaining: 20, expires_at: null }],
  })
})

test('a gift sent twice is given once', async () => {
  const [ada, bea] = [await street.join({ points: 50 }), await street.join()]
  const first = await ada.post('/v1/gifts', { to: bea.wallet, points: 20 }, 'give-once')
  const again = await ada.post('/v1/gifts', { to: bea.wallet, points: 20 }, 'give-once')
  expect(again).toMatchObject({ status: 201, body: first.body, headers: { 'idempotent-replayed': 'true' } })
  const other = await ada.post('/v1/gifts', { to: bea.wallet, points: 21 }, 'give-once')
  expect(other).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } })
  expect([await ada.available(), await bea.available()]).toEqual([30, 20])
})

test('a gift to an address, sent again after it became somebody else’s or nobody’s, answers as before', async () => {
  const [ada, bea] = [await street.join({ points: 50 }), await street.join()]
  const give = (points: number, to_email = bea.email) =>
    ada.post('/v1/gifts', { to_email, points }, 'give-by-address')
  const first = await give(20)
  expect(first.status).toBe(201)
  const moved = `moved-${bea.email}`
  await asAdmin(street.api, `update api.customer set email = '${moved}' where email = '${bea.email}'`)
  const replay = { status: 201, body: first.body, headers: { 'idempotent-replayed': 'true' } }
  expect(await give(20)).toMatchObject(replay)
  const heir = await joinByPhone(street.api, street.network.slug, bea.email)
  expect(await give(20)).toMatchObject(replay)
  const reused = { status: 422, body: { code: 'idempotency_key_reused' } }
  for (const other of [await give(21), await give(20, moved), await give(20, 'nobody@example.org')]) {
    expect(other).toMatchObject(reused)
  }
  const inherited = await street.bakery.get(`/v1/wallets/${heir.wallet}`)
  expect([await ada.available(), await bea.available(), inherited.body.available]).toEqual([30, 20, 0])
})

test('a gift to an address that nobody joined with is refused, and given once somebody did', async () => {
  const ada = await street.join({ points: 50 })
  const email = `later-${ada.email}`
  const give = () => ada.post('/v1/gifts', { to_email: email, points: 20 }, 'give-later')
  expect(await give()).toMatchObject({ status: 404, body: { code: 'not_found' } })
  expect(await ada.available()).toBe(50)
  await joinByPhone(street.api, street.network.slug, email)
  expect(await give()).toMatchObject({ status: 201, body: { points: 20 } })
  expect(await ada.available()).toBe(30)
})

test('a gift of more than there is, or of a locked wallet, tells nobody whether an address has joined', async () => {
  const [ada, bea] = [await street.join({ points: 50 }), await street.join()]
  const give = (to_email: string) => ada.post('/v1/gifts', { to_email, points: 51 })
  const refusals = async () => {
    const answers = [await give(bea.email), await give(`nobody-${bea.email}`)]
    return answers.map(({ status, body }) => {
      const { code, detail, available } = body
      return { status, said: { code, detail, available } }
    })
  }
  const [one, other] = await refusals()
  expect(one).toMatchObject({ status: 409, said: { code: 'points_insufficient', available: 50 } })
  expect(other).toEqual(one)
  const lock = { locked: true }
  const locking = street.api.call('put', `/v1/wallets/${ada.wallet}/lock`, ada.token).send(lock)
  expect((await locking).status).toBe(200)
  const [locked, nobody] = await refusals()
  expect(locked).toMatchObject({ said: { code: 'wallet_locked' } })
  expect(nobody).toEqual(locked)
})

test('the same key of two customers makes two gifts', async () => {
  const [ada, bea] = [await street.join({ points: 50 }), await street.join({ points: 50 })]
  await ada.post('/v1/gifts', { to: bea.wallet, points: 20 }, 'common-key')
  const back = await bea.post('/v1/gifts', { to: ada.wallet, points: 20 }, 'common-key')
  expect(back.status).toBe(201)
  expect([await ada.available(), await bea.available()]).toEqual([50, 50])
})

test('a gift to oneself is refused', async () => {
  const ada = await street.join({ points: 50 })
  const answer = await ada.post('/v1/gifts', { to: ada.wallet, points: 20 })
  expect(answer).toMatchObject({ status: 422, body: { code: 'same_wallet' } })
  expect(await ada.available()).toBe(50)
})

test('a gift to nobody, or into another network, is refused', async () => {
  const ada = await street.join({ points: 50 })
  const foreign = await (await street.elsewhere()).join()
  for (const to of ['wal_01h455vb4pex5vsknk084sn02q', foreign.wallet]) {
    const answer = await ada.post('/v1/gifts', { to, points: 20 })
    expect(answer).toMatchObject({ status: 404, body: { code: 'not_found' } })
  }
  expect([await ada.available(), await foreign.available()]).toEqual([50, 0])
})

test('a gift of more than there is, or from a locked wallet, is refused', async () => {
  const [ada, bea] = [await street.join({ points: 50 }), await street.join()]
  const tooMuch = await ada.post('/v1/gifts', { to: bea.wallet, points: 51 })
  expect(tooMuch).toMatchObject({ status: 409, body: { code: 'points_insufficient', available: 50 } })
  await street.api.call('put', `/v1/wallets/${ada.wallet}/lock`, ada.token).send({ locked: true })
  const locked = await ada.post('/v1/gifts', { to: bea.wallet, points: 1 })
  expect(locked).toMatchObject({ status: 409, body: { code: 'wallet_locked' } })
  expect([await ada.available(), await bea.available()]).toEqual([50, 0])
})

test.each([0, -5, 2 ** 53, 1.5, '20', null])('a gift of %j points is refused', async (points) => {
  const [ada, bea] = [await street.join({ points: 50 }), await street.join()]
  const answer = await ada.post('/v1/gifts', { to: bea.wallet, points })
  expect(answer.status).toBe(400)
  expect(answer.body.errors[0].pointer).toBe('#/points')
  expect([await ada.available(), await bea.available()]).toEqual([50, 0])
})

test('a till can not give a customer’s points away', async () => {
  const [ada, bea] = [await street.join({ points: 50 }), await street.join()]
  const answer = await street.bakery.post('/v1/gifts', { to: bea.wallet, points: 20 })
  expect(answer).toMatchObject({ status: 403, body: { code: 'forbidden' } })
  expect([await ada.available(), await bea.available()]).toEqual([50, 0])
})

test('a customer makes at most 60 gifts in an hour, and is told how long to wait', async () => {
  const [ada, bea] = [await street.join({ points: 100 }), await street.join({ points: 10 })]
  const give = () => ada.post('/v1/gifts', { to: bea.wallet, points: 1 })
  for (let gift = 0; gift < 60; gift++) expect((await give()).status).toBe(201)
  const refused = await give()
  expect(refused).toMatchObject({ status: 429, body: { code: 'too_many_requests' } })
  expect(refused.headers).toHaveProperty('retry-after')
  expect((await bea.post('/v1/gifts', { to: ada.wallet, points: 1 })).status).toBe(201)
  expect([await ada.available(), await bea.available()]).toEqual([41, 69])
})
