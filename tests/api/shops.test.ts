import { afterAll, beforeAll, expect, test } from 'vitest'
import { addStaff, setRule } from '../support/api.ts'
import { openHighStreet, type HighStreet } from '../support/high-street.ts'
import { joinByPhone } from '../support/phone.ts'

let street: HighStreet
beforeAll(async () => {
  street = await openHighStreet()
})
afterAll(() => street.close())

const hours = [
  { day: 1, opens: '07:00', closes: '12:00' },
  { day: 1, opens: '13:00', closes: '18:00' },
]

test('anyone may know which shops there are, when they are open and what they give', async () => {
  const { api, network, bakery } = await street.elsewhere()
  const manager = await addStaff(api, network, { role: 'manager', merchant: bakery.merchant })
  const told = { about: 'Bread and cakes.', address: '1 Bridge Street', hours }
  const put = await api.call('put', `/v1/merchants/${bakery.merchant}/profile`, manager).send(told)
  expect(put).toMatchObject({ status: 200, body: told })
  await setRule(api, network, { points_per_currency_unit: '1.5' })

  const { status, body } = await api.call('get', `/v1/networks/${network.slug}/shops`)
  expect({ status, body }).toMatchObject({
    status: 200,
    body: { name: 'Old Town', currency: 'EUR', point_face_value_minor: 10, points_per_currency_unit: '1.5' },
  })
  const names = body.shops.filter(({ house }: { house: boolean }) => !house)
  expect(names).toEqual([
    { id: bakery.merchant, name: 'Bakery', ...told, factor: '1', house: false, left: false },
    expect.objectContaining({ name: 'Bookshop', about: null, hours: [] }),
  ])
})

test('what a shop tells of itself is changed by nobody of another shop, nor by a cashier', async () => {
  const { api, network, bakery, bookshop } = street
  const cashier = await addStaff(api, network, { role: 'cashier', merchant: bakery.merchant })
  const other = await addStaff(api, network, { role: 'owner', merchant: bookshop.merchant })
  const told = { about: 'Closed for ever', address: null, hours: [] }
  for (const [token, status] of [
    [cashier, 403],
    [other, 404],
    [bakery.key, 403],
  ] as const) {
    const refused = await api.call('put', `/v1/merchants/${bakery.merchant}/profile`, token).send(told)
    expect(refused.status).toBe(status)
  }
  const { text } = await api.call('get', `/v1/networks/${network.slug}/shops`)
  expect(text).not.toContain('Closed for ever')
})

test('a shop opens before it closes', async () => {
  const { api, network, bakery } = street
  const wrong = { about: null, address: null, hours: [{ day: 1, opens: '18:00', closes: '07:00' }] }
  const refused = await api
    .call('put', `/v1/merchants/${bakery.merchant}/profile`, network.operator)
    .send(wrong)
  expect(refused).toMatchObject({ status: 400, body: { code: 'request_invalid' } })
})

test('a lost device is found in the list of another one, and is signed out when it is removed', async () => {
  const ada = await street.join()
  const { api, network } = street
  const listed = await ada.get('/v1/wallet-devices')
  expect(listed.body.data).toEqual([
    {
      id: ada.device,
      current: true,
      created_at: expect.any(String),
      last_seen_at: null,
      user_agent: expect.any(String),
    },
  ])
  const newPhone = await joinByPhone(api, network.slug, ada.email)
  const lost = await api.call('delete', `/v1/wallet-devices/${ada.device}`, newPhone.token)
  expect(lost.status).toBe(204)
  expect((await ada.get('/v1/wallet-devices')).status).toBe(401)
  const left = await api.call('get', '/v1/wallet-devices', newPhone.token)
  expect(left.body.data).toEqual([expect.objectContaining({ id: newPhone.device, current: true })])
})

test('points are given to whoever joined with an e-mail address, whose owner is not in the ledger', async () => {
  const [ada, bea] = [await street.join({ points: 50 }), await street.join()]
  const given = await ada.post('/v1/gifts', { to_email: bea.email.toUpperCase(), points: 20 })
  expect(given).toMatchObject({ status: 201, body: { points: 20, wallet: { available: 30 } } })
  expect([await ada.available(), await bea.available()]).toEqual([30, 20])
})

test('a gift to an address that nobody joined with is refused, and trying addresses ends soon', async () => {
  const ada = await street.join({ points: 50 })
  const statuses: number[] = []
  for (let i = 0; i < 11; i++) {
    const refused = await ada.post('/v1/gifts', { to_email: `nobody-${i}@example.org`, points: 1 })
    statuses.push(refused.status)
  }
  expect(statuses).toEqual([...Array.from({ length: 10 }, () => 404), 429])
  expect((await ada.post('/v1/gifts', { points: 1 })).status).toBe(400)
  expect(await ada.available()).toBe(50)
})
