import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import { heartbeatSeconds, streamsPerCredentialMax, streamsPerMerchantMax } from '../../api/events/router.ts'
import { addStaff, makeTill, startApi, type TestApi } from '../support/api.ts'
import { buildHighStreet, type Customer, type HighStreet } from '../support/high-street.ts'
import { until } from '../support/receiver.ts'

let api: TestApi
const closing = new AbortController()
let street: HighStreet
let customer: Customer

beforeAll(async () => {
  api = await startApi({ closing: closing.signal })
})
afterAll(() => api.close())
beforeEach(async () => {
  street = await buildHighStreet(api, {})
  customer = await street.join()
})

interface Heard {
  readonly status: number
  readonly type: string | null
  readonly events: { index: number; type: string; transaction: any }[]
  /** The last id, with or without an event. */
  id(): string | undefined
  isOver(): boolean
  stop(): void
}

/** Listens until the test is over. */
async function listen(token: string, { after, headers = {} }: { after?: number; headers?: object } = {}) {
  const controller = new AbortController()
  const answer = await fetch(`${api.url}/v1/events${after === undefined ? '' : `?after=${after}`}`, {
    headers: { authorization: `Bearer ${token}`, accept: 'text/event-stream', ...headers },
    signal: controller.signal,
  })
  let text = ''
  let over = false
  const reading = (async () => {
    for await (const chunk of answer.body!.pipeThrough(new TextDecoderStream())) text += chunk
  })()
  void reading.catch(() => {}).then(() => (over = true))
  onTestFinished(() => controller.abort())
  const heard: Heard = {
    status: answer.status,
    type: answer.headers.get('content-type'),
    get events() {
      return [...text.matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(data!))
    },
    id: () => [...text.matchAll(/^id: (\d+)$/gm)].at(-1)?.[1],
    isOver: () => over,
    stop: () => controller.abort(),
  }
  return heard
}

test('who asks first for what comes after any number keeps nobody else from hearing', async () => {
  const ahead = await listen(customer.token, { after: 999_999_999_999_999 })
  await sleep(300)
  const till = await listen(street.bakery.key)
  const sale = await buy()
  await until(() => ids(till).includes(sale), 5_000)
  ahead.stop()
  const next = await buy()
  await until(() => ids(till).includes(next), 5_000)
  expect(ahead.events).toEqual([])
})

test('a HEAD is answered, and is no stream', async () => {
  const headers = { authorization: `Bearer ${street.bakery.key}` }
  const answer = await fetch(`${api.url}/v1/events`, { method: 'HEAD', headers })
  expect(answer).toMatchObject({ status: 200 })
  expect(await answer.text()).toBe('')
})

const buy = async (amount = 1000) => {
  const { body } = await street.bakery.buy({ wallet: customer.wallet, amount_minor: amount })
  return body.transaction as string
}
const ids = (heard: Heard) => heard.events.map(({ transaction }) => transaction?.id)

test('each hears what they may read, in order, within a second', async () => {
  const owner = await addStaff(api, street.network, { role: 'owner', merchant: street.bookshop.merchant })
  const [till, theirs, shop, operator] = await Promise.all(
    [street.bakery.key, customer.token, owner, street.network.operator].map((token) => listen(token)),
  )
  expect(till).toMatchObject({ status: 200, type: expect.stringMatching(/^text\/event-stream/) })
  const started = performance.now()
  const bought = [await buy(), await buy()]
  const friend = await street.join()
  await street.bookshop.buy({ wallet: friend.wallet, amount_minor: 100 })
  await street.admit('Florist')
  await until(() => operator!.events.at(-1)?.type === 'governance.credential_registered')
  expect(performance.now() - started).toBeLessThan(5_000)
  await until(() => till!.events.length >= 2 && theirs!.events.length >= 2 && shop!.events.length >= 1)
  expect(ids(till!)).toEqual(bought)
  expect(ids(theirs!)).toEqual(bought)
  expect(shop!.events.map(({ transaction }) => transaction.merchant)).toEqual([street.bookshop.merchant])
  const indexes = operator!.events.map(({ index }) => index)
  expect(indexes).toEqual(indexes.toSorted((one, other) => one - other))
  expect(ids(operator!).filter(Boolean).slice(0, 2)).toEqual(bought)
})

test('whoever comes back with the last id misses nothing and hears nothing twice', async () => {
  const before = await listen(street.bakery.key)
  const first = await buy()
  await until(() => before.events.length === 1)
  before.stop()
  const missed = [await buy(), await buy()]
  const back = await listen(street.bakery.key, { headers: { 'last-event-id': before.id()! } })
  const next = await buy()
  await until(() => back.events.length === 3)
  expect([first, ...ids(back)]).toEqual([first, ...missed, next])
  const whole = await listen(street.bakery.key, { after: 0 })
  await until(() => whole.events.length === 4)
  expect(ids(whole)).toEqual([first, ...missed, next])
})

test('another network’s events are not heard', async () => {
  const other = await street.elsewhere()
  const heard = await listen(other.bakery.key)
  await buy()
  const stranger = await other.join()
  const { body } = await other.bakery.buy({ wallet: stranger.wallet, amount_minor: 100 })
  await until(() => heard.events.length > 0)
  expect(ids(heard)).toEqual([body.transaction])
})

test('what is wrong is refused before anything is streamed', async () => {
  const ask = async (headers: object, query = '') =>
    (await fetch(`${api.url}/v1/events${query}`, { headers: { ...headers } })).json()
  expect(await ask({})).toMatchObject({ code: 'unauthenticated' })
  const authorization = `Bearer ${street.bakery.key}`
  expect(await ask({ authorization, 'last-event-id': 'yesterday' })).toMatchObject({
    code: 'request_invalid',
  })
  expect(await ask({ authorization }, '?after=-1')).toMatchObject({ code: 'request_invalid' })
})

test('a credential may have a few streams, and a closed one makes room', async () => {
  const streams: Heard[] = []
  for (let at = 0; at < streamsPerCredentialMax; at++) streams.push(await listen(street.bakery.key))
  expect(await listen(street.bakery.key)).toMatchObject({ status: 429 })
  expect(await listen(street.bookshop.key)).toMatchObject({ status: 200 })
  streams[0]!.stop()
  await until(async () => (await listen(street.bakery.key)).status === 200)
})

test('a shop that pairs many tills has so many streams for all of them, and others have theirs', async () => {
  const shop = await street.admit('Shop of many tills')
  const streams: Heard[] = []
  for (let key = shop.key; streams.length < streamsPerMerchantMax;) {
    for (let at = 0; at < streamsPerCredentialMax; at++) streams.push(await listen(key))
    key = (await makeTill(api, street.network, shop.merchant)).key
  }
  expect(streams.filter(({ status }) => status !== 200)).toEqual([])
  const { key: another } = await makeTill(api, street.network, shop.merchant)
  expect(await listen(another)).toMatchObject({ status: 429 })
  expect(await listen(street.bookshop.key)).toMatchObject({ status: 200 })
  streams[0]!.stop()
  await until(async () => (await listen(another)).status === 200)
  for (const each of streams) each.stop()
})

test('a stream ends soon after its credential does', async () => {
  const signedIn = await listen(customer.token)
  const till = await listen(street.bakery.key)
  const other = await listen(street.bookshop.key)
  expect(await api.call('delete', '/v1/sessions', customer.token)).toMatchObject({ status: 204 })
  await street.bakery.revokeTill()
  await until(() => signedIn.isOver() && till.isOver(), (heartbeatSeconds + 5) * 1000)
  expect(other.isOver()).toBe(false)
})

test('streams end when the server is about to stop', async () => {
  const heard = await listen(street.bakery.key)
  closing.abort()
  await until(() => heard.isOver())
  expect(heard).toMatchObject({ status: 200, events: [] })
})
