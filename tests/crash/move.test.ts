import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import type { Pool } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addStaff, testPublicUrl } from '../support/api.ts'
import { waitUntilWaiting } from '../support/barrier.ts'
import { openHighStreet, type HighStreet } from '../support/high-street.ts'
import { testPool } from '../support/scratch.ts'
import { makeDataFolder, removeDataFolder, startServer } from '../support/server.ts'
import { findFaults } from '../support/stage.ts'

let street: HighStreet
let admin: Pool
let dataFolder: string

beforeAll(async () => {
  street = await openHighStreet()
  admin = testPool(street.api.adminUrl)
  dataFolder = await makeDataFolder()
})
afterAll(async () => {
  await removeDataFolder(dataFolder)
  await admin.end()
  await street.close()
})

test('a purchase whose move was cut off by a SIGKILL is moved by the same request sent again, and once', async () => {
  const { api, network, bakery } = street
  const [wrong, right] = [await street.join(), await street.join()]
  const sold = await bakery.buy({ wallet: wrong.wallet, amount_minor: 2000 })
  const cashier = await addStaff(api, network, { role: 'cashier', merchant: bakery.merchant })
  const path = `/v1/transactions/${sold.body.transaction}/moves`
  const body = { to: right.wallet, reason: 'the wrong customer' }

  // Another process of the same deployment begins the move, and dies between its two postings.
  await killBetween(async (url) => {
    const headers = {
      authorization: `Bearer ${cashier}`,
      'content-type': 'application/json',
      'idempotency-key': 'the move',
    }
    await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) })
  })
  expect([await wrong.available(), await right.available()]).toEqual([20, 20])

  const moveAgain = () => api.call('post', path, cashier).set('Idempotency-Key', 'the move').send(body)
  const moved = await moveAgain()
  expect(moved).toMatchObject({ status: 201, body: { points: 20 } })
  expect([await wrong.available(), await right.available()]).toEqual([0, 20])
  expect((await moveAgain()).body).toEqual(moved.body)
  expect([await wrong.available(), await right.available()]).toEqual([0, 20])
  const { network_id } = await api.db
    .selectFrom('api.network')
    .select('network_id')
    .where('slug', '=', network.slug)
    .executeTakeFirstOrThrow()
  expect(await findFaults(api.db, network_id)).toEqual([])
})

/** Runs `ask` against a server of its own, which is killed when it is about to post a reversal. */
async function killBetween(ask: (url: string) => Promise<void>): Promise<void> {
  const { api } = street
  const port = await findFreePort()
  const server = startServer({
    env: {
      PORT: String(port),
      DATABASE_URL: api.databaseUrl,
      DATABASE_ADMIN_URL: api.adminUrl,
      TALLY_SECRET: Buffer.from(api.secret).toString('base64url'),
      TALLY_PUBLIC_URL: testPublicUrl,
      TALLY_DATA: dataFolder,
      TALLY_WORKER: 'off',
    },
  })
  const holder = await admin.connect()
  try {
    await server.ready
    await holder.query(`create function public.wait() returns trigger language plpgsql
      as 'begin perform pg_advisory_xact_lock(1); return new; end'`)
    await holder.query(`create trigger wait before insert on ledger.transaction
      for each row when (new.kind = 'reverse') execute function public.wait()`)
    await holder.query('select pg_advisory_lock(1)')
    const asking = ask(`http://127.0.0.1:${port}`).catch(() => {})
    await waitUntilWaiting(admin, 1)
    server.process.kill('SIGKILL')
    await asking
    // What the killed process was about to post must not be posted after all.
    await admin.query(`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`)
    await waitUntilWaiting(admin, 0)
    await holder.query('drop function public.wait cascade')
  } finally {
    server.process.kill('SIGKILL')
    await server.ended
    await holder.query('select pg_advisory_unlock_all()')
    holder.release()
  }
}

async function findFreePort(): Promise<number> {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const { port } = taken.address() as AddressInfo
  taken.close()
  await once(taken, 'close')
  return port
}
