import { afterAll, beforeAll, expect, test } from 'vitest'
import { uuidOf } from '../../api/http/ids.ts'
import { addStaff, testOperator } from '../support/api.ts'
import { openHighStreet, type Customer, type HighStreet, type Shop } from '../support/high-street.ts'

let street: HighStreet

beforeAll(async () => {
  street = await openHighStreet()
})
afterAll(() => street.close())

const offers = {
  purpose: 'offers',
  channel: 'email',
  controller: null,
  given: true,
  wording_version: '2026-11',
}

function put(token: string, body: object) {
  return street.api.call('put', '/v1/consents', token).send(body)
}

async function present(shop: Shop, customer: Customer): Promise<string> {
  const { body } = await shop.post('/v1/identifications', { qr: await customer.showQr() }, null)
  return body.identification
}

/** Somebody of the shop who is switched on at its till. */
async function switchOn({ merchant, get, post }: Shop): Promise<{ id: string; token: string }> {
  const cashier = await addStaff(street.api, street.network, { role: 'cashier', merchant })
  const pin = { pin: '4711', password: testOperator.password }
  expect(await street.api.call('put', '/v1/pin', cashier).send(pin)).toMatchObject({ status: 204 })
  const { id } = (await get('/v1/tills/staff')).body.data[0]
  const { body } = await post('/v1/tills/staff-sessions', { person: id, pin: pin.pin }, null)
  return { id, token: body.token }
}

test('a customer says yes, and later no, and both are kept as proof', async () => {
  const ada = await street.join()
  const yes = await put(ada.token, offers)
  expect(yes).toMatchObject({ status: 200 })
  expect(yes.body.data).toEqual([
    {
      ...offers,
      taken_at: expect.any(String),
      taken_by: expect.stringMatching(/^cus_/),
      merchant: null,
      till: null,
      staff: null,
    },
  ])
  const no = await put(ada.token, { ...offers, given: false, wording_version: '2026-12' })
  expect(no.body.data).toMatchObject([{ given: false, wording_version: '2026-12' }])
  const kept = await street.api.db
    .selectFrom('api.consent')
    .innerJoin('api.wallet', 'api.wallet.customer_uuid', 'api.consent.customer_uuid')
    .where('api.wallet.uuid', '=', uuidOf('wal', ada.wallet))
    .select(['given', 'wording_version'])
    .orderBy('api.consent.uuid')
    .execute()
  expect(kept).toEqual([
    { given: true, wording_version: '2026-11' },
    { given: false, wording_version: '2026-12' },
  ])
})

test('each purpose, channel and controller is a consent of its own', async () => {
  const ada = await street.join()
  await put(ada.token, offers)
  await put(ada.token, { ...offers, channel: 'sms', given: false })
  await put(ada.token, { ...offers, purpose: 'surveys' })
  const { body } = await put(ada.token, { ...offers, controller: street.bakery.merchant })
  expect(body.data).toHaveLength(4)
  const unknown = await put(ada.token, { ...offers, purpose: 'everything' })
  expect(unknown).toMatchObject({ status: 400 })
})

test('a till takes one with the person present, for its shop or the operator, and is named in it', async () => {
  const ada = await street.join()
  const identification = await present(street.bakery, ada)
  const own = await put(street.bakery.key, {
    ...offers,
    controller: street.bakery.merchant,
    identification,
  })
  expect(own.body.data).toMatchObject([{ controller: street.bakery.merchant, taken_by: street.bakery.till }])
  const neighbours = await put(street.bakery.key, {
    ...offers,
    controller: street.bookshop.merchant,
    identification,
  })
  expect(neighbours).toMatchObject({ status: 404 })
  const seen = await street.api.call('get', '/v1/consents', ada.token)
  expect(seen.body.data).toHaveLength(1)
})

test('where and by whom a shop took it is kept, and is for its customer and that shop alone to see', async () => {
  const { api, network, bakery, bookshop } = street
  const ada = await street.join()
  const identification = await present(bakery, ada)
  const cashier = await switchOn(bakery)
  const taken = await api
    .call('put', '/v1/consents', bakery.key)
    .set('Tally-Staff', cashier.token)
    .send({ ...offers, identification })
  const atTill = { merchant: bakery.merchant, till: bakery.till, taken_by: bakery.till, staff: cashier.id }
  expect(taken.body.data).toMatchObject([atTill])
  // By nobody who was switched on; and by a person's own session, away from the till.
  await put(bakery.key, { ...offers, channel: 'sms', identification })
  const owner = await addStaff(api, network, { role: 'owner', merchant: bakery.merchant })
  await put(owner, { ...offers, channel: 'post', identification })
  const { body } = await api.call('get', '/v1/consents', ada.token)
  const byChannel = Object.fromEntries(body.data.map((each: { channel: string }) => [each.channel, each]))
  expect(byChannel).toMatchObject({
    email: atTill,
    sms: { merchant: bakery.merchant, till: bakery.till, staff: null },
    post: { merchant: bakery.merchant, till: null },
  })
  expect(byChannel.post.staff).toMatch(/^usr_/)
  expect(byChannel.post.staff).toBe(byChannel.post.taken_by)
  const elsewhere = `/v1/consents?identification=${await present(bookshop, ada)}`
  const nothing = { merchant: null, till: null, staff: null }
  expect((await bookshop.get(elsewhere)).body.data).toMatchObject([nothing, nothing, nothing])
})

test('nobody takes one of a person who is not there', async () => {
  const ada = await street.join()
  const { body } = await street.bakery.post('/v1/identifications', { email: ada.email }, null)
  const elsewhere = await present(street.bookshop, ada)
  for (const identification of [undefined, body.identification, elsewhere]) {
    const refused = await put(street.bakery.key, { ...offers, identification })
    expect(refused).toMatchObject({ status: 409, body: { code: 'person_not_present' } })
  }
  const auditor = await addStaff(street.api, street.network, { role: 'auditor', merchant: null })
  expect(await put(auditor, { ...offers, identification: elsewhere })).toMatchObject({ status: 403 })
  expect((await street.api.call('get', '/v1/consents', ada.token)).body.data).toEqual([])
})

test('a shop sees those given to it and to the operator, not those given to a neighbour', async () => {
  const ada = await street.join()
  await put(ada.token, offers)
  await put(ada.token, { ...offers, controller: street.bakery.merchant })
  const see = async (shop: Shop) =>
    (await shop.get(`/v1/consents?identification=${await present(shop, ada)}`)).body.data
  expect(await see(street.bakery)).toHaveLength(2)
  expect(await see(street.bookshop)).toMatchObject([{ controller: null }])
})

test('points are given and taken whether or not anything was agreed to', async () => {
  const ada = await street.join()
  await put(ada.token, { ...offers, given: false })
  expect(await street.bakery.buy({ qr: await ada.showQr(), amount_minor: 1000 })).toMatchObject({
    status: 201,
  })
  expect(await ada.available()).toBe(10)
})
