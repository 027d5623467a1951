import { randomBytes, randomUUID } from 'node:crypto'
import { addStaff, signInOperator, type TestApi } from '../api.ts'
import { buildHighStreet } from '../high-street.ts'
import type { Schema } from './document.ts'

/** A network with someone of every role in it, and the ids of what there is. */
export interface World {
  /** Tokens, the most likely to be let in first; the last is none. */
  readonly callers: readonly (string | undefined)[]
  /** A value that fits a schema and, where there is one, means something in this network. */
  sample(name: string, schema: Schema): unknown
  /** Whether its callers are still let in and its merchant still trades. */
  isWhole(): Promise<boolean>
}

/** Makes a network to ask odd things of. */
export async function makeWorld(api: TestApi, resolve: (schema: Schema) => Schema): Promise<World> {
  const street = await buildHighStreet(api, {})
  const { network, bakery, bookshop } = street
  const customer = await street.join({ points: 100_000 })
  const friend = await street.join()
  const bought = await bakery.buy({ wallet: customer.wallet, amount_minor: 10_000 })
  const owner = await addStaff(api, network, { role: 'owner', merchant: bakery.merchant })
  const operator = network.operator
  const ids: Record<string, string> = {
    mer: bakery.merchant,
    til: bakery.till,
    wal: friend.wallet,
    txn: bought.body.transaction,
    dev: friend.device,
    net: network.id,
  }
  const known: Record<string, () => unknown> = {
    wallet: () => customer.wallet,
    network: () => network.slug,
    slug: () => `odd-${randomBytes(6).toString('hex')}`,
    email: () => `${randomUUID()}@example.org`,
    reference: () => randomUUID(),
    occurred_at: () => new Date().toISOString(),
    amount_minor: () => 1000,
  }
  const is200 = async (path: string, token: string) => (await api.call('get', path, token)).status === 200
  return {
    callers: [
      operator,
      bakery.key,
      customer.token,
      owner,
      bookshop.key,
      await signInOperator(api),
      undefined,
    ],
    sample: (name, schema) => sample(resolve, { ids, known }, [name, schema]),
    async isWhole() {
      const { body } = await api.call('get', `/v1/merchants/${bakery.merchant}`, bakery.key)
      const wallet = await customer.get(`/v1/wallets/${customer.wallet}`)
      return (
        body.left_at === null &&
        wallet.body.available > 1000 &&
        (await is200('/v1/merchants', operator)) &&
        (await is200('/v1/merchants', owner))
      )
    },
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

/** What is required, and what most routes refuse to go without. */
function isNeeded(schema: Schema, field: string): boolean {
  return schema.required?.includes(field) === true || field === 'wallet' || field === 'points'
}
