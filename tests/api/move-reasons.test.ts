import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { forgetInTime } from '../../api/privacy/retention.ts'
import { addStaff, asAdmin } from '../support/api.ts'
import { customerIdOf } from '../support/customer-id.ts'
import { openHighStreet, type Customer, type HighStreet } from '../support/high-street.ts'
import { unzip } from '../support/unzip.ts'

// What staff write when they move a sale is about two customers: whose it was said to be, and whose it is.

let street: HighStreet
let cashier: string

beforeAll(async () => {
  street = await openHighStreet()
  cashier = await addStaff(street.api, street.network, { role: 'cashier', merchant: street.bakery.merchant })
})
afterAll(() => street.close())

/** A sale moved from one to the other, with a reason that names both. */
async function moveSale() {
  const [wrong, right] = [await street.join(), await street.join()]
  const reason = `is ${crypto.randomUUID()}’s, not ${crypto.randomUUID()}’s`
  const { body: sold } = await street.bakery.buy({ wallet: wrong.wallet, amount_minor: 2000 })
  const moved = await street.api
    .call('post', `/v1/transactions/${sold.transaction}/moves`, cashier)
    .set('Idempotency-Key', crypto.randomUUID())
    .send({ to: right.wallet, reason })
  expect(moved.status).toBe(201)
  return { wrong, right, reason, made: moved.body.transaction, reversal: moved.body.reversal }
}

const read = async (token: string, transaction: string) =>
  (await street.api.call('get', `/v1/transactions/${transaction}`, token)).body

async function customerId({ wallet }: Customer): Promise<string> {
  return await customerIdOf(street.api.db, { wallet })
}

/** All of a customer's data, as one text. */
async function takeOut(customer: Customer): Promise<string> {
  const { status, body } = await street.api
    .call('get', `/v1/customers/${await customerId(customer)}/export`, customer.token)
    .buffer(true)
    .parse((res, done) => {
      const chunks: Buffer[] = []
      res.on('data', (chunk: Buffer) => chunks.push(chunk))
      res.on('end', () => done(null, Buffer.concat(chunks)))
    })
  expect(status).toBe(200)
  return Object.values(unzip(body)).join('\n')
}

async function erase(customer: Customer): Promise<void> {
  const { api } = street
  const points = await customer.available()
  const path = `/v1/customers/${await customerId(customer)}?acknowledged_points=${points}`
  expect(await api.call('delete', path, customer.token)).toMatchObject({ status: 202 })
  const inAMonth = new Date(Date.now() + 31 * 24 * 60 * 60 * 1000)
  await forgetInTime({ db: api.db, ledger: api.ledger, sendMail: async () => {}, now: () => inAMonth })
}

async function isKept(reason: string): Promise<boolean> {
  const { ledger, db } = street.api
  const kept = await ledger.db.selectFrom('ledger.reason').select('reason').execute()
  const begun = await db.selectFrom('api.begun_move').select('reason').execute()
  return [...kept, ...begun].some((row) => row.reason === reason)
}

test('the shop’s people and the operator find the reason at the sale as recorded anew, and at its reversal', async () => {
  const { made, reversal, reason } = await moveSale()
  for (const token of [cashier, street.network.operator]) {
    expect(await read(token, made)).toMatchObject({ kind: 'issue', reason })
    expect(await read(token, reversal)).toMatchObject({ kind: 'reverse', reason })
  }
})

test('neither customer reads it, nor an auditor, nor a till where nobody is switched on', async () => {
  const { wrong, right, made, reversal } = await moveSale()
  const auditor = await addStaff(street.api, street.network, { role: 'auditor', merchant: null })
  for (const [token, seen] of [
    [wrong.token, reversal],
    [right.token, made],
    [auditor, made],
    [auditor, reversal],
    [street.bakery.key, made],
    [street.bakery.key, reversal],
  ]) {
    expect(await read(token, seen)).toMatchObject({ id: seen, reason: null })
  }
  // Nor does either see the other's half at all.
  expect(await read(right.token, reversal)).toMatchObject({ code: 'not_found' })
  expect(await read(wrong.token, made)).toMatchObject({ code: 'not_found' })
})

test('whoever read it is in the trail; whoever read nothing of it is not', async () => {
  const { made, reversal } = await moveSale()
  const { operator } = street.network
  const auditor = await addStaff(street.api, street.network, { role: 'auditor', merchant: null })
  const list = async () =>
    (await street.api.call('get', '/v1/audit-events?operation=getTransaction', operator)).body.data
  const before = await list()
  const { body: plain } = await street.bakery.buy({
    wallet: (await street.join()).wallet,
    amount_minor: 100,
  })
  await read(cashier, plain.transaction)
  await read(auditor, made)
  await read(street.bakery.key, made)
  expect(await list()).toEqual(before)
  await read(cashier, made)
  await read(operator, reversal)
  expect((await list()).slice(0, 2)).toMatchObject([
    { outcome: 'done', actor: { kind: 'staff', role: 'operator' }, subjects: [reversal] },
    { outcome: 'done', actor: { kind: 'staff', role: 'cashier' }, subjects: [made] },
  ])
})

test('it is in nobody’s list, and in neither customer’s data as they take it out', async () => {
  const { wrong, right, reason } = await moveSale()
  for (const token of [wrong.token, right.token, cashier]) {
    const { body } = await street.api.call('get', '/v1/transactions', token)
    expect(JSON.stringify(body)).not.toContain(reason)
  }
  for (const [each, other] of [
    [wrong, right],
    [right, wrong],
  ] as const) {
    const all = await takeOut(each)
    expect(all).toContain(each.wallet)
    expect(all).not.toContain(reason)
    expect(all).not.toContain(other.wallet)
  }
})

test.each(['wrong', 'right'] as const)('it is erased with the %s customer', async (who) => {
  const moved = await moveSale()
  expect(await isKept(moved.reason)).toBe(true)
  await erase(moved[who])
  expect(await isKept(moved.reason)).toBe(false)
  expect(await read(cashier, moved.made)).toMatchObject({ kind: 'issue', reason: null })
  expect(await read(cashier, moved.reversal)).toMatchObject({ kind: 'reverse', reason: null })
})

test('erasing one customer leaves what was written about others', async () => {
  const [one, other] = [await moveSale(), await moveSale()]
  await erase(one.right)
  expect(await isKept(one.reason)).toBe(false)
  expect(await isKept(other.reason)).toBe(true)
})

test('sales that were moved before anybody noted it are known by what both postings have in common', async () => {
  const { right, reason } = await moveSale()
  const { api } = street
  const list = () => api.db.selectFrom('api.moved_sale').selectAll().orderBy('transaction_uuid').execute()
  const noted = await list()
  const file = new URL('../../api/sql/migrations/0055-moved-sales.sql', import.meta.url)
  const [, finding] = (await readFile(file, 'utf8')).split(/^(?=insert )/m)
  await asAdmin(api, `delete from api.moved_sale; ${finding}`)
  expect(await list()).toEqual(noted)
  await erase(right)
  expect(await isKept(reason)).toBe(false)
})
