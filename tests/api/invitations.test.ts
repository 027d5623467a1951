import { setTimeout } from 'node:timers/promises'
import { Client, Pool } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeNetwork, startApi, type TestApi, type TestNetwork } from '../support/api.ts'
import { waitUntilWaiting } from '../support/barrier.ts'
import { letterCode } from '../support/calls.ts'

// Somebody with a password in this deployment is invited into another network: the letter's code and that password
// together open it, and neither is a way to guess the other, or to keep others waiting.

let api: TestApi
let network: TestNetwork

beforeAll(async () => {
  api = await startApi()
  network = await makeNetwork(api)
})
afterAll(() => api.close())

const password = 'a password of their own'
const wrong = { status: 401, body: { code: 'sign_in_failed' } }
const stopped = { status: 429, body: { code: 'too_many_requests' } }
const freshEmail = () => `${crypto.randomUUID()}@example.org`

async function invite(email: string, into = network): Promise<string> {
  const invited = await api.call('post', '/v1/operators', into.operator).send({ email, name: 'Olive' })
  expect(invited).toMatchObject({ status: 201 })
  return letterCode(api, email)
}

async function accept(token: string, entered = password, from = '192.0.2.1') {
  const sent = api.call('post', '/v1/invitations').set('X-Forwarded-For', from)
  return await sent.send({ token, password: entered })
}

const signIn = async (email: string, entered = password, from = '192.0.2.1') =>
  await api
    .call('post', '/v1/sessions')
    .set('X-Forwarded-For', from)
    .send({ email, password: entered, network: network.slug })

/** Somebody who chose a password already, and their invitation into another network. */
async function inviteKnown() {
  const email = freshEmail()
  expect(await accept(await invite(email))).toMatchObject({ status: 201 })
  const elsewhere = await makeNetwork(api)
  return { email, elsewhere, token: await invite(email, elsewhere) }
}

/** What `task` answers while somebody else has the rows of all invitations. */
async function whileInvitationsAreHeld<T>(task: (release: () => Promise<void>) => Promise<T>): Promise<T> {
  const holder = new Client({ connectionString: api.adminUrl })
  await holder.connect()
  try {
    await holder.query(`begin; select from api.person_token where purpose = 'invitation' for update`)
    return await task(async () => void (await holder.query('rollback')))
  } finally {
    await holder.end()
  }
}

/** Starts `attempt`, lets `meanwhile` happen once it has proven the password and waits for the row, then lets it go on. */
async function whileItWaits<T>(attempt: () => Promise<T>, meanwhile: () => Promise<void>): Promise<T> {
  const admin = new Pool({ connectionString: api.adminUrl })
  try {
    return await whileInvitationsAreHeld(async (release) => {
      const going = attempt()
      await waitUntilWaiting(admin, 1)
      await meanwhile()
      await release()
      return await going
    })
  } finally {
    await admin.end()
  }
}

test('a wrong password is answered while nothing is locked for it, and the invitation stays good', async () => {
  const { token } = await inviteKnown()
  const answer = await whileInvitationsAreHeld(
    async () =>
      await Promise.race([accept(token, 'a wrong password'), setTimeout(8000, 'it waits for the row')]),
  )
  expect(answer).toMatchObject(wrong)
  expect(await accept(token)).toMatchObject({ status: 201 })
})

test('guesses with an invitation count together with those at sign-in, and are told once', async () => {
  const { email, token } = await inviteKnown()
  for (let i = 0; i < 3; i++) expect(await accept(token, `wrong password ${i}`)).toMatchObject(wrong)
  for (let i = 0; i < 2; i++) expect(await signIn(email, `wrong password ${i}`)).toMatchObject(wrong)
  expect(await accept(token)).toMatchObject(stopped)
  expect(await signIn(email)).toMatchObject(stopped)
  const told = () => api.letters.filter(({ to, subject }) => to === email && subject.includes('guess'))
  await expect.poll(told).toHaveLength(1)
  expect(await accept(token, password, '192.0.2.2')).toMatchObject({ status: 201 })
})

test('a password is guessed at with an invitation thirty times an hour, from however many addresses', async () => {
  const { token } = await inviteKnown()
  const guesses = await Promise.all(
    Array.from({ length: 33 }, (_, i) => accept(token, `wrong password ${i}`, `198.51.100.${i}`)),
  )
  const statuses = guesses.map(({ status }) => status)
  expect(statuses.filter((status) => status === 401)).toHaveLength(30)
  expect(statuses.filter((status) => status === 429)).toHaveLength(3)
})

test('the right password is no guess', async () => {
  const { email, elsewhere, token } = await inviteKnown()
  for (let i = 0; i < 4; i++) expect(await signIn(email, `wrong password ${i}`)).toMatchObject(wrong)
  expect(await accept(token)).toMatchObject({ status: 201, body: { network: elsewhere.slug } })
  expect(await signIn(email)).toMatchObject({ status: 201 })
})

test('a password that is changed while an invitation is accepted with the old one opens nothing', async () => {
  const { email, token } = await inviteKnown()
  await api.call('post', '/v1/password-resets').send({ email })
  const reset = letterCode(api, email)
  const changed = 'quite another password'
  const answer = await whileItWaits(
    () => accept(token),
    async () => {
      const set = await api
        .call('post', '/v1/password-resets/confirm')
        .send({ token: reset, password: changed })
      expect(set).toMatchObject({ status: 204 })
    },
  )
  expect(answer).toMatchObject(wrong)
  expect(await accept(token, changed)).toMatchObject({ status: 201 })
})

test('who accepts two first invitations at the same moment has one password', async () => {
  const email = freshEmail()
  const elsewhere = await makeNetwork(api)
  const [first, second] = [await invite(email), await invite(email, elsewhere)]
  const [one, other] = await Promise.all([
    accept(first, 'a first password'),
    accept(second, 'a second password'),
  ])
  const [kept, chosen, left] =
    one.status === 201 ? [one, 'a first password', second] : [other, 'a second password', first]
  expect(kept).toMatchObject({ status: 201 })
  expect(one === kept ? other : one).toMatchObject(wrong)
  expect(await accept(left, chosen)).toMatchObject({ status: 201 })
  expect(await signIn(email, chosen)).toMatchObject({ status: 201 })
})

test('an invitation that is accepted twice at the same moment is good once', async () => {
  const email = freshEmail()
  const token = await invite(email)
  const answers = await Promise.all([accept(token), accept(token)])
  expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 422])
  expect(await signIn(email)).toMatchObject({ status: 201 })
})
