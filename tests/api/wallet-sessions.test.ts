import { exportJWK, generateKeyPair } from 'jose'
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { presentError } from '../../api/http/logging.ts'
import { createSharedLimits } from '../../api/http/shared-limit.ts'
import { createMailer } from '../../api/mail/mailer.ts'
import { createSignInLimits } from '../../api/wallets/sign-in-limits.ts'
import { openHighStreet, type HighStreet } from '../support/high-street.ts'
import { lastCode, signInCustomer } from '../support/phone.ts'

let street: HighStreet

beforeAll(async () => {
  street = await openHighStreet()
})
afterAll(() => street.close())

const freshEmail = () => `${crypto.randomUUID()}@example.org`

async function ask(email: string, network = street.network.slug, address = '192.0.2.1', cookie = '') {
  const request = street.api.call('post', '/v1/wallet-sessions').set('X-Forwarded-For', address)
  return await request.set('Cookie', cookie).send({ network, email })
}

async function enter(id: string, code: string, address = '192.0.2.1', cookie = '') {
  const request = street.api.call('post', `/v1/wallet-sessions/${id}/code`).set('X-Forwarded-For', address)
  return await request.set('Cookie', cookie).send({ code })
}

/** Joins, and answers the cookie by which the browser is known from then on. */
async function joinFrom(address: string): Promise<{ email: string; known: string }> {
  const email = freshEmail()
  const { body } = await ask(email, undefined, address)
  const entered = await enter(body.id, lastCode(street.api, email), address)
  const cookies = entered.headers['set-cookie'] as unknown as string[]
  const known = cookies.find((set) => set.startsWith('tally_known_'))!
  expect(known).toMatch(/; Path=\/v1\/wallet-sessions; Expires=[^;]+; HttpOnly; .*SameSite=Strict/)
  return { email, known: known.split(';')[0]! }
}

/** Strangers at ten addresses and more ask for all the codes of a day. */
async function useUpCodes(email: string, asks: number): Promise<void> {
  const from = (letter: number) => `198.51.100.${Math.floor(letter / 5)}`
  for (let letter = 0; letter < asks; letter++) {
    expect((await ask(email, undefined, from(letter))).status).toBe(201)
  }
}

const otherThan = (code: string) => (code === '123456' ? '654321' : '123456')

describe('signing in to a wallet', () => {
  test('with the code in the e-mail joins, and the next time finds the same wallet', async () => {
    const email = freshEmail()
    const first = await signInCustomer(street.api, street.network.slug, email)
    const second = await signInCustomer(street.api, street.network.slug, email.toUpperCase())
    expect(second.wallet).toBe(first.wallet)
    const wallet = await street.api.call('get', `/v1/wallets/${first.wallet}`, second.token)
    expect(wallet).toMatchObject({ status: 200, body: { available: 0, lots: [] } })
  })

  test('finds the wallet a till enrolled', async () => {
    const email = freshEmail()
    const enrolled = await street.bakery.post('/v1/customers', { email }, null)
    const { wallet } = await signInCustomer(street.api, street.network.slug, email)
    expect(wallet).toBe(enrolled.body.wallet)
  })

  test('answers and sends alike for members and strangers', async () => {
    const member = freshEmail()
    await street.bakery.post('/v1/customers', { email: member }, null)
    const answers = [await ask(member), await ask(freshEmail())]
    for (const answer of answers) {
      expect(answer.status).toBe(201)
      expect(answer.body).toEqual({ id: expect.stringMatching(/^wse_/) })
    }
    const letters = street.api.letters
      .slice(-2)
      .map(({ subject, text }) => [subject, text.replace(/^\d{6}/, 'code')])
    expect(letters[0]).toEqual(letters[1])
  })

  test('makes nobody a member before the code is entered', async () => {
    const email = freshEmail()
    await ask(email)
    const enrolled = await street.bakery.post('/v1/customers', { email }, null)
    expect(enrolled.status).toBe(201)
  })

  test('with a wrong code is refused, and after five not even the right one is taken', async () => {
    const email = freshEmail()
    const { body } = await ask(email)
    const code = lastCode(street.api, email)
    for (let attempt = 0; attempt < 5; attempt++) {
      expect(await enter(body.id, otherThan(code))).toMatchObject({
        status: 422,
        body: { code: 'code_wrong' },
      })
    }
    expect(await enter(body.id, code)).toMatchObject({ status: 422, body: { code: 'code_wrong' } })
  })

  test('with wrong codes is in the trail, and after five is told to whoever has the address, once a day', async () => {
    const email = freshEmail()
    const enrolled = await street.bakery.post('/v1/customers', { email }, null)
    const told = () => street.api.letters.filter((each) => each.to === email && /guess/.test(each.subject))
    const guess = async (times: number) => {
      const { body } = await ask(email)
      for (let i = 0; i < times; i++)
        expect((await enter(body.id, otherThan(lastCode(street.api, email)))).status).toBe(422)
    }
    const trail = async () => {
      const asked = `/v1/audit-events?subject=${enrolled.body.id}&outcome=refused`
      return (await street.api.call('get', asked, street.network.operator)).body.data
    }
    await guess(4)
    await expect.poll(async () => (await trail()).length).toBe(4)
    expect(told()).toEqual([])
    await guess(4)
    await expect.poll(async () => (await trail()).length).toBe(8)
    expect(told()).toHaveLength(1)
    expect((await trail())[0]).toMatchObject({
      operation: 'postWalletSessionCode',
      outcome: 'code_wrong',
      actor: { kind: 'anyone', id: null },
      address: '192.0.2.1',
    })
    expect(JSON.stringify(await trail())).not.toContain(email)
  })

  test('guessed twenty times at the same moment is tried five times', async () => {
    const email = freshEmail()
    const { body } = await ask(email)
    await Promise.all(
      Array.from({ length: 20 }, () => enter(body.id, otherThan(lastCode(street.api, email)))),
    )
    const { attempts } = await street.api.db
      .selectFrom('api.wallet_session')
      .where('email', '=', email)
      .select('attempts')
      .executeTakeFirstOrThrow()
    expect(attempts).toBe(5)
  })

  test('with a code used before is refused, also when both come at the same moment', async () => {
    const email = freshEmail()
    const { body } = await ask(email)
    const code = lastCode(street.api, email)
    const answers = await Promise.all([enter(body.id, code), enter(body.id, code), enter(body.id, code)])
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 422, 422])
    expect((await enter(body.id, code)).status).toBe(422)
  })

  test('with a code older than ten minutes is refused', async () => {
    const email = freshEmail()
    const { body } = await ask(email)
    street.api.clock.now = new Date(Date.now() + 10 * 60_000 + 1000)
    try {
      expect((await enter(body.id, lastCode(street.api, email))).status).toBe(422)
    } finally {
      street.api.clock.now = null
    }
  })

  test('with the code of another sign-in is refused', async () => {
    const email = freshEmail()
    const first = await ask(email)
    const code = lastCode(street.api, email)
    let second = await ask(email)
    while (lastCode(street.api, email) === code) second = await ask(email)
    expect((await enter(second.body.id, code)).status).toBe(422)
    expect((await enter(first.body.id, code)).status).toBe(201)
  })

  test('is slowed down for whoever asks for code after code, and for nobody else', async () => {
    const email = freshEmail()
    for (let letter = 0; letter < 5; letter++) expect((await ask(email)).status).toBe(201)
    const answer = await ask(email)
    expect(answer).toMatchObject({ status: 429, body: { code: 'too_many_requests' } })
    expect(answer.body.detail).toContain('Codes were sent to this e-mail too often')
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
    expect((await ask(freshEmail())).status).toBe(201)
    const owner = await ask(email, undefined, '192.0.2.2')
    expect(owner.status).toBe(201)
    const entered = await enter(owner.body.id, lastCode(street.api, email), '192.0.2.2')
    expect(entered.status).toBe(201)
  })

  test('sends one e-mail address no more than 50 codes a day, however many ask', async () => {
    const email = freshEmail()
    await useUpCodes(email, 50)
    const refused = await ask(email, undefined, '198.51.100.10')
    expect(refused).toMatchObject({ status: 429, body: { code: 'too_many_requests' } })
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(60 * 60)
    expect(street.api.letters.filter(({ to }) => to === email)).toHaveLength(50)
  })

  test('takes no more than 100 wrong codes a day for one e-mail address, whoever enters them', async () => {
    const email = freshEmail()
    for (let letter = 0; letter < 20; letter++) {
      const { body } = await ask(email, undefined, `203.0.113.${letter}`)
      const wrong = otherThan(lastCode(street.api, email))
      for (let attempt = 0; attempt < 5; attempt++) {
        expect((await enter(body.id, wrong, `203.0.113.${letter}`)).status).toBe(422)
      }
    }
    const { body } = await ask(email, undefined, '203.0.113.100')
    const refused = await enter(body.id, lastCode(street.api, email), '203.0.113.100')
    expect(refused).toMatchObject({ status: 429, body: { code: 'too_many_requests' } })
    expect(refused.body.detail).toContain('Too many wrong codes')
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(60 * 60)
  })

  test('from a browser in which they did so before is no business of strangers who ask for codes and guess', async () => {
    const { email, known } = await joinFrom('192.0.2.7')
    await useUpCodes(email, 49)
    const stopped = { status: 429, body: { code: 'too_many_requests' } }
    expect(await ask(email, undefined, '192.0.2.7')).toMatchObject(stopped)
    const other = await joinFrom('192.0.2.7')
    expect(await ask(email, undefined, '192.0.2.8', other.known)).toMatchObject(stopped)
    expect(await ask(email, undefined, '192.0.2.8', `${known}x`)).toMatchObject(stopped)
    for (const address of ['192.0.2.7', '192.0.2.8']) {
      const asked = await ask(email, undefined, address, known)
      expect(asked).toMatchObject({ status: 201 })
      const entered = await enter(asked.body.id, lastCode(street.api, email), address, known)
      expect(entered).toMatchObject({ status: 201 })
    }
    // Its own count is no larger than that of an address.
    for (let letter = 2; letter < 5; letter++)
      expect((await ask(email, undefined, '192.0.2.9', known)).status).toBe(201)
    expect(await ask(email, undefined, '192.0.2.10', known)).toMatchObject(stopped)
  })

  test('goes on in a known browser where strangers have entered all the wrong codes of a day', async () => {
    const { email, known } = await joinFrom('192.0.2.7')
    for (let letter = 0; letter < 20; letter++) {
      const { body } = await ask(email, undefined, `203.0.113.${letter}`)
      const wrong = otherThan(lastCode(street.api, email))
      for (let attempt = 0; attempt < 5; attempt++) await enter(body.id, wrong, `203.0.113.${letter}`)
    }
    const { body } = await ask(email, undefined, '192.0.2.7', known)
    const code = lastCode(street.api, email)
    expect(await enter(body.id, code, '192.0.2.7')).toMatchObject({ status: 429 })
    expect(await enter(body.id, code, '192.0.2.7', known)).toMatchObject({ status: 201 })
  })

  test('sends 50 codes a day and takes 100 wrong ones in all known browsers together', async () => {
    const { email, known } = await joinFrom('192.0.2.7')
    // As if they had been asked for, and entered, in others of them.
    const account = `${street.network.slug} ${email}`
    const limits = createSignInLimits(createSharedLimits(street.api.db, street.api.secret))
    for (let letter = 0; letter < 49; letter++) await limits.letters.consume(`${account} known`)
    const asked = await ask(email, undefined, '192.0.2.7', known)
    expect(asked).toMatchObject({ status: 201 })
    expect(await ask(email, undefined, '192.0.2.7', known)).toMatchObject({ status: 429 })
    const wrong = otherThan(lastCode(street.api, email))
    const { network_id } = await street.api.db
      .selectFrom('api.network')
      .select('network_id')
      .where('slug', '=', street.network.slug)
      .executeTakeFirstOrThrow()
    for (let guess = 0; guess < 99; guess++) await limits.wrongCodes.consume(`${network_id} ${email} known`)
    expect(await enter(asked.body.id, wrong, '192.0.2.7', known)).toMatchObject({ status: 422 })
    expect(await enter(asked.body.id, wrong, '192.0.2.7', known)).toMatchObject({ status: 429 })
    // Those of strangers are others.
    expect(await ask(email)).toMatchObject({ status: 201 })
  })

  test('to a network that is not there, or with a malformed code, is refused', async () => {
    expect((await ask(freshEmail(), 'no-such-network')).status).toBe(404)
    const { body } = await ask(freshEmail())
    for (const code of ['12345', '1234567', 'abcdef', ''])
      expect((await enter(body.id, code)).status).toBe(400)
  })

  test('ends when the customer signs out', async () => {
    const ada = await street.join()
    expect((await ada.get(`/v1/wallets/${ada.wallet}`)).status).toBe(200)
    expect((await street.api.call('delete', '/v1/sessions', ada.token)).status).toBe(204)
    expect((await ada.get(`/v1/wallets/${ada.wallet}`)).status).toBe(401)
  })

  test('leaves no code in the database that could be read or tried out', async () => {
    const email = freshEmail()
    await ask(email)
    const row = await street.api.db
      .selectFrom('api.wallet_session')
      .where('email', '=', email)
      .selectAll()
      .executeTakeFirstOrThrow()
    expect(row.code_hash).toHaveLength(32)
    expect(JSON.stringify({ ...row, code_hash: row.code_hash.toString('latin1') })).not.toContain(
      lastCode(street.api, email),
    )
  })

  test('leaves neither the e-mail nor the code in the logs', async () => {
    const email = freshEmail()
    const { token } = await signInCustomer(street.api, street.network.slug, email)
    expect(street.api.logged()).toContain('/v1/wallet-sessions')
    expect(street.api.logged()).not.toContain(email)
    expect(street.api.logged()).not.toContain(token)
    expect(street.api.logged()).not.toContain(lastCode(street.api, email))
  })
})

describe('a device', () => {
  test('with a private key is refused in clear words', async () => {
    const ada = await street.join()
    const { privateKey } = await generateKeyPair('ES256', { extractable: true })
    const answer = await street.api
      .call('post', '/v1/wallet-devices', ada.token)
      .send({ public_key: await exportJWK(privateKey) })
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ pointer: '#/public_key/d' }] } })
    expect(answer.body.errors[0].detail).toContain('private key')
  })

  test('with a key of another curve, or none at all, is refused', async () => {
    const ada = await street.join()
    const p384 = await generateKeyPair('ES384', { extractable: true })
    const jwk = await exportJWK((await generateKeyPair('ES256', { extractable: true })).publicKey)
    const bind = async (public_key: unknown) =>
      (await street.api.call('post', '/v1/wallet-devices', ada.token).send({ public_key })).body.code
    expect(await bind(await exportJWK(p384.publicKey))).toBe('request_invalid')
    expect(await bind({ ...jwk, crv: 'secp256k1' })).toBe('request_invalid')
    expect(await bind({ kty: 'oct', k: 'c2VjcmV0' })).toBe('request_invalid')
    expect(await bind('key')).toBe('request_invalid')
    expect(await bind({ ...jwk, y: jwk.x })).toBe('key_not_suitable')
  })

  test('is lost by its own customer only, and stays lost', async () => {
    const [ada, bea] = [await street.join(), await street.join()]
    const lose = async (token: string) =>
      (await street.api.call('delete', `/v1/wallet-devices/${ada.device}`, token)).status
    expect(await lose(bea.token)).toBe(404)
    expect((await street.bakery.buy({ qr: await ada.showQr(), amount_minor: 100 })).status).toBe(201)
    expect([await lose(ada.token), await lose(ada.token)]).toEqual([204, 204])
    const refused = await street.bakery.buy({ qr: await ada.showQr(), amount_minor: 100 })
    expect(refused.body.code).toBe('qr_device_removed')
  })
})

test('without a mail server letters become files that only their owner can read', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tally-mail-'))
  try {
    const sendMail = createMailer({ folder: join(folder, 'mail'), from: 'Tallystick <tally@example.org>' })
    await sendMail({ to: 'ada@example.org', subject: 'Grüße', text: '123456 is your code' })
    const [name, ...others] = await readdir(join(folder, 'mail'))
    expect(others).toEqual([])
    expect(name).toMatch(/\.eml$/)
    const path = join(folder, 'mail', name ?? '')
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    const letter = await readFile(path, 'utf8')
    expect(letter).toContain('To: ada@example.org')
    expect(letter).toContain('123456 is your code')
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('a mail server that is away is told of without a word about whom the letter was for', async () => {
  const sendMail = createMailer({
    smtpUrl: 'smtp://127.0.0.1:1',
    folder: 'unused',
    from: 'tally@example.org',
  })
  const sending = sendMail({ to: 'ada@example.org', subject: 'Hello', text: '123456' })
  const refusal = await sending.catch((error: unknown) => error)
  expect(refusal).toMatchObject({ code: 'unavailable' })
  expect(JSON.stringify(presentError(refusal))).toContain('ESOCKET')
  expect(JSON.stringify(presentError(refusal))).not.toContain('ada@')
})
