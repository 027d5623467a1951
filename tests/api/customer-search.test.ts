import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { typeId, uuidOf } from '../../api/http/ids.ts'
import { addStaff } from '../support/api.ts'
import { openHighStreet, type HighStreet, type Shop } from '../support/high-street.ts'
import { signInCustomer } from '../support/phone.ts'

let street: HighStreet

beforeAll(async () => {
  street = await openHighStreet()
})
afterAll(() => street.close())

const phone = () => `+4930${Math.floor(1e7 + Math.random() * 9e7)}`

async function enrol(shop: Shop, person: object): Promise<{ id: string; wallet: string }> {
  const { status, body } = await shop.post('/v1/customers', person, null)
  expect(status).toBe(201)
  return body
}

async function find(shop: Shop, query: string) {
  const { status, body } = await shop.get(`/v1/customers?${query}`)
  expect(status).toBe(200)
  return body.data.map(({ id }: { id: string }) => id)
}

describe('a shop that looks for its customers', () => {
  test('finds them by how their name begins, by e-mail and by phone', async () => {
    const shop = await street.admit('Florist')
    const contact = { email: `${crypto.randomUUID()}@example.org`, phone: phone() }
    const ada = await enrol(shop, { name: 'Ada Lovelace', ...contact })
    const adam = await enrol(shop, { name: 'adam' })
    for (const { wallet } of [ada, adam]) await shop.buy({ wallet, amount_minor: 500 })
    expect(await find(shop, 'name=ADA')).toEqual([ada.id, adam.id])
    expect(await find(shop, 'name=ada%20l')).toEqual([ada.id])
    expect(await find(shop, 'name=%25')).toEqual([])
    expect(await find(shop, `email=${contact.email}`)).toEqual([ada.id])
    expect(await find(shop, `phone=${encodeURIComponent(contact.phone)}`)).toEqual([ada.id])
    const { body } = await shop.get('/v1/customers?name=ada%20l')
    const today = expect.stringMatching(/^\d{4}-\d\d-\d\d$/)
    expect(body.data).toEqual([{ ...ada, name: 'Ada Lovelace', visits: 1, since: today, last_visit: today }])
  })

  test('finds nobody who has no history there', async () => {
    const shop = await street.admit('Tailor')
    const neighbour = await street.admit('Cobbler')
    const bo = await enrol(shop, { name: 'Bo Only' })
    expect(await find(shop, 'name=bo')).toEqual([])
    await neighbour.buy({ wallet: bo.wallet, amount_minor: 500 })
    expect(await find(shop, 'name=bo')).toEqual([])
    expect(await find(neighbour, 'name=bo')).toEqual([bo.id])
  })

  test('reads page by page, each of them once', async () => {
    const shop = await street.admit('Grocer')
    const enrolled = []
    for (let i = 0; i < 5; i++) {
      const { id, wallet } = await enrol(shop, { name: `Page ${i}` })
      await shop.buy({ wallet, amount_minor: 100 })
      enrolled.push(id)
    }
    const seen: string[] = []
    let after = ''
    do {
      const { body } = await shop.get(`/v1/customers?limit=2${after}`)
      expect(body.data.length).toBeLessThanOrEqual(2)
      seen.push(...body.data.map(({ id }: { id: string }) => id))
      after = body.next === null ? '' : `&after=${body.next}`
    } while (after !== '')
    expect(seen).toEqual(enrolled)
  })

  test('is a shop: operators, auditors and customers look at nobody', async () => {
    const auditor = await addStaff(street.api, street.network, { role: 'auditor', merchant: null })
    const ada = await street.join()
    for (const token of [auditor, street.network.operator, ada.token]) {
      expect(await street.api.call('get', '/v1/customers?name=a', token)).toMatchObject({ status: 403 })
    }
  })
})

describe('what is known of a customer', () => {
  test('is changed by themselves, but for the e-mail address they sign in with', async () => {
    const ada = await street.join()
    const id = await ownId(ada.wallet)
    const change = (fields: object) => street.api.call('patch', `/v1/customers/${id}`, ada.token).send(fields)
    const number = phone()
    expect(await change({ name: 'Ada', phone: number, birthday: '12-10' })).toMatchObject({ status: 200 })
    expect((await ada.get(`/v1/customers/${id}`)).body).toMatchObject({ name: 'Ada', phone: number })
    const email = await change({ email: 'other@example.org' })
    expect(email).toMatchObject({ status: 409, body: { code: 'email_fixed' } })
    for (const birthday of ['13-01', '02-30', '04-31']) {
      expect(await change({ birthday })).toMatchObject({ status: 400 })
    }
    expect(await change({ birthday: '02-29' })).toMatchObject({ status: 200 })
    expect(await change({})).toMatchObject({ status: 400 })
    expect((await ada.get(`/v1/customers/${id}`)).body).toMatchObject({ email: ada.email, name: 'Ada' })
  })

  test('is not changed by other customers', async () => {
    const [ada, bo] = [await street.join(), await street.join()]
    const id = await ownId(ada.wallet)
    const answer = await street.api.call('patch', `/v1/customers/${id}`, bo.token).send({ name: 'Bo' })
    expect(answer).toMatchObject({ status: 404 })
    expect((await ada.get(`/v1/customers/${id}`)).body.name).toBe(null)
  })

  test('is changed by a shop only with the person present', async () => {
    const ada = await street.join({ points: 10 })
    const id = await ownId(ada.wallet)
    const change = (shop: Shop, fields: object) =>
      street.api.call('patch', `/v1/customers/${id}`, shop.key).send({ name: 'Ada', ...fields })
    const { body: byMail } = await street.bakery.post('/v1/identifications', { email: ada.email }, null)
    const { body: elsewhere } = await street.bookshop.post(
      '/v1/identifications',
      { qr: await ada.showQr() },
      null,
    )
    for (const { identification } of [{ identification: undefined }, byMail, elsewhere]) {
      const refused = await change(street.bakery, { identification })
      expect(refused).toMatchObject({ status: 409, body: { code: 'person_not_present' } })
    }
    expect((await ada.get(`/v1/customers/${id}`)).body.name).toBe(null)
    const { body: shown } = await street.bakery.post('/v1/identifications', { qr: await ada.showQr() }, null)
    expect(await change(street.bakery, { identification: shown.identification })).toMatchObject({
      status: 200,
    })
    expect((await ada.get(`/v1/customers/${id}`)).body.name).toBe('Ada')
  })

  test('with a phone number that another has tells nobody so, and the number leads to that other still', async () => {
    const number = phone()
    const { wallet } = await enrol(street.bakery, { phone: number })
    const ada = await street.join()
    const id = await ownId(ada.wallet)
    const change = (fields: object) => street.api.call('patch', `/v1/customers/${id}`, ada.token).send(fields)
    const [taken, free] = [await change({ phone: number }), await change({ phone: phone() })]
    expect([taken.status, taken.body]).toEqual([free.status, free.body])
    expect(await change({ phone: number })).toMatchObject({ status: 200 })
    expect((await ada.get(`/v1/customers/${id}`)).body.phone).toBe(number)
    const identified = await street.bookshop.post('/v1/identifications', { phone: number }, null)
    expect(identified.body.wallet).toBe(wallet)
    const enrolled = await street.bookshop.post('/v1/customers', { phone: number }, null)
    expect(enrolled).toMatchObject({ status: 200, body: { wallet } })
    expect(await change({ phone: phone() })).toMatchObject({ status: 429 })
    expect(await change({ name: 'Ada' })).toMatchObject({ status: 200 })
  })

  test('with a phone number that nobody has leads nobody there until a shop that has them before it says it too', async () => {
    const number = phone()
    const ada = await street.join()
    const id = await ownId(ada.wallet)
    const say = (token: string, fields: object) =>
      street.api.call('patch', `/v1/customers/${id}`, token).send({ phone: number, ...fields })
    expect(await say(ada.token, {})).toMatchObject({ status: 200 })
    const identify = () => street.bookshop.post('/v1/identifications', { phone: number }, null)
    expect(await identify()).toMatchObject({ status: 404 })
    const { body: shown } = await street.bakery.post('/v1/identifications', { qr: await ada.showQr() }, null)
    const { identification } = shown
    expect(await say(street.bakery.key, { identification })).toMatchObject({ status: 200 })
    expect((await identify()).body.wallet).toBe(ada.wallet)
    // Saying it again themselves changes nothing; saying another does.
    expect(await say(ada.token, {})).toMatchObject({ status: 200 })
    expect(await identify()).toMatchObject({ status: 201 })
    expect(await say(ada.token, { phone: phone() })).toMatchObject({ status: 200 })
    expect(await identify()).toMatchObject({ status: 404 })
  })

  test('with a phone number from a shop is told when another has it, and stays as it was', async () => {
    const number = phone()
    await enrol(street.bakery, { phone: number })
    const ada = await street.join()
    const id = await ownId(ada.wallet)
    const { body: shown } = await street.bakery.post('/v1/identifications', { qr: await ada.showQr() }, null)
    const answer = await street.api
      .call('patch', `/v1/customers/${id}`, street.bakery.key)
      .send({ phone: number, identification: shown.identification })
    expect(answer).toMatchObject({ status: 409, body: { code: 'contact_taken' } })
    expect((await ada.get(`/v1/customers/${id}`)).body.phone).toBe(null)
  })
})

test('a customer sees all networks that know them by the e-mail they have proven, and no one else does', async () => {
  const other = await street.elsewhere()
  const ada = await street.join({ points: 30 })
  const there = await signInCustomer(street.api, other.network.slug, ada.email)
  const id = await ownId(ada.wallet)
  const { status, body } = await ada.get(`/v1/customers/${id}/memberships`)
  expect(status).toBe(200)
  const wallets = body.data.map(({ wallet, available }: { wallet: string; available: number }) => ({
    wallet,
    available,
  }))
  expect(wallets).toHaveLength(2)
  expect(wallets).toEqual(
    expect.arrayContaining([
      { wallet: ada.wallet, available: 30 },
      { wallet: there.wallet, available: 0 },
    ]),
  )
  const bo = await street.join()
  expect(await bo.get(`/v1/customers/${id}/memberships`)).toMatchObject({ status: 404 })
  const till = await street.bakery.get(`/v1/customers/${id}/memberships`)
  expect(till).toMatchObject({ status: 403 })
})

async function ownId(wallet: string): Promise<string> {
  const { uuid } = await street.api.db
    .selectFrom('api.customer as customer')
    .innerJoin('api.wallet as wallet', 'wallet.customer_uuid', 'customer.uuid')
    .select('customer.uuid')
    .where('wallet.uuid', '=', uuidOf('wal', wallet))
    .executeTakeFirstOrThrow()
  return typeId('cus', uuid)
}
