import { randomUUID } from 'node:crypto'
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

const asks: Record<string, () => readonly [path: string, body: object]> = {
  'guess at passwords': () => ['/v1/sessions', { email: freshEmail(), password: 'a good guess' }],
  'ask for codes': () => ['/v1/wallet-sessions', { network: street.network.slug, email: freshEmail() }],
  'guess at codes': () => [`/v1/wallet-sessions/${typeId('wse', randomUUID())}/code`, { code: '123456' }],
  'ask for new passwords': () => ['/v1/password-resets', { email: freshEmail() }],
  'ask for a passkey’s riddle': () => ['/v1/sessions/passkey/options', {}],
  'guess at pairing codes': () => ['/v1/pairings', { code: 'ABCD2345' }],
}

test.each(Object.keys(asks))('strangers who %s leave the tills their connections', async (what) => {
  await holder.query('begin')
  // What they wait for holds up nobody else: a sale counts no guess.
  await holder.query('lock table api.guess, api.wallet_session, api.passkey_challenge in exclusive mode')
  const flood = Array.from({ length: 30 }, async (_, at) => {
    const [path, body] = asks[what]!()
    const asked = street.api.call('post', path).set('X-Forwarded-For', `203.0.113.${at}`)
    return (await asked.send(body)).status
  })
  try {
    await until(async () => (await countWaiting()) >= 2)
    const sale = street.bakery.buy({ wallet: customer.wallet, amount_minor: 100 })
    expect(await Promise.race([sale, setTimeout(10_000, 'kept waiting')])).toMatchObject({ status: 201 })
    expect(await countWaiting()).toBe(2)
  } finally {
    await holder.query('rollback')
  }
  // All are heard in the end.
  expect((await Promise.all(flood)).filter((status) => status >= 500)).toEqual([])
})
