import { afterAll, afterEach, beforeAll, expect, onTestFinished, test } from 'vitest'
import {
  accessTokenSeconds,
  staffSessionSeconds,
  staffSessionSecondsMax,
} from '../../api/sessions/lifetimes.ts'
import { addStaff, testOperator } from '../support/api.ts'
import { waitUntilWaiting } from '../support/barrier.ts'
import { openHighStreet, type HighStreet } from '../support/high-street.ts'
import { lastCode } from '../support/phone.ts'
import { testPool } from '../support/scratch.ts'

let street: HighStreet

beforeAll(async () => {
  street = await openHighStreet()
})
afterAll(() => street.close())
afterEach(() => {
  street.api.clock.now = null
})

interface SignedIn {
  readonly token: string
  readonly cookie: string
  readonly attributes: string
}

function signedIn(answer: { headers: Record<string, unknown>; body: { token: string } }): SignedIn {
  const [header = ''] = answer.headers['set-cookie'] as string[]
  const [cookie = '', ...attributes] = header.split('; ')
  return { token: answer.body.token, cookie, attributes: attributes.join('; ') }
}

const signIn = async (network: string | undefined = street.network.slug) => {
  const answer = await street.api.call('post', '/v1/sessions').send({ ...testOperator, network })
  expect(answer.status).toBe(201)
  return signedIn(answer)
}
const refresh = (cookie: string, body: object = { network: street.network.slug }) =>
  street.api.call('post', '/v1/sessions/refresh').set('cookie', cookie).set('tally-refresh', '1').send(body)
const use = async (token: string) => (await street.api.call('get', '/v1/merchants', token)).status
const pass = (seconds: number) => {
  street.api.clock.now = new Date((street.api.clock.now ?? new Date()).getTime() + seconds * 1000)
}

test('a token ends after a quarter of an hour, and the refresh cookie gets another', async () => {
  const first = await signIn()
  expect(await use(first.token)).toBe(200)
  pass(accessTokenSeconds + 1)
  expect(await use(first.token)).toBe(401)
  const answer = await refresh(first.cookie)
  expect(answer).toMatchObject({ status: 201, body: { role: 'operator', network: street.network.slug } })
  expect(await use(answer.body.token)).toBe(200)
  expect(signedIn(answer).cookie).not.toBe(first.cookie)
})

test('scripts can’t read the cookie and other sites can’t send it; it goes to no other route', async () => {
  const { attributes, cookie } = await signIn()
  expect(cookie).toMatch(new RegExp(`^tally_staff_${street.network.slug}=`))
  expect(attributes).toContain('Path=/v1/sessions')
  expect(attributes).toContain('HttpOnly')
  expect(attributes).toContain('SameSite=Strict')
  expect(attributes).not.toContain('Secure')
  const elsewhere = await street.api
    .call('post', '/v1/sessions')
    .set('host', 'tally.example.org')
    .send(testOperator)
  expect(signedIn(elsewhere).attributes).toContain('Secure')
  expect(await street.api.call('get', '/v1/merchants').set('cookie', cookie)).toMatchObject({ status: 401 })
})

test('without the header that no other site can send, nothing is refreshed and nothing is used up', async () => {
  const { cookie } = await signIn()
  const forged = await street.api
    .call('post', '/v1/sessions/refresh')
    .set('cookie', cookie)
    .send({ network: street.network.slug })
  expect(forged).toMatchObject({ status: 403, body: { code: 'forbidden' } })
  expect(await refresh(cookie)).toMatchObject({ status: 201 })
})

test('a refresh cookie that is used a second time ends the session for both who have it', async () => {
  const first = await signIn()
  const other = await signIn()
  const second = signedIn(await refresh(first.cookie))
  expect(await use(second.token)).toBe(200)
  expect(await refresh(first.cookie)).toMatchObject({ status: 401, body: { code: 'unauthenticated' } })
  expect(await use(second.token)).toBe(401)
  expect(await refresh(second.cookie)).toMatchObject({ status: 401 })
  expect(await use(other.token)).toBe(200)
  const trail = await street.api.call(
    'get',
    '/v1/audit-events?operation=refreshSession&outcome=refused',
    other.token,
  )
  expect(trail.body.data[0]).toMatchObject({ outcome: 'refresh_reused', actor: { role: 'operator' } })
})

test('of two refreshes at the same moment one at most is let in, and the session ends for both', async () => {
  const { token, cookie } = await signIn()
  const admin = testPool(street.api.adminUrl)
  onTestFinished(() => admin.end())
  const holder = await admin.connect()
  onTestFinished(() => holder.release())
  await holder.query('begin; select from api.session for update')
  const both = Promise.all([refresh(cookie), refresh(cookie)])
  await waitUntilWaiting(admin, 2)
  await holder.query('rollback')
  // The first is let in unless the second, which ends the session, overtakes it before it has its token.
  const answers = await both
  const letIn = answers.filter(({ status }) => status === 201)
  expect(answers.filter(({ status }) => status === 401)).toHaveLength(2 - letIn.length)
  expect(letIn.length).toBeLessThanOrEqual(1)
  for (const each of [token, ...letIn.map(({ body }) => body.token)]) expect(await use(each)).toBe(401)
  for (const each of [cookie, ...letIn.map((answer) => signedIn(answer).cookie)]) {
    expect(await refresh(each)).toMatchObject({ status: 401 })
  }
})

test('a cookie that was changed, or is another network’s or a customer’s, refreshes nothing', async () => {
  const { cookie } = await signIn()
  const [name, value = ''] = cookie.split('=')
  const parts = value.split('.')
  const forged = [
    `${name}=`,
    `${name}=${value.slice(0, -2)}AA`,
    `${name}=${[parts[0], parts[1], '1', parts[3]].join('.')}`,
    `${name}=${['customer', ...parts.slice(1)].join('.')}`,
    `tally_customer_${street.network.slug}=${value}`,
    `other=${value}`,
  ]
  for (const each of forged) expect(await refresh(each)).toMatchObject({ status: 401 })
  expect(await refresh(cookie, { network: 'another' })).toMatchObject({ status: 401 })
  expect(await refresh(cookie)).toMatchObject({ status: 201 })
})

test('a session ends after a shift without being used, and after a month however often it is', async () => {
  const { cookie } = await signIn()
  pass(staffSessionSeconds + 1)
  expect(await refresh(cookie)).toMatchObject({ status: 401 })
  street.api.clock.now = null

  let last = (await signIn()).cookie
  const used = staffSessionSeconds - 60
  let lived = 0
  for (let status = 201; status === 201;) {
    pass(used)
    lived += used
    const answer = await refresh(last)
    status = answer.status
    if (status === 201) last = signedIn(answer).cookie
  }
  expect(lived).toBeGreaterThan(staffSessionSecondsMax)
  expect(lived).toBeLessThanOrEqual(staffSessionSecondsMax + used)
})

test('who lost their role refreshes nothing', async () => {
  const { api, network, bakery } = street
  const email = `leaver@example.org`
  await addStaff(api, network, { role: 'owner', merchant: bakery.merchant })
  const invited = await api
    .call('post', `/v1/merchants/${bakery.merchant}/staff`, network.operator)
    .send({ email, name: 'Leaver', role: 'cashier' })
  const token = /^[\w-]{43}$/m.exec(api.letters.findLast(({ to }) => to === email)?.text ?? '')?.[0]
  await api.call('post', '/v1/invitations').send({ token, password: 'password of a leaver' })
  const answer = await api.call('post', '/v1/sessions').send({ email, password: 'password of a leaver' })
  const { cookie } = signedIn(answer)
  await api.call('delete', `/v1/merchants/${bakery.merchant}/staff/${invited.body.id}`, network.operator)
  expect(await refresh(cookie)).toMatchObject({ status: 401 })
})

test('a customer stays signed in the same way', async () => {
  const { api, network } = street
  const email = 'phone@example.org'
  const asked = await api.call('post', '/v1/wallet-sessions').send({ network: network.slug, email })
  const entered = await api
    .call('post', `/v1/wallet-sessions/${asked.body.id}/code`)
    .send({ code: lastCode(api, email) })
  const { cookie } = signedIn(entered)
  expect(cookie).toContain(`tally_customer_${network.slug}=`)
  pass(accessTokenSeconds + 1)
  const { wallet } = entered.body
  expect(await api.call('get', `/v1/wallets/${wallet}`, entered.body.token)).toMatchObject({ status: 401 })
  const answer = await refresh(cookie, { network: network.slug, as: 'customer' })
  expect(answer).toMatchObject({ status: 201, body: { wallet, role: null } })
  expect(await api.call('get', `/v1/wallets/${wallet}`, answer.body.token)).toMatchObject({ status: 200 })
})

test('a phone that lost the answer refreshes with what it has; what was stolen is found out by the owner’s next one', async () => {
  const { api, network } = street
  const asCustomer = { network: network.slug, as: 'customer' }
  const email = 'tunnel@example.org'
  const asked = await api.call('post', '/v1/wallet-sessions').send({ network: network.slug, email })
  const entered = await api
    .call('post', `/v1/wallet-sessions/${asked.body.id}/code`)
    .send({ code: lastCode(api, email) })
  const { cookie } = signedIn(entered)
  const lost = await refresh(cookie, asCustomer)
  const again = await refresh(cookie, asCustomer)
  const third = await refresh(cookie, asCustomer)
  expect([lost.status, again.status, third.status]).toEqual([201, 201, 201])
  // Its successor is used: from now on the old one ends the session.
  const next = await refresh(signedIn(third).cookie, asCustomer)
  expect(next.status).toBe(201)
  const stolen = await refresh(cookie, asCustomer)
  expect(stolen.status).toBe(401)
  expect(await refresh(signedIn(next).cookie, asCustomer)).toMatchObject({ status: 401 })
  const { wallet, token } = { ...entered.body, ...next.body }
  expect(await api.call('get', `/v1/wallets/${wallet}`, token)).toMatchObject({ status: 401 })
})

test('whoever refreshes with a customer’s stolen token is found out when the owner refreshes', async () => {
  const { api, network } = street
  const asCustomer = { network: network.slug, as: 'customer' }
  const email = 'stolen@example.org'
  const asked = await api.call('post', '/v1/wallet-sessions').send({ network: network.slug, email })
  const entered = await api
    .call('post', `/v1/wallet-sessions/${asked.body.id}/code`)
    .send({ code: lastCode(api, email) })
  const { cookie } = signedIn(entered)
  const owner = await refresh(cookie, asCustomer)
  const thief = await refresh(cookie, asCustomer)
  expect([owner.status, thief.status]).toEqual([201, 201])
  expect(await refresh(signedIn(owner).cookie, asCustomer)).toMatchObject({ status: 401 })
  expect(await refresh(signedIn(thief).cookie, asCustomer)).toMatchObject({ status: 401 })
})

test('people see where they are signed in, and end one of those sessions or all', async () => {
  const { api } = street
  const one = await signIn()
  const two = await signIn()
  const list = async (token: string) => (await api.call('get', '/v1/sessions', token)).body.data
  const [newest] = await list(one.token)
  expect(newest).toMatchObject({ current: false, id: expect.stringMatching(/^ses_/) })
  expect(await api.call('delete', `/v1/sessions/${newest.id}`, one.token)).toMatchObject({ status: 204 })
  expect(await use(two.token)).toBe(401)
  expect(await refresh(two.cookie)).toMatchObject({ status: 401 })
  expect(await api.call('delete', `/v1/sessions/${newest.id}`, one.token)).toMatchObject({ status: 404 })

  const stranger = await addStaff(api, street.network, { role: 'auditor', merchant: null })
  const [own] = await list(one.token)
  expect(await api.call('delete', `/v1/sessions/${own.id}`, stranger)).toMatchObject({ status: 404 })

  const three = await signIn()
  expect(await api.call('delete', '/v1/sessions?everywhere=true', three.token)).toMatchObject({ status: 204 })
  for (const each of [one, three]) {
    expect(await use(each.token)).toBe(401)
    expect(await refresh(each.cookie)).toMatchObject({ status: 401 })
  }
  expect(await use(stranger)).toBe(200)
})

test('the sign-in of somebody whose password is being guessed is slowed, and they are told', async () => {
  const { api, network } = street
  const email = 'guessed-and-told@example.org'
  await api
    .call('post', `/v1/merchants/${street.bakery.merchant}/staff`, await freshOperator())
    .send({ email, name: 'Guessed', role: 'owner' })
  const token = /^[\w-]{43}$/m.exec(api.letters.findLast(({ to }) => to === email)?.text ?? '')?.[0]
  await api.call('post', '/v1/invitations').send({ token, password: 'password that is guessed' })
  const guess = () => api.call('post', '/v1/sessions').send({ email, password: 'a wild guess' })
  for (let i = 0; i < 4; i++) expect(await guess()).toMatchObject({ status: 401 })
  const told = () => api.letters.filter(({ to, subject }) => to === email && subject.includes('guess')).length
  expect(told()).toBe(0)
  expect(await guess()).toMatchObject({ status: 401 })
  await expect.poll(told).toBe(1)
  expect(await guess()).toMatchObject({ status: 429 })
  expect(told()).toBe(1)
  const trail = async () =>
    (await api.call('get', '/v1/audit-events?operation=signIn&outcome=refused', await freshOperator())).body
      .data
  await expect.poll(async () => (await trail()).length).toBe(5)
  expect((await trail())[0]).toMatchObject({ outcome: 'sign_in_failed', actor: { role: 'owner' } })

  async function freshOperator() {
    return (await signIn(network.slug)).token
  }
})
