import { expect, test } from 'vitest'
import { addStaff, asAdmin } from '../support/api.ts'
import { startReceiver, until } from '../support/receiver.ts'
import { distinct, stageWebhooks, transactions } from '../support/webhook-stage.ts'

// Receivers that are down, slow or wrong, and workers that die: nothing is lost, and no sale waits. That none waits is
// shown by receivers that answer only once the sales are over; how long sales take meanwhile is the bench's to ask.

const stage = stageWebhooks()
const { subscribe, read, listDeliveries, buy, hurry, passTime } = stage

test('a receiver that answers 500 every second time gets everything, in order, and no sale waits for its answer', async () => {
  const salesOver = Promise.withResolvers<void>()
  stage.receiver.answer = async (res) => {
    const isSecond = stage.receiver.received.length % 2 === 0
    await salesOver.promise
    res.writeHead(isSecond ? 200 : 500).end()
  }
  const { id } = await subscribe(stage.owner)
  const bought = await buy(1)
  await until(() => stage.receiver.received.length === 1)
  bought.push(...(await buy(3)))
  expect(await listDeliveries(id)).toEqual([])
  salesOver.resolve()
  bought.push(...(await buy(4)))
  await until(async () => {
    await hurry()
    return stage.receiver.taken.length >= bought.length
  })
  expect(transactions(stage.receiver.taken)).toEqual(bought)
  expect(distinct(transactions(stage.receiver.received))).toEqual(bought)
  const again = stage.receiver.received.filter(({ body }) => body.data.transaction.id === bought[0])
  expect(again).toHaveLength(2)
  expect(again[0]!.headers['webhook-id']).toBe(again[1]!.headers['webhook-id'])
  expect((await listDeliveries(id)).filter(({ delivered }) => !delivered)).toHaveLength(8)
})

test('a receiver that is down for more than an hour is asked ever more rarely and loses nothing', async () => {
  const { id } = await subscribe(stage.owner)
  await stage.receiver.close()
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
  await stage.reopenReceiver()
  await until(() => stage.receiver.taken.length >= bought.length)
  expect(transactions(stage.receiver.taken)).toEqual(bought)
  expect(await read(id)).toMatchObject({ failing_since: null, next_attempt_at: null })
})

test('a receiver that answers slowly holds up neither tills nor other receivers', async () => {
  const othersDone = Promise.withResolvers<void>()
  stage.receiver.answer = async (res) => {
    await othersDone.promise
    res.end()
  }
  const quick = await startReceiver()
  const slow = await subscribe(stage.owner)
  await subscribe(stage.owner, { url: quick.url })
  const bought = await buy(1)
  await until(() => stage.receiver.received.length === 1)
  bought.push(...(await buy(3)))
  await until(() => quick.taken.length >= 4)
  expect(await listDeliveries(slow.id)).toEqual([])
  othersDone.resolve()
  await until(() => stage.receiver.taken.length >= 4)
  expect(transactions(stage.receiver.taken)).toEqual(bought)
  expect(transactions(quick.taken)).toEqual(bought)
  await quick.close()
})

test('however many receivers of one shop answer slowly, another shop hears at once', async () => {
  stage.receiver.answer = (res) => setTimeout(() => res.end(), 2_000)
  for (let count = 0; count < 8; count++) await subscribe(stage.owner)
  const neighbour = await addStaff(stage.api, stage.street.network, {
    role: 'owner',
    merchant: stage.street.bookshop.merchant,
  })
  const quick = await startReceiver()
  await subscribe(neighbour, { url: quick.url })
  await buy(6)
  await until(() => stage.receiver.received.length >= 4)
  await stage.street.bookshop.buy({ wallet: stage.customer.wallet, amount_minor: 500 })
  // The slow ones have work for half a minute.
  await until(() => quick.taken.length >= 1, 5_000)
  expect(stage.receiver.taken.length).toBeLessThan(8 * 6)
  await quick.close()
})

test('an answer without an end costs no more than its beginning', async () => {
  stage.receiver.answer = (res) => {
    const flood = setInterval(() => res.write('x'.repeat(65_536)), 5)
    res.once('close', () => clearInterval(flood))
  }
  const { id } = await subscribe(stage.owner)
  await buy(2)
  await until(async () => (await listDeliveries(id)).length >= 2)
  expect((await listDeliveries(id)).map(({ delivered }) => delivered)).toEqual([true, true])
})

test('after three days an endpoint is paused, its maker is told, and once let go on it misses nothing', async () => {
  stage.receiver.answer = (res) => res.writeHead(503).end()
  const { id } = await subscribe(stage.street.network.operator)
  const operator = stage.street.network.operator
  const bought = await buy(2)
  await until(async () => (await read(id, operator)).failing_since !== null)
  await asAdmin(stage.api, `update api.webhook set failing_since = now() - interval '3 days'`)
  await hurry()
  await until(async () => (await read(id, operator)).paused_at !== null)
  expect(await read(id, operator)).toMatchObject({ pause_reason: 'failing' })
  await until(() => stage.api.letters.some(({ text }) => text.includes(id)))
  expect(stage.api.letters.findLast(({ text }) => text.includes(id))).toMatchObject({
    to: 'operator@example.org',
    subject: 'A webhook endpoint is paused',
  })
  stage.receiver.answer = (res) => res.end()
  const resumed = await stage.api.call('patch', `/v1/webhooks/${id}`, operator).send({ paused: false })
  expect(resumed).toMatchObject({ status: 200, body: { paused_at: null } })
  await until(() => stage.receiver.taken.length >= 2)
  expect(transactions(stage.receiver.taken)).toEqual(bought)
})

test('an endpoint that answers 410 is paused at once', async () => {
  stage.receiver.answer = (res) => res.writeHead(410).end()
  const { id } = await subscribe(stage.owner)
  await buy(1)
  await until(async () => (await read(id)).paused_at !== null)
  expect(await read(id)).toMatchObject({ pause_reason: 'gone' })
})

test('a worker that died in the middle is followed by another', async () => {
  await subscribe(stage.owner)
  await asAdmin(stage.api, `update api.webhook set lease_until = now() + interval '1 minute'`)
  const bought = await buy(1)
  await new Promise((resolve) => setTimeout(resolve, 1200))
  expect(stage.receiver.received).toEqual([])
  await asAdmin(stage.api, 'update api.webhook set lease_until = now()')
  await until(() => stage.receiver.taken.length >= 1)
  expect(transactions(stage.receiver.taken)).toEqual(bought)
})
