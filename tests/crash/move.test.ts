import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import type { Pool } from 'pg'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { startBackground } from '../../api/background.ts'
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

  // Another process of the same deployment begins the move, and dies between its two postings: neither is there.
  await killBetween((url) => ask(url + path, { cashier, key: 'the move', body }))
  expect([await wrong.available(), await right.available()]).toEqual([20, 0])

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

test('a purchase whose move was cut off by a SIGKILL is moved even if nobody asks again', async () => {
  const { api, network, bakery } = street
  const [wrong, right] = [await street.join(), await street.join()]
  const sold = await bakery.buy({ wallet: wrong.wallet, amount_minor: 2000 })
  const cashier = await addStaff(api, network, { role: 'cashier', merchant: bakery.merchant })
  const path = `/v1/transactions/${sold.body.transaction}/moves`
  const body = { to: right.wallet, reason: 'the wrong customer' }
  await killBetween((url) => ask(url + path, { cashier, key: 'never sent again', body }))
  const available = async () => [await wrong.available(), await right.available()]
  expect(await available()).toEqual([20, 0])
  await admin.query(`update api.begun_move set begun_at = now() - interval '1 minute'`)
  const { databaseUrl, db, ledger, secret } = api
  const webhooks = { allowHttp: false, allowedNetworks: [] }
  const log = pino({ level: 'silent' })
  const sendMail = async () => {}
  onTestFinished(await startBackground({ databaseUrl, db, ledger, secret, webhooks, log, sendMail }))
  await expect.poll(available, { timeout: 10_000 }).toEqual([0, 20])
})

async function ask(url: string, { cashier, key, body }: { cashier: string; key: string; body: object }) {
  const headers = {
    authorization: `Bearer ${cashier}`,
    'content-type': 'application/json',
    'idempotency-key': key,
  }
  await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
}

/** Runs `begin` against a server of its own, which is killed when it has posted a reversal and is about to record anew. */
async function killBetween(begin: (url: string) => Promise<void>): Promise<void> {
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
      for each row when (new.kind = 'issue') execute function public.wait()`)
    await holder.query('select pg_advisory_lock(1)')
    const asking = begin(`http://127.0.0.1:${port}`).catch(() => {})
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
