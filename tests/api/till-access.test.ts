import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { uuidOf } from '../../api/http/ids.ts'
import { staffSessionSeconds } from '../../api/sessions/lifetimes.ts'
import { pinLockMinutes, pinTriesMax } from '../../api/tills/pin-store.ts'
import { waitUntilWaiting } from '../support/barrier.ts'
import { addStaff, makeTill, type TestApi } from '../support/api.ts'
import { letterCode } from '../support/calls.ts'
import { openHighStreet, type HighStreet } from '../support/high-street.ts'
import { testPool } from '../support/scratch.ts'

let street: HighStreet
let api: TestApi

beforeAll(async () => {
  street = await openHighStreet()
  api = street.api
})
afterAll(() => street.close())
afterEach(() => {
  api.clock.now = null
})

const use = async (key: string) => (await api.call('get', '/v1/merchants', key)).status
const rotate = (till: string, body: object, token = street.network.operator) =>
  api.call('post', `/v1/merchants/${street.bakery.merchant}/tills/${till}/rotate`, token).send(body)
const beginPairing = (till: string, token = street.network.operator) =>
  api.call('post', `/v1/tills/${till}/pairings`, token)
const pair = (code: string) => api.call('post', '/v1/pairings').send({ code })
const pass = (minutes: number) => {
  api.clock.now = new Date((api.clock.now ?? new Date()).getTime() + minutes * 60_000)
}

const password = 'password of Casey'
const setPin = (token: string, pin: string) => api.call('put', '/v1/pin', token).send({ pin, password })

/** A cashier of the bakery with a PIN: `me` is their id. */
async function cashierWithPin(pin: string, shop = street.bakery.merchant) {
  const email = `cashier-${randomUUID()}@example.org`
  const invited = await api
    .call('post', `/v1/merchants/${shop}/staff`, street.network.operator)
    .send({ email, name: 'Casey', role: 'cashier' })
  const token = /^[\w-]{43}$/m.exec(api.letters.findLast(({ to }) => to === email)?.text ?? '')?.[0]
  await api.call('post', '/v1/invitations').send({ token, password })
  const signedIn = await api.call('post', '/v1/sessions').send({ email, password })
  const set = await setPin(signedIn.body.token, pin)
  expect(set.status).toBe(204)
  return { email, id: invited.body.id as string, token: signedIn.body.token as string }
}
const switchOn = (key: string, person: string, pin: string) =>
  api.call('post', '/v1/tills/staff-sessions', key).send({ person, pin })

test('a key is rotated: old and new are good for a while, then only the new one', async () => {
  const { id, key } = await makeTill(api, street.network, street.bakery.merchant)
  const answer = await rotate(id, { overlap_hours: 2 })
  expect(answer).toMatchObject({ status: 200, body: { id, key: expect.stringMatching(/^tk_/) } })
  expect([await use(key), await use(answer.body.key)]).toEqual([200, 200])
  pass(2 * 60 + 1)
  expect([await use(key), await use(answer.body.key)]).toEqual([401, 200])
})

test('a key that may be in wrong hands ends with its rotation, and a third key ends the first', async () => {
  const { id, key } = await makeTill(api, street.network, street.bakery.merchant)
  const second = (await rotate(id, { overlap_hours: 0 })).body.key
  expect([await use(key), await use(second)]).toEqual([401, 200])
  const third = (await rotate(id, {})).body.key
  expect([await use(key), await use(second), await use(third)]).toEqual([401, 200, 200])
})

test('a key that posted a moment ago posts no more once it was rotated, or another tablet was paired', async () => {
  const shop = await street.admit('Corner shop')
  const customer = await street.join()
  const sell = async (key: string) => {
    const sale = { ...shop.sale(), wallet: customer.wallet, amount_minor: 100 }
    const posting = api.call('post', '/v1/purchases', key).set('Idempotency-Key', randomUUID()).send(sale)
    return (await posting).status
  }
  const path = `/v1/merchants/${shop.merchant}/tills/${shop.till}`
  expect(await sell(shop.key)).toBe(201)
  const second = (
    await api.call('post', `${path}/rotate`, street.network.operator).send({ overlap_hours: 0 })
  ).body.key
  expect([await sell(shop.key), await sell(second)]).toEqual([401, 201])
  const { code } = (await beginPairing(shop.till)).body
  const third = (await pair(code)).body.key
  expect([await sell(second), await sell(third)]).toEqual([401, 201])
})

test('a key that was being looked up while it was rotated away posts no more either', async () => {
  const { id, key } = await makeTill(api, street.network, street.bakery.merchant)
  const { wallet } = await street.join()
  const admin = testPool(api.adminUrl)
  const holder = await admin.connect()
  await holder.query('begin')
  await holder.query('select from api.till where uuid = $1 for update', [uuidOf('til', id)])
  const rotated = rotate(id, { overlap_hours: 0 }).then(({ status }) => status)
  await waitUntilWaiting(admin, 1)
  // It has read the row, and waits behind the rotation to write that the till was used.
  const used = use(key)
  await waitUntilWaiting(admin, 2)
  await holder.query('rollback')
  holder.release()
  expect([await rotated, await used]).toEqual([200, 200])
  const sale = { ...street.bakery.sale(), wallet }
  const posting = api.call('post', '/v1/purchases', key).set('Idempotency-Key', randomUUID()).send(sale)
  expect((await posting).status).toBe(401)
  await admin.end()
})

test('revoking a till ends both of its keys', async () => {
  const { id, key } = await makeTill(api, street.network, street.bakery.merchant)
  const { body } = await rotate(id, {})
  const path = `/v1/merchants/${street.bakery.merchant}/tills/${id}`
  expect(await api.call('delete', path, street.network.operator)).toMatchObject({ status: 204 })
  expect([await use(key), await use(body.key)]).toEqual([401, 401])
  expect(await rotate(id, {})).toMatchObject({ status: 404 })
  expect(await beginPairing(id)).toMatchObject({ status: 404 })
})

test('a tablet becomes a till by a code, however it is typed; the key before ends', async () => {
  const { id, key } = await makeTill(api, street.network, street.bakery.merchant)
  const { status, body } = await beginPairing(id)
  expect({ status, body }).toMatchObject({
    status: 201,
    body: { code: expect.stringMatching(/^\w{4}-\w{4}$/) },
  })
  expect(await use(key)).toBe(200)
  const paired = await pair(` ${body.code.toLowerCase().replace('-', ' ')} `)
  expect(paired).toMatchObject({ status: 201, body: { id, name: 'Counter' } })
  expect([await use(key), await use(paired.body.key)]).toEqual([401, 200])
})

test('a pairing code is good once, for a quarter of an hour, and only the newest', async () => {
  const { id, key } = await makeTill(api, street.network, street.bakery.merchant)
  const wrong = { status: 422, body: { code: 'code_wrong' } }
  const first = (await beginPairing(id)).body.code
  const second = (await beginPairing(id)).body.code
  expect(await pair(first)).toMatchObject(wrong)
  pass(16)
  expect(await pair(second)).toMatchObject(wrong)
  api.clock.now = null
  expect(await pair('0000-0000')).toMatchObject(wrong)
  expect(await use(key)).toBe(200)
  expect(await pair(second)).toMatchObject({ status: 201 })
  expect(await pair(second)).toMatchObject(wrong)
})

test('owners and managers pair and rotate the tills of their own shop; nobody else does', async () => {
  const { network, bakery, bookshop } = street
  const { id } = await makeTill(api, network, bakery.merchant)
  for (const role of ['owner', 'manager'] as const) {
    const own = await addStaff(api, network, { role, merchant: bakery.merchant })
    expect(await beginPairing(id, own)).toMatchObject({ status: 201 })
    const other = await addStaff(api, network, { role, merchant: bookshop.merchant })
    expect(await beginPairing(id, other)).toMatchObject({ status: 404 })
    expect(await rotate(id, {}, other)).toMatchObject({ status: 404 })
  }
  const cashier = await addStaff(api, network, { role: 'cashier', merchant: bakery.merchant })
  expect(await beginPairing(id, cashier)).toMatchObject({ status: 403 })
  expect(await rotate(id, {}, bakery.key)).toMatchObject({ status: 403 })
})

test('a cashier switches on a till by PIN, and what is sold names them in the books and in the trail', async () => {
  const casey = await cashierWithPin('4711')
  const listed = await api.call('get', '/v1/tills/staff', street.bakery.key)
  expect(listed.body.data).toContainEqual({ id: casey.id, name: 'Casey', role: 'cashier' })
  const { status, body } = await switchOn(street.bakery.key, casey.id, '4711')
  expect({ status, body }).toMatchObject({ status: 201, body: { person: { id: casey.id } } })

  const customer = await street.join()
  const sold = await api
    .call('post', '/v1/purchases', street.bakery.key)
    .set('Idempotency-Key', randomUUID())
    .set('Tally-Staff', body.token)
    .send({ ...street.bakery.sale(), amount_minor: 500, wallet: customer.wallet })
  expect(sold).toMatchObject({ status: 201, body: { points: 5 } })
  const posted = await api.db
    .selectFrom('ledger.transaction')
    .select('staff_id')
    .orderBy('entry_index', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow()
  const membership = await api.db
    .selectFrom('api.membership')
    .innerJoin('api.person', 'api.person.uuid', 'api.membership.person_uuid')
    .select('credential_id')
    .where('email', '=', casey.email)
    .executeTakeFirstOrThrow()
  expect(posted.staff_id).toBe(membership.credential_id)

  await api.call('post', '/v1/customers', street.bakery.key).set('Tally-Staff', body.token).send({})
  const trail = await api.call('get', `/v1/audit-events?actor=${casey.id}&limit=1`, street.network.operator)
  expect(trail.body.data).toMatchObject([
    { operation: 'postCustomer', actor: { kind: 'till', id: street.bakery.till, staff: casey.id } },
  ])
})

test('a till reads which one it is, of which shop and network', async () => {
  const { network, bakery } = street
  expect(await api.call('get', '/v1/tills/self', bakery.key)).toMatchObject({
    status: 200,
    body: {
      id: bakery.till,
      name: 'Counter',
      merchant: { id: bakery.merchant, name: 'Bakery' },
      network: { slug: network.slug, currency: 'EUR', point_face_value_minor: 10 },
    },
  })
})

test('at a till a purchase moves to the right customer only while somebody is switched on', async () => {
  const { bakery } = street
  const casey = await cashierWithPin('4716')
  const [wrong, right] = [await street.join(), await street.join()]
  const sold = await bakery.buy({ wallet: wrong.wallet, amount_minor: 700 })
  const move = () =>
    api
      .call('post', `/v1/transactions/${sold.body.transaction}/moves`, bakery.key)
      .set('Idempotency-Key', randomUUID())
      .send({ to: right.wallet, reason: 'the wrong customer' })
  expect(await move()).toMatchObject({ status: 403, body: { code: 'forbidden' } })
  expect([await wrong.available(), await right.available()]).toEqual([7, 0])
  const { token } = (await switchOn(bakery.key, casey.id, '4716')).body
  expect(await move().set('Tally-Staff', token)).toMatchObject({ status: 201, body: { points: 7 } })
  expect([await wrong.available(), await right.available()]).toEqual([0, 7])
})

test('who is not of the shop, or was removed, does not stand at its till', async () => {
  const { bakery, bookshop } = street
  const casey = await cashierWithPin('4712')
  expect(await switchOn(bookshop.key, casey.id, '4712')).toMatchObject({ status: 422 })
  const { token } = (await switchOn(bakery.key, casey.id, '4712')).body
  const read = (key: string, staff: string) => api.call('get', '/v1/merchants', key).set('Tally-Staff', staff)
  expect(await read(bakery.key, token)).toMatchObject({ status: 200 })
  expect(await read(bookshop.key, token)).toMatchObject({ status: 401 })
  for (const forged of [`${token.slice(0, -2)}AA`, 'casey', `${token}x`]) {
    expect(await read(bakery.key, forged)).toMatchObject({ status: 401 })
  }
  const customer = await street.join()
  const sell = () =>
    api
      .call('post', '/v1/purchases', bakery.key)
      .set('Idempotency-Key', randomUUID())
      .set('Tally-Staff', token)
      .send({ ...bakery.sale(), amount_minor: 500, wallet: customer.wallet })
  expect(await sell()).toMatchObject({ status: 201 })
  const path = `/v1/merchants/${bakery.merchant}/staff/${casey.id}`
  expect(await api.call('delete', path, street.network.operator)).toMatchObject({ status: 204 })
  expect(await sell()).toMatchObject({ status: 401 })
  expect(await customer.available()).toBe(5)
  expect(await switchOn(bakery.key, casey.id, '4712')).toMatchObject({ status: 422 })
})

test('a till is switched off by itself after a shift', async () => {
  const casey = await cashierWithPin('4713')
  const { token } = (await switchOn(street.bakery.key, casey.id, '4713')).body
  pass(staffSessionSeconds / 60 + 1)
  expect(await api.call('get', '/v1/merchants', street.bakery.key).set('Tally-Staff', token)).toMatchObject({
    status: 401,
  })
})

test('guessing at a PIN is stopped, also with the right one, and the person is told', async () => {
  const casey = await cashierWithPin('4714')
  const told = () =>
    api.letters.filter(({ to, subject }) => to === casey.email && subject.includes('guess')).length
  const guesses = await Promise.all(
    Array.from({ length: pinTriesMax + 3 }, () => switchOn(street.bakery.key, casey.id, '0000')),
  )
  const statuses = guesses.map(({ status }) => status)
  expect(statuses.filter((status) => status === 422)).toHaveLength(pinTriesMax)
  expect(statuses.filter((status) => status === 429)).toHaveLength(3)
  const stopped = await switchOn(street.bakery.key, casey.id, '4714')
  expect(stopped.status).toBe(429)
  expect(Number(stopped.headers['retry-after'])).toBeGreaterThan(60)
  await expect.poll(told).toBe(1)
  const trail = await api.call(
    'get',
    `/v1/audit-events?subject=${casey.id}&outcome=refused`,
    street.network.operator,
  )
  expect(trail.body.data).toHaveLength(pinTriesMax)
  expect(trail.body.data[0]).toMatchObject({ outcome: 'pin_wrong' })
  pass(pinLockMinutes + 1)
  expect(await switchOn(street.bakery.key, casey.id, '4714')).toMatchObject({ status: 201 })
})

test('PINs are kept as argon2id, and set by nobody but the person', async () => {
  const casey = await cashierWithPin('4715')
  const rows = await api.db.selectFrom('api.staff_pin').select('pin_hash').execute()
  for (const { pin_hash } of rows) expect(pin_hash).toMatch(/^\$argon2id\$/)
  expect(await setPin(street.network.operator, '1234')).toMatchObject({
    status: 403,
  })
  expect(await setPin(street.bakery.key, '1234')).toMatchObject({
    status: 403,
  })
  expect(await setPin(casey.token, '12')).toMatchObject({ status: 400 })
})

test('a borrowed browser sets no PIN: it takes the password, and the person is told of each', async () => {
  const casey = await cashierWithPin('4711')
  const told = () =>
    api.letters.filter(({ to, subject }) => to === casey.email && subject === 'Your PIN was set')
  expect(told()).toHaveLength(1)
  const put = (body: object) => api.call('put', '/v1/pin', casey.token).send(body)
  expect(await put({ pin: '0815' })).toMatchObject({ status: 400 })
  expect(await put({ pin: '0815', password: 'not the password' })).toMatchObject({
    status: 401,
    body: { code: 'sign_in_failed' },
  })
  expect(await switchOn(street.bakery.key, casey.id, '0815')).toMatchObject({ status: 422 })
  expect(await switchOn(street.bakery.key, casey.id, '4711')).toMatchObject({ status: 201 })
  expect(told()).toHaveLength(1)
})

test('who changes the PIN or the password, or signs out everywhere, is switched off at every till', async () => {
  const ways = [
    ({ token }: { token: string }) => setPin(token, '0815'),
    ({ token }: { token: string }) => api.call('delete', '/v1/sessions?everywhere=true', token),
    async ({ email }: { email: string }) => {
      await api.call('post', '/v1/password-resets').send({ email })
      const token = letterCode(api, email)
      return await api
        .call('post', '/v1/password-resets/confirm')
        .send({ token, password: 'another password' })
    },
  ]
  for (const way of ways) {
    const casey = await cashierWithPin('4711')
    const { body } = await switchOn(street.bakery.key, casey.id, '4711')
    const act = () => api.call('get', '/v1/tills/self', street.bakery.key).set('Tally-Staff', body.token)
    expect(await act()).toMatchObject({ status: 200 })
    expect(await way(casey)).toMatchObject({ status: 204 })
    expect(await act()).toMatchObject({ status: 401, body: { code: 'unauthenticated' } })
  }
})
