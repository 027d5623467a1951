import { randomUUID } from 'node:crypto'
import { Secret, TOTP } from 'otpauth'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { typeId } from '../../api/http/ids.ts'
import { knownBrowserSeconds } from '../../api/sessions/known-browsers.ts'
import {
  asAdmin,
  signInOperator,
  startApi,
  testOperator,
  testPublicUrl,
  type TestApi,
} from '../support/api.ts'
import { createAuthenticator } from '../support/authenticator.ts'
import { letterCode } from '../support/calls.ts'

// A stranger who guesses at an account shuts out himself and other strangers, and not whoever has signed in from their
// own browser before. Two processes of one deployment.

let api: TestApi
let other: TestApi

beforeAll(async () => {
  api = await startApi()
  other = await startApi({ beside: api })
})
afterAll(async () => {
  await other.close()
  await api.close()
})
afterEach(() => {
  api.clock.now = null
})

const { password } = testOperator
const stopped = { status: 429, body: { code: 'too_many_requests' } }
const wrong = { status: 401, body: { code: 'sign_in_failed' } }

interface Try {
  readonly password?: string
  readonly cookie?: string
  readonly from?: string
  readonly at?: TestApi
  readonly code?: string
}

async function signIn(
  email: string,
  { password: entered = password, cookie = '', from = '192.0.2.1', at = api, code }: Try = {},
) {
  const sent = at.call('post', '/v1/sessions').set('X-Forwarded-For', from).set('Cookie', cookie)
  return await sent.send({ email, password: entered, code })
}

/** The cookie by which a browser is known, of an answer; with what is said of it. */
function knownBy(answer: { headers: Record<string, unknown> }): { cookie: string; attributes: string } {
  const cookies = answer.headers['set-cookie'] as string[]
  const [cookie = '', ...attributes] = cookies.find((set) => set.startsWith('tally_known_'))!.split('; ')
  return { cookie, attributes: attributes.join('; ') }
}

/** A person with the operator's password, and the cookie of the browser they signed in from. */
async function addPerson(): Promise<{ email: string; cookie: string }> {
  const email = `${randomUUID()}@example.org`
  await asAdmin(
    api,
    `insert into api.person (uuid, email, name, password_hash, is_deployment_operator)
     select '${randomUUID()}', '${email}', 'Somebody', password_hash, true
     from api.person where email = '${testOperator.email}'`,
  )
  const answer = await signIn(email)
  expect(answer).toMatchObject({ status: 201 })
  return { email, cookie: knownBy(answer).cookie }
}

let floods = 0

/** Six addresses with five tries each, other ones each time: all that strangers have in an hour. */
async function letStrangersGuess(email: string): Promise<void> {
  floods += 1
  for (let i = 0; i < 30; i++) {
    const from = `198.18.${floods}.${Math.floor(i / 5)}`
    expect(await signIn(email, { password: 'a wrong password', from })).toMatchObject(wrong)
  }
  expect(await signIn(email, { from: '203.0.113.1' })).toMatchObject(stopped)
}

test('strangers who guess at an account do not shut out whoever signed in from that browser before', async () => {
  const { email, cookie } = await addPerson()
  await letStrangersGuess(email)
  expect(await signIn(email)).toMatchObject(stopped)
  expect(await signIn(email, { cookie })).toMatchObject({ status: 201 })
  expect(await signIn(email, { cookie, at: other, from: '198.51.100.1' })).toMatchObject({ status: 201 })
  // Nor does it open the door to anybody else.
  expect(await signIn(email)).toMatchObject(stopped)
})

test('a passkey makes the browser known that somebody signed in from with it', async () => {
  const { email } = await addPerson()
  const { token } = (await signIn(email)).body
  const key = createAuthenticator(testPublicUrl)
  const begun = await api.call('post', '/v1/passkeys/options', token).send({ password })
  await api.call('post', '/v1/passkeys', token).send({ name: 'blue key', credential: key.create(begun.body) })
  const asked = await api.call('post', '/v1/sessions/passkey/options')
  const entered = await api.call('post', '/v1/sessions/passkey').send({ credential: key.get(asked.body) })
  expect(entered).toMatchObject({ status: 201 })
  await letStrangersGuess(email)
  expect(await signIn(email, { cookie: knownBy(entered).cookie })).toMatchObject({ status: 201 })
})

test('a known browser has five tries of its own, in all processes together, and the right password is none', async () => {
  const { email, cookie } = await addPerson()
  for (let i = 0; i < 5; i++) {
    const at = i % 2 === 0 ? api : other
    const from = `198.51.100.${i}`
    expect(await signIn(email, { cookie, at, from })).toMatchObject({ status: 201 })
    expect(await signIn(email, { cookie, at, from, password: 'a wrong password' })).toMatchObject(wrong)
  }
  const answer = await signIn(email, { cookie, from: '198.51.100.77' })
  expect(answer).toMatchObject(stopped)
  expect(Number(answer.headers['retry-after'])).toBeLessThanOrEqual(15 * 60)
  const told = () => api.letters.concat(other.letters).filter(({ to }) => to === email)
  await expect.poll(told).toMatchObject([{ subject: expect.stringContaining('guess') }])
  // Its tries are none of the strangers'.
  expect(await signIn(email)).toMatchObject({ status: 201 })
})

test('scripts can’t read the cookie and other sites can’t send it; it says nothing of whose it is', async () => {
  const { email } = await addPerson()
  const one = knownBy(await signIn(email))
  const again = knownBy(await signIn(email))
  expect(one.attributes).toMatch(/^Path=\/v1\/sessions; Expires=[^;]+; HttpOnly; SameSite=Strict$/)
  const [name, value] = one.cookie.split('=')
  expect(name).toMatch(/^tally_known_[\w-]{12}$/)
  expect(value).toMatch(/^[\w-]{22}\.\d{10}\.[\w-]{43}$/)
  // The same for the same person, whose browser keeps one; each sign-in gives it another value.
  expect(again.cookie.split('=')[0]).toBe(name)
  expect(again.cookie).not.toBe(one.cookie)
})

test('a browser that many share keeps the twenty who signed in last', async () => {
  const { email } = await addPerson()
  const of = (day: number) =>
    `tally_known_${String(day).padStart(12, 'a')}=${'x'.repeat(22)}.${1_800_000_000 + day}.${'y'.repeat(43)}`
  const answer = await signIn(email, {
    cookie: [3, ...Array.from({ length: 22 }, (_, i) => i + 10), 1].map(of).join('; '),
  })
  expect(answer).toMatchObject({ status: 201 })
  const forgotten = (answer.headers['set-cookie'] as unknown as string[]).filter((set) =>
    set.includes('1970'),
  )
  expect(forgotten.map((set) => set.split('=')[0]!.replace(/^tally_known_a+/, ''))).toEqual([
    '12',
    '11',
    '10',
    '3',
    '1',
  ])
})

test('somebody else’s cookie makes nobody known, under whichever name', async () => {
  const { email, cookie } = await addPerson()
  const stranger = await addPerson()
  await letStrangersGuess(email)
  const [name] = cookie.split('=')
  const [, value] = stranger.cookie.split('=')
  for (const foreign of [stranger.cookie, `${name}=${value}`]) {
    expect(await signIn(email, { cookie: foreign })).toMatchObject(stopped)
  }
  expect(await signIn(email, { cookie: `${stranger.cookie}; ${cookie}` })).toMatchObject({ status: 201 })
})

test('a cookie that was changed makes nobody known', async () => {
  const { email, cookie } = await addPerson()
  await letStrangersGuess(email)
  const [name = '', value = ''] = cookie.split('=')
  const [number = '', endsAt = '', mac = ''] = value.split('.')
  const turn = (text: string) => (text.startsWith('A') ? `B${text.slice(1)}` : `A${text.slice(1)}`)
  const changed = [
    `${turn(number)}.${endsAt}.${mac}`,
    `${number}.${Number(endsAt) + 1}.${mac}`,
    `${number}.${endsAt}.${turn(mac)}`,
    `${number}.${endsAt}.`,
    number,
    '',
  ]
  for (const text of changed) {
    expect(await signIn(email, { cookie: `${name}=${text}` })).toMatchObject(stopped)
  }
})

test('a browser is known for a year after the last sign-in from it', async () => {
  const { email, cookie } = await addPerson()
  await letStrangersGuess(email)
  const pass = (seconds: number) => (api.clock.now = new Date(Date.now() + seconds * 1000))
  pass(knownBrowserSeconds - 60)
  expect(await signIn(email, { cookie })).toMatchObject({ status: 201 })
  pass(knownBrowserSeconds + 60)
  expect(await signIn(email, { cookie })).toMatchObject(stopped)
})

test('a new password makes all browsers unknown but the one that it was set in', async () => {
  const { email, cookie } = await addPerson()
  await letStrangersGuess(email)
  await api.call('post', '/v1/password-resets').send({ email })
  const chosen = 'quite a new password'
  const confirmed = await api
    .call('post', '/v1/password-resets/confirm')
    .send({ token: letterCode(api, email), password: chosen })
  expect(confirmed).toMatchObject({ status: 204 })
  expect(await signIn(email, { cookie, password: chosen })).toMatchObject(stopped)
  const own = knownBy(confirmed)
  expect(own.attributes).toContain('Path=/v1/sessions')
  expect(await signIn(email, { cookie: own.cookie, password: chosen })).toMatchObject({ status: 201 })
})

test('whoever is signed in while strangers guess still guards their account, with five tries of their own', async () => {
  const { email } = await addPerson()
  const { token } = (await signIn(email)).body
  await letStrangersGuess(email)
  const ask = (entered: string) => api.call('post', '/v1/passkeys/options', token).send({ password: entered })
  expect(await ask(password)).toMatchObject({ status: 201 })
  expect(await api.call('post', '/v1/totp', token).send({ password })).toMatchObject({ status: 201 })
  for (let i = 0; i < 5; i++) expect(await ask('a wrong password')).toMatchObject(wrong)
  expect(await ask(password)).toMatchObject(stopped)
})

/** Turns the second step on in a browser that is signed in. */
async function turnSecondStepOn(token: string) {
  const { secret } = (await api.call('post', '/v1/totp', token).send({ password })).body
  const confirmed = await api
    .call('post', '/v1/totp/confirm', token)
    .send({ code: codeAt(secret, Date.now()), password })
  expect(confirmed).toMatchObject({ status: 201 })
  return { confirmed, secret: secret as string, recovery: confirmed.body.recovery_codes as string[] }
}

const codeAt = (secret: string, timestamp: number) =>
  TOTP.generate({ secret: Secret.fromBase32(secret), timestamp })

test('cookies from before the second step give no more tries at its codes', async () => {
  const { email } = await addPerson()
  const begun = await Promise.all([1, 2, 3].map(() => signIn(email)))
  const { secret } = await turnSecondStepOn(begun[0]!.body.token)
  const statuses: number[] = []
  for (const [i, { body, ...answer }] of begun.entries()) {
    for (let guess = 0; guess < 5; guess++) {
      const from = `198.51.100.${10 * i + guess}`
      const at = guess % 2 === 0 ? api : other
      statuses.push(
        (await signIn(email, { cookie: knownBy(answer).cookie, from, at, code: '000000' })).status,
      )
    }
    // Nor do the sessions.
    const ask = api.call('post', '/v1/passkeys/options', body.token)
    statuses.push((await ask.send({ password, code: '000000' })).status)
  }
  expect(statuses.filter((status) => status === 401)).toHaveLength(5)
  expect(statuses.filter((status) => status === 429)).toHaveLength(13)
  const told = () => api.letters.concat(other.letters).filter(({ to }) => to === email)
  await expect
    .poll(() => told().map(({ subject }) => subject))
    .toContainEqual('Somebody tried to guess your second-step code')
  // Whoever knows the password is told no sooner whether a code was right.
  api.clock.now = new Date(Date.now() + 60_000)
  const code = codeAt(secret, api.clock.now.getTime())
  expect(await signIn(email, { from: '203.0.113.9', code })).toMatchObject(stopped)
})

test('the right code of the second step is no try', async () => {
  const { email, cookie } = await addPerson()
  const { token } = (await signIn(email, { cookie })).body
  const { recovery } = await turnSecondStepOn(token)
  for (const code of recovery) expect(await signIn(email, { code })).toMatchObject({ status: 201 })
})

test('turning the second step on or off makes all browsers unknown but the one that it was done in', async () => {
  const { email, cookie } = await addPerson()
  const { token } = (await signIn(email, { cookie })).body
  const { confirmed, recovery } = await turnSecondStepOn(token)
  const [first, second, third] = recovery
  await letStrangersGuess(email)
  expect(await signIn(email, { cookie, code: first! })).toMatchObject(stopped)
  const whileOn = knownBy(confirmed)
  expect(whileOn.attributes).toContain('Path=/v1/sessions')
  expect(await signIn(email, { cookie: whileOn.cookie, code: second! })).toMatchObject({ status: 201 })
  const removed = await api.call('post', '/v1/totp/remove', token).send({ code: third })
  expect(removed).toMatchObject({ status: 204 })
  expect(await signIn(email, { cookie: whileOn.cookie })).toMatchObject(stopped)
  expect(await signIn(email, { cookie: knownBy(removed).cookie })).toMatchObject({ status: 201 })
})

test('a cookie from before the second step went on is good no more once it is off again, whoever turned it off', async () => {
  const { email, cookie } = await addPerson()
  const { token } = (await signIn(email)).body
  const { recovery } = await turnSecondStepOn(token)
  const removed = await api.call('post', '/v1/totp/remove', token).send({ code: recovery[0] })
  expect(removed).toMatchObject({ status: 204 })
  await letStrangersGuess(email)
  expect(await signIn(email, { cookie })).toMatchObject(stopped)
  const between = knownBy(removed).cookie
  expect(await signIn(email, { cookie: between })).toMatchObject({ status: 201 })
  await turnSecondStepOn(token)
  const { uuid } = await api.db
    .selectFrom('api.person')
    .select('uuid')
    .where('email', '=', email)
    .executeTakeFirstOrThrow()
  const operator = await signInOperator(api)
  const freed = await api.call('delete', `/v1/people/${typeId('usr', uuid)}/totp`, operator)
  expect(freed).toMatchObject({ status: 204 })
  for (const old of [cookie, between]) expect(await signIn(email, { cookie: old })).toMatchObject(stopped)
})

test('an app that was set up and never confirmed leaves all browsers known', async () => {
  const { email, cookie } = await addPerson()
  const { token } = (await signIn(email)).body
  expect(await api.call('post', '/v1/totp', token).send({ password })).toMatchObject({ status: 201 })
  await letStrangersGuess(email)
  expect(await signIn(email, { cookie })).toMatchObject({ status: 201 })
})

test('signing out, also everywhere, leaves a browser known: it lets nobody in', async () => {
  const { email, cookie } = await addPerson()
  const { token } = (await signIn(email, { cookie })).body
  const out = await api.call('delete', '/v1/sessions?everywhere=true', token)
  expect(out).toMatchObject({ status: 204 })
  await letStrangersGuess(email)
  const refresh = api.call('post', '/v1/sessions/refresh').set('Cookie', cookie).set('Tally-Refresh', '1')
  expect(await refresh.send({ network: null })).toMatchObject({ status: 401 })
  expect(await signIn(email, { cookie, password: 'a wrong password' })).toMatchObject(wrong)
  expect(await signIn(email, { cookie })).toMatchObject({ status: 201 })
})
