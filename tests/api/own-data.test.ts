import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { uuidOf } from '../../api/http/ids.ts'
import { addStaff } from '../support/api.ts'
import { customerIdOf } from '../support/customer-id.ts'
import { openHighStreet, type Customer, type HighStreet } from '../support/high-street.ts'
import { unzip } from '../support/unzip.ts'
import { alsoOfCustomers, inTheirExport, notInTheirExport, ofCustomers } from './personal-columns.ts'

let street: HighStreet
let admin: Client

beforeAll(async () => {
  street = await openHighStreet()
  admin = new Client({ connectionString: street.api.adminUrl })
  await admin.connect()
})
afterAll(async () => {
  await admin.end()
  await street.close()
})

async function idOf(wallet: string): Promise<string> {
  return await customerIdOf(street.api.db, { wallet })
}

async function takeOut(customer: Customer): Promise<Record<string, string>> {
  const archive = await street.api
    .call('get', `/v1/customers/${await idOf(customer.wallet)}/export`, customer.token)
    .buffer(true)
    .parse((res, done) => {
      const chunks: Buffer[] = []
      res.on('data', (chunk: Buffer) => chunks.push(chunk))
      res.on('end', () => done(null, Buffer.concat(chunks)))
    })
  expect(archive.status).toBe(200)
  return unzip(archive.body)
}

test('every column that is personal of customers is in what they take out, or left out for a reason', () => {
  const known = [...Object.keys(inTheirExport), ...Object.keys(notInTheirExport)]
  expect(known.toSorted()).toEqual([...ofCustomers, ...alsoOfCustomers].toSorted())
})

test('what a customer takes out has all that is kept about them', async () => {
  const { api, bakery, network } = street
  const ada = await street.join({ points: 50 })
  const id = await idOf(ada.wallet)
  const manager = await addStaff(api, network, { role: 'manager', merchant: bakery.merchant })
  const asManager = (path: string, body: object) =>
    api.call('post', path, manager).set('Idempotency-Key', crypto.randomUUID()).send(body)
  const text = () => crypto.randomUUID()
  const kept = {
    'customer.name': text(),
    'customer.phone': `+4930${Math.floor(1e8 + Math.random() * 9e8)}`,
    'customer.birthday': '12-10',
    'customer.email': ada.email,
    'customer.external_reference': text(),
    'customer_session.user_agent': text(),
    'card.number': `77${Math.floor(1e12 + Math.random() * 9e12)}`,
    'email_change.email': `${text()}@example.org`,
    'adjustment.reason': `=asked ${text()}`,
    'reason.reason': `=given ${text()}`,
  }
  const {
    'customer.name': name,
    'customer.phone': phone,
    'customer.birthday': birthday,
    'card.number': card,
  } = kept
  await api.call('patch', `/v1/customers/${id}`, ada.token).send({ name, phone, birthday })
  await admin.query(`update api.customer set external_reference = $2 where uuid = $1`, [
    uuidOf('cus', id),
    kept['customer.external_reference'],
  ])
  await admin.query(`update api.customer_session set user_agent = $2 where customer_uuid = $1`, [
    uuidOf('cus', id),
    kept['customer_session.user_agent'],
  ])
  const { identification } = (await bakery.post('/v1/identifications', { qr: await ada.showQr() }, null)).body
  await bakery.post(`/v1/customers/${id}/cards`, { card, identification }, null)
  await api.call('post', `/v1/customers/${id}/email`, ada.token).send({ email: kept['email_change.email'] })
  const wallet = { wallet: ada.wallet, points: 5 }
  await asManager('/v1/adjustments', { ...wallet, reason: kept['adjustment.reason'] })
  await asManager('/v1/goodwill', { ...wallet, reason: kept['reason.reason'] })
  const refunded = { points: 1, reason: `back ${text()}` }
  const { transaction } = (await bakery.buy({ wallet: ada.wallet, amount_minor: 1000 })).body
  await bakery.post(`/v1/transactions/${transaction}/reversals`, refunded)
  await api.call('delete', `/v1/customers/${id}?acknowledged_points=64`, ada.token)

  const files = await takeOut(ada)
  const all = JSON.parse(files['customer.json']!)
  const { rows } = await admin.query<{ key: object }>(
    `select public_key as key from api.device join api.wallet using (network_id, wallet_id) where wallet.uuid = $1`,
    [uuidOf('wal', ada.wallet)],
  )
  const expected = { ...kept, 'device.public_key': JSON.stringify(rows[0]!.key) }
  expect(Object.keys(expected).toSorted()).toEqual(Object.keys(inTheirExport))
  for (const [column, value] of Object.entries(expected)) {
    const [table = '', member = ''] = inTheirExport[column]!.split('.')
    expect(all[table].map((row: Record<string, unknown>) => row[member])).toContain(value)
    const inCell = value.replaceAll('"', '""').replace(/^[=+]/, "'$&")
    expect(files[`${table}.csv`]).toContain(inCell)
  }
  expect(all.transactions).toMatchObject([
    { kind: 'reverse', reason: refunded.reason },
    { kind: 'issue', reason: null },
    { kind: 'goodwill', reason: kept['reason.reason'] },
    { kind: 'issue', reason: null },
  ])
  expect(all.erasures).toMatchObject([{ cause: 'asked' }])
  const inAWeek = Date.now() + 7 * 24 * 60 * 60 * 1000
  expect(Date.parse(all.erasures[0].due_at)).toBeGreaterThan(inAWeek)
})
