import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest'
import { startBackground } from '../../api/background.ts'
import { addStaff, asAdmin, startApi, type TestApi } from './api.ts'
import { buildHighStreet, type Customer, type HighStreet } from './high-street.ts'
import { startReceiver, type Receiver } from './receiver.ts'

/** An attempt to deliver, as the API lists it. */
export interface Delivery {
  readonly index: number
  readonly attempted_at: string
  readonly status: number | null
  readonly error: string | null
  readonly delivered: boolean
}

/** The application with its background work, and for each test a high street, an owner and a receiver of its own. */
export interface WebhookStage {
  readonly api: TestApi
  readonly street: HighStreet
  readonly customer: Customer
  /** A token of the bakery's owner. */
  readonly owner: string
  readonly receiver: Receiver
  /** What names stand for; `asked`: which were asked for, once an attempt. */
  readonly names: Map<string, () => string>
  readonly asked: string[]
  subscribe(token: string, fields?: object): Promise<{ id: string; secret: string; cursor: number }>
  /** An endpoint of the owner's, or of whoever has the token. */
  read(id: string, token?: string): Promise<any>
  listDeliveries(id: string, token?: string): Promise<Delivery[]>
  /** So many purchases at the bakery, one after the other; their transactions. */
  buy(count: number): Promise<string[]>
  /** As if the wait were over. */
  hurry(): Promise<void>
  /** As if so many seconds had passed: whatever holds a time of an endpoint is that much longer ago, the wait too. */
  passTime(seconds: number): Promise<void>
  /** The receiver was closed: another takes its place at the same address. */
  reopenReceiver(): Promise<void>
}

/** Sets the stage in the hooks of a test file; what differs from test to test is there once a test runs. */
export function stageWebhooks(): WebhookStage {
  const names: WebhookStage['names'] = new Map()
  const asked: string[] = []
  const rules = {
    allowHttp: true,
    allowedNetworks: ['127.0.0.1/32'],
    resolve: async (hostname: string) => {
      asked.push(hostname)
      return [names.get(hostname)!()]
    },
  }
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

  return {
    get api() {
      return api
    },
    get street() {
      return street
    },
    get customer() {
      return customer
    },
    get owner() {
      return owner
    },
    get receiver() {
      return receiver
    },
    names,
    asked,
    async subscribe(token, fields = {}) {
      const asking = api.call('post', '/v1/webhooks', token).send({ url: receiver.url, ...fields })
      const { status, body } = await asking
      expect({ status, body }).toMatchObject({ status: 201 })
      return body
    },
    async read(id, token = owner) {
      const { body } = await api.call('get', '/v1/webhooks', token)
      return body.data.find((webhook: { id: string }) => webhook.id === id)
    },
    async listDeliveries(id, token = owner) {
      const { status, body } = await api.call('get', `/v1/webhooks/${id}/deliveries?limit=200`, token)
      expect(status).toBe(200)
      return body.data
    },
    async buy(count) {
      const bought: string[] = []
      for (let at = 0; at < count; at++) {
        const { status, body } = await street.bakery.buy({ wallet: customer.wallet, amount_minor: 1000 })
        expect(status).toBe(201)
        bought.push(body.transaction)
      }
      return bought
    },
    hurry: () => asAdmin(api, 'update api.webhook set next_attempt_at = null'),
    passTime: (seconds) =>
      asAdmin(
        api,
        `update api.webhook set next_attempt_at = next_attempt_at - interval '${seconds} s',
          failing_since = failing_since - interval '${seconds} s'`,
      ),
    async reopenReceiver() {
      receiver = await startReceiver('127.0.0.1', receiver.port)
    },
  }
}

/** The transactions that messages tell of. */
export const transactions = (messages: Receiver['taken']) =>
  messages.map(({ body }) => body.data.transaction?.id)

/** Each once, in the order in which it first came. */
export const distinct = (ids: readonly unknown[]) => [...new Set(ids)]
