import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { customerIdOf } from '../support/customer-id.ts'
import { openHighStreet, type Customer, type HighStreet } from '../support/high-street.ts'
import { lastCode, signInCustomer } from '../support/phone.ts'

let street: HighStreet

beforeAll(async () => {
  street = await openHighStreet()
})
afterAll(() => street.close())
afterEach(() => {
  street.api.clock.now = null
})

const fresh = () => `new-${randomUUID()}@example.org`

async function pathOf(customer: Customer): Promise<string> {
  return `/v1/customers/${await customerIdOf(street.api.db, customer)}`
}

async function ask(customer: Customer, email: string, token = customer.token) {
  return await street.api.call('post', `${await pathOf(customer)}/email`, token).send({ email })
}

/** Enters the code with the one that went to the old address, unless told. */
async function enter(
  customer: Customer,
  code: string,
  {
    token = customer.token,
    oldCode = lastCode(street.api, customer.email),
  }: { token?: string; oldCode?: string | null } = {},
) {
  const entered = { code, ...(oldCode !== null && { old_code: oldCode }) }
  return await street.api.call('post', `${await pathOf(customer)}/email/code`, token).send(entered)
}

async function emailOf(customer: Customer): Promise<string> {
  return (await customer.get(await pathOf(customer))).body.email
}

const otherThan = (code: string) => (code === '111111' ? '222222' : '111111')

test('a new address replaces the old one once its code is entered, and the old one is told', async () => {
  const ada = await street.join({ points: 20 })
  const email = fresh()
  expect(await ask(ada, email.toUpperCase())).toMatchObject({ status: 202, body: {} })
  expect(await emailOf(ada)).toBe(ada.email)
  const code = lastCode(street.api, email)
  expect(await enter(ada, code)).toMatchObject({ status: 204 })
  expect(await emailOf(ada)).toBe(email)
  const told = street.api.letters.at(-1)!
  expect(told).toMatchObject({ to: ada.email, subject: expect.stringContaining('was changed') })
  expect(told.text).not.toContain(email)
  const signedIn = await signInCustomer(street.api, street.network.slug, email)
  expect(signedIn.wallet).toBe(ada.wallet)
  const again = await enter(ada, code, { oldCode: code })
  expect(again).toMatchObject({ status: 422, body: { code: 'code_wrong' } })
})

test('whoever borrows a session moves the wallet nowhere: the old address has a code too, and is told of guesses', async () => {
  const ada = await street.join({ points: 20 })
  const email = fresh()
  await ask(ada, email)
  const code = lastCode(street.api, email)
  const right = lastCode(street.api, ada.email)
  const wrong = otherThan(right)
  for (const oldCode of [null, wrong, wrong, wrong, wrong]) {
    const refused = await enter(ada, code, { oldCode })
    expect(refused).toMatchObject({ status: 422, body: { code: 'code_wrong' } })
  }
  expect(await enter(ada, code, { oldCode: right })).toMatchObject({ status: 422 })
  expect(await emailOf(ada)).toBe(ada.email)
  const told = () =>
    street.api.letters.filter(({ to, subject }) => to === ada.email && subject.includes('guess'))
  await expect.poll(() => told().length).toBe(1)
  const trail = await street.api.call(
    'get',
    '/v1/audit-events?operation=confirmEmailChange&outcome=refused',
    street.network.operator,
  )
  expect(trail.body.data[0]).toMatchObject({ outcome: 'code_wrong', actor: { kind: 'customer' } })
  const stolen = await signInCustomer(street.api, street.network.slug, email)
  expect(stolen.wallet).not.toBe(ada.wallet)
})

test('with the address go the other sessions', async () => {
  const ada = await street.join()
  const other = await signInCustomer(street.api, street.network.slug, ada.email)
  const email = fresh()
  await ask(ada, email)
  expect(await enter(ada, lastCode(street.api, email))).toMatchObject({ status: 204 })
  expect(await street.api.call('get', '/v1/sessions', other.token)).toMatchObject({ status: 401 })
  expect(await street.api.call('get', '/v1/sessions', ada.token)).toMatchObject({ status: 200 })
})

test('asking for codes here and to sign in is one count', async () => {
  const email = fresh()
  for (let round = 0; round < 5; round++) {
    await street.api.call('post', '/v1/wallet-sessions').send({ network: street.network.slug, email })
  }
  const ada = await street.join()
  const letters = street.api.letters.length
  expect(await ask(ada, email)).toMatchObject({ status: 429 })
  expect(street.api.letters).toHaveLength(letters)
})

test('a wrong code changes nothing, and after five even the right one does not', async () => {
  const ada = await street.join()
  const email = fresh()
  await ask(ada, email)
  const code = lastCode(street.api, email)
  for (let attempt = 0; attempt < 5; attempt++) {
    expect(await enter(ada, otherThan(code))).toMatchObject({ status: 422 })
  }
  expect(await enter(ada, code)).toMatchObject({ status: 422, body: { code: 'code_wrong' } })
  expect(await emailOf(ada)).toBe(ada.email)
})

test('a code is good for ten minutes, for the newest address alone, and for its own customer', async () => {
  const [ada, bo] = [await street.join(), await street.join()]
  const [first, second] = [fresh(), fresh()]
  await ask(ada, first)
  await ask(ada, second)
  const [old, newest] = [lastCode(street.api, first), lastCode(street.api, second)]
  const outdated = old === newest ? otherThan(newest) : old
  expect(await enter(ada, outdated)).toMatchObject({ status: 422 })
  expect(await enter(bo, newest)).toMatchObject({ status: 422 })
  expect(await enter(ada, newest, { token: bo.token })).toMatchObject({ status: 404 })
  expect(await ask(ada, fresh(), bo.token)).toMatchObject({ status: 404 })
  street.api.clock.now = new Date(Date.now() + 10 * 60_000 + 1000)
  expect(await enter(ada, newest)).toMatchObject({ status: 422 })
  street.api.clock.now = null
  expect([await emailOf(ada), await emailOf(bo)]).toEqual([ada.email, bo.email])
  expect(await enter(ada, newest)).toMatchObject({ status: 204 })
})

test("another customer's address can not be taken, and asking does not tell that it is one", async () => {
  const [ada, bo] = [await street.join(), await street.join()]
  const [taken, free] = [await ask(ada, bo.email), await ask(await street.join(), fresh())]
  expect([taken.status, taken.text]).toEqual([free.status, free.text])
  const refused = await enter(ada, lastCode(street.api, bo.email))
  expect(refused).toMatchObject({ status: 409, body: { code: 'contact_taken' } })
  expect([await emailOf(ada), await emailOf(bo)]).toEqual([ada.email, bo.email])
})

test('the right code entered twice at the same moment changes it once', async () => {
  const ada = await street.join()
  const email = fresh()
  await ask(ada, email)
  const code = lastCode(street.api, email)
  const answers = await Promise.all([enter(ada, code), enter(ada, code)])
  expect(answers.map(({ status }) => status).toSorted()).toEqual([204, 422])
  expect(await emailOf(ada)).toBe(email)
})

test('nobody is flooded with codes', async () => {
  const ada = await street.join()
  const letters = street.api.letters.length
  const answers = []
  for (let round = 0; round < 7; round++) answers.push((await ask(ada, fresh())).status)
  expect(answers).toEqual([202, 202, 202, 202, 202, 429, 429])
  expect(street.api.letters).toHaveLength(letters + 10)
})
