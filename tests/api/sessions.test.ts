import { createPublicKey, generateKeyPairSync, verify, type KeyObject } from 'node:crypto'
import { decodeJwt, decodeProtectedHeader, SignJWT, UnsecuredJWT, type JWTPayload } from 'jose'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createSessionKeys, sessionKeyEpochSeconds } from '../../api/identity/session-keys.ts'
import { typeId } from '../../api/http/ids.ts'
import { accessTokenSeconds, staffSessionSeconds } from '../../api/sessions/lifetimes.ts'
import { ensureOperator } from '../../api/people/ensure-operator.ts'
import { asAdmin, makeNetwork, signInOperator, startApi, testOperator, type TestApi } from '../support/api.ts'
import { signInCustomer } from '../support/phone.ts'

let api: TestApi

beforeAll(async () => {
  api = await startApi()
})
afterAll(() => api.close())
afterEach(() => {
  api.clock.now = null
})

const refused = { status: 401, body: { code: 'unauthenticated' }, headers: { 'www-authenticate': 'Bearer' } }

describe('signing in', () => {
  test('the operator of the deployment gets a token that makes and lists networks, and nothing else', async () => {
    const before = Date.now()
    const { status, body } = await api.call('post', '/v1/sessions').send(testOperator)
    expect({ status, body }).toMatchObject({ status: 201, body: { network: null, role: null } })
    const lives = new Date(body.expires_at).getTime() - before
    expect(lives).toBeGreaterThanOrEqual(accessTokenSeconds * 1000)
    expect(lives).toBeLessThan(accessTokenSeconds * 1000 + 60_000)
    expect(await api.call('get', '/v1/networks', body.token)).toMatchObject({ status: 200 })
    for (const path of ['/v1/merchants', '/v1/rules/earning']) {
      expect(await api.call('get', path, body.token)).toMatchObject({
        status: 403,
        body: { code: 'forbidden' },
      })
    }
  })

  test('an e-mail address is the same in capitals and with spaces around it', async () => {
    const email = `  ${testOperator.email.toUpperCase()} `
    expect(await api.call('post', '/v1/sessions').send({ ...testOperator, email })).toMatchObject({
      status: 201,
    })
  })

  test('who belongs to several networks and names none is told which', async () => {
    const one = await makeNetwork(api)
    const other = await makeNetwork(api)
    const { credentials: person } = await addPerson('several@example.org', [one.slug, other.slug])
    const answer = await api.call('post', '/v1/sessions').send(person)
    expect(answer).toMatchObject({ status: 409, body: { code: 'network_not_named' } })
    const slugs = answer.body.networks.map((network: { slug: string }) => network.slug)
    expect(slugs).toEqual([one.slug, other.slug].toSorted())
    expect(await api.call('post', '/v1/sessions').send({ ...person, network: one.slug })).toMatchObject({
      status: 201,
      body: { network: one.slug, role: 'operator' },
    })
  })

  test('who belongs to one network need not name it', async () => {
    const { slug } = await makeNetwork(api)
    const { credentials: person } = await addPerson('single@example.org', [slug])
    expect(await api.call('post', '/v1/sessions').send(person)).toMatchObject({
      status: 201,
      body: { network: slug },
    })
  })

  test('a wrong password, an unknown e-mail, a foreign and an unknown network get the very same answer', async () => {
    const foreign = await makeNetwork(api)
    const own = await makeNetwork(api)
    const { credentials: person } = await addPerson('same@example.org', [own.slug])
    const tries = [
      { ...person, password: 'not the password' },
      { ...person, email: 'unknown@example.org' },
      { ...person, network: foreign.slug },
      { ...person, network: 'no-such-network' },
    ]
    const answers: object[] = []
    for (const wrong of tries) {
      const { status, body } = await api.call('post', '/v1/sessions').send(wrong)
      answers.push({ status, body: { ...body, request_id: '' } })
    }
    expect(answers[0]).toMatchObject({ status: 401, body: { code: 'sign_in_failed' } })
    expect(answers).toEqual(tries.map(() => answers[0]))
  })

  test('an unknown e-mail takes as long as a wrong password', async () => {
    await addPerson('timing@example.org', [])
    const [known, unknown] = await quickestMs('timing@example.org', 'nobody@example.org')
    expect(unknown).toBeGreaterThan(known / 3)
    expect(known).toBeGreaterThan(unknown / 3)
  })

  test('guessing at one account is stopped, also with the right password, and only that account', async () => {
    const { credentials: person } = await addPerson('guessed@example.org', [(await makeNetwork(api)).slug])
    const guesses = await Promise.all(
      Array.from({ length: 8 }, (_, i) =>
        api.call('post', '/v1/sessions').send({ ...person, password: `guess number ${i}` }),
      ),
    )
    const statuses = guesses.map((guess) => guess.status)
    expect(statuses.filter((status) => status === 401)).toHaveLength(5)
    expect(statuses.filter((status) => status === 429)).toHaveLength(3)
    const stopped = await api.call('post', '/v1/sessions').send(person)
    expect(stopped).toMatchObject({ status: 429, body: { code: 'too_many_requests' } })
    expect(Number(stopped.headers['retry-after'])).toBeGreaterThan(60)
    expect(await api.call('post', '/v1/sessions').send(testOperator)).toMatchObject({ status: 201 })
  })

  test('guessing from one address at many accounts is stopped', async () => {
    const from = '203.0.113.7'
    const guess = (i: number, address: string) =>
      api
        .call('post', '/v1/sessions')
        .set('x-forwarded-for', address)
        .send({ email: `somebody-${i}@example.org`, password: 'password1234' })
    const guesses = await Promise.all(Array.from({ length: 51 }, (_, i) => guess(i, from)))
    expect(guesses.filter(({ status }) => status === 429)).toHaveLength(1)
    expect(await guess(99, '203.0.113.8')).toMatchObject({ status: 401 })
  })

  test('signing in often with the right password is not guessing', async () => {
    for (let i = 0; i < 8; i++) expect(await signInOperator(api)).toEqual(expect.any(String))
  })

  test('signing out ends the session at once, and no other', async () => {
    const { slug } = await makeNetwork(api)
    const one = await signInOperator(api, slug)
    const other = await signInOperator(api, slug)
    expect(await api.call('delete', '/v1/sessions', one)).toMatchObject({ status: 204, text: '' })
    expect(await api.call('get', '/v1/merchants', one)).toMatchObject(refused)
    expect(await api.call('get', '/v1/merchants', other)).toMatchObject({ status: 200 })
  })

  test('a customer signs out the same way', async () => {
    const { slug } = await makeNetwork(api)
    const { token, wallet } = await signInCustomer(api, slug, 'jana@example.org')
    expect(await api.call('get', `/v1/wallets/${wallet}`, token)).toMatchObject({ status: 200 })
    expect(await api.call('delete', '/v1/sessions', token)).toMatchObject({ status: 204 })
    expect(await api.call('get', `/v1/wallets/${wallet}`, token)).toMatchObject(refused)
  })

  test('who loses their role is out at once', async () => {
    const { slug } = await makeNetwork(api)
    const { credentials, uuid } = await addPerson('leaving@example.org', [slug])
    const { body } = await api.call('post', '/v1/sessions').send(credentials)
    expect(await api.call('get', '/v1/merchants', body.token)).toMatchObject({ status: 200 })
    await asAdmin(api, `update api.membership set ended_at = now() where person_uuid = '${uuid}'`)
    expect(await api.call('get', '/v1/merchants', body.token)).toMatchObject(refused)
  })

  test('passwords are kept as argon2id with the cost that OWASP asks for', async () => {
    const { password_hash } = await api.db
      .selectFrom('api.person')
      .select('password_hash')
      .where('email', '=', testOperator.email)
      .executeTakeFirstOrThrow()
    expect(password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  })
})

describe('the first operator', () => {
  test('is made once, whatever is asked later', async () => {
    expect(await ensureOperator(api.db, {})).toBeNull()
    const { body } = await api.call('post', '/v1/sessions').send({
      email: 'operator@tallystick.localhost',
      password: 'anything at all',
    })
    expect(body.code).toBe('sign_in_failed')
  })

  test('gets a password to be printed once where none was given, also from several processes at once', async () => {
    const fresh = await startApi()
    try {
      await asAdmin(fresh, 'delete from api.person')
      const printed = await Promise.all([1, 2, 3].map(() => ensureOperator(fresh.db, {})))
      const [made, ...others] = printed.filter((each) => each !== null)
      expect(others).toEqual([])
      expect(made?.password).toMatch(/^[\w-]{24}$/)
      expect(await fresh.call('post', '/v1/sessions').send(made!)).toMatchObject({ status: 201 })
    } finally {
      await fresh.close()
    }
  })
})

describe('session tokens', () => {
  /** A token like a good one but for what is changed, signed by the deployment's own key of today. */
  async function forge(
    good: string,
    { header = {}, payload = {}, key }: { header?: object; payload?: JWTPayload; key?: KeyObject } = {},
  ): Promise<string> {
    const signing = createSessionKeys(api.secret).signing(new Date())
    return await new SignJWT({ ...decodeJwt(good), ...payload })
      .setProtectedHeader({ ...decodeProtectedHeader(good), alg: 'EdDSA', ...header })
      .sign(key ?? signing.privateKey)
  }

  const read = (token: string) => api.call('get', '/v1/merchants', token)
  const seconds = () => Math.floor(Date.now() / 1000)
  let good: string

  beforeAll(async () => {
    good = await signInOperator(api, (await makeNetwork(api)).slug)
  })

  test('the forger of these tests makes good tokens when nothing is changed', async () => {
    expect(await read(await forge(good))).toMatchObject({ status: 200 })
  })

  test('are refused when expired', async () => {
    expect(await read(await forge(good, { payload: { exp: seconds() - 1 } }))).toMatchObject(refused)
    api.clock.now = new Date(Date.now() + (staffSessionSeconds + 1) * 1000)
    expect(await read(good)).toMatchObject(refused)
  })

  test('are refused when their session is over, whatever they say themselves', async () => {
    const lasting = await forge(good, { payload: { exp: seconds() + 10 * staffSessionSeconds } })
    expect(await read(lasting)).toMatchObject({ status: 200 })
    api.clock.now = new Date(Date.now() + (staffSessionSeconds + 1) * 1000)
    expect(await read(lasting)).toMatchObject(refused)
  })

  test('are refused when not yet valid', async () => {
    expect(await read(await forge(good, { payload: { nbf: seconds() + 60 } }))).toMatchObject(refused)
  })

  test.each([
    ['of another issuer', { payload: { iss: 'https://elsewhere.example.org' } }],
    ['without an issuer', { payload: { iss: undefined } }],
    ['without an end', { payload: { exp: undefined } }],
    ['of another type', { header: { typ: 'JWT' } }],
    ['of another kind of session', { header: { typ: 'tallystick-qr+jwt' } }],
    ['without a key id', { header: { kid: undefined } }],
    ['with an unknown key id', { header: { kid: 'session-1' } }],
    ['with a key id that is a path', { header: { kid: '../../../dev/null' } }],
    ['of the deployment', { payload: { aud: 'deployment' } }],
    ['of no session', { payload: { jti: typeId('ses', crypto.randomUUID()) } }],
    ['of another person', { payload: { sub: typeId('usr', crypto.randomUUID()) } }],
    ['of a customer', { payload: { sub: typeId('cus', crypto.randomUUID()) } }],
    ['of nobody', { payload: { sub: 'admin' } }],
  ])('are refused when %s', async (_what, change) => {
    expect(await read(await forge(good, change))).toMatchObject(refused)
  })

  test('are refused when made for another network', async () => {
    const foreign = await makeNetwork(api)
    expect(await read(await forge(good, { payload: { aud: foreign.id } }))).toMatchObject(refused)
  })

  test('are refused when unsigned, signed with a secret, or signed on another curve', async () => {
    const claims = decodeJwt(good)
    const header = decodeProtectedHeader(good)
    const publicKey = createSessionKeys(api.secret).signing(new Date()).publicKey
    const spki = publicKey.export({ type: 'spki', format: 'pem' }) as string
    const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
    const forged = [
      new UnsecuredJWT(claims).encode(),
      `${encode({ ...header, alg: 'none' })}.${good.split('.')[1]}.`,
      `${encode({ ...header, alg: 'none' })}.${good.split('.')[1]}.${good.split('.')[2]}`,
      await new SignJWT(claims)
        .setProtectedHeader({ ...header, alg: 'HS256' })
        .sign(new TextEncoder().encode(spki)),
      await new SignJWT(claims).setProtectedHeader({ ...header, alg: 'ES256' }).sign(p256),
      await forge(good, { key: generateKeyPairSync('ed25519').privateKey }),
    ]
    for (const token of forged) expect(await read(token)).toMatchObject(refused)
  })

  test('are refused when a single bit of what they say was changed', async () => {
    const [header, payload, signature] = good.split('.') as [string, string, string]
    const changed = encode({ ...decodeJwt(good), exp: seconds() + 999_999 })
    for (const token of [`${header}.${changed}.${signature}`, `${header}.${payload}.${flip(signature)}`]) {
      expect(await read(token)).toMatchObject(refused)
    }
  })

  test('other texts are no tokens', async () => {
    for (const text of ['', 'x', 'a.b.c', '..', 'tk_short', `tk_${'A'.repeat(43)}`, 'x'.repeat(4000)]) {
      expect(await api.call('get', '/v1/merchants').set('authorization', `Bearer ${text}`)).toMatchObject(
        refused,
      )
    }
    expect(await api.call('get', '/v1/merchants').set('authorization', `Basic ${good}`)).toMatchObject(
      refused,
    )
    expect(await api.call('get', '/v1/merchants')).toMatchObject(refused)
  })

  test('verify with the published keys, which hold nothing private', async () => {
    const { status, body } = await api.call('get', '/.well-known/jwks.json')
    expect(status).toBe(200)
    expect(body.keys).toHaveLength(3)
    for (const key of body.keys) {
      expect(Object.keys(key).toSorted()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x'])
      expect(key).toMatchObject({ kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', use: 'sig' })
    }
    const { kid } = decodeProtectedHeader(good)
    const jwk = body.keys.find((key: { kid: string }) => key.kid === kid)
    const [header, payload, signature] = good.split('.') as [string, string, string]
    const publicKey = createPublicKey({ key: jwk, format: 'jwk' })
    const signed = Buffer.from(`${header}.${payload}`)
    expect(verify(null, signed, publicKey, Buffer.from(signature, 'base64url'))).toBe(true)
  })

  test('stay good when the signing key changes', async () => {
    const endOfEpoch = (Math.floor(seconds() / sessionKeyEpochSeconds) + 1) * sessionKeyEpochSeconds
    api.clock.now = new Date((endOfEpoch - 60) * 1000)
    const slug = (await makeNetwork(api)).slug
    const token = await signInOperator(api, slug)
    api.clock.now = new Date((endOfEpoch + 60) * 1000)
    expect(await read(token)).toMatchObject({ status: 200 })
    const next = await signInOperator(api, slug)
    expect(decodeProtectedHeader(next).kid).not.toBe(decodeProtectedHeader(token).kid)
  })
})

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

function flip(text: string): string {
  return (text.startsWith('A') ? 'B' : 'A') + text.slice(1)
}

/** A person with the operator's password, as operator of these networks; invitations come later. */
async function addPerson(email: string, slugs: string[]) {
  const uuid = crypto.randomUUID()
  await asAdmin(
    api,
    `insert into api.person (uuid, email, name, password_hash)
       select '${uuid}', '${email}', 'Somebody', password_hash from api.person where email = '${testOperator.email}'`,
  )
  for (const slug of slugs) {
    await asAdmin(
      api,
      `insert into api.membership (network_id, person_uuid, role, credential_id)
         select network_id, '${uuid}', 'operator', -(random() * 1e9)::int from api.network where slug = '${slug}'`,
    )
  }
  return { credentials: { email, password: testOperator.password }, uuid }
}

/** Of twenty tries in turn: whatever else the machine does can only make one longer. */
async function quickestMs(one: string, other: string): Promise<[number, number]> {
  const quickest: [number, number] = [Infinity, Infinity]
  for (let i = 0; i < 20; i++) {
    for (const [at, email] of [one, other].entries()) {
      const start = performance.now()
      await api
        .call('post', '/v1/sessions')
        .set('x-forwarded-for', `198.51.100.${i}`)
        .send({ email, password: 'not the password' })
      quickest[at] = Math.min(quickest[at]!, performance.now() - start)
    }
  }
  return quickest
}
