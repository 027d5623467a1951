import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { forgetInTime } from '../../api/privacy/retention.ts'
import {
  asAdmin,
  makeNetwork,
  startApi,
  testOperator,
  type TestApi,
  type TestNetwork,
} from '../support/api.ts'
import { lastCode, signInCustomer } from '../support/phone.ts'

// Two processes of one deployment: whoever guesses at an account has no more tries for it.

let one: TestApi
let other: TestApi
let network: TestNetwork

beforeAll(async () => {
  one = await startApi()
  other = await startApi({ beside: one })
  network = await makeNetwork(one)
})
afterAll(async () => {
  await other.close()
  await one.close()
})

const freshEmail = () => `${randomUUID()}@example.org`
const inTurn = (i: number) => (i % 2 === 0 ? one : other)
const told = (email: string) =>
  [...one.letters, ...other.letters].filter(({ to, subject }) => to === email && subject.includes('guess'))

async function signIn(
  api: TestApi,
  email: string,
  { password = 'a wrong password', from = '192.0.2.1' } = {},
) {
  return await api.call('post', '/v1/sessions').set('X-Forwarded-For', from).send({ email, password })
}

/** A person with the operator's password. */
async function addPerson(): Promise<string> {
  const email = freshEmail()
  await asAdmin(
    one,
    `insert into api.person (uuid, email, name, password_hash, is_deployment_operator)
     select '${randomUUID()}', '${email}', 'Somebody', password_hash, true
     from api.person where email = '${testOperator.email}'`,
  )
  return email
}

const { password } = testOperator

test('a password is guessed at five times from one address, whichever process is asked, and the person told once', async () => {
  const email = await addPerson()
  for (let i = 0; i < 5; i++) expect(await signIn(inTurn(i), email)).toMatchObject({ status: 401 })
  for (const api of [one, other]) {
    const stopped = await signIn(api, email, { password })
    expect(stopped).toMatchObject({ status: 429, body: { code: 'too_many_requests' } })
    expect(Number(stopped.headers['retry-after'])).toBeGreaterThan(60)
    expect(Number(stopped.headers['retry-after'])).toBeLessThanOrEqual(15 * 60)
  }
  await expect.poll(() => told(email)).toHaveLength(1)
  expect(await signIn(other, email, { password, from: '192.0.2.2' })).toMatchObject({ status: 201 })
})

test('a password is guessed at thirty times an hour, from however many addresses and at once', async () => {
  const email = freshEmail()
  const statuses: number[] = []
  // Six at once: of more some would wait too long for their turn on a slow machine, and not be looked at.
  for (let i = 0; i < 36; i += 6) {
    const guesses = Array.from({ length: 6 }, (_, k) =>
      signIn(inTurn(k), email, { from: `198.51.100.${i + k}` }),
    )
    statuses.push(...(await Promise.all(guesses)).map(({ status }) => status))
  }
  expect(statuses.filter((status) => status === 401)).toHaveLength(30)
  expect(statuses.filter((status) => status === 429)).toHaveLength(6)
})

test('signing in with the right password is no guess in either', async () => {
  const email = await addPerson()
  for (let i = 0; i < 8; i++)
    expect(await signIn(inTurn(i), email, { password })).toMatchObject({ status: 201 })
})

test('wrong codes entered in both are counted together, and told once', async () => {
  const email = freshEmail()
  await signInCustomer(one, network.slug, email)
  const asked = { network: network.slug, email }
  for (let letter = 0; letter < 2; letter++) {
    const { id } = (await one.call('post', '/v1/wallet-sessions').send(asked)).body
    const wrong = lastCode(one, email) === '123456' ? '654321' : '123456'
    for (let i = 0; i < 4; i++) {
      const entered = inTurn(i).call('post', `/v1/wallet-sessions/${id}/code`).send({ code: wrong })
      expect(await entered).toMatchObject({ status: 422, body: { code: 'code_wrong' } })
    }
  }
  const counts = one.db.selectFrom('api.guess').select('count').where('count', '=', 8)
  expect(await counts.execute()).toHaveLength(1)
  await expect.poll(() => told(email)).toHaveLength(1)
})

test('a second step is guessed at five times, whichever process is asked', async () => {
  const email = await addPerson()
  const { token } = (await signIn(one, email, { password })).body
  const remove = (api: TestApi) => api.call('post', '/v1/totp/remove', token).send({ code: '000000' })
  for (let i = 0; i < 5; i++) expect(await remove(inTurn(i))).toMatchObject({ status: 422 })
  for (const api of [one, other]) expect(await remove(api)).toMatchObject({ status: 429 })
  await expect.poll(() => told(email)).toHaveLength(1)
})

test('whose guesses are counted is not in the database, and counts that are over are forgotten', async () => {
  const email = await addPerson()
  await signIn(one, email)
  const count = async () => (await one.db.selectFrom('api.guess').select('key_mac').execute()).length
  const rows = await one.db.selectFrom('api.guess').selectAll().execute()
  expect(rows.every(({ key_mac }) => key_mac.length === 32)).toBe(true)
  await asAdmin(one, `update api.guess set ends_at = now() - interval '1 second'`)
  const parts = { db: one.db, ledger: one.ledger, sendMail: async () => {}, now: () => new Date() }
  expect(await count()).toBeGreaterThan(0)
  await forgetInTime(parts)
  expect(await count()).toBe(0)
})

test('a count that is over begins anew', async () => {
  const email = await addPerson()
  for (let i = 0; i < 6; i++) await signIn(inTurn(i), email)
  expect(await signIn(other, email, { password })).toMatchObject({ status: 429 })
  await asAdmin(one, `update api.guess set ends_at = now()`)
  expect(await signIn(other, email, { password })).toMatchObject({ status: 201 })
})
