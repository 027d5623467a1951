import { randomUUID } from 'node:crypto'
import type { Response } from 'supertest'
import {
  makeMerchant,
  makeNetwork,
  makeTill,
  setRule,
  startApi,
  type MerchantFields,
  type NetworkFields,
  type TestApi,
  type TestNetwork,
} from './api.ts'
import { answered, callAs, once } from './calls.ts'
import { joinByPhone, type Phone } from './phone.ts'

/** A shop with one till. */
export interface Shop {
  readonly merchant: string
  readonly till: string
  readonly key: string
  /** What a purchase needs besides its customer: a fresh receipt, EUR, now, an amount of 0. */
  sale(): { reference: string; currency: string; occurred_at: string; amount_minor: number }
  /** A purchase with a fresh receipt and key, unless told. */
  buy(fields: object, key?: string): Promise<Response>
  /** Posts with a fresh Idempotency-Key, unless told; null: with none. A string goes as it is. */
  post(path: string, body?: object | string, key?: string | null): Promise<Response>
  get(path: string): Promise<Response>
  revokeTill(): Promise<void>
}

/** A customer with a phone. */
export interface Customer extends Phone {
  available(): Promise<number>
  post(path: string, body: object, key?: string): Promise<Response>
  get(path: string): Promise<Response>
  loseDevice(): Promise<void>
}

/** One network with two shops, where a point is worth 10 cents and each whole euro gives one. */
export interface HighStreet {
  readonly api: TestApi
  readonly network: TestNetwork
  readonly bakery: Shop
  readonly bookshop: Shop
  /** Another customer, with so many points of the bakery's. */
  join(wish?: { points?: number }): Promise<Customer>
  /** Another shop. */
  admit(name: string, fields?: MerchantFields): Promise<Shop>
  /** Another network in the same deployment. */
  elsewhere(): Promise<HighStreet>
  close(): Promise<void>
}

/** Starts the application with a high street in it. */
export async function openHighStreet(settings: NetworkFields = {}): Promise<HighStreet> {
  return buildHighStreet(await startApi(), settings)
}

/** Builds a high street in an application that runs already, as a network of its own. */
export async function buildHighStreet(api: TestApi, settings: NetworkFields): Promise<HighStreet> {
  const network = await makeNetwork(api, { point_face_value_minor: 10, ...settings })
  await setRule(api, network)
  const admit = (name: string, fields: MerchantFields = {}) => openShop(api, network, { name, ...fields })
  const bakery = await admit('Bakery')
  return {
    api,
    network,
    bakery,
    bookshop: await admit('Bookshop'),
    admit,
    async join({ points = 0 } = {}) {
      const customer = customerOf(api, await joinByPhone(api, network.slug, `${randomUUID()}@example.org`))
      const body = { ...bakery.sale(), wallet: customer.wallet, amount_minor: points * 100 }
      if (points > 0) await answered(callAs(api, bakery.key).POST('/v1/purchases', { params: once(), body }))
      return customer
    },
    elsewhere: () => buildHighStreet(api, settings),
    close: () => api.close(),
  }
}

async function openShop(api: TestApi, network: TestNetwork, fields: MerchantFields): Promise<Shop> {
  const merchant = await makeMerchant(api, network, fields)
  const { id: till, key } = await makeTill(api, network, merchant)
  const sale = () => ({
    reference: randomUUID(),
    currency: 'EUR',
    occurred_at: new Date().toISOString(),
    amount_minor: 0,
  })
  const post: Shop['post'] = async (path, body, idempotencyKey = randomUUID()) => {
    const request = api.call('post', path, key)
    if (idempotencyKey !== null) request.set('Idempotency-Key', idempotencyKey)
    if (typeof body === 'string') request.set('Content-Type', 'application/json')
    return await request.send(body)
  }
  return {
    merchant,
    till,
    key,
    sale,
    post,
    buy: (sold, idempotencyKey) => post('/v1/purchases', { ...sale(), ...sold }, idempotencyKey),
    get: async (path) => await api.call('get', path, key),
    async revokeTill() {
      const path = { id: merchant, till }
      await answered(
        callAs(api, network.operator).DELETE('/v1/merchants/{id}/tills/{till}', { params: { path } }),
      )
    },
  }
}

function customerOf(api: TestApi, phone: Phone): Customer {
  const self = callAs(api, phone.token)
  return {
    ...phone,
    get: async (path) => await api.call('get', path, phone.token),
    async available() {
      const path = { id: phone.wallet }
      const { available } = await answered(self.GET('/v1/wallets/{id}', { params: { path } }))
      return available
    },
    post: async (path, body, key = randomUUID()) =>
      await api.call('post', path, phone.token).set('Idempotency-Key', key).send(body),
    async loseDevice() {
      const path = { id: phone.device }
      await answered(self.DELETE('/v1/wallet-devices/{id}', { params: { path } }))
    },
  }
}
