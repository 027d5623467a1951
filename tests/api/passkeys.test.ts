import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { typeId } from '../../api/http/ids.ts'
import { relyingPartyOf } from '../../api/passkeys/relying-party.ts'
import { addStaff, signInOperator, testOperator, testPublicUrl, type TestApi } from '../support/api.ts'
import { createAuthenticator, type Authenticator, type Wrong } from '../support/authenticator.ts'
import { letterCode } from '../support/calls.ts'
import { openHighStreet, type HighStreet } from '../support/high-street.ts'

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

const { password } = testOperator
const notGenuine = { status: 422, body: { code: 'passkey_not_genuine' } }

const begin = (token: string, more: object = {}) =>
  api.call('post', '/v1/passkeys/options', token).send({ password, ...more })

const remove = (id: string, token: string, proof = password) =>
  api.call('delete', `/v1/passkeys/${id}`, token).send({ password: proof })

/** Adds a passkey as whoever has that token. */
async function add(token: string, key: Authenticator, wrong?: Wrong) {
  const begun = await begin(token)
  expect(begun).toMatchObject({ status: 201 })
  return await api
    .call('post', '/v1/passkeys', token)
    .send({ name: 'blue key', credential: key.create(begun.body, wrong) })
}

async function askToSign() {
  const asked = await api.call('post', '/v1/sessions/passkey/options')
  expect(asked).toMatchObject({ status: 201 })
  return asked.body
}

const enter = (credential: object, network?: string) =>
  api.call('post', '/v1/sessions/passkey').send({ credential, network })

async function signInBy(key: Authenticator, { network, ...wrong }: Wrong & { network?: string } = {}) {
  return await enter(key.get(await askToSign(), wrong), network)
}

/** An owner of the bakery with a passkey. */
async function ownerWithKey() {
  const token = await addStaff(api, street.network, { role: 'owner', merchant: street.bakery.merchant })
  const { email, uuid } = await api.db
    .selectFrom('api.person')
    .select(['email', 'uuid'])
    .orderBy('created_at', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow()
  const key = createAuthenticator(testPublicUrl)
  const added = await add(token, key)
  expect(added).toMatchObject({ status: 201, body: { name: 'blue key', last_used_at: null } })
  return { token, email, person: uuid, key, id: added.body.id as string }
}

const sessionsOf = async (person: string) =>
  (await api.db.selectFrom('api.session').select('uuid').where('person_uuid', '=', person).execute()).length

const lettersTo = (email: string) =>
  api.letters.filter(({ to }) => to === email).map(({ subject }) => subject)

test('an owner adds a passkey and signs in with it: the same session as by password', async () => {
  const { key, email, token } = await ownerWithKey()
  const byPassword = await api.call('post', '/v1/sessions').send({ email, password })
  const byPasskey = await signInBy(key)
  expect(byPasskey).toMatchObject({
    status: 201,
    body: { network: street.network.slug, role: 'owner', token: expect.any(String) },
  })
  expect(Object.keys(byPasskey.body)).toEqual(Object.keys(byPassword.body))
  expect(byPasskey.get('set-cookie')?.[0]).toMatch(/^tally_staff_.*HttpOnly/)
  expect(await api.call('get', '/v1/sessions', byPasskey.body.token)).toMatchObject({ status: 200 })
  const listed = await api.call('get', '/v1/passkeys', token)
  expect(listed.body.data).toMatchObject([{ name: 'blue key', last_used_at: expect.any(String) }])
})

test('the deployment’s operator signs in by passkey too, to the deployment or to a network that is named', async () => {
  const key = createAuthenticator(testPublicUrl)
  expect(await add(await signInOperator(api), key)).toMatchObject({ status: 201 })
  expect(await signInBy(key)).toMatchObject({ status: 201, body: { network: null, role: null } })
  const { slug } = street.network
  expect(await signInBy(key, { network: slug })).toMatchObject({ status: 201, body: { role: 'operator' } })
  expect(await signInBy(key, { network: 'elsewhere' })).toMatchObject({ status: 401 })
})

test('managers, cashiers, auditors, tills and customers get none, and who is owner no more signs in by none', async () => {
  const { network, bakery } = street
  const manager = await addStaff(api, network, { role: 'manager', merchant: bakery.merchant })
  const cashier = await addStaff(api, network, { role: 'cashier', merchant: bakery.merchant })
  const auditor = await addStaff(api, network, { role: 'auditor', merchant: null })
  const customer = (await street.join()).token
  for (const token of [manager, cashier, auditor, customer, bakery.key]) {
    expect(await begin(token)).toMatchObject({ status: 403, body: { code: 'forbidden' } })
  }
  const { key, person } = await ownerWithKey()
  const path = `/v1/merchants/${bakery.merchant}/staff/${typeId('usr', person)}`
  expect(await api.call('patch', path, network.operator).send({ role: 'cashier' })).toMatchObject({
    status: 200,
  })
  const before = await sessionsOf(person)
  expect(await signInBy(key)).toMatchObject({ status: 401, body: { code: 'sign_in_failed' } })
  expect(await sessionsOf(person)).toBe(before)
})

test('a borrowed browser adds no passkey: it takes the password again, and guesses are counted as at sign-in', async () => {
  const { token, email } = await ownerWithKey()
  const letters = lettersTo(email).length
  for (let i = 0; i < 5; i++) {
    expect(await begin(token, { password: 'not the password' })).toMatchObject({
      status: 401,
      body: { code: 'sign_in_failed' },
    })
  }
  expect(await begin(token)).toMatchObject({ status: 429 })
  await expect.poll(() => lettersTo(email).slice(letters)).toEqual(['Somebody tried to guess your password'])
  expect((await api.call('get', '/v1/passkeys', token)).body.data).toHaveLength(1)
})

test('an answer is good once, within five minutes, and only for whom it was asked', async () => {
  const { key, token, person } = await ownerWithKey()
  const credential = key.get(await askToSign())
  expect(await enter(credential)).toMatchObject({ status: 201 })
  expect(await enter(credential)).toMatchObject(notGenuine)

  const late = await askToSign()
  api.clock.now = new Date(Date.now() + 5 * 60_000 + 1000)
  const sessions = await sessionsOf(person)
  expect(await enter(key.get(late))).toMatchObject(notGenuine)
  api.clock.now = null

  // One that was asked for by another person, or for signing in, adds nothing.
  const other = await ownerWithKey()
  const fresh = createAuthenticator(testPublicUrl)
  for (const options of [(await begin(other.token)).body, await askToSign()]) {
    const sent = { name: 'stolen', credential: fresh.create(options) }
    expect(await api.call('post', '/v1/passkeys', token).send(sent)).toMatchObject(notGenuine)
  }
  expect((await api.call('get', '/v1/passkeys', token)).body.data).toHaveLength(1)
  expect(await sessionsOf(person)).toBe(sessions)
})

test('two who use one answer at the same moment get one session', async () => {
  const { key, person } = await ownerWithKey()
  const before = await sessionsOf(person)
  const credential = key.get(await askToSign())
  const answers = await Promise.all([enter(credential), enter(credential)])
  expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 422])
  expect(await sessionsOf(person)).toBe(before + 1)
})

test('an answer made on another site, without finger or PIN, by another key, or by a copy is refused and told', async () => {
  const { key, token, person } = await ownerWithKey()
  const before = await sessionsOf(person)
  const wrongs: Wrong[] = [
    { origin: 'https://tally.example.com' },
    { origin: 'https://evil.example.org' },
    { rpId: 'example.org' },
    { unverified: true },
    // Lower than what the authenticator said when it was added: there are two of it.
    { count: 1 },
  ]
  for (const wrong of wrongs) expect(await signInBy(key, wrong)).toMatchObject(notGenuine)
  expect(await signInBy(createAuthenticator(testPublicUrl))).toMatchObject(notGenuine)
  const forged = {
    ...createAuthenticator(testPublicUrl).get(await askToSign()),
    ...idsOf(key.get(await askToSign())),
  }
  expect(await enter(forged)).toMatchObject(notGenuine)
  expect(await sessionsOf(person)).toBe(before)
  const seen = await api.call('get', '/v1/audit-events?operation=signInByPasskey&outcome=refused', token)
  expect(seen.body.data).toHaveLength(wrongs.length + 1)
  for (const wrong of wrongs.slice(0, 4)) {
    expect(await add(token, createAuthenticator(testPublicUrl), wrong)).toMatchObject(notGenuine)
  }
  expect((await api.call('get', '/v1/passkeys', token)).body.data).toHaveLength(1)
})

const idsOf = (credential: object) => {
  const { id, rawId } = credential as { id: string; rawId: string }
  return { id, rawId }
}

test('whoever gets or loses a passkey is told by e-mail, and the trail says when', async () => {
  const { key, token, email, id, person } = await ownerWithKey()
  expect(lettersTo(email)).toEqual(['A passkey was added'])
  const other = await ownerWithKey()
  expect(await remove(id, other.token)).toMatchObject({ status: 404 })
  expect(await remove(id, token, 'not the password')).toMatchObject({ status: 401 })
  expect(await signInBy(key)).toMatchObject({ status: 201 })
  expect(await remove(id, token)).toMatchObject({ status: 204 })
  await expect.poll(() => lettersTo(email)).toEqual(['A passkey was added', 'A passkey was removed'])
  const before = await sessionsOf(person)
  expect(await signInBy(key)).toMatchObject(notGenuine)
  expect(await sessionsOf(person)).toBe(before)
  const { body } = await api.call('get', `/v1/audit-events?subject=${id}`, token)
  const events = body.data.map(({ operation, outcome }: Record<string, string>) => `${operation} ${outcome}`)
  expect(events).toEqual(['removePasskey done', 'removePasskey not_found', 'addPasskey done'])
})

test('one passkey is one person’s: added again it is refused', async () => {
  const { key } = await ownerWithKey()
  const other = await ownerWithKey()
  expect(await add(other.token, key)).toMatchObject({ status: 409, body: { code: 'passkey_taken' } })
})

test('a new password takes the passkeys along, which whoever knew the old one may have added', async () => {
  const { email, key, person } = await ownerWithKey()
  await api.call('post', '/v1/password-resets').send({ email })
  const reset = { token: letterCode(api, email), password: 'another password' }
  expect(await api.call('post', '/v1/password-resets/confirm').send(reset)).toMatchObject({ status: 204 })
  const before = await sessionsOf(person)
  expect(await signInBy(key)).toMatchObject(notGenuine)
  expect(await sessionsOf(person)).toBe(before)
  expect(api.letters.findLast(({ to }) => to === email)?.text).toContain('your passkeys were removed')
})

test('erasing a person takes their passkeys along', async () => {
  const { person, key } = await ownerWithKey()
  const { bakery, network } = street
  const path = `/v1/merchants/${bakery.merchant}/staff/${typeId('usr', person)}?erase=true`
  expect(await api.call('delete', path, network.operator)).toMatchObject({ status: 204 })
  const left = await api.db
    .selectFrom('api.passkey')
    .select('uuid')
    .where('person_uuid', '=', person)
    .execute()
  expect(left).toEqual([])
  expect(await signInBy(key)).toMatchObject(notGenuine)
})

test('passkeys are bound to the public host; without one to localhost and its own port alone, and never to a bare address', () => {
  expect(relyingPartyOf('https://tally.example.org:8443', { host: 'evil.example', port: 3000 })).toEqual({
    id: 'tally.example.org',
    origin: 'https://tally.example.org:8443',
  })
  expect(relyingPartyOf(undefined, { host: 'localhost:3000', port: 3000 })).toEqual({
    id: 'localhost',
    origin: 'http://localhost:3000',
  })
  const refused: [string | undefined, string | undefined][] = [
    [undefined, '127.0.0.1:3000'],
    [undefined, 'localhost:3001'],
    [undefined, 'localhost'],
    [undefined, 'evil.example'],
    [undefined, 'local host'],
    [undefined, undefined],
    ['https://192.0.2.7', 'localhost'],
    ['https://[2001:db8::1]', 'localhost'],
  ]
  for (const [publicUrl, host] of refused) {
    expect(() => relyingPartyOf(publicUrl, { host, port: 3000 })).toThrow('bound to a host name')
  }
})
