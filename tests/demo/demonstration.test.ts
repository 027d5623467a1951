import { randomBytes } from 'node:crypto'
import { Client } from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { customers, shops } from '../../api/demo/cast.ts'
import { ensureDemonstration, type DemonstrationParts } from '../../api/demo/demonstration.ts'
import { openTablet } from '../../api/demo/tablet.ts'
import { createNetwork } from '../../api/networks/store.ts'
import { ensureOperator } from '../../api/people/ensure-operator.ts'
import type { ApiTables } from '../../api/tables.ts'
import { createDb, createLedger, minor, points, stopPosting, type LedgerTables } from '../../ledger/index.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { testPool } from '../support/scratch.ts'
import { findFaults } from '../support/stage.ts'

interface Server extends DemonstrationParts {
  stop(): Promise<void>
}

let database: TestDatabase
let server: Server
const secret = randomBytes(32)

beforeEach(async () => {
  database = await createTestDatabase()
  server = startServer()
  await ensureOperator(server.db, { email: 'operator@example.org', password: 'correct horse battery' })
})

afterEach(async () => {
  await server.stop()
  await database.drop()
})

test('a new database gets six shops and a few weeks of every kind of history, ending now, in a few seconds', async () => {
  const started = performance.now()
  const made = await ensureDemonstration(server)
  const seconds = (performance.now() - started) / 1000
  expect(made?.tillKey).toMatch(/^tk_/)
  // 1.3 s on two idle cores; other tests run beside this one.
  expect(seconds).toBeLessThan(10)

  const { rows } = await server.ledger.pool.query(
    `select kind, count(*)::int as count, min(occurred_at) as first, max(posted_at) as last
     from ledger.transaction group by kind order by kind`,
  )
  const counts = Object.fromEntries(rows.map((row) => [row.kind, row.count]))
  expect(Object.keys(counts)).toEqual(
    expect.arrayContaining([
      'issue',
      'redeem',
      'hold',
      'capture',
      'void',
      'time-out',
      'gift',
      'expire',
      'reverse',
    ]),
  )
  expect(counts['issue']).toBeGreaterThan(300)
  await expectWholeRiverside()
})

test('a start that is cut off in the middle is finished by the next, and nothing is there twice', async () => {
  const cutOff = ensureDemonstration(server).then(() => 'made whole', String)
  await untilTransactions(100)
  await asAdmin(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where application_name = 'tallystick demonstration' and datname = current_database()`,
  )
  expect(await cutOff).toMatch(/terminat|not queryable/)
  expect(await countTransactions()).toBeLessThan(300)

  const next = startServer()
  try {
    await ensureDemonstration(next)
    await expectWholeRiverside()
    const count = await countTransactions()
    expect(count).toBeGreaterThan(300)
    expect(await ensureDemonstration(next)).toEqual({ tillKey: null })
    expect(await countTransactions()).toBe(count)
  } finally {
    await next.stop()
  }
})

test('two processes that start on one new database make one demonstration', async () => {
  const other = startServer()
  try {
    const made = await Promise.all([ensureDemonstration(server), ensureDemonstration(other)])
    expect(made.filter((one) => one?.tillKey)).toHaveLength(1)
    await expectWholeRiverside()
  } finally {
    await other.stop()
  }
})

test('where there is a network already, no demonstration is made, and no till of it opens by npm run demo', async () => {
  const { uuid } = await server.db.selectFrom('api.person').select('uuid').executeTakeFirstOrThrow()
  const network = {
    slug: 'riverside',
    name: 'Old Town',
    locale: 'en',
    publicUrl: null,
    terms: null,
    currency: 'EUR',
    pointFaceValueMinor: minor(1),
    timeZone: 'UTC',
    graceDays: 30,
    noticeDays: 30,
    redeemWithoutQrDailyMax: points(0),
  }
  await createNetwork(server.db, network, uuid)
  expect(await ensureDemonstration(server)).toBe(null)
  expect(await countTransactions()).toBe(0)
  expect(await openTablet(server.db, secret)).toBe(null)
})

async function asAdmin(statement: string): Promise<void> {
  const client = new Client({ connectionString: database.adminUrl })
  await client.connect()
  await client.query(statement)
  await client.end()
}

async function countTransactions(): Promise<number> {
  const { rows } = await server.ledger.pool.query('select count(*)::int as count from ledger.transaction')
  return rows[0].count
}

async function untilTransactions(count: number): Promise<void> {
  while ((await countTransactions()) < count) await new Promise((done) => setTimeout(done, 5))
}

async function expectWholeRiverside(): Promise<void> {
  const { rows: answering } = await server.ledger.pool.query(
    `select record.purpose, record.explanation from api.controller_record record
     join api.network network using (network_id) where merchant_id = house_merchant_id`,
  )
  expect(answering).toEqual([
    { purpose: 'membership', explanation: expect.stringContaining('demonstration') },
  ])
  const { pool, db } = server.ledger
  const { rows } = await pool.query(
    `select n.name, l.clock_at, l.network_id,
       (select m.name from api.merchant m where m.network_id = l.network_id and is_house) as house,
       (select count(*)::int from api.merchant m where m.network_id = l.network_id and not is_house) as shops,
       (select count(*)::int from api.till t where t.network_id = l.network_id) as tills,
       (select count(*)::int from api.customer c where c.network_id = l.network_id) as customers,
       (select count(*)::int from ledger.earning_rule r where r.network_id = l.network_id) as rules
     from api.network n join ledger.network l using (network_id)`,
  )
  const [{ network_id: network, ...riverside }] = rows
  expect(rows).toHaveLength(1)
  expect(riverside).toEqual({
    name: 'Riverside shops',
    house: 'Riverside shops',
    clock_at: null,
    shops: shops.length,
    tills: shops.length,
    customers: customers.length,
    rules: 1,
  })
  expect(await findFaults(db, network)).toEqual([])
}

function startServer(): Server {
  const pool = testPool(database.url, undefined, 10)
  const db = createDb<ApiTables & LedgerTables>(pool)
  const ledger = createLedger({ pool, secret })
  return {
    ledger,
    db,
    adminUrl: database.adminUrl,
    async stop() {
      await stopPosting(ledger)
      await db.destroy()
    },
  }
}
