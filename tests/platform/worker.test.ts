import { randomBytes, randomUUID } from 'node:crypto'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createTallystick } from '../../clients/typescript/index.js'
import { answered, refused } from '../support/calls.ts'
import { administer, createTestDatabase, type TestDatabase } from '../support/database.ts'
import { startReceiver, until, type Receiver } from '../support/receiver.ts'
import { makeDataFolder, removeDataFolder, startServer, type StartedServer } from '../support/server.ts'

const operator = { email: 'operator@example.org', password: 'a long walk along the river' }

let database: TestDatabase
let dataFolder: string
let receiver: Receiver
let started: StartedServer[] = []

beforeEach(async () => {
  database = await createTestDatabase()
  dataFolder = await makeDataFolder()
  receiver = await startReceiver()
})

afterEach(async () => {
  for (const { process } of started) process.kill('SIGKILL')
  for (const { ended } of started) await ended
  started = []
  await receiver.close()
  await removeDataFolder(dataFolder)
  await database.drop()
})

test('with TALLY_WORKER=off the server does no background work, and npm run worker beside it does all of it', async () => {
  const secret = randomBytes(32).toString('base64url')
  const server = start(secret)
  const url = await server.ready
  const scene = await openShop(url)
  const { owner, till, customer, hold, simulation } = scene

  // A sale to be told of, a hold that has run out, a simulation, and a customer whom nobody may remember any more.
  expect(await answered(scene.sell())).toMatchObject({ points: 10 })
  await administer(
    database,
    `update api.erasure set asked_at = now() - interval '14 days', due_at = now() - interval '1 second'`,
  )
  await until(async () => Date.parse(hold.ends_at) < Date.now())
  await new Promise((resolve) => setTimeout(resolve, 1_500))
  expect(receiver.received).toEqual([])
  const readHold = () => till.GET('/v1/transactions/{id}', { params: { path: { id: hold.id } } })
  const readSimulation = () =>
    owner.GET('/v1/rules/earning/simulations/{id}', { params: { path: { id: simulation.id } } })
  const readCustomer = () => till.GET('/v1/customers/{id}', { params: { path: { id: customer.id } } })
  expect(await answered(readHold())).toMatchObject({ hold: { state: 'held' } })
  expect(await answered(readSimulation())).toMatchObject({ state: 'waiting' })
  await answered(readCustomer())

  const worker = start(secret, { worker: true })
  await worker.ready
  await until(() => receiver.taken.length >= 2)
  const heard = receiver.taken.map(({ body }) => body.type)
  expect(heard.slice(0, 2)).toEqual(['transaction.hold', 'transaction.issue'])
  await until(async () => (await answered(readHold())).hold?.state === 'timed_out')
  await until(async () => (await answered(readSimulation())).state === 'done')
  await until(async () => (await readCustomer()).response.status === 404)
  expect(await refused(readCustomer())).toBe('not_found')

  // The worker ends in order, and the tills go on without it.
  worker.process.kill('SIGTERM')
  expect(await worker.ended).toBe(0)
  await answered(scene.sell())
  expect(server.process.exitCode).toBeNull()
})

/** A shop that takes points without a QR, with what background work is waiting for. */
async function openShop(url: string) {
  const anyone = createTallystick({ url })
  const signIn = async (network?: string) => {
    const session = await answered(
      anyone.POST('/v1/sessions', { body: { ...operator, ...(network && { network }) } }),
    )
    return createTallystick({ url, token: session.token })
  }
  const once = () => ({ header: { 'Idempotency-Key': randomUUID() } })
  const made = { slug: 'harbour', name: 'Harbour', currency: 'EUR', point_face_value_minor: 1 }
  await answered(
    (await signIn()).POST('/v1/networks', { body: { ...made, redeem_without_qr_daily_max: 100 } }),
  )
  const owner = await signIn('harbour')
  const rule = { points_per_currency_unit: '1', rounding: 'down', expires_after_months: null } as const
  await answered(owner.PUT('/v1/rules/earning', { body: rule }))
  const shop = await answered(owner.POST('/v1/merchants', { body: { name: 'Bakery', issuing_limit: null } }))
  const { key } = await answered(
    owner.POST('/v1/merchants/{id}/tills', {
      params: { path: { id: shop.id } },
      body: { name: 'Counter' },
    }),
  )
  const till = createTallystick({ url, token: key })
  const ada = await answered(till.POST('/v1/customers', { body: { email: 'ada@example.org' } }))
  const customer = await answered(till.POST('/v1/customers', { body: { email: 'petr@example.org' } }))
  const sell = () =>
    till.POST('/v1/purchases', {
      params: once(),
      body: {
        wallet: ada.wallet,
        amount_minor: 1000,
        currency: 'EUR',
        reference: randomUUID(),
        occurred_at: new Date().toISOString(),
      },
    })
  await answered(sell())
  await answered(owner.POST('/v1/webhooks', { body: { url: receiver.url } }))
  const hold = await answered(
    till.POST('/v1/holds', { params: once(), body: { wallet: ada.wallet, points: 5, lifetime_seconds: 1 } }),
  )
  const simulation = await answered(
    owner.POST('/v1/rules/earning/simulations', {
      body: { points_per_currency_unit: '2', rounding: 'down', months: 1 },
    }),
  )
  await owner.DELETE('/v1/customers/{id}', {
    params: { path: { id: customer.id }, query: { acknowledged_points: '0' } },
  })
  return { owner, till, customer, hold, simulation, sell }
}

function start(secret: string, { worker = false } = {}): StartedServer {
  const server = startServer({
    worker,
    env: {
      DATABASE_URL: database.url,
      DATABASE_ADMIN_URL: database.adminUrl,
      TALLY_SECRET: secret,
      TALLY_DATA: dataFolder,
      TALLY_WORKER: 'off',
      TALLY_WEBHOOK_HTTP: 'on',
      TALLY_WEBHOOK_NETWORKS: '127.0.0.1/32',
      TALLY_OPERATOR_EMAIL: operator.email,
      TALLY_OPERATOR_PASSWORD: operator.password,
    },
  })
  started.push(server)
  return server
}
