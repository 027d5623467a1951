import { pino } from 'pino'
import { Webhook } from 'standardwebhooks'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { startBackground } from '../../api/background.ts'
import { addStaff, asAdmin, startApi, type TestApi } from '../support/api.ts'
import { buildHighStreet, type Customer, type HighStreet } from '../support/high-street.ts'
import { startReceiver, until, type Receiver } from '../support/receiver.ts'

/** What names stand for in these tests; asked for once an attempt. */
const names = new Map<string, () => string>()
const asked: string[] = []
const rules = {
  allowHttp: true,
  allowedNetworks: ['127.0.0.1/32'],
  resolve: async (hostname: string) => {
    asked.push(hostname)
    return [names.get(hostname)!()]
  },
}

/** Generous: the machine does other things beside. */
const saleMaxMs = 2_000

let api: TestApi
let stopBackground: () => Promise<void>
let street: HighStreet
let customer: Customer
let owner: string
let receiver: Receiver

beforeAll(async () => {
  api = await startApi({ webhooks: rules })
  stopBackground = await startBackground({
    ledger: api.ledger,
    db: api.db,
    databaseUrl: api.databaseUrl,
    secret: api.secret,
    webhooks: rules,
    sendMail: async (letter) => void api.letters.push(letter),
    log: pino({ level: 'silent' }),
  })
})
afterAll(async () => {
  await stopBackground()
  await api.close()
})
beforeEach(async () => {
  street = await buildHighStreet(api, {})
  customer = await street.join()
  owner = await addStaff(api, street.network, { role: 'owner', merchant: street.bakery.merchant })
  receiver = await startReceiver()
})
afterEach(async () => {
  await asAdmin(api, 'delete from api.webhook')
  await receiver.close()
})

async function subscribe(token: string, fields: object = {}) {
  const { status, body } = await api
    .call('post', '/v1/webhooks', token)
    .send({ url: receiver.url, ...fields })
  expect({ status, body }).toMatchObject({ status: 201 })
  return body as { id: string; secret: string; cursor: number }
}

async function read(id: string, token = owner) {
  const { body } = await api.call('get', '/v1/webhooks', token)
  return body.data.find((webhook: { id: string }) => webhook.id === id)
}

interface Delivery {
  readonly index: number
  readonly attempted_at: string
  readonly status: number | null
  readonly error: string | null
  readonly delivered: boolean
}

async function listDeliveries(id: string, token = owner) {
  const { status, body } = await api.call('get', `/v1/webhooks/${id}/deliveries?limit=200`, token)
  expect(status).toBe(200)
  return body.data as Delivery[]
}

/** So many purchases at the bakery, one after the other; their transactions. */
async function buy(count: number): Promise<string[]> {
  const bought: string[] = []
  for (let at = 0; at < count; at++) {
    const started = performance.now()
    const { status, body } = await street.bakery.buy({ wallet: customer.wallet, amount_minor: 1000 })
    expect(status).toBe(201)
    // No sale waits for a receiver, whatever it does.
    expect(performance.now() - started).toBeLessThan(saleMaxMs)
    bought.push(body.transaction)
  }
  return bought
}

/** As if the wait were over. */
const hurry = () => asAdmin(api, 'update api.webhook set next_attempt_at = null')
/** As if so many seconds had passed: whatever holds a time of an endpoint is that much longer ago, the wait too. */
const passTime = (seconds: number) =>
  asAdmin(
    api,
    `update api.webhook set next_attempt_at = next_attempt_at - interval '${seconds} s',
      failing_since = failing_since - interval '${seconds} s'`,
  )
const transactions = (messages: Receiver['taken']) => messages.map(({ body }) => body.data.transaction?.id)
/** The messages in the order in which they first came. */
const distinct = (ids: readonly unknown[]) => [...new Set(ids)]

test('an owner hears of every sale in their shop in order, signed, and of no other shop', async () => {
  const { secret } = await subscribe(owner)
  await street.bookshop.buy({ wallet: customer.wallet, amount_minor: 500 })
  const bought = await buy(5)
  await until(() => receiver.taken.length >= 5)
  expect(transactions(receiver.taken)).toEqual(bought)
  for (const { headers, text } of receiver.taken) {
    expect(new Webhook(secret).verify(text, headers as Record<string, string>)).toMatchObject({
      type: 'transaction.issue',
      data: { transaction: { kind: 'issue', merchant: street.bakery.merchant, points: 10 } },
    })
  }
  expect(distinct(receiver.taken.map(({ headers }) => headers['webhook-id']))).toHaveLength(5)
})

test('an operator hears of all shops and of what was decided', async () => {
  await subscribe(street.network.operator)
  await street.bookshop.buy({ wallet: customer.wallet, amount_minor: 500 })
  await buy(1)
  await street.admit('Florist')
  await until(() => receiver.taken.some(({ body }) => body.type === 'governance.merchant_admitted'))
  const types = receiver.taken.map(({ body }) => body.type)
  expect(types.slice(0, 3)).toEqual([
    'transaction.issue',
    'transaction.issue',
    'governance.merchant_admitted',
  ])
})

test('an endpoint hears only of the types it asked for', async () => {
  await subscribe(owner, { types: ['transaction.reverse'] })
  const [bought] = await buy(2)
  const path = `/v1/transactions/${bought}/reversals`
  expect(await street.bakery.post(path, { refund_amount_minor: 500, reason: 'stale' })).toMatchObject({
    status: 201,
  })
  await until(() => receiver.taken.length > 0)
  expect(receiver.received.map(({ body }) => body.type)).toEqual(['transaction.reverse'])
})

test('who is no owner and no operator has no webhooks, and another shop’s are not there', async () => {
  const { id } = await subscribe(owner)
  const manager = await addStaff(api, street.network, { role: 'manager', merchant: street.bakery.merchant })
  for (const token of [manager, street.bakery.key, customer.token]) {
    const refused = await api.call('post', '/v1/webhooks', token).send({ url: receiver.url })
    expect(refused).toMatchObject({ status: 403 })
  }
  const other = await addStaff(api, street.network, { role: 'owner', merchant: street.bookshop.merchant })
  for (const answer of [
    await api.call('patch', `/v1/webhooks/${id}`, other).send({ paused: true }),
    await api.call('delete', `/v1/webhooks/${id}`, other),
    await api.call('get', `/v1/webhooks/${id}/deliveries`, other),
    await api.call('post', `/v1/webhooks/${id}/replay`, other).send({ after: -1 }),
  ]) {
    expect(answer).toMatchObject({ status: 404 })
  }
  expect(await read(id)).toMatchObject({ paused_at: null })
  expect((await api.call('get', '/v1/webhooks', other)).body.data).toEqual([])
})

test.each([
  'https://127.0.0.2/',
  'https://0x7f000002/',
  'https://2130706434/',
  'https://10.0.0.1/',
  'https://192.168.1.1/',
  'https://172.16.0.1/',
  'https://100.64.0.1/',
  'https://169.254.169.254/latest/meta-data/',
  'https://0.0.0.0/',
  'https://[::1]/',
  'https://[::]/',
  'https://[::ffff:10.0.0.1]/',
  'https://[fe80::1]/',
  'https://[fd00::1]/',
  'https://[64:ff9b::a00:1]/',
  'https://[2002:a00:1::]/',
  'https://[4000::1]/',
  'https://user:password@example.org/',
])('%s is refused as an address to send to', async (url) => {
  const answer = await api.call('post', '/v1/webhooks', owner).send({ url })
  expect(answer).toMatchObject({ status: 422, body: { code: 'webhook_url_refused' } })
  expect((await api.call('get', '/v1/webhooks', owner)).body.data).toEqual([])
})

test('without a configuration that allows it, plain http and loopback are refused', async () => {
  const strict = await startApi()
  const there = await buildHighStreet(strict, {})
  for (const url of ['http://example.org/', 'https://127.0.0.1/', 'http://127.0.0.1:1/']) {
    const answer = await strict.call('post', '/v1/webhooks', there.network.operator).send({ url })
    expect(answer).toMatchObject({ status: 422 })
  }
  await strict.close()
})

test('a name that stands for a private address is not connected to', async () => {
  const inside = await startReceiver('127.0.0.2')
  names.set('inside.example', () => '127.0.0.2')
  const { id } = await subscribe(owner, { url: `http://inside.example:${inside.port}/` })
  await buy(1)
  await until(async () => (await listDeliveries(id)).length > 0)
  expect((await listDeliveries(id))[0]).toMatchObject({ status: null, error: 'address_refused' })
  expect(inside.received).toEqual([])
  await inside.close()
})

test('a name that changes what it stands for while it is used (DNS rebinding) is asked for once', async () => {
  const inside = await startReceiver('127.0.0.2', receiver.port)
  let times = 0
  names.set('rebind.example', () => (times++ === 0 ? '127.0.0.1' : '127.0.0.2'))
  asked.length = 0
  const { id } = await subscribe(owner, { url: `http://rebind.example:${receiver.port}/` })
  const [first] = await buy(2)
  await until(async () => (await listDeliveries(id)).length >= 2)
  expect(transactions(receiver.taken)).toEqual([first])
  expect((await listDeliveries(id)).map(({ error }) => error)).toEqual(['address_refused', null])
  expect(asked).toEqual(['rebind.example', 'rebind.example'])
  expect(inside.received).toEqual([])
  await inside.close()
})

test('a redirect is not followed', async () => {
  const inside = await startReceiver()
  receiver.answer = (res) => res.writeHead(307, { location: inside.url }).end()
  const { id } = await subscribe(owner)
  await buy(1)
  await until(async () => (await listDeliveries(id)).length > 0)
  expect((await listDeliveries(id))[0]).toMatchObject({ status: 307, delivered: false })
  expect(inside.received).toEqual([])
  await inside.close()
})

test('a receiver that answers 500 every second time gets everything, in order, and no sale waits for it', async () => {
  receiver.answer = (res) => res.writeHead(receiver.received.length % 2 === 0 ? 200 : 500).end()
  const { id } = await subscribe(owner)
  const bought = await buy(8)
  await until(async () => {
    await hurry()
    return receiver.taken.length >= bought.length
  })
  expect(transactions(receiver.taken)).toEqual(bought)
  expect(distinct(transactions(receiver.received))).toEqual(bought)
  const again = receiver.received.filter(({ body }) => body.data.transaction.id === bought[0])
  expect(again).toHaveLength(2)
  expect(again[0]!.headers['webhook-id']).toBe(again[1]!.headers['webhook-id'])
  expect((await listDeliveries(id)).filter(({ delivered }) => !delivered)).toHaveLength(8)
})

test('a receiver that is down for more than an hour is asked ever more rarely, loses nothing, and no sale waits for it', async () => {
  const { id } = await subscribe(owner)
  await receiver.close()
  const bought: string[] = []
  const waits = [5, 30, 120, 300, 900, 1800, 3600]
  for (const [at, wait] of waits.entries()) {
    bought.push(...(await buy(1)))
    await until(async () => (await listDeliveries(id)).length === at + 1)
    const { next_attempt_at } = await read(id)
    const [last] = await listDeliveries(id)
    const waiting = (Date.parse(next_attempt_at) - Date.parse(last!.attempted_at)) / 1000
    expect(Math.abs(waiting - wait)).toBeLessThan(3)
    await passTime(wait)
  }
  const { failing_since, paused_at } = await read(id)
  expect(Date.now() - Date.parse(failing_since)).toBeGreaterThan(6_700_000)
  expect(paused_at).toBeNull()
  receiver = await startReceiver('127.0.0.1', receiver.port)
  await until(() => receiver.taken.length >= bought.length)
  expect(transactions(receiver.taken)).toEqual(bought)
  expect(await read(id)).toMatchObject({ failing_since: null, next_attempt_at: null })
})

test('a receiver that answers slowly holds up neither tills nor other receivers', async () => {
  receiver.answer = (res) => setTimeout(() => res.end(), 300)
  const quick = await startReceiver()
  await subscribe(owner)
  await subscribe(owner, { url: quick.url })
  const started = performance.now()
  const bought = await buy(10)
  expect(performance.now() - started).toBeLessThan(2_900)
  await until(() => quick.taken.length >= 10)
  expect(receiver.taken.length).toBeLessThan(10)
  await until(() => receiver.taken.length >= 10)
  expect(transactions(receiver.taken)).toEqual(bought)
  expect(transactions(quick.taken)).toEqual(bought)
  await quick.close()
})

test('however many receivers of one shop answer slowly, another shop hears at once', async () => {
  receiver.answer = (res) => setTimeout(() => res.end(), 2_000)
  for (let count = 0; count < 8; count++) await subscribe(owner)
  const neighbour = await addStaff(api, street.network, { role: 'owner', merchant: street.bookshop.merchant })
  const quick = await startReceiver()
  await subscribe(neighbour, { url: quick.url })
  await buy(6)
  await until(() => receiver.received.length >= 4)
  await street.bookshop.buy({ wallet: customer.wallet, amount_minor: 500 })
  // The slow ones have work for half a minute.
  await until(() => quick.taken.length >= 1, 5_000)
  expect(receiver.taken.length).toBeLessThan(8 * 6)
  await quick.close()
})

test('an answer without an end costs no more than its beginning', async () => {
  receiver.answer = (res) => {
    const flood = setInterval(() => res.write('x'.repeat(65_536)), 5)
    res.once('close', () => clearInterval(flood))
  }
  const { id } = await subscribe(owner)
  await buy(2)
  await until(async () => (await listDeliveries(id)).length >= 2)
  expect((await listDeliveries(id)).map(({ delivered }) => delivered)).toEqual([true, true])
})

test('after three days an endpoint is paused, its maker is told, and once let go on it misses nothing', async () => {
  receiver.answer = (res) => res.writeHead(503).end()
  const { id } = await subscribe(street.network.operator)
  const operator = street.network.operator
  const bought = await buy(2)
  await until(async () => (await read(id, operator)).failing_since !== null)
  await asAdmin(api, `update api.webhook set failing_since = now() - interval '3 days'`)
  await hurry()
  await until(async () => (await read(id, operator)).paused_at !== null)
  expect(await read(id, operator)).toMatchObject({ pause_reason: 'failing' })
  await until(() => api.letters.some(({ text }) => text.includes(id)))
  expect(api.letters.findLast(({ text }) => text.includes(id))).toMatchObject({
    to: 'operator@example.org',
    subject: 'A webhook endpoint is paused',
  })
  receiver.answer = (res) => res.end()
  const resumed = await api.call('patch', `/v1/webhooks/${id}`, operator).send({ paused: false })
  expect(resumed).toMatchObject({ status: 200, body: { paused_at: null } })
  await until(() => receiver.taken.length >= 2)
  expect(transactions(receiver.taken)).toEqual(bought)
})

test('an endpoint that answers 410 is paused at once', async () => {
  receiver.answer = (res) => res.writeHead(410).end()
  const { id } = await subscribe(owner)
  await buy(1)
  await until(async () => (await read(id)).paused_at !== null)
  expect(await read(id)).toMatchObject({ pause_reason: 'gone' })
})

test('for a day after a new secret both sign', async () => {
  const { id, secret } = await subscribe(owner)
  const rotated = await api.call('patch', `/v1/webhooks/${id}`, owner).send({ rotate_secret: true })
  expect(rotated.body.secret).not.toBe(secret)
  await buy(1)
  await until(() => receiver.taken.length >= 1)
  const { text, headers } = receiver.taken[0]!
  for (const good of [secret, rotated.body.secret]) {
    expect(() => new Webhook(good).verify(text, headers as Record<string, string>)).not.toThrow()
  }
  await asAdmin(api, 'update api.webhook set previous_secret_until = now()')
  await buy(1)
  await until(() => receiver.taken.length >= 2)
  const next = receiver.taken[1]!
  expect(() => new Webhook(secret).verify(next.text, next.headers as Record<string, string>)).toThrow(
    'No matching signature',
  )
  expect((await read(id)).secret).toBeUndefined()
})

test('a replay sends everything after an entry once more, with the same ids', async () => {
  const { id, cursor } = await subscribe(owner)
  const bought = await buy(3)
  await until(() => receiver.taken.length >= 3)
  const replay = await api.call('post', `/v1/webhooks/${id}/replay`, owner).send({ after: cursor + 1 })
  expect(replay).toMatchObject({ status: 200, body: { cursor: cursor + 1 } })
  await until(() => receiver.taken.length >= 5)
  expect(transactions(receiver.taken)).toEqual([...bought, ...bought.slice(1)])
  const ids = receiver.taken.map(({ headers }) => headers['webhook-id'])
  expect(ids.slice(3)).toEqual(ids.slice(1, 3))
  const beyond = await api.call('post', `/v1/webhooks/${id}/replay`, owner).send({ after: 1_000_000 })
  expect(beyond).toMatchObject({ status: 400, body: { code: 'request_invalid' } })
})

test('a paused endpoint gets nothing, and a forgotten one is gone', async () => {
  const { id } = await subscribe(owner)
  await api.call('patch', `/v1/webhooks/${id}`, owner).send({ paused: true })
  await buy(1)
  const { id: other } = await subscribe(owner)
  await buy(1)
  await until(() => receiver.received.length >= 1)
  expect((await listDeliveries(id)).length).toBe(0)
  expect((await listDeliveries(other)).length).toBeLessThanOrEqual(1)
  expect(await api.call('delete', `/v1/webhooks/${id}`, owner)).toMatchObject({ status: 204 })
  expect(await read(id)).toBeUndefined()
})

test('a worker that died in the middle is followed by another', async () => {
  await subscribe(owner)
  await asAdmin(api, `update api.webhook set lease_until = now() + interval '1 minute'`)
  const bought = await buy(1)
  await new Promise((resolve) => setTimeout(resolve, 1200))
  expect(receiver.received).toEqual([])
  await asAdmin(api, 'update api.webhook set lease_until = now()')
  await until(() => receiver.taken.length >= 1)
  expect(transactions(receiver.taken)).toEqual(bought)
})
