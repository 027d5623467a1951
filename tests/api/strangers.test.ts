import { randomBytes, randomUUID } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { typeId } from '../../api/http/ids.ts'
import { openHighStreet, type Customer, type HighStreet } from '../support/high-street.ts'
import { until } from '../support/receiver.ts'

// Strangers may come in any number; of the database's connections (ten here) they have two, and the tills the others.

let street: HighStreet
let customer: Customer
let admin: Client
let holder: Client

beforeAll(async () => {
  street = await openHighStreet()
  customer = await street.join()
  const connectionString = street.api.adminUrl
  admin = new Client({ connectionString })
  // In a transaction what others do would be looked at once.
  holder = new Client({ connectionString })
  await Promise.all([admin.connect(), holder.connect()])
})
afterAll(async () => {
  await Promise.all([admin.end(), holder.end()])
  await street.close()
})

const freshEmail = () => `${randomUUID()}@example.org`

/** How many connections wait for what is locked. */
async function countWaiting(): Promise<number> {
  const { rows } = await admin.query<{ count: number }>(
    `select count(*)::int as count from pg_stat_activity
     where datname = current_database() and wait_event_type = 'Lock'`,
  )
  return rows[0]!.count
}

const password = 'a good guess'
const code = () => randomBytes(32).toString('base64url')
const log = (path = '') => `/log/${street.network.slug}${path}`

/** Without a body it is read. */
const asks: Record<string, () => readonly [path: string, body?: object]> = {
  'guess at passwords': () => ['/v1/sessions', { email: freshEmail(), password }],
  'ask for codes': () => ['/v1/wallet-sessions', { network: street.network.slug, email: freshEmail() }],
  'guess at codes': () => [`/v1/wallet-sessions/${typeId('wse', randomUUID())}/code`, { code: '123456' }],
  'ask for new passwords': () => ['/v1/password-resets', { email: freshEmail() }],
  'ask for a passkey’s riddle': () => ['/v1/sessions/passkey/options', {}],
  'guess at pairing codes': () => ['/v1/pairings', { code: 'ABCD2345' }],
  'guess at codes for new passwords': () => ['/v1/password-resets/confirm', { token: code(), password }],
  'guess at invitations': () => ['/v1/invitations', { token: code(), password }],
  'read about the shops': () => [`/v1/networks/${street.network.slug}/shops`],
  'read how the log stands': () => [log()],
  'read its checkpoint': () => [log('/checkpoint')],
  'read its policy': () => [log('/policy')],
  'read its tiles': () => [log('/tile/0/000.p/1')],
  'read what is to be co-signed': () => [log('/candidate')],
  'co-sign in nobody’s name': () => [log('/cosignatures'), { size: 1, cosignature: '— nobody AAAA' }],
}
/** However many read it at a time, it is read once. */
const isShared = (what: string) => what === 'read how the log stands'

test.each(Object.keys(asks))('strangers who %s leave the tills their connections', async (what) => {
  await holder.query('begin')
  // What they wait for holds up nobody else: a sale counts no guess.
  await holder.query('lock table api.guess, api.wallet_session, api.passkey_challenge in exclusive mode')
  await holder.query('lock table api.person_token, api.shop_profile, ledger.log in access exclusive mode')
  const flood = Array.from({ length: 30 }, async (_, at) => {
    const [path, body] = asks[what]!()
    const method = body === undefined ? 'get' : 'post'
    const asked = street.api.call(method, path).set('X-Forwarded-For', `203.0.113.${at}`)
    return (await asked.send(body)).status
  })
  try {
    const waiting = isShared(what) ? 1 : 2
    await until(async () => (await countWaiting()) >= waiting)
    // Time for others to come, if they may: some have a password hashed before.
    await setTimeout(500)
    const sale = street.bakery.buy({ wallet: customer.wallet, amount_minor: 100 })
    expect(await Promise.race([sale, setTimeout(10_000, 'kept waiting')])).toMatchObject({ status: 201 })
    expect(await countWaiting()).toBe(waiting)
  } finally {
    await holder.query('rollback')
  }
  // All are heard in the end.
  expect((await Promise.all(flood)).filter((status) => status >= 500)).toEqual([])
})
