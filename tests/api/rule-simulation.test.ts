import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { pino } from 'pino'
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { startBackground } from '../../api/background.ts'
import { enrolCustomer } from '../../api/customers/store.ts'
import { uuidOf } from '../../api/http/ids.ts'
import { countSlice, resumeSimulations } from '../../api/rules/simulation-store.ts'
import { publicTargetsOnly } from '../../api/webhooks/target.ts'
import { addStaff, setRule, signInOperator } from '../support/api.ts'
import { openHighStreet, type HighStreet } from '../support/high-street.ts'
import { projectFolder } from '../support/server.ts'

let first: HighStreet
let street: HighStreet

beforeAll(async () => {
  first = await openHighStreet()
})
afterAll(() => first.close())
// A network of each test's own: a point is worth 10 cents, each whole euro gives one.
beforeEach(async () => {
  street = await first.elsewhere()
})

const path = '/v1/rules/earning/simulations'
const inForce = { points_per_currency_unit: '1', rounding: 'down', months: 3 }

async function begin(fields: object): Promise<string> {
  const { status, body } = await street.api
    .call('post', path, street.network.operator)
    .send({ ...inForce, ...fields })
  expect({ status, body }).toMatchObject({ status: 202 })
  return body.id
}

async function read(id: string) {
  const { status, body } = await street.api.call('get', `${path}/${id}`, street.network.operator)
  expect(status).toBe(200)
  return body
}

async function networkId() {
  const { network_id } = await street.api.db
    .selectFrom('api.network')
    .select('network_id')
    .where('slug', '=', street.network.slug)
    .executeTakeFirstOrThrow()
  return network_id
}

/** What one job does. */
async function count(id: string): Promise<void> {
  const simulation = { network: await networkId(), uuid: uuidOf('sim', id)!, now: new Date() }
  await countSlice(street.api.db, simulation)
}

async function simulate(fields: object) {
  const id = await begin(fields)
  for (;;) {
    const { state, result } = await read(id)
    if (state === 'done') return result
    await count(id)
  }
}

/** A superuser's connection, until the test ends. */
async function connect(): Promise<Client> {
  const client = new Client({ connectionString: street.api.adminUrl })
  await client.connect()
  onTestFinished(() => client.end())
  return client
}

/** Starts the background work of the application; answers how to stop it. */
async function work() {
  const { db, databaseUrl, ledger, secret } = street.api
  const log = pino({ level: 'silent' })
  const sendMail = async () => {}
  return await startBackground({
    ledger,
    db,
    databaseUrl,
    secret,
    webhooks: publicTargetsOnly,
    sendMail,
    log,
  })
}

test('the jobs work it out while the tills go on, and nothing is posted', async () => {
  const ada = await street.join({ points: 30 })
  onTestFinished(await work())
  const id = await begin({ points_per_currency_unit: '2' })
  const done = await vi.waitFor(
    async () => {
      const seen = await read(id)
      expect(seen.state).toBe('done')
      return seen
    },
    { timeout: 10_000, interval: 50 },
  )
  expect(done).toMatchObject({
    progress: 100,
    result: { purchases: 1, points_given: 30, points_simulated: 60 },
  })
  expect(done.result).toMatchObject({ cost_given_minor: 300, cost_simulated_minor: 600 })
  expect(await ada.available()).toBe(30)
})

test('it tells which shops and which customers gain and lose, without a name', async () => {
  const [ada, bo] = [await street.join(), await street.join()]
  for (const amount_minor of [400, 600, 1000]) await street.bakery.buy({ wallet: ada.wallet, amount_minor })
  await street.bookshop.buy({ wallet: bo.wallet, amount_minor: 3000 })
  const result = await simulate({
    min_spend_minor: 500,
    multipliers: [{ factor: '2', merchants: [street.bookshop.merchant] }],
  })
  expect(result).toEqual({
    purchases: 4,
    points_given: 50,
    points_simulated: 76,
    cost_given_minor: 500,
    cost_simulated_minor: 760,
    merchants: [
      { merchant: street.bookshop.merchant, purchases: 1, points_given: 30, points_simulated: 60 },
      { merchant: street.bakery.merchant, purchases: 3, points_given: 20, points_simulated: 16 },
    ],
    customers: [
      {
        purchases_from: 1,
        purchases_to: 1,
        customers: 1,
        gaining: 1,
        losing: 0,
        purchases: 1,
        points_given: 30,
        points_simulated: 60,
      },
      {
        purchases_from: 2,
        purchases_to: 9,
        customers: 1,
        gaining: 0,
        losing: 1,
        purchases: 3,
        points_given: 20,
        points_simulated: 16,
      },
    ],
  })
})

test('a sale that was collected or moved counts once, and nobody gains or loses by one that waits for its customer', async () => {
  const [ada, bo, cy] = [await street.join(), await street.join(), await street.join()]
  const codes: string[] = []
  for (const amount_minor of [4000, 1000]) {
    const { body } = await street.bakery.post('/v1/claims', undefined, null)
    expect(await street.bakery.buy({ wallet: body.wallet, amount_minor })).toMatchObject({ status: 201 })
    codes.push(body.code)
  }
  const collected = await ada.post('/v1/claims/collections', { code: codes[0] })
  expect(collected).toMatchObject({ status: 201, body: { points: 40 } })
  const { body: sold } = await street.bookshop.buy({ wallet: bo.wallet, amount_minor: 2000 })
  const owner = await addStaff(street.api, street.network, {
    role: 'owner',
    merchant: street.bookshop.merchant,
  })
  const moved = await street.api
    .call('post', `/v1/transactions/${sold.transaction}/moves`, owner)
    .set('Idempotency-Key', crypto.randomUUID())
    .send({ to: cy.wallet, reason: 'wrong customer' })
  expect(moved.status).toBe(201)
  const result = await simulate({ points_per_currency_unit: '2' })
  expect(result).toMatchObject({
    purchases: 3,
    points_given: 70,
    points_simulated: 140,
    cost_given_minor: 700,
    cost_simulated_minor: 1400,
    merchants: [
      { merchant: street.bakery.merchant, purchases: 2, points_given: 50, points_simulated: 100 },
      { merchant: street.bookshop.merchant, purchases: 1, points_given: 20, points_simulated: 40 },
    ],
  })
  expect(result.customers).toEqual([
    {
      purchases_from: 1,
      purchases_to: 1,
      customers: 2,
      gaining: 2,
      losing: 0,
      purchases: 2,
      points_given: 60,
      points_simulated: 120,
    },
  ])
})

test('the rule in force gives exactly what it gave: caps, factors, parts that earn and parts paid in points', async () => {
  const rule = {
    points_per_currency_unit: '1.5',
    rounding: 'nearest' as const,
    daily_max_per_wallet: 60,
    min_spend_minor: 300,
    multipliers: [{ factor: '1.7', merchants: [street.bakery.merchant] }],
  }
  await setRule(street.api, street.network, rule)
  const bounds = { merchant_multiplier_max: '3' }
  await street.api.call('patch', `/v1/networks/${street.network.slug}`, street.network.operator).send(bounds)
  const own = `/v1/merchants/${street.bookshop.merchant}/multiplier`
  expect(await street.api.call('put', own, street.network.operator).send({ factor: '1.3' })).toMatchObject({
    status: 200,
  })
  const [ada, bo] = [await street.join(), await street.join()]
  const bills = [
    { amount_minor: 299 },
    { amount_minor: 777 },
    { amount_minor: 1111, eligible_amount_minor: 900 },
  ]
  for (const bill of bills) {
    for (const shop of [street.bakery, street.bookshop]) {
      expect(await shop.buy({ wallet: ada.wallet, ...bill })).toMatchObject({ status: 201 })
    }
  }
  const qr = await ada.showQr()
  const paid = await street.bookshop.buy({ qr, amount_minor: 1999, redeem: { points: 7 } })
  expect(paid).toMatchObject({ status: 201 })
  await street.bakery.buy({ wallet: ada.wallet, amount_minor: 10_000 })
  await street.bakery.buy({ wallet: bo.wallet, amount_minor: 500 })
  const result = await simulate({ ...rule, months: 1 })
  expect(result.purchases).toBe(9)
  expect(result.points_simulated).toBe(result.points_given)
  for (const each of result.merchants) expect(each.points_simulated).toBe(each.points_given)
  for (const band of result.customers) expect(band).toMatchObject({ gaining: 0, losing: 0 })
})

test('it goes on slice by slice, says how far it is, and two jobs at once count nothing twice', async () => {
  const network = await networkId()
  await street.api.db.transaction().execute(async (tx) => {
    for (let index = 0; index < 250; index++)
      await enrolCustomer(tx, network, { person: {}, isOfAge: true, now: new Date() })
  })
  const ada = await street.join({ points: 10 })
  const id = await begin({ points_per_currency_unit: '3' })
  expect(await read(id)).toMatchObject({ state: 'waiting', progress: 0 })
  await Promise.all([count(id), count(id), count(id)])
  const underWay = await read(id)
  expect(underWay.state).toBe('running')
  expect(underWay.progress).toBeGreaterThan(50)
  expect(underWay.progress).toBeLessThan(100)
  expect(underWay).not.toHaveProperty('result')
  for (let round = 0; round < 4; round++) await Promise.all([count(id), count(id)])
  expect(await read(id)).toMatchObject({
    state: 'done',
    progress: 100,
    result: { purchases: 1, points_given: 10, points_simulated: 30 },
  })
  expect(await ada.available()).toBe(10)
})

test('what a killed worker left is taken up by another within a minute, and counted once', async () => {
  const { api } = street
  const ada = await street.join({ points: 10 })
  const id = await begin({ points_per_currency_unit: '3' })
  const [admin, watcher] = [await connect(), await connect()]
  const row = `where uuid = '${uuidOf('sim', id)}'`
  // The worker stops in the middle of its slice.
  await admin.query('begin')
  await admin.query(`select from api.rule_simulation ${row} for update`)
  const worker = spawn(process.execPath, ['api/worker.ts'], {
    cwd: projectFolder,
    env: {
      DATABASE_URL: api.databaseUrl,
      DATABASE_ADMIN_URL: api.adminUrl,
      TALLY_SECRET: Buffer.from(api.secret).toString('base64url'),
      LOG_LEVEL: 'silent',
    },
    stdio: 'ignore',
  })
  onTestFinished(() => void worker.kill('SIGKILL'))
  await vi.waitFor(
    async () => {
      const held = await watcher.query(
        'select from graphile_worker._private_jobs where locked_by is not null and key = $1',
        [`simulate-rule ${uuidOf('sim', id)}`],
      )
      expect(held.rowCount).toBe(1)
      const waiting = await watcher.query(
        `select from pg_stat_activity where wait_event_type = 'Lock' and query like '%rule_simulation%'`,
      )
      expect(waiting.rowCount).toBeGreaterThan(0)
    },
    { timeout: 20_000, interval: 50 },
  )
  worker.kill('SIGKILL')
  await once(worker, 'exit')
  await admin.query('rollback')

  onTestFinished(await work())
  // As long as it may be a slow one it is let alone.
  await sleep(300)
  expect(await read(id)).toMatchObject({ state: 'waiting' })
  const { rows } = await admin.query(
    `select extract(epoch from lease_until - clock_timestamp())::float8 as seconds from api.rule_simulation ${row}`,
  )
  expect(rows[0].seconds).toBeLessThan(31)
  await admin.query(`update api.rule_simulation set lease_until = now() ${row}`)
  await resumeSimulations(api.db)
  await vi.waitFor(async () => expect(await read(id)).toMatchObject({ state: 'done' }), { timeout: 10_000 })
  expect(await read(id)).toMatchObject({ result: { purchases: 1, points_given: 10, points_simulated: 30 } })
  expect(await ada.available()).toBe(10)
}, 120_000)

test('purchases from before the period, and of another network, do not count', async () => {
  const elsewhere = await street.elsewhere()
  await elsewhere.join({ points: 40 })
  await street.join({ points: 10 })
  street.api.clock.now = new Date(Date.now() + 60 * 24 * 60 * 60 * 1000)
  onTestFinished(() => void (street.api.clock.now = null))
  const operator = await signInOperator(street.api, street.network.slug)
  const begun = await street.api.call('post', path, operator).send({ ...inForce, months: 1 })
  expect(begun).toMatchObject({ status: 202 })
  for (let round = 0; round < 3; round++) await count(begun.body.id)
  const seen = await street.api.call('get', `${path}/${begun.body.id}`, operator)
  expect(seen.body).toMatchObject({ state: 'done', result: { purchases: 0, merchants: [], customers: [] } })
  street.api.clock.now = null
  const hidden = await elsewhere.api.call('get', `${path}/${begun.body.id}`, elsewhere.network.operator)
  expect(hidden).toMatchObject({ status: 404 })
})

test('a rule that names a shop of nobody, or no months, is refused', async () => {
  const send = (fields: object) =>
    street.api.call('post', path, street.network.operator).send({ ...inForce, ...fields })
  const elsewhere = await street.elsewhere()
  const foreign = [{ factor: '2', merchants: [elsewhere.bakery.merchant] }]
  expect(await send({ multipliers: foreign })).toMatchObject({ status: 400 })
  for (const months of [0, 61, undefined]) expect(await send({ months })).toMatchObject({ status: 400 })
  expect(await street.bakery.get(path)).toMatchObject({ status: 405 })
})
