import { sql } from 'kysely'
import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { normalizePhone } from '../../api/customers/phone.ts'
import { enrolCustomer } from '../../api/customers/store.ts'
import { typeId } from '../../api/http/ids.ts'
import { addStaff } from '../support/api.ts'
import { openHighStreet, type HighStreet } from '../support/high-street.ts'

let street: HighStreet
let number = 0

beforeAll(async () => {
  street = await openHighStreet()
})
afterAll(() => street.close())

const freshEmail = () => `${crypto.randomUUID()}@example.org`
const freshPhone = () => `+4930${1_000_000 + ++number}`
const enrol = (person: object) => street.bakery.post('/v1/customers', person, null)

async function somebodyWaitsForALock() {
  const waiting = sql<{ count: bigint }>`
    select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
  while ((await waiting.execute(street.api.db)).rows[0]?.count === 0n) await setTimeout(5)
}

describe('enrolling', () => {
  test('makes a customer and a wallet, and tells a till only their ids', async () => {
    const answer = await enrol({ email: freshEmail(), phone: freshPhone(), name: 'Ada' })
    expect(answer.status).toBe(201)
    expect(answer.body).toEqual({
      id: expect.stringMatching(/^cus_/),
      wallet: expect.stringMatching(/^wal_/),
    })
    const sale = await street.bakery.buy({ wallet: answer.body.wallet, amount_minor: 1000 })
    expect(sale).toMatchObject({ status: 201, body: { points: 10 } })
  })

  test('the same e-mail or phone again answers the same customer, however it is written', async () => {
    const email = freshEmail()
    const phone = freshPhone()
    const first = await enrol({ email, phone })
    const again = [
      await enrol({ email: ` ${email.toUpperCase()} ` }),
      await enrol({ phone: phone.replace('+', '00').replace('49', '49 (').replace('30', '30) -') }),
      await enrol({ email, phone: freshPhone() }),
      await enrol({ email: freshEmail(), phone }),
    ]
    for (const answer of again) expect(answer).toMatchObject({ status: 200, body: first.body })
  })

  test('an e-mail and a phone of two customers are refused, and nobody is changed', async () => {
    const [email, phone] = [freshEmail(), freshPhone()]
    const one = await enrol({ email })
    const two = await enrol({ phone })
    expect(await enrol({ email, phone })).toMatchObject({ status: 409, body: { code: 'customer_ambiguous' } })
    expect((await enrol({ email })).body).toEqual(one.body)
    expect((await enrol({ phone })).body).toEqual(two.body)
  })

  test('one address after the other, to learn who is a member, is stopped', async () => {
    const shop = await street.admit('Curious shop')
    const [email, phone] = [freshEmail(), freshPhone()]
    await enrol({ email })
    await enrol({ phone })
    const ask = (person: object) => shop.post('/v1/customers', person, null)
    for (let asked = 0; asked < 30; asked++) {
      expect(await ask({ email })).toMatchObject({ status: 200 })
      expect(await ask({ email, phone })).toMatchObject({ status: 409 })
    }
    // Also somebody whom nobody knows: who is enrolled as new would be known not to have been a member.
    for (const person of [{ email }, { email, phone }, { email: freshEmail() }, { phone: freshPhone() }]) {
      expect(await ask(person)).toMatchObject({ status: 429, body: { code: 'too_many_requests' } })
    }
    expect(await ask({ name: 'For a paper card' })).toMatchObject({ status: 201 })
  })

  test('of as many as come, those who are new count for nothing', async () => {
    const shop = await street.admit('Busy shop')
    const { email } = await street.join()
    for (let enrolled = 0; enrolled < 61; enrolled++) {
      expect(await shop.post('/v1/customers', { email: freshEmail() }, null)).toMatchObject({ status: 201 })
    }
    expect(await shop.post('/v1/customers', { email }, null)).toMatchObject({ status: 200 })
  })

  test('one e-mail at two tills at the same moment makes one customer', async () => {
    for (let round = 0; round < 10; round++) {
      const person = { email: freshEmail(), phone: freshPhone() }
      const answers = await Promise.all(
        [street.bakery, street.bookshop, street.bakery, street.bookshop].map((shop) =>
          shop.post('/v1/customers', person, null),
        ),
      )
      expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 200, 200, 201])
      expect(new Set(answers.map(({ body }) => body.wallet)).size).toBe(1)
    }
  })

  test('one e-mail while another till is still enrolling it waits, and answers the same customer', async () => {
    const email = freshEmail()
    const { network_id: network } = await street.api.db
      .selectFrom('api.network')
      .where('slug', '=', street.network.slug)
      .select('network_id')
      .executeTakeFirstOrThrow()
    const { first, second } = await street.api.db.transaction().execute(async (tx) => {
      const enrolled = await enrolCustomer(tx, network, { person: { email }, isOfAge: true, now: new Date() })
      const other = street.bookshop.post('/v1/customers', { email }, null)
      await somebodyWaitsForALock()
      // In an object, so that the transaction commits before it is awaited.
      return { first: enrolled, second: other }
    })
    expect(await second).toMatchObject({ status: 200, body: { wallet: typeId('wal', first.wallet) } })
  })

  test('without a name, e-mail or phone makes a customer each time, for a paper card', async () => {
    const [one, two] = [await enrol({}), await enrol({})]
    expect([one.status, two.status]).toEqual([201, 201])
    expect(one.body.wallet).not.toBe(two.body.wallet)
  })

  test('in two networks makes two customers', async () => {
    const elsewhere = await street.elsewhere()
    const email = freshEmail()
    const here = await enrol({ email })
    const there = await elsewhere.bakery.post('/v1/customers', { email }, null)
    expect(there.status).toBe(201)
    expect(there.body.id).not.toBe(here.body.id)
  })

  test.each([
    { email: 'nobody' },
    { email: 'a@b.example\nBcc: all@example.org' },
    { email: `${'x'.repeat(250)}@example.org` },
    { phone: '030 123456' },
    { phone: '+49 not a number' },
    { phone: '+1234567890123456' },
    { name: '' },
    { name: 'A\u0000da' },
    { name: 'x'.repeat(201) },
    { age: 30 },
  ])('with %o is refused', async (person) => {
    expect(await enrol(person)).toMatchObject({ status: 400, body: { code: 'request_invalid' } })
  })

  test('is not for customers or strangers', async () => {
    const ada = await street.join()
    expect((await ada.post('/v1/customers', { email: freshEmail() })).status).toBe(403)
    expect((await street.api.call('post', '/v1/customers').send({ email: freshEmail() })).status).toBe(401)
  })
})

describe('reading a customer', () => {
  test('customers see all that is kept of them, a shop that they never bought from only their ids', async () => {
    const ada = await street.join()
    const known = await enrol({ email: ada.email })
    const path = `/v1/customers/${known.body.id}`
    const own = await ada.get(path)
    expect(own.body).toEqual({
      ...known.body,
      email: ada.email,
      phone: null,
      name: null,
      birthday: null,
      letters: { spends: true, endings: true },
      created_at: expect.any(String),
    })
    const stranger = { ...known.body, name: null, visits: 0, since: null, last_visit: null }
    expect((await street.bakery.get(path)).body).toEqual(stranger)
  })

  test('tills and staff see the name and the visits in their own shop, and nothing of other shops', async () => {
    const { bakery, bookshop, network, api } = street
    const { body: bo } = await bakery.post('/v1/customers', { name: 'Bo Baker' }, null)
    await bakery.buy({ wallet: bo.wallet, amount_minor: 500 })
    const yesterday = new Date(Date.now() - 24 * 60 * 60 * 1000).toISOString()
    await bakery.buy({ wallet: bo.wallet, amount_minor: 300, occurred_at: yesterday })
    const path = `/v1/customers/${bo.id}`
    const seen = await bakery.get(path)
    const day = expect.stringMatching(/^\d{4}-\d\d-\d\d$/)
    expect(seen.body).toEqual({ ...bo, name: 'Bo Baker', visits: 2, since: day, last_visit: day })
    expect(seen.body.since < seen.body.last_visit).toBe(true)
    const manager = await addStaff(api, network, { role: 'manager', merchant: bakery.merchant })
    expect((await api.call('get', path, manager)).body).toEqual(seen.body)
    const elsewhere = { ...bo, name: null, visits: 0, since: null, last_visit: null }
    expect((await bookshop.get(path)).body).toEqual(elsewhere)
    const auditor = await addStaff(api, network, { role: 'auditor', merchant: null })
    for (const token of [auditor, network.operator]) {
      expect((await api.call('get', path, token)).body).toEqual(bo)
    }
  })

  test('nobody sees another’s, or one of another network', async () => {
    const [ada, bea] = [await street.join(), await street.join()]
    const elsewhere = await street.elsewhere()
    const known = await enrol({ email: ada.email })
    const path = `/v1/customers/${known.body.id}`
    expect(await bea.get(path)).toMatchObject({ status: 404, body: { code: 'not_found' } })
    expect(await elsewhere.bakery.get(path)).toMatchObject({ status: 404, body: { code: 'not_found' } })
  })
})

test.each([
  ['+49 30 123456', '+4930123456'],
  ['0049 (30) 123-456', '+4930123456'],
  ['+44.20/7946 0018', '+442079460018'],
  ['030 123456', null],
  ['+0 123456789', null],
  ['+49', null],
  ['', null],
])('the phone number %j is %j', (written, e164) => {
  expect(normalizePhone(written)).toBe(e164)
})
