import { setTimeout } from 'node:timers/promises'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hashPassword } from '../../api/people/passwords.ts'
import { addStaff, makeMerchant, makeNetwork, makeTill, testOperator, type TestApi } from '../support/api.ts'
import { openHighStreet, type HighStreet } from '../support/high-street.ts'

let street: HighStreet
let api: TestApi
let people = 0

beforeAll(async () => {
  street = await openHighStreet()
  api = street.api
})
afterAll(() => street.close())

const somebody = () => ({ email: `person-${++people}@example.org`, name: `Person ${people}` })
const password = 'a password of their own'
const staffOf = (shop: string) => `/v1/merchants/${shop}/staff`
const invite = async (token: string, path: string, role?: string) => {
  const person = somebody()
  const answer = await api.call('post', path, token).send({ ...person, ...(role && { role }) })
  return { person, answer, id: answer.body.id as string }
}
const letterTo = (email: string) => api.letters.findLast(({ to }) => to === email)?.text ?? ''
const codeTo = (email: string) => /^[\w-]{43}$/m.exec(letterTo(email))?.[0] ?? 'no code'
const accept = (token: string, chosen = password) =>
  api.call('post', '/v1/invitations').send({ token, password: chosen })
const signIn = (email: string, chosen = password, network = street.network.slug) =>
  api.call('post', '/v1/sessions').send({ email, password: chosen, network })

/** Invited by the operator, accepted, signed in. */
async function join(role: string, shop = street.bakery.merchant) {
  const { person, answer, id } = await invite(street.network.operator, staffOf(shop), role)
  expect(answer).toMatchObject({ status: 201, body: { status: 'invited' } })
  expect(await accept(codeTo(person.email))).toMatchObject({ status: 201 })
  const { body, status } = await signIn(person.email)
  expect({ status, body }).toMatchObject({ status: 201, body: { role } })
  return { ...person, id, token: body.token as string }
}

test('a person is invited by e-mail, chooses a password, and acts in their role from then on', async () => {
  const { person, answer } = await invite(street.network.operator, staffOf(street.bakery.merchant), 'owner')
  expect(answer.body).toMatchObject({ ...person, role: 'owner', status: 'invited' })
  expect(await signIn(person.email)).toMatchObject({ status: 401 })
  expect(letterTo(person.email)).toContain('Bakery')
  expect(await accept(codeTo(person.email))).toMatchObject({
    status: 201,
    body: { role: 'owner', network: street.network.slug },
  })
  const { body } = await signIn(person.email)
  const own = await api.call('get', '/v1/merchants', body.token)
  expect(own.body.data.map(({ id }: { id: string }) => id)).toEqual([street.bakery.merchant])
})

test('an invitation is good once, for two weeks, and not for a password that is too short', async () => {
  const { person } = await invite(street.network.operator, staffOf(street.bakery.merchant), 'cashier')
  const code = codeTo(person.email)
  expect(await accept(code, 'too short')).toMatchObject({ status: 400 })
  expect(await accept('A'.repeat(43))).toMatchObject({ status: 422, body: { code: 'code_wrong' } })
  api.clock.now = new Date(Date.now() + 15 * 24 * 60 * 60_000)
  expect(await accept(code)).toMatchObject({ status: 422, body: { code: 'code_wrong' } })
  api.clock.now = null
  expect(await accept(code)).toMatchObject({ status: 201 })
  expect(await accept(code, 'another password!')).toMatchObject({ status: 422 })
  expect(await signIn(person.email, 'another password!')).toMatchObject({ status: 401 })
})

test('managers invite cashiers only, owners everyone of their shop, cashiers and auditors nobody', async () => {
  const { bakery, bookshop, network } = street
  const may = { owner: ['owner', 'manager', 'cashier'], manager: ['cashier'], cashier: [], auditor: [] }
  for (const [role, invites] of Object.entries(may)) {
    const merchant = role === 'auditor' ? null : bakery.merchant
    const token = await addStaff(api, network, { role: role as 'owner', merchant })
    for (const invited of ['owner', 'manager', 'cashier']) {
      const { answer, person } = await invite(token, staffOf(bakery.merchant), invited)
      const status = (invites as string[]).includes(invited) ? 201 : 403
      expect({ role, invited, status: answer.status }).toEqual({ role, invited, status })
      expect(letterTo(person.email) !== '').toBe(status === 201)
    }
    const elsewhere = await invite(token, staffOf(bookshop.merchant), 'cashier')
    expect(elsewhere.answer.status).toBe(invites.length > 0 ? 404 : 403)
  }
  expect((await invite(bakery.key, staffOf(bakery.merchant), 'cashier')).answer).toMatchObject({
    status: 403,
  })
})

test('a manager neither removes nor promotes an owner, nor makes themselves one', async () => {
  const owner = await join('owner')
  const manager = await join('manager')
  const of = (id: string) => `${staffOf(street.bakery.merchant)}/${id}`
  expect(await api.call('delete', of(owner.id), manager.token)).toMatchObject({ status: 403 })
  expect(await api.call('patch', of(owner.id), manager.token).send({ role: 'cashier' })).toMatchObject({
    status: 403,
  })
  expect(await api.call('patch', of(manager.id), manager.token).send({ role: 'owner' })).toMatchObject({
    status: 403,
  })
  const cashier = await join('cashier')
  expect(await api.call('patch', of(cashier.id), manager.token).send({ role: 'owner' })).toMatchObject({
    status: 403,
  })
  expect(await signIn(owner.email)).toMatchObject({ status: 201, body: { role: 'owner' } })
})

test('a new role counts at once, and log and trail say so', async () => {
  const cashier = await join('cashier')
  const path = `${staffOf(street.bakery.merchant)}/${cashier.id}`
  const governance = async () => {
    const rows = await api.db.selectFrom('ledger.governance').select('event').orderBy('entry_index').execute()
    return rows.map(({ event }) => event)
  }
  const before = await governance()
  expect(await api.call('get', staffOf(street.bakery.merchant), cashier.token)).toMatchObject({ status: 403 })
  const changed = await api.call('patch', path, street.network.operator).send({ role: 'manager' })
  expect(changed).toMatchObject({ status: 200, body: { role: 'manager' } })
  expect(await api.call('get', staffOf(street.bakery.merchant), cashier.token)).toMatchObject({ status: 200 })
  expect((await governance()).slice(before.length)).toEqual(['credential_revoked', 'credential_registered'])
  const trail = await api.call(
    'get',
    `/v1/audit-events?subject=${cashier.id}&operation=changeStaff`,
    street.network.operator,
  )
  expect(trail.body.data).toMatchObject([{ operation: 'changeStaff', changed: ['role'], outcome: 'done' }])
})

test('not even the API’s own login gives a role without a new credential, or makes a session longer', async () => {
  await join('cashier')
  for (const statement of [
    "update api.membership set role = 'operator', merchant_id = null where role = 'cashier'",
    "update api.session set expires_at = expires_at + interval '1 day'",
  ]) {
    await expect(sql.raw(statement).execute(api.db)).rejects.toMatchObject({ code: '42501' })
  }
})

test('who is removed is out at once, everywhere in that network, and can be invited again', async () => {
  const manager = await join('manager')
  const path = `${staffOf(street.bakery.merchant)}/${manager.id}`
  expect(await api.call('delete', path, street.network.operator)).toMatchObject({ status: 204 })
  expect(await api.call('get', '/v1/merchants', manager.token)).toMatchObject({ status: 401 })
  expect(await signIn(manager.email)).toMatchObject({ status: 401 })
  const again = await api
    .call('post', staffOf(street.bookshop.merchant), street.network.operator)
    .send({ email: manager.email, name: 'Back again', role: 'cashier' })
  expect(again).toMatchObject({ status: 201, body: { id: manager.id } })
  expect(await signIn(manager.email)).toMatchObject({ status: 401 })
  // They have a password already: the letter alone does not open the account.
  expect(await accept(codeTo(manager.email), 'a stranger’s password')).toMatchObject({
    status: 401,
    body: { code: 'sign_in_failed' },
  })
  expect(await accept(codeTo(manager.email))).toMatchObject({ status: 201, body: { role: 'cashier' } })
  expect(await api.call('get', '/v1/merchants', manager.token)).toMatchObject({ status: 401 })
})

test('a person has one role in a network; in another network they may have another, under another name', async () => {
  const owner = await join('owner')
  const twice = { email: owner.email, name: 'Else', role: 'cashier' }
  expect(
    await api.call('post', staffOf(street.bookshop.merchant), street.network.operator).send(twice),
  ).toMatchObject({ status: 409, body: { code: 'person_taken' } })
  const elsewhere = await makeNetwork(api)
  const shop = await makeMerchant(api, elsewhere)
  const invited = await api.call('post', staffOf(shop), elsewhere.operator).send(twice)
  expect(invited).toMatchObject({ status: 201, body: { name: 'Else' } })
  const listed = await api.call('get', staffOf(street.bakery.merchant), street.network.operator)
  const known = listed.body.data.find(({ id }: { id: string }) => id === owner.id)
  expect(known).toMatchObject({ name: owner.name })
})

test('auditors see accounts, not names, and change nothing', async () => {
  const { person, answer } = await invite(street.network.operator, '/v1/auditors')
  expect(answer).toMatchObject({ status: 201, body: { role: 'auditor' } })
  await accept(codeTo(person.email))
  const { token } = (await signIn(person.email)).body
  const listed = await api.call('get', staffOf(street.bakery.merchant), token)
  expect(listed.status).toBe(200)
  for (const member of listed.body.data) expect(member).toMatchObject({ name: null, email: null })
  expect((await invite(token, '/v1/auditors')).answer).toMatchObject({ status: 403 })
  expect((await invite(token, '/v1/operators')).answer).toMatchObject({ status: 403 })
  const owner = await join('owner')
  expect((await invite(owner.token, '/v1/auditors')).answer).toMatchObject({ status: 403 })
  expect(await api.call('get', '/v1/auditors', owner.token)).toMatchObject({ status: 403 })
})

test('a network keeps an operator, also when two remove each other at the same moment', async () => {
  const network = await makeNetwork(api)
  const { person, id } = await invite(network.operator, '/v1/operators')
  await accept(codeTo(person.email))
  const second = (await signIn(person.email, password, network.slug)).body.token
  const list = await api.call('get', '/v1/operators', second)
  const first = list.body.data.find((member: { id: string }) => member.id !== id).id
  const answers = await Promise.all([
    api.call('delete', `/v1/operators/${id}`, network.operator),
    api.call('delete', `/v1/operators/${first}`, second),
  ])
  const statuses = answers.map(({ status }) => status)
  expect(statuses.filter((status) => status === 204)).toHaveLength(1)
  const left = statuses[0] === 204 ? network.operator : second
  const self = statuses[0] === 204 ? first : id
  expect(await api.call('delete', `/v1/operators/${self}`, left)).toMatchObject({
    status: 409,
    body: { code: 'last_operator' },
  })
  expect(await api.call('get', '/v1/operators', left)).toMatchObject({ status: 200 })
})

test('a former cashier is forgotten on request, and the trail stays whole', async () => {
  const cashier = await join('cashier')
  const till = await makeTill(api, street.network, street.bakery.merchant)
  expect(till.id).toMatch(/^til_/)
  const phone = `The phone of ${cashier.id}`
  expect(await signIn(cashier.email).set('User-Agent', phone)).toMatchObject({ status: 201 })
  const sessions = () => api.db.selectFrom('api.session').select('user_agent').execute()
  expect(await sessions()).toContainEqual({ user_agent: phone })
  const path = `${staffOf(street.bakery.merchant)}/${cashier.id}?erase=true`
  expect(await api.call('delete', path, street.network.operator)).toMatchObject({ status: 204 })
  const rows = await api.db.selectFrom('api.person').selectAll().execute()
  expect(JSON.stringify(rows)).not.toContain(cashier.email)
  expect(await sessions()).not.toContainEqual({ user_agent: phone })
  expect(await api.call('get', '/v1/sessions', cashier.token)).toMatchObject({ status: 401 })
  const trail = await api.call('get', `/v1/audit-events?subject=${cashier.id}`, street.network.operator)
  expect(trail.body.data.length).toBeGreaterThanOrEqual(2)
})

test('sales do not wait for passwords that are worked on while somebody is forgotten', async () => {
  const cashier = await join('cashier')
  const { wallet } = await street.join()
  // Whoever comes now waits until all of these are done.
  const others = Promise.allSettled(Array.from({ length: 40 }, () => hashPassword(password)))
  const path = `${staffOf(street.bakery.merchant)}/${cashier.id}?erase=true`
  const removed = api.call('delete', path, street.network.operator).then(({ status }) => status)
  await setTimeout(200)
  const sale = street.bakery.buy({ wallet, amount_minor: 100 })
  expect(await Promise.race([sale.then(({ status }) => status), others.then(() => 'passwords first')])).toBe(
    201,
  )
  expect(await removed).toBe(204)
})

test('a password is reset with a code from an e-mail: once, within the hour, and it signs out everywhere', async () => {
  const owner = await join('owner')
  expect(await api.call('post', '/v1/password-resets').send({ email: owner.email })).toMatchObject({
    status: 202,
  })
  const code = codeTo(owner.email)
  const confirm = (token: string, chosen: string) =>
    api.call('post', '/v1/password-resets/confirm').send({ token, password: chosen })
  api.clock.now = new Date(Date.now() + 61 * 60_000)
  expect(await confirm(code, 'quite a new password')).toMatchObject({ status: 422 })
  api.clock.now = null
  expect(await signIn(owner.email)).toMatchObject({ status: 201 })
  expect(await confirm(code, 'quite a new password')).toMatchObject({ status: 204 })
  expect(await confirm(code, 'yet another password')).toMatchObject({ status: 422 })
  expect(await api.call('get', '/v1/merchants', owner.token)).toMatchObject({ status: 401 })
  expect(await signIn(owner.email)).toMatchObject({ status: 401 })
  expect(await signIn(owner.email, 'quite a new password')).toMatchObject({ status: 201 })
  expect(letterTo(owner.email)).toContain('password was changed')
})

test('whoever asks for somebody’s new password ends no code they were sent; the first that is used ends all', async () => {
  const owner = await join('owner')
  const ask = async () => {
    await api.call('post', '/v1/password-resets').send({ email: owner.email })
    return codeTo(owner.email)
  }
  const [theirs, another, last] = [await ask(), await ask(), await ask()]
  const confirm = (token: string) =>
    api.call('post', '/v1/password-resets/confirm').send({ token, password: 'quite a new password' })
  expect(await confirm(theirs)).toMatchObject({ status: 204 })
  for (const code of [another, last]) expect(await confirm(code)).toMatchObject({ status: 422 })
})

test('asking for a new password answers alike for people with and without an account', async () => {
  const ask = async (email: string) => {
    const { status, text, headers } = await api.call('post', '/v1/password-resets').send({ email })
    return { status, text, names: Object.keys(headers).toSorted() }
  }
  const known = await ask(testOperator.email)
  const unknown = await ask('nobody-at-all@example.org')
  expect(known).toEqual(unknown)
  expect(known.status).toBe(202)
  expect(letterTo('nobody-at-all@example.org')).toContain('no account')
  expect(codeTo('nobody-at-all@example.org')).toBe('no code')
})

test('neither the log nor the trail holds an e-mail address, a name or a code', async () => {
  const owner = await join('owner')
  const code = codeTo(owner.email)
  const trail = await api.db.selectFrom('api.audit_event').selectAll().execute()
  for (const text of [JSON.stringify(trail), api.logged()]) {
    for (const secret of [owner.email, owner.name, code, password]) expect(text).not.toContain(secret)
  }
})
