import { Secret, TOTP } from 'otpauth'
import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { typeId } from '../../api/http/ids.ts'
import { signInOperator, type TestApi } from '../support/api.ts'
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

const password = 'password of an owner'
const signIn = (email: string, code?: string) =>
  api.call('post', '/v1/sessions').send({ email, password, code })
const lettersTo = (email: string) =>
  api.letters.filter(({ to }) => to === email).map(({ subject }) => subject)
const codeOf = (secret: string, at = Date.now()) =>
  TOTP.generate({ secret: Secret.fromBase32(secret), timestamp: at })
const halfMinutes = (count: number) => {
  api.clock.now = new Date(Date.now() + count * 30_000)
  return api.clock.now.getTime()
}

/** An owner who is signed in. */
async function owner() {
  const email = `owner-${randomUUID()}@example.org`
  await api
    .call('post', `/v1/merchants/${street.bakery.merchant}/staff`, street.network.operator)
    .send({ email, name: 'Olive', role: 'owner' })
  const token = /^[\w-]{43}$/m.exec(api.letters.findLast(({ to }) => to === email)?.text ?? '')?.[0]
  await api.call('post', '/v1/invitations').send({ token, password })
  const session: string = (await signIn(email)).body.token
  const { uuid } = await api.db
    .selectFrom('api.person')
    .select('uuid')
    .where('email', '=', email)
    .executeTakeFirstOrThrow()
  return { email, session, id: typeId('usr', uuid) }
}

/** An owner with an authenticator app that is turned on. */
async function ownerWithApp() {
  const { email, session, id } = await owner()
  const begun = await api.call('post', '/v1/totp', session).send({ password })
  expect(begun).toMatchObject({
    status: 201,
    body: { uri: expect.stringContaining('otpauth://totp/Tallystick') },
  })
  const { secret } = begun.body
  expect(await signIn(email)).toMatchObject({ status: 201 })
  const confirmed = await api
    .call('post', '/v1/totp/confirm', session)
    .send({ code: codeOf(secret), password })
  expect(confirmed).toMatchObject({ status: 201 })
  return { email, id, session, secret: secret as string, recovery: confirmed.body.recovery_codes as string[] }
}

test('with a second step the password alone does not sign in, and says what is missing', async () => {
  const { email, secret } = await ownerWithApp()
  for (let i = 0; i < 8; i++) {
    expect(await signIn(email)).toMatchObject({ status: 401, body: { code: 'second_factor_required' } })
  }
  const later = halfMinutes(2)
  expect(await signIn(email, codeOf(secret, later))).toMatchObject({ status: 201, body: { role: 'owner' } })
})

test('a code is good once and only around its time, also when two use it at the same moment', async () => {
  const { email, secret } = await ownerWithApp()
  // The one that turned it on was used.
  expect(await signIn(email, codeOf(secret))).toMatchObject({ status: 401, body: { code: 'sign_in_failed' } })
  const later = halfMinutes(4)
  expect(await signIn(email, codeOf(secret, later - 90_000))).toMatchObject({ status: 401 })
  const answers = await Promise.all([
    signIn(email, codeOf(secret, later)),
    signIn(email, codeOf(secret, later)),
  ])
  expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 401])
})

test('guessing at the code is stopped like guessing at the password, and the person is told', async () => {
  const { email, secret } = await ownerWithApp()
  for (let i = 0; i < 5; i++) expect(await signIn(email, '000000')).toMatchObject({ status: 401 })
  const later = halfMinutes(2)
  expect(await signIn(email, codeOf(secret, later))).toMatchObject({ status: 429 })
  await expect
    .poll(() => api.letters.filter(({ to, subject }) => to === email && subject.includes('guess')).length)
    .toBe(1)
})

test('who lost the phone signs in with a recovery code, once, and turns the second step off with another', async () => {
  const { email, recovery, session } = await ownerWithApp()
  const [one = '', two = ''] = recovery
  expect(recovery).toHaveLength(8)
  expect(await signIn(email, one)).toMatchObject({ status: 201 })
  expect(await signIn(email, one)).toMatchObject({ status: 401 })
  const remove = (code: string) => api.call('post', '/v1/totp/remove', session).send({ code })
  expect(await remove('0'.repeat(20))).toMatchObject({ status: 422, body: { code: 'code_wrong' } })
  expect(await signIn(email)).toMatchObject({ status: 401 })
  expect(await remove(two)).toMatchObject({ status: 204 })
  expect(await signIn(email)).toMatchObject({ status: 201 })
})

test('guessing at the code that turns it off is in the trail, told to the person, and stopped', async () => {
  const { email, session, secret } = await ownerWithApp()
  const remove = (code: string) => api.call('post', '/v1/totp/remove', session).send({ code })
  for (let i = 0; i < 5; i++) expect(await remove('000000')).toMatchObject({ status: 422 })
  await expect
    .poll(() => api.letters.filter(({ to, subject }) => to === email && subject.includes('guess')).length)
    .toBe(1)
  const trail = await api.call('get', '/v1/audit-events?operation=removeTotp&outcome=refused', session)
  const [newest] = trail.body.data
  expect(newest).toMatchObject({ outcome: 'code_wrong', actor: { kind: 'staff', role: 'owner' } })
  const byThem = trail.body.data.filter(
    ({ actor }: { actor: { id: string } }) => actor.id === newest.actor.id,
  )
  expect(byThem).toHaveLength(5)
  const later = halfMinutes(2)
  expect(await remove(codeOf(secret, later))).toMatchObject({ status: 429 })
  expect(await signIn(email)).toMatchObject({ status: 401, body: { code: 'second_factor_required' } })
})

test('a stolen session replaces no second step that is on', async () => {
  const { email, session } = await ownerWithApp()
  expect(await api.call('post', '/v1/totp', session).send({ password })).toMatchObject({
    status: 409,
    body: { code: 'second_factor_on' },
  })
  expect(await signIn(email)).toMatchObject({ status: 401, body: { code: 'second_factor_required' } })
})

test('a borrowed browser turns no second step on: each half takes the password, and the person is told of on and off', async () => {
  const { email, session } = await owner()
  const wrong = { status: 401, body: { code: 'sign_in_failed' } }
  const begin = (body: object) => api.call('post', '/v1/totp', session).send(body)
  const confirm = (body: object) => api.call('post', '/v1/totp/confirm', session).send(body)
  expect(await begin({})).toMatchObject({ status: 400 })
  expect(await begin({ password: 'not the password' })).toMatchObject(wrong)
  const { secret } = (await begin({ password })).body
  const code = codeOf(secret)
  expect(await confirm({ code })).toMatchObject({ status: 400 })
  expect(await confirm({ code, password: 'not the password' })).toMatchObject(wrong)
  expect(await signIn(email)).toMatchObject({ status: 201 })
  const confirmed = await confirm({ code, password })
  expect(confirmed).toMatchObject({ status: 201 })
  expect(lettersTo(email).at(-1)).toBe('Your second step was turned on')
  const [recovery] = confirmed.body.recovery_codes
  const removed = await api.call('post', '/v1/totp/remove', session).send({ code: recovery })
  expect(removed).toMatchObject({ status: 204 })
  await expect.poll(() => lettersTo(email).at(-1)).toBe('Your second step was turned off')
})

describe('who lost the phone and the codes', () => {
  const free = (id: string, token: string) => api.call('delete', `/v1/people/${id}/totp`, token)

  test('signs in again once an operator of their network turned the second step off, which is in the trail and told', async () => {
    const { email, id, session } = await ownerWithApp()
    expect(await free(id, session)).toMatchObject({ status: 403 })
    const elsewhere = await street.elsewhere()
    expect(await free(id, elsewhere.network.operator)).toMatchObject({ status: 404 })
    expect(await signIn(email)).toMatchObject({ status: 401, body: { code: 'second_factor_required' } })
    expect(await free(id, street.network.operator)).toMatchObject({ status: 204 })
    expect(await signIn(email)).toMatchObject({ status: 201 })
    await expect.poll(() => lettersTo(email).at(-1)).toBe('Your second step was turned off')
    const trail = await api.call(
      'get',
      '/v1/audit-events?operation=removeTotpOf&outcome=done',
      street.network.operator,
    )
    expect(trail.body.data[0]).toMatchObject({ subjects: [id], changed: ['second_factor'] })
    expect(await free(id, street.network.operator)).toMatchObject({ status: 404 })
  })

  test('and belongs to another network too, or is an operator, asks the operator of the deployment', async () => {
    const { email, id } = await ownerWithApp()
    const elsewhere = await street.elsewhere()
    const invited = await api
      .call('post', '/v1/operators', elsewhere.network.operator)
      .send({ email, name: 'Olive' })
    expect(invited).toMatchObject({ status: 201 })
    for (const { network } of [street, elsewhere]) {
      expect(await free(id, network.operator)).toMatchObject({ status: 403 })
    }
    expect(await signIn(email)).toMatchObject({ status: 401, body: { code: 'second_factor_required' } })
    expect(await free(id, await signInOperator(api))).toMatchObject({ status: 204 })
    expect(await signIn(email)).toMatchObject({ status: 201 })
  })

  test('is not locked out when they went and are invited again', async () => {
    const { email, id } = await ownerWithApp()
    const staff = `/v1/merchants/${street.bakery.merchant}/staff`
    expect(await api.call('delete', `${staff}/${id}`, street.network.operator)).toMatchObject({ status: 204 })
    expect(await free(id, street.network.operator)).toMatchObject({ status: 404 })
    await api.call('post', staff, street.network.operator).send({ email, name: 'Olive', role: 'owner' })
    const token = letterCode(api, email)
    expect(await free(id, street.network.operator)).toMatchObject({ status: 204 })
    expect(await api.call('post', '/v1/invitations').send({ token, password })).toMatchObject({ status: 201 })
    expect(await signIn(email)).toMatchObject({ status: 201 })
  })
})

test('with a second step an invitation is accepted with the password alone, which lets nobody in', async () => {
  const { email } = await ownerWithApp()
  const elsewhere = await street.elsewhere()
  await api.call('post', '/v1/operators', elsewhere.network.operator).send({ email, name: 'Olive' })
  const token = letterCode(api, email)
  const accept = (entered: string) => api.call('post', '/v1/invitations').send({ token, password: entered })
  expect(await accept('a wrong password')).toMatchObject({ status: 401, body: { code: 'sign_in_failed' } })
  expect(await accept(password)).toMatchObject({ status: 201, body: { network: elsewhere.network.slug } })
  expect(await signIn(email)).toMatchObject({ status: 401, body: { code: 'second_factor_required' } })
})

test('the database alone does not give the secret away', async () => {
  const { secret, recovery } = await ownerWithApp()
  const rows = await api.db.selectFrom('api.person_totp').select('sealed_secret').execute()
  const plain = Buffer.from(Secret.fromBase32(secret).bytes)
  for (const { sealed_secret } of rows) expect(sealed_secret.includes(plain)).toBe(false)
  const codes = await api.db.selectFrom('api.person_recovery_code').select('code_hash').execute()
  expect(JSON.stringify(codes)).not.toContain(recovery[0])
  expect(api.logged()).not.toContain(secret)
})
