import { TOTP, Secret } from 'otpauth'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addStaff, startApi, testOperator, testPublicUrl, type TestApi } from '../support/api.ts'
import { createAuthenticator } from '../support/authenticator.ts'
import { customerIdOf } from '../support/customer-id.ts'
import { buildHighStreet, type HighStreet } from '../support/high-street.ts'

// A mail server takes seconds at times. Who is to be told of something before it counts keeps no transaction open
// meanwhile: a few at once would have all of the database's connections, and the tills none.

let api: TestApi
let street: HighStreet
let beforeLetter = async () => {}

beforeAll(async () => {
  api = await startApi({ beforeLetter: () => beforeLetter() })
  street = await buildHighStreet(api, {})
})
afterAll(() => api.close())

const { password } = testOperator

/** What `task` answers, and how many transactions were open while the mail server kept its letter waiting. */
async function withSlowMail<T>(task: () => Promise<T>): Promise<{ answer: T; open: number }> {
  const asked = Promise.withResolvers<void>()
  const taken = Promise.withResolvers<void>()
  beforeLetter = async () => {
    asked.resolve()
    await taken.promise
  }
  try {
    const answer = task()
    await asked.promise
    const open = await countOpen()
    taken.resolve()
    return { answer: await answer, open }
  } finally {
    taken.resolve()
    beforeLetter = async () => {}
  }
}

async function countOpen(): Promise<number> {
  const admin = new Client({ connectionString: api.adminUrl })
  await admin.connect()
  const { rows } = await admin
    .query(
      `select from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'`,
    )
    .finally(() => admin.end())
  return rows.length
}

const owner = () => addStaff(api, street.network, { role: 'owner', merchant: street.bakery.merchant })

test('a customer who asks to be forgotten has no connection while their letter is on its way', async () => {
  const ada = await street.join()
  const path = `/v1/customers/${await customerIdOf(api.db, ada)}`
  const { answer, open } = await withSlowMail(
    async () => await api.call('delete', `${path}?acknowledged_points=0`, ada.token),
  )
  expect({ status: answer.status, open }).toEqual({ status: 202, open: 0 })
  expect(api.letters.at(-1)).toMatchObject({ to: ada.email })
  expect((await ada.get(`${path}/erasure`)).body).toMatchObject({ state: 'asked' })
})

test('whoever turns their second step on has none while theirs is, and no letter with a wrong code', async () => {
  const token = await owner()
  const { secret } = (await api.call('post', '/v1/totp', token).send({ password })).body
  const code = new TOTP({ secret: Secret.fromBase32(secret) }).generate()
  const sent = api.letters.length
  const wrong = await api.call('post', '/v1/totp/confirm', token).send({ code: 'wrong code', password })
  expect(wrong).toMatchObject({ status: 422, body: { code: 'code_wrong' } })
  expect(api.letters).toHaveLength(sent)
  const { answer, open } = await withSlowMail(
    async () => await api.call('post', '/v1/totp/confirm', token).send({ code, password }),
  )
  expect({ status: answer.status, open }).toEqual({ status: 201, open: 0 })
  expect(answer.body.recovery_codes).toHaveLength(8)
})

test('a letter that can’t be sent uses up no try at the second step', async () => {
  const token = await owner()
  const { secret } = (await api.call('post', '/v1/totp', token).send({ password })).body
  const confirm = async (code: string) =>
    (await api.call('post', '/v1/totp/confirm', token).send({ code, password })).status
  const right = () => new TOTP({ secret: Secret.fromBase32(secret) }).generate()
  beforeLetter = () => Promise.reject(new Error('the mail server is down'))
  try {
    for (let i = 0; i < 6; i++) expect(await confirm(right())).toBe(500)
    // Guesses are counted all the same.
    for (let i = 0; i < 4; i++) expect(await confirm('wrong code')).toBe(422)
  } finally {
    beforeLetter = async () => {}
  }
  expect(await confirm(right())).toBe(201)
})

test('whoever adds a passkey has none while theirs is, and no letter for one that another has', async () => {
  const key = createAuthenticator(testPublicUrl)
  const add = async (token: string) => {
    const begun = await api.call('post', '/v1/passkeys/options', token).send({ password })
    const credential = key.create(begun.body)
    return await api.call('post', '/v1/passkeys', token).send({ name: 'blue key', credential })
  }
  const token = await owner()
  const { answer, open } = await withSlowMail(() => add(token))
  expect({ status: answer.status, open }).toEqual({ status: 201, open: 0 })
  const other = await owner()
  const sent = api.letters.length
  expect(await add(other)).toMatchObject({ status: 409, body: { code: 'passkey_taken' } })
  expect(api.letters).toHaveLength(sent)
})
