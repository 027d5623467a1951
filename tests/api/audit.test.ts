import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { closeAuditDays, digestDay } from '../../api/audit/close-days.ts'
import type { NetworkId } from '../../ledger/index.ts'
import { keepLog, signUp } from '../log/kept-log.ts'
import { addStaff, asAdmin, makeMerchant, makeTill, testOperator, type TestNetwork } from '../support/api.ts'
import { customerIdOf } from '../support/customer-id.ts'
import { openHighStreet, type HighStreet } from '../support/high-street.ts'

let street: HighStreet

beforeAll(async () => {
  street = await openHighStreet()
})
afterAll(() => street.close())

const read = async (token: string, query = '') => {
  const { status, body } = await street.api.call('get', `/v1/audit-events?${query}`, token)
  expect({ status, body }).toMatchObject({ status: 200 })
  return body.data as Record<string, unknown>[]
}
const newest = async (query = '') => (await read(street.network.operator, `limit=1&${query}`))[0]
const networkId = async ({ slug }: TestNetwork) => {
  const row = await street.api.db
    .selectFrom('api.network')
    .select('network_id')
    .where('slug', '=', slug)
    .executeTakeFirstOrThrow()
  return row.network_id as NetworkId
}

test('a change says who made it, what of which thing, from where and in which request', async () => {
  const { api, network } = street
  const shop = await makeMerchant(api, network, { name: 'Florist' })
  const answer = await api
    .call('patch', `/v1/merchants/${shop}`, network.operator)
    .set('x-forwarded-for', '203.0.113.9')
    .send({ name: 'Fern & Foxglove', issuing_limit: 5 })
  expect(answer.status).toBe(200)
  expect(await newest()).toMatchObject({
    actor: { kind: 'staff', id: expect.stringMatching(/^usr_/), role: 'operator' },
    merchant: shop,
    operation: 'changeMerchant',
    outcome: 'done',
    subjects: [shop],
    changed: ['name', 'issuing_limit'],
    address: '203.0.113.9',
  })
  expect(JSON.stringify(await newest())).not.toContain('Foxglove')
})

test('every change of networks, merchants, tills, rules, customers and their phones is in it', async () => {
  const { api, network } = street
  const shop = await makeMerchant(api, network)
  const till = await makeTill(api, network, shop)
  await api.call('patch', `/v1/networks/${network.slug}`, network.operator).send({ name: 'New Town' })
  await api.call('delete', `/v1/merchants/${shop}/tills/${till.id}`, network.operator)
  const customer = await street.join()
  await api.call('put', `/v1/wallets/${customer.wallet}/lock`, customer.token).send({ locked: true })
  await customer.loseDevice()
  await street.bakery.post('/v1/customers', { name: 'Ada' }, null)
  const done = (await read(network.operator, 'outcome=done&limit=200')).map(({ operation }) => operation)
  for (const operation of [
    'createNetwork',
    'changeNetwork',
    'admitMerchant',
    'createTill',
    'revokeTill',
    'setEarningRule',
    'postWalletDevice',
    'putWalletLock',
    'deleteWalletDevice',
    'postCustomer',
  ]) {
    expect(done).toContain(operation)
  }
})

test('a change that was refused leaves no trace of having been done', async () => {
  const { api, network } = street
  await makeMerchant(api, network, { external_reference: 'taken' })
  const before = await read(network.operator, 'operation=admitMerchant&limit=200')
  const again = { name: 'Twin', issuing_limit: null, external_reference: 'taken' }
  expect(await api.call('post', '/v1/merchants', network.operator).send(again)).toMatchObject({ status: 409 })
  expect(await read(network.operator, 'operation=admitMerchant&limit=200')).toEqual(before)
})

test('refusals for lack of rights are in it: forbidden, not to be seen, revoked, signed out', async () => {
  const { api, network, bakery, bookshop } = street
  const cashier = await addStaff(api, network, { role: 'cashier', merchant: bakery.merchant })
  const name = { name: 'Mine' }
  expect(await api.call('patch', `/v1/merchants/${bakery.merchant}`, cashier).send(name)).toMatchObject({
    status: 403,
  })
  expect(await newest()).toMatchObject({
    outcome: 'forbidden',
    operation: 'changeMerchant',
    actor: { role: 'cashier' },
    merchant: bakery.merchant,
    subjects: [bakery.merchant],
  })

  expect(await api.call('get', `/v1/merchants/${bookshop.merchant}`, cashier)).toMatchObject({ status: 404 })
  expect(await newest()).toMatchObject({ outcome: 'not_found', subjects: [bookshop.merchant] })

  expect(await api.call('delete', '/v1/sessions', cashier)).toMatchObject({ status: 204 })
  expect(await api.call('get', '/v1/merchants', cashier)).toMatchObject({ status: 401 })
  expect(await newest()).toMatchObject({ outcome: 'unauthenticated', actor: { role: 'cashier' } })

  const till = await makeTill(api, network, bakery.merchant)
  await api.call('delete', `/v1/merchants/${bakery.merchant}/tills/${till.id}`, network.operator)
  expect(await api.call('get', '/v1/merchants', till.key)).toMatchObject({ status: 401 })
  expect(await newest()).toMatchObject({
    outcome: 'unauthenticated',
    actor: { kind: 'till', id: till.id },
  })
})

test('callers whom nobody knows are not in it', async () => {
  const before = await read(street.network.operator, 'limit=200')
  expect(await street.api.call('get', '/v1/merchants', `tk_${'A'.repeat(43)}`)).toMatchObject({ status: 401 })
  expect(await street.api.call('get', '/v1/merchants')).toMatchObject({ status: 401 })
  expect(await read(street.network.operator, 'limit=200')).toEqual(before)
})

test('who looks at a person is in it', async () => {
  const { api, network, bakery } = street
  const { body } = await bakery.post('/v1/customers', { name: 'Grace' }, null)
  const manager = await addStaff(api, network, { role: 'manager', merchant: bakery.merchant })
  expect(await api.call('get', `/v1/customers/${body.id}`, manager)).toMatchObject({ status: 200 })
  expect(await newest(`subject=${body.id}`)).toMatchObject({
    operation: 'getCustomer',
    outcome: 'done',
    actor: { role: 'manager' },
  })
})

test('who of the staff looks at one wallet, its transactions or a receipt is in it; tills and customers are not', async () => {
  const { api, network, bakery } = street
  const owner = await addStaff(api, network, { role: 'owner', merchant: bakery.merchant })
  const customer = await street.join({ points: 5 })
  const { body } = await customer.get('/v1/transactions')
  const sale = body.data[0].id
  const kept = await keepLog(api.ledger)
  await signUp(kept, await networkId(network))
  await kept.remove()
  const looks = [
    { operation: 'getWallet', path: `/v1/wallets/${customer.wallet}`, subjects: [customer.wallet] },
    {
      operation: 'listTransactions',
      path: `/v1/transactions?wallet=${customer.wallet}`,
      subjects: [customer.wallet],
    },
    { operation: 'getReceipt', path: `/v1/transactions/${sale}/receipt`, subjects: [sale] },
  ]
  for (const { operation, path, subjects } of looks) {
    for (const token of [bakery.key, customer.token]) {
      expect(await api.call('get', path, token)).toMatchObject({ status: 200 })
    }
    expect(await newest(`operation=${operation}`)).toBeUndefined()
    expect(await api.call('get', path, owner)).toMatchObject({ status: 200 })
    expect(await read(network.operator, `operation=${operation}`)).toMatchObject([
      { outcome: 'done', actor: { role: 'owner' }, merchant: bakery.merchant, subjects },
    ])
  }
  // A shop's own sales name nobody by themselves.
  expect(await api.call('get', '/v1/transactions', owner)).toMatchObject({ status: 200 })
  expect(await read(network.operator, 'operation=listTransactions')).toHaveLength(1)
})

test('who reads what was written about people is in it, and whoever is not shown that is not', async () => {
  const { api, network, bakery } = street
  const cashier = await addStaff(api, network, { role: 'cashier', merchant: bakery.merchant })
  const auditor = await addStaff(api, network, { role: 'auditor', merchant: null })
  const customer = await street.join()
  const wanted = { wallet: customer.wallet, points: 5, reason: 'Ada was promised these' }
  const asked = await api.call('post', '/v1/adjustments', cashier).send(wanted)
  expect(asked).toMatchObject({ status: 201 })
  const list = (token: string, query = '') => api.call('get', `/v1/adjustments${query}`, token)
  expect(await list(auditor)).toMatchObject({ status: 200 })
  expect(await list(cashier, '?state=withdrawn')).toMatchObject({ status: 200, body: { data: [] } })
  expect(await newest('operation=listAdjustments')).toBeUndefined()
  expect(await list(cashier)).toMatchObject({ status: 200 })
  expect(await newest('operation=listAdjustments')).toMatchObject({
    outcome: 'done',
    actor: { role: 'cashier' },
    merchant: bakery.merchant,
    subjects: [asked.body.id],
  })
})

test('which shop asks what a person agreed to is in it; that they ask themselves is not', async () => {
  const { bakery } = street
  const customer = await street.join()
  expect(await customer.get('/v1/consents')).toMatchObject({ status: 200 })
  expect(await newest('operation=listConsents')).toBeUndefined()
  const shown = await bakery.post('/v1/identifications', { qr: await customer.showQr() }, null)
  const path = `/v1/consents?identification=${shown.body.identification}`
  expect(await bakery.get(path)).toMatchObject({ status: 200 })
  expect(await newest('operation=listConsents')).toMatchObject({
    actor: { kind: 'till', id: bakery.till },
    subjects: [await customerIdOf(street.api.db, customer)],
  })
})

test('an operator who looks at what erasing a customer would mean is in it', async () => {
  const { api, network } = street
  const customer = await street.join()
  const id = await customerIdOf(street.api.db, customer)
  expect(await customer.get(`/v1/customers/${id}/erasure`)).toMatchObject({ status: 200 })
  expect(await newest(`subject=${id}`)).not.toMatchObject({ operation: 'getErasure' })
  expect(await api.call('get', `/v1/customers/${id}/erasure`, network.operator)).toMatchObject({
    status: 200,
  })
  expect(await newest(`subject=${id}`)).toMatchObject({
    operation: 'getErasure',
    actor: { role: 'operator' },
  })
})

test('a till that reads the names of the shop’s people is in it', async () => {
  const { api, network, bakery } = street
  const cashier = await addStaff(api, network, { role: 'cashier', merchant: bakery.merchant })
  const pin = { pin: '4711', password: testOperator.password }
  expect(await api.call('put', '/v1/pin', cashier).send(pin)).toMatchObject({ status: 204 })
  const { body } = await bakery.get('/v1/tills/staff')
  expect(body.data).toHaveLength(1)
  expect(await newest('operation=listTillStaff')).toMatchObject({
    actor: { kind: 'till', id: bakery.till },
    merchant: bakery.merchant,
    subjects: [body.data[0].id],
  })
})

test('operators and auditors read all of their network, owners what concerns their shop, others nothing', async () => {
  const { api, network, bakery, bookshop } = street
  const owner = await addStaff(api, network, { role: 'owner', merchant: bakery.merchant })
  await makeTill(api, network, bookshop.merchant)
  await makeTill(api, network, bakery.merchant)
  const own = await read(owner, 'limit=200')
  expect(new Set(own.map(({ merchant }) => merchant))).toEqual(new Set([bakery.merchant]))
  const auditor = await addStaff(api, network, { role: 'auditor', merchant: null })
  const all = await read(auditor, 'limit=200')
  expect(all.map(({ id }) => id)).toEqual((await read(network.operator, 'limit=200')).map(({ id }) => id))
  expect(new Set(all.map(({ address }) => address))).toEqual(new Set([null]))
  const elsewhere = await street.elsewhere()
  expect((await read(elsewhere.network.operator)).map(({ merchant }) => merchant)).not.toContain(
    bakery.merchant,
  )
  const manager = await addStaff(api, network, { role: 'manager', merchant: bakery.merchant })
  const cashier = await addStaff(api, network, { role: 'cashier', merchant: bakery.merchant })
  for (const token of [manager, cashier, bakery.key, (await street.join()).token]) {
    expect(await api.call('get', '/v1/audit-events', token)).toMatchObject({ status: 403 })
  }
})

test('it is read page by page and by actor, operation, outcome and time', async () => {
  const { api, network } = street
  const { body: first } = await api.call('get', '/v1/audit-events?limit=2', network.operator)
  const { body: second } = await api.call(
    'get',
    `/v1/audit-events?limit=2&after=${first.next}`,
    network.operator,
  )
  const four = await read(network.operator, 'limit=4')
  expect([...first.data, ...second.data].map(({ id }) => id)).toEqual(four.map(({ id }) => id))
  const refused = await read(network.operator, 'outcome=refused')
  expect(refused.length).toBeGreaterThan(0)
  expect(refused.every(({ outcome }) => outcome !== 'done')).toBe(true)
  const byTill = await read(network.operator, `actor=${street.bakery.till}`)
  expect(new Set(byTill.map(({ actor }) => (actor as { id: string }).id))).toEqual(
    new Set([street.bakery.till]),
  )
  expect(await read(network.operator, `until=${new Date(Date.now() - 60 * 60_000).toISOString()}`)).toEqual(
    [],
  )
  expect(await api.call('get', '/v1/audit-events?actor=bob', network.operator)).toMatchObject({ status: 400 })
})

test('nobody changes or removes what is in it: not the API, not the owner of the tables', async () => {
  const { api, network } = street
  const before = await read(network.operator, 'limit=200')
  const attempts = [
    `update api.audit_event set outcome = 'done'`,
    'delete from api.audit_event',
    'truncate api.audit_event cascade',
    'delete from api.audit_day',
  ]
  for (const statement of attempts) {
    for (const role of ['tally_api', 'tally_owner']) {
      const client = new Client({ connectionString: api.adminUrl })
      await client.connect()
      await client.query(`set role ${role}`)
      await expect(client.query(statement)).rejects.toThrow(/permission denied|append-only/)
      await client.end()
    }
  }
  expect(await read(network.operator, 'limit=200')).toEqual(before)
})

test('each day is hashed into the log once, and what is changed or missing afterwards shows', async () => {
  const elsewhere = await street.elsewhere()
  const network = await networkId(elsewhere.network)
  const write = (day: string, operation: string) =>
    asAdmin(
      street.api,
      `insert into api.audit_event (uuid, network_id, at, actor_kind, operation, outcome, subjects, changed)
       values (gen_random_uuid(), ${network}, '${day}', 'system', '${operation}', 'done', '{}', '{}')`,
    )
  await write('2026-01-05T12:00:00Z', 'one')
  await write('2026-01-05T23:59:59Z', 'two')
  await write('2026-01-07T00:00:00Z', 'three')
  const closed = await Promise.all([1, 2].map(() => closeAuditDays(street.api.db)))
  expect(Math.max(...closed)).toBeGreaterThanOrEqual(1)
  expect(await closeAuditDays(street.api.db)).toBe(0)

  const days = await street.api.db
    .selectFrom('api.audit_day')
    .select(['day', 'events', 'digest'])
    .where('network_id', '=', network)
    .orderBy('day')
    .execute()
  expect(days).toMatchObject([
    { day: '2026-01-05', events: 2 },
    { day: '2026-01-07', events: 1 },
  ])
  const logged = await street.api.db
    .selectFrom('ledger.governance')
    .select(['event', 'facts'])
    .where('network_id', '=', network)
    .where('event', '=', 'audit_digest')
    .orderBy('entry_index')
    .execute()
  expect(logged.map(({ facts }) => facts)).toMatchObject(
    days.map(({ day, digest }) => ({ day, digest: digest.toString('hex') })),
  )

  const again = async () => {
    const first = await digestDay(street.api.db, { network, day: '2026-01-05', before: null })
    return await digestDay(street.api.db, { network, day: '2026-01-07', before: first.digest })
  }
  expect((await again()).digest).toEqual(days[1]!.digest)
  // What only a superuser can do.
  await asAdmin(
    street.api,
    `set session_replication_role = replica; update api.audit_event set operation = 'other' where operation = 'one'`,
  )
  expect((await again()).digest).not.toEqual(days[1]!.digest)
})

test('from where something was done is forgotten after half a year, and the chain stays whole', async () => {
  const { api, network } = street
  await makeMerchant(api, network)
  expect(await newest()).toMatchObject({ address: expect.any(String) })
  await asAdmin(api, `update api.audit_source set created_at = now() - interval '181 days'`)
  await closeAuditDays(api.db)
  const event = await newest()
  expect(event).toMatchObject({ operation: 'admitMerchant', address: null })
})
