import type { Pool } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { NetworkId } from '../../ledger/index.ts'
import { makeMerchant } from '../support/api.ts'
import { waitUntilWaiting, whileHeadIsHeld } from '../support/barrier.ts'
import { openHighStreet, type HighStreet } from '../support/high-street.ts'
import { testPool } from '../support/scratch.ts'

let street: HighStreet
let admin: Pool
let network: NetworkId

beforeAll(async () => {
  street = await openHighStreet()
  admin = testPool(street.api.adminUrl)
  const { network_id } = await street.api.db
    .selectFrom('api.network')
    .select('network_id')
    .where('slug', '=', street.network.slug)
    .executeTakeFirstOrThrow()
  network = network_id
})
afterAll(async () => {
  await admin.end()
  await street.close()
})

/** As the operator, at once: a `Test` of supertest begins only when it is awaited. */
const operate = (method: 'post' | 'patch' | 'delete', path: string, body: object = {}) => {
  const { api, network: acting } = street
  return async () => await api.call(method, path, acting.operator).send(body)
}
const statuses = (answers: readonly { status: number }[]) => answers.map(({ status }) => status)

test('a merchant is changed while it gets a till: neither waits for the other for ever', async () => {
  const merchant = await makeMerchant(street.api, street.network)
  const path = `/v1/merchants/${merchant}`
  const answers = await whileHeadIsHeld(admin, network, [
    operate('post', `${path}/tills`, { name: 'Counter' }),
    operate('patch', path, { external_reference: 'moved', issuing_limit: 500, left: true }),
  ])
  expect(statuses(answers)).toEqual([201, 200])
  expect(answers[1]?.body).toMatchObject({ external_reference: 'moved', issuing_limit: 500 })
})

test('a person is let go while they are invited anew: neither waits for the other for ever', async () => {
  const path = `/v1/merchants/${street.bakery.merchant}/staff`
  const person = { email: 'again@example.org', name: 'Again', role: 'cashier' }
  const { status, body } = await operate('post', path, person)()
  expect({ status, body }).toMatchObject({ status: 201 })
  const answers = await whileHeadIsHeld(admin, network, [
    operate('post', path, person),
    operate('delete', `${path}/${body.id}`),
  ])
  expect(statuses(answers)).toEqual([409, 204])
})

test('who the database stops, to let others go on, is told to try again, and nothing of it was done', async () => {
  const merchant = await makeMerchant(street.api, street.network, { external_reference: 'before' })
  const path = `/v1/merchants/${merchant}`
  const other = await admin.connect()
  try {
    // The other one waits longer, so that it is the request that PostgreSQL stops.
    await other.query(`set deadlock_timeout = '30s'`)
    await other.query('begin')
    await other.query(`select from api.merchant where external_reference = 'before' for update`)
    const changing = operate('patch', path, { external_reference: 'after', issuing_limit: 7 })()
    await waitUntilWaiting(admin, 1)
    await other.query('select from ledger.head where network_id = $1 for update', [network])
    const { status, body, headers } = await changing
    expect({ status, body }).toMatchObject({ status: 503, body: { code: 'unavailable' } })
    expect(headers['retry-after']).toBe('1')
  } finally {
    await other.query('rollback')
    other.release(true)
  }
  const { body } = await street.api.call('get', path, street.network.operator)
  expect(body).toMatchObject({ external_reference: 'before', issuing_limit: null })
  expect(await operate('patch', path, { issuing_limit: 7 })()).toMatchObject({ status: 200 })
})
