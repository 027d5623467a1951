import { randomBytes, randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import { addStaff, signInOperator, type TestApi } from '../api.ts'
import { buildHighStreet, type Customer, type HighStreet } from '../high-street.ts'
import type { Schema } from './document.ts'

/** Whom requests are made as, those first who see most of what there is. */
export const fuzzCallers = ['customer', 'till', 'owner', 'operator', 'deployment'] as const
export type FuzzCaller = (typeof fuzzCallers)[number]

/** A network with someone of every role in it, and the ids of what there is. */
export interface World {
  readonly tokens: Readonly<Record<FuzzCaller, string>>
  /** A value that fits a schema and, where there is one, means something in this network. */
  sample(name: string, schema: Schema): unknown
  /** The same for a part of an address. */
  samplePart(path: string, name: string, schema: Schema): unknown
  /** Whether its callers are still let in and its merchant still trades. */
  isWhole(): Promise<boolean>
}

const card = '290000001234'
/** Fields that are base64url: of keys and passkeys. */
const binaryNames = 'x y id rawId clientDataJSON authenticatorData signature attestationObject'.split(' ')

let worlds = 0

/** Makes a network to ask odd things of. */
export async function makeWorld(started: TestApi, resolve: (schema: Schema) => Schema): Promise<World> {
  // From an address of its own: many worlds ask for many sign-in codes.
  const from = `192.0.2.${++worlds % 250}`
  const call: TestApi['call'] = (...asked) => started.call(...asked).set('x-forwarded-for', from)
  const api: TestApi = { ...started, from, call }
  const street = await buildHighStreet(api, { redeem_without_qr_daily_max: 100_000 })
  const { network, bakery } = street
  const customer = await street.join({ points: 100_000 })
  const friend = await street.join()
  const tokens = {
    customer: customer.token,
    till: bakery.key,
    owner: await addStaff(api, network, { role: 'owner', merchant: bakery.merchant }),
    operator: network.operator,
    deployment: await signInOperator(api),
  }
  const ids = await makeThings(street, { tokens, customer, friend })
  const known: Record<string, () => unknown> = {
    wallet: () => customer.wallet,
    network: () => network.slug,
    slug: () => `odd-${randomBytes(6).toString('hex')}`,
    'networks/slug': () => network.slug,
    'wallets/id': () => customer.wallet,
    'holds/id': () => ids['hold'],
    email: () => `${randomUUID()}@example.org`,
    reference: () => randomUUID(),
    occurred_at: () => new Date().toISOString(),
    amount_minor: () => 1000,
    currency: () => 'EUR',
    to: () => friend.wallet,
    card: () => card,
    expires_after_months: () => null,
    password: () => 'correct horse battery staple',
    code: () => '123456',
    pin: () => '749205',
    token: () => randomBytes(32).toString('base64url'),
    acknowledged_points: () => '0',
    closes: () => '18:00',
    ...Object.fromEntries(binaryNames.map((name) => [name, () => randomBytes(32).toString('base64url')])),
  }
  const is200 = async (path: string, token: string) => (await api.call('get', path, token)).status === 200
  return {
    tokens,
    sample: (name, schema) => sample(resolve, { ids, known }, [name, schema]),
    samplePart(path, name, schema) {
      const inPath = `${path.split('/')[2]}/${name}`
      return sample(resolve, { ids, known }, [known[inPath] ? inPath : name === 'id' ? '' : name, schema])
    },
    async isWhole() {
      const { body } = await api.call('get', `/v1/merchants/${bakery.merchant}`, bakery.key)
      const wallet = await customer.get(`/v1/wallets/${customer.wallet}`)
      return (
        body.left_at === null &&
        wallet.body.available > 1000 &&
        !wallet.body.locked &&
        (await is200('/v1/merchants', tokens.operator)) &&
        (await is200('/v1/merchants', tokens.owner)) &&
        (await is200('/v1/networks', tokens.deployment))
      )
    },
  }
}

interface People {
  readonly tokens: Readonly<Record<FuzzCaller, string>>
  readonly customer: Customer
  readonly friend: Customer
}

/** One of each thing that an id can name, by what its id begins with. */
async function makeThings(
  { api, network, bakery }: HighStreet,
  { tokens, customer, friend }: People,
): Promise<Record<string, string>> {
  const make = async (path: string, token: string, body: object): Promise<string> => {
    const made = await api.call('post', path, token).set('Idempotency-Key', randomUUID()).send(body)
    expect(made.status, path).toBeLessThan(300)
    return made.body.id
  }
  const bounds = { merchant_multiplier_max: '2', goodwill_daily_max: 100_000 }
  const widened = await api.call('patch', `/v1/networks/${network.slug}`, tokens.operator).send(bounds)
  expect(widened).toMatchObject({ status: 200 })
  const manager = await addStaff(api, network, { role: 'manager', merchant: bakery.merchant })
  const bought = await bakery.buy({ wallet: customer.wallet, amount_minor: 10_000 })
  const self = await make('/v1/customers', tokens.till, { email: customer.email })
  const seen = await bakery.post('/v1/identifications', { qr: await customer.showQr() })
  const present = seen.body.identification
  const sessions = await api.call('get', '/v1/sessions', tokens.deployment)
  const worse = { points_per_currency_unit: '1', rounding: 'down', months: 1 }
  const cashier = { email: `${randomUUID()}@example.org`, name: 'Mia', role: 'cashier' }
  const asked = { wallet: customer.wallet, points: 1, reason: 'forgotten' }
  return {
    net: network.id,
    mer: bakery.merchant,
    til: await make(`/v1/merchants/${bakery.merchant}/tills`, tokens.owner, { name: 'Second' }),
    wal: friend.wallet,
    txn: bought.body.transaction,
    dev: customer.device,
    cus: self,
    crd: await make(`/v1/customers/${self}/cards`, tokens.till, { card, identification: present }),
    idn: present,
    usr: await make(`/v1/merchants/${bakery.merchant}/staff`, tokens.owner, cashier),
    ses: sessions.body.data.at(-1).id,
    wse: await make('/v1/wallet-sessions', tokens.operator, { network: network.slug, email: cashier.email }),
    whk: await make('/v1/webhooks', tokens.owner, { url: 'https://hooks.example.org/' }),
    adj: await make('/v1/adjustments', manager, asked),
    hold: await make('/v1/holds', tokens.till, { wallet: customer.wallet, points: 1 }),
    sim: await make('/v1/rules/earning/simulations', tokens.operator, worse),
  }
}

interface Known {
  readonly ids: Readonly<Record<string, string>>
  readonly known: Readonly<Record<string, () => unknown>>
}

function sample(
  resolve: (schema: Schema) => Schema,
  world: Known,
  [name, reference]: [string, Schema],
): unknown {
  const schema = resolve(reference)
  const prefix = /^\^([a-z]{3})_/.exec(schema.pattern ?? '')?.[1]
  const known = world.known[name]
  if (known !== undefined) return known()
  if (prefix !== undefined) return world.ids[prefix] ?? `${prefix}_01h455vb4pex5vsknk084sn02q`
  if (schema.const !== undefined) return schema.const
  if (schema.enum !== undefined) return schema.enum[0]
  const example = schema.default ?? schema.example ?? schema.examples?.[0]
  if (example !== undefined) return example
  const either = schema.anyOf ?? schema.oneOf
  if (either !== undefined) return sample(resolve, world, [name, either[0]!])
  if (schema.type === 'integer' || schema.type === 'number') return Math.max(schema.minimum ?? 1, 1)
  if (schema.type === 'boolean') return true
  if (schema.type === 'array') return schema.items ? [sample(resolve, world, ['', schema.items])] : []
  if (schema.type === 'object') {
    const fields = Object.entries(schema.properties ?? {}).filter(([field]) => isNeeded(schema, field))
    return Object.fromEntries(fields.map(([field, of]) => [field, sample(resolve, world, [field, of])]))
  }
  if (schema.format === 'date-time') return new Date().toISOString()
  return schema.format === 'uri' ? 'https://example.org/' : 'some text'
}

/** Fields that are optional in the document, and without which most routes refuse. */
const neededNames = new Set(['wallet', 'points', 'to', 'card', 'name', 'description'])

function isNeeded(schema: Schema, field: string): boolean {
  return schema.required?.includes(field) === true || neededNames.has(field)
}
