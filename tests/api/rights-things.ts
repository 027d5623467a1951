import { randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import { typeId } from '../../api/http/ids.ts'
import type { NetworkId } from '../../ledger/index.ts'
import { keepLog, signUp } from '../log/kept-log.ts'
import { makeTill, signInOperator } from '../support/api.ts'
import type { HighStreet } from '../support/high-street.ts'
import type { Caller, Thing } from './rights-table.ts'

/** Of each thing that a route names: its id, of one that may be acted upon. Some are made anew for each call. */
export type Things = Readonly<Record<Thing, () => string | Promise<string>>>

/** Makes what the table's routes name, in a street whose callers have these tokens. */
export async function makeThings(
  { api, bakery, network }: HighStreet,
  { tokens, customer }: { tokens: Record<Caller, string>; customer: Awaited<ReturnType<HighStreet['join']>> },
): Promise<Things> {
  const ok = async (answer: PromiseLike<{ status: number; body: Record<string, string> }>) => {
    const { status, body } = await answer
    expect({ status, body }).toMatchObject({ status: 201 })
    return body
  }
  const { customer_uuid } = await api.db
    .selectFrom('api.wallet')
    .select('customer_uuid')
    .where('customer_uuid', 'is not', null)
    .orderBy('wallet_id')
    .limit(1)
    .executeTakeFirstOrThrow()
  const sale = { ...bakery.sale(), amount_minor: 10_000, wallet: customer.wallet }
  const { transaction } = await ok(bakery.post('/v1/purchases', sale))
  const invite = (path: string, more: object) => async () => {
    const fresh = { email: `${randomUUID()}@example.org`, name: 'Fresh', ...more }
    return (await ok(api.call('post', path, network.operator).send(fresh))).id!
  }
  const staff = `/v1/merchants/${bakery.merchant}/staff`
  let webhook: string | undefined
  const freshPerson = invite(staff, { role: 'cashier' })
  const known = await freshPerson()
  const freshSession = async () => {
    const token = await signInOperator(api)
    const listed = await api.call('get', '/v1/sessions', token)
    return listed.body.data.find(({ current }: { current: boolean }) => current).id
  }
  return {
    customerId: () => typeId('cus', customer_uuid!),
    customerErasing: async () => {
      const path = `/v1/customers/${typeId('cus', customer_uuid!)}`
      const { body } = await api.call('get', `${path}/erasure`, tokens.customer)
      const asked = `${path}?acknowledged_points=${body.points_that_expire}`
      expect((await api.call('delete', asked, tokens.customer)).status).toBeLessThan(300)
      return typeId('cus', customer_uuid!)
    },
    wallet: () => customer.wallet,
    device: () => customer.device,
    transaction: () => transaction!,
    merchant: () => bakery.merchant,
    slug: () => network.slug,
    log: async () => {
      const { network_id } = await api.db
        .selectFrom('api.network')
        .select('network_id')
        .where('slug', '=', network.slug)
        .executeTakeFirstOrThrow()
      const kept = await keepLog(api.ledger)
      await signUp(kept, network_id as NetworkId)
      await kept.remove()
      return network.slug
    },
    person: () => known,
    simulation: async () => {
      const asked = { points_per_currency_unit: '1', rounding: 'down', months: 1 }
      const path = '/v1/rules/earning/simulations'
      const begun = await api.call('post', path, network.operator).send(asked)
      expect(begun.status).toBe(202)
      return begun.body.id
    },
    signIn: () => typeId('wse', randomUUID()),
    passkey: () => typeId('psk', randomUUID()),
    freshPerson,
    freshSession,
    auditorPerson: invite('/v1/auditors', {}),
    freshTill: async () => (await makeTill(api, network, bakery.merchant)).id,
    hold: async () => {
      const hold = { wallet: customer.wallet, points: 1, lifetime_seconds: 600 }
      return (await ok(bakery.post('/v1/holds', hold))).id!
    },
    cardOfCustomer: async () => {
      const uuid = randomUUID()
      const { network_id } = await api.db
        .selectFrom('api.network')
        .select('network_id')
        .where('slug', '=', network.slug)
        .executeTakeFirstOrThrow()
      const number = String(Date.now()) + String(Math.floor(Math.random() * 1000)).padStart(3, '0')
      await api.db
        .insertInto('api.card')
        .values({ network_id, uuid, customer_uuid: customer_uuid!, number })
        .execute()
      return typeId('crd', uuid)
    },
    adjustment: async () => {
      const asked = { wallet: customer.wallet, points: 1, reason: 'forgotten' }
      return (await ok(api.call('post', '/v1/adjustments', tokens.manager).send(asked))).id!
    },
    webhook: async () => {
      // A merchant may have only so many.
      if (webhook !== undefined) await api.call('delete', `/v1/webhooks/${webhook}`, tokens.owner)
      const made = { url: 'https://hooks.example.org/tally' }
      webhook = (await ok(api.call('post', '/v1/webhooks', tokens.owner).send(made))).id!
      return webhook
    },
  }
}
