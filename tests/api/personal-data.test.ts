import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { typeId, uuidOf } from '../../api/http/ids.ts'
import { forgetInTime } from '../../api/privacy/retention.ts'
import { openHighStreet, type HighStreet } from '../support/high-street.ts'

// Every column of schema `api` that can hold words. A new one fails the test until it is named here: as personal, with
// how it is forgotten, or as none.
const ofCustomers = [
  'adjustment.reason', // free text of staff: replaced at erasure
  'begun_move.reason', // free text of staff: goes when the move is finished
  'card.number', // goes with the customer
  'customer.birthday',
  'customer.email',
  'customer.external_reference',
  'customer.name',
  'customer.phone',
  'customer_session.user_agent', // goes with the customer, or 90 days after its end
  'device.public_key', // deleted at erasure
  'email_change.email', // an hour after its end, and with the customer
  'wallet_session.email', // an hour after its end, and at erasure
]
const ofStaff = [
  'audit_source.address', // also of customers: forgotten by age
  'membership.name',
  'passkey.credential_id', // goes with the person, as all of a passkey
  'passkey.name',
  'passkey.public_key',
  'person.email',
  'person.name',
  'person.password_hash',
  'person_totp.sealed_secret', // goes with the person
  'session.user_agent', // goes with the person, or 90 days after its end
  'staff_pin.pin_hash',
]
/** Words of ours, of shops and of settings; random numbers; hashes of random numbers. */
const ofNobody = [
  'adjustment.state',
  'audit_day.digest',
  'audit_event.actor_kind',
  'audit_event.actor_role',
  'audit_event.changed',
  'audit_event.operation',
  'audit_event.outcome',
  'audit_event.request_id',
  'audit_event.source_hash',
  'audit_event.subjects',
  'audit_source.salt',
  'begun_move.key',
  'claim.code_hash',
  'consent.channel',
  'consent.purpose',
  'consent.taken_by_kind',
  'consent.wording_version',
  'controller_record.explanation',
  'controller_record.purpose',
  'controller_record.role',
  'deployment_audit_day.digest',
  'email_change.code_hash',
  'email_change.old_code_hash',
  'enrolment_bonus_contact.contact_mac', // by a key outside the database
  'erasure.cause',
  'identification.means',
  'identification.qr_id',
  'membership.role',
  'merchant.external_reference',
  'merchant.name',
  'migration.name',
  'migration.sha256',
  'network.currency',
  'network.locale',
  'network.name',
  'network.public_url',
  'network.slug',
  'network.terms',
  'network.time_zone',
  'passkey_challenge.challenge',
  'person_recovery_code.code_hash',
  'person_token.purpose',
  'person_token.token_hash',
  'rows_check.faults',
  'rule_simulation.tally',
  'rule_simulation.terms',
  'shop_profile.about',
  'shop_profile.address',
  'shop_profile.hours',
  'till.key_hash',
  'till.name',
  'till.previous_key_hash',
  'till_pairing.code_hash',
  'wallet_session.code_hash',
  'webhook.description',
  'webhook.pause_reason',
  'webhook.types',
  'webhook.url',
  'webhook_delivery.error',
]
/** In the ledger nothing may say who a person is. What staff wrote stands apart there, to be erased. */
const ofLedger = [
  'cosignature.vkey',
  'counter.name',
  'counter_use.name',
  'credential.kind',
  'earning_rule.multipliers',
  'earning_rule.rounding',
  'governance.event',
  'governance.facts',
  'log.origin',
  'log.vkey',
  'log_refusal.code',
  'log_refusal.reason',
  'log_refusal.seen_origin',
  'migration.name',
  'migration.sha256',
  'network.currency',
  'network.time_zone',
  'reason.reason',
  'witness.name',
  'witness.url',
  'witness.vkey',
  'witness_policy.text',
]

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

async function listWordColumns(schema: string, types: readonly string[]): Promise<string[]> {
  const { rows } = await admin.query<{ name: string }>(
    `select c.table_name || '.' || c.column_name as name
     from information_schema.columns c
     join information_schema.tables t using (table_schema, table_name)
     where c.table_schema = $1 and t.table_type = 'BASE TABLE' and c.data_type = any ($2)
     order by 1`,
    [schema, types],
  )
  return rows.map(({ name }) => name)
}

const words = ['text', 'character varying', 'character', 'json', 'jsonb', 'inet', 'ARRAY', 'USER-DEFINED']

test('every column that can hold words is known as personal or not', async () => {
  const columns = await listWordColumns('api', [...words, 'bytea'])
  expect(columns).toEqual([...ofCustomers, ...ofStaff, ...ofNobody].toSorted())
})

test('the ledger has no column for who a person is', async () => {
  const columns = await listWordColumns('ledger', words.slice(0, -1))
  expect(columns).toEqual(ofLedger.toSorted())
})

/** Tables of every schema in which the text stands in any row. */
async function findTraces(text: string): Promise<string[]> {
  const { rows } = await admin.query<{ schema: string; name: string }>(
    `select table_schema as schema, table_name as name from information_schema.tables
     where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema') order by 1, 2`,
  )
  const traces: string[] = []
  for (const { schema, name } of rows) {
    const found = await admin.query(
      `select from ${schema}."${name}" x where strpos(lower(x::text), lower($1)) > 0 limit 1`,
      [text],
    )
    if (found.rowCount) traces.push(`${schema}.${name}`)
  }
  return traces
}

test('a person stands where it is said and nowhere else, and after erasure nowhere at all', async () => {
  const { api, bakery, bookshop } = street
  const ada = await street.join({ points: 90 })
  const { customer_uuid } = await api.db
    .selectFrom('api.wallet')
    .select('customer_uuid')
    .where('uuid', '=', uuidOf('wal', ada.wallet))
    .executeTakeFirstOrThrow()
  const id = typeId('cus', customer_uuid!)
  const person = {
    name: `Ada ${crypto.randomUUID()}`,
    phone: `+4930${Math.floor(1e8 + Math.random() * 9e8)}`,
    card: `77${Math.floor(1e12 + Math.random() * 9e12)}`,
  }
  await api.call('patch', `/v1/customers/${id}`, ada.token).send({ name: person.name, phone: person.phone })
  const shown = await bakery.post('/v1/identifications', { qr: await ada.showQr() }, null)
  const { identification } = shown.body
  const bound = await bakery.post(`/v1/customers/${id}/cards`, { card: person.card, identification }, null)
  expect(bound.status).toBe(201)
  await bakery.post('/v1/identifications', { email: ada.email }, null)
  await bakery.post('/v1/identifications', { phone: person.phone }, null)
  await bakery.get(`/v1/customers?email=${ada.email}`)
  await bookshop.post('/v1/redemptions', { qr: await ada.showQr(), points: 20, reference: 'a receipt' })
  await ada.get(`/v1/customers/${id}/export`)

  const spoken = `for ${crypto.randomUUID()}, who complained`
  const bought = await bakery.buy({ wallet: ada.wallet, amount_minor: 1000 })
  const reversal = { points: 10, reason: spoken }
  const reversed = await bakery.post(`/v1/transactions/${bought.body.transaction}/reversals`, reversal)
  expect(reversed.status).toBe(201)

  expect(await findTraces(spoken)).toEqual(['ledger.reason'])
  expect(await findTraces(person.name)).toEqual(['api.customer'])
  expect(await findTraces(person.phone)).toEqual(['api.customer'])
  expect(await findTraces(person.card)).toEqual(['api.card'])
  expect(await findTraces(ada.email)).toEqual(['api.customer', 'api.wallet_session'])
  for (const each of [person.name, person.phone, person.card, ada.email]) {
    expect(api.logged()).not.toContain(each)
    expect(api.logged()).not.toContain(encodeURIComponent(each))
  }

  await api.call('delete', `/v1/customers/${id}?acknowledged_points=70`, ada.token)
  const inAMonth = new Date(Date.now() + 31 * 24 * 60 * 60 * 1000)
  const sendMail = async () => {}
  await forgetInTime({ db: api.db, ledger: api.ledger, sendMail, now: () => inAMonth })
  for (const each of [spoken, person.name, person.phone, person.card, ada.email]) {
    expect(await findTraces(each)).toEqual([])
  }
})
