import { Client } from 'pg'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { addStaff, makeTill } from '../support/api.ts'
import { openHighStreet, type Customer, type HighStreet, type Shop } from '../support/high-street.ts'

let street: HighStreet
let ada: Customer

beforeAll(async () => {
  street = await openHighStreet()
  ada = await street.join()
})
afterAll(() => street.close())

const today = () => new Intl.DateTimeFormat('en-CA', { timeZone: 'Europe/Prague' }).format(new Date())

/** A shop after a day: two sales (one part paid in points), a redemption, a hold captured, and a refund. */
async function afterADay(name: string): Promise<Shop> {
  const shop = await street.admit(name)
  const first = await shop.buy({ wallet: ada.wallet, amount_minor: 10_000 })
  await shop.buy({ qr: await ada.showQr(), amount_minor: 3000, redeem: { points: 20 } })
  await shop.post('/v1/redemptions', { qr: await ada.showQr(), points: 10, reference: crypto.randomUUID() })
  const held = await shop.post('/v1/holds', { qr: await ada.showQr(), points: 8 })
  await shop.post(`/v1/holds/${held.body.id}/capture`, { points: 5 })
  const refund = { refund_amount_minor: 4000, reason: 'came back' }
  const refunded = await shop.post(`/v1/transactions/${first.body.transaction}/reversals`, refund)
  expect(refunded.status).toBe(201)
  return shop
}

const line = (shop: Shop, kind: string, fields: object) => ({
  merchant: shop.merchant,
  till: shop.till,
  kind,
  count: 1,
  points: 0,
  redeemed_points: 0,
  amount_minor: 0,
  money_minor: 0,
  ...fields,
})

test('the close of day says what a till gave and took, by kind and in one line', async () => {
  const shop = await afterADay('Deli')
  const { status, body } = await shop.get(`/v1/reports/day?day=${today()}`)
  expect(status).toBe(200)
  expect(body.totals).toEqual({
    sales: 2,
    refunds: 1,
    points_given: 100 + 28 - 40,
    points_taken: 20 + 10 + 5,
    money_minor: 10_000 + 2800,
    refunded_minor: 4000,
  })
  expect(body.data).toEqual(
    expect.arrayContaining([
      line(shop, 'issue', {
        count: 2,
        points: 128,
        redeemed_points: 20,
        amount_minor: 13_000,
        money_minor: 12_800,
      }),
      line(shop, 'redeem', { redeemed_points: 10 }),
      line(shop, 'hold', { points: 8 }),
      line(shop, 'capture', { redeemed_points: 5 }),
      line(shop, 'reverse', { points: 40, amount_minor: 4000, money_minor: 4000 }),
    ]),
  )
  expect(body.data).toHaveLength(5)
})

test('each till has its own, and the merchant all of them', async () => {
  const shop = await afterADay('Kiosk')
  const owner = await addStaff(street.api, street.network, { role: 'owner', merchant: shop.merchant })
  const second = await makeTill(street.api, street.network, shop.merchant)
  const report = (token: string, query = '') => street.api.call('get', `/v1/reports/day${query}`, token)
  expect((await report(second.key)).body).toMatchObject({ data: [], totals: { sales: 0 } })
  expect((await report(owner)).body.totals.sales).toBe(2)
  expect((await report(owner, `?till=${shop.till}`)).body.totals.sales).toBe(2)
  expect((await report(owner, `?till=${second.id}`)).body.totals.sales).toBe(0)
  expect((await report(owner, '?day=2020-02-29')).body).toMatchObject({ day: '2020-02-29', data: [] })
  expect(await report(second.key, `?till=${shop.till}`)).toMatchObject({ status: 404 })
})

test('a neighbour’s day is nobody’s business, the operator’s and the auditor’s is all', async () => {
  const shop = await afterADay('Baker')
  const owner = await addStaff(street.api, street.network, { role: 'owner', merchant: shop.merchant })
  const other = street.bookshop
  for (const [token, status] of [
    [owner, 404],
    [shop.key, 404],
    [street.network.operator, 200],
    [await addStaff(street.api, street.network, { role: 'auditor', merchant: null }), 200],
    [ada.token, 403],
  ] as const) {
    const asked = await street.api.call('get', `/v1/reports/day?merchant=${other.merchant}`, token)
    expect(asked).toMatchObject({ status })
  }
  const till = await street.api.call('get', `/v1/reports/day?till=${other.till}`, owner)
  expect(till).toMatchObject({ status: 404 })
})

test('it comes as CSV for who wants that, with the same figures', async () => {
  const shop = await afterADay('Vintner')
  const answer = await street.api.call('get', '/v1/reports/day', shop.key).set('Accept', 'text/csv')
  expect(answer).toMatchObject({ status: 200, type: 'text/csv' })
  const [header, ...lines] = answer.text.trimEnd().split('\r\n')
  expect(header).toBe('merchant,till,kind,count,points,redeemed_points,amount_minor,money_minor')
  expect(lines).toHaveLength(5)
  expect(lines).toContain(`${shop.merchant},${shop.till},issue,2,128,20,13000,12800`)
})

test('a day that is none is refused', async () => {
  for (const day of ['2026-02-30', 'today', '']) {
    expect(await street.bakery.get(`/v1/reports/day?day=${day}`)).toMatchObject({ status: 400 })
  }
})

test('bills beyond all measure spoil nobody’s close of day: a sum that no number carries is shown as the most one can', async () => {
  const shop = await street.admit('Castle in the air')
  const { wallet } = await street.join()
  const most = Number.MAX_SAFE_INTEGER
  for (const reference of ['one', 'two']) {
    const sold = await shop.buy({ wallet, reference, amount_minor: most, eligible_amount_minor: 0 })
    expect(sold).toMatchObject({ status: 201 })
  }
  const mine = await shop.get('/v1/reports/day')
  expect(mine).toMatchObject({ status: 200, body: { totals: { sales: 2, money_minor: most } } })
  const all = await street.api.call('get', '/v1/reports/day', street.network.operator)
  expect(all).toMatchObject({ status: 200, body: { totals: { money_minor: most } } })
})

test('a day’s report reads that day’s part of a long history, also when some sales were sent late', async () => {
  const { api } = street
  const admin = new Client({ connectionString: api.adminUrl })
  await admin.connect()
  onTestFinished(() => admin.end())
  // A hundred days of four hundred sales, one in fifty some days late. They are in no books: only where they lie counts.
  await admin.query('begin; set local session_replication_role = replica')
  await admin.query(`
    insert into ledger.transaction (entry_index, posted_at, occurred_at, points, available_after, transaction_uuid,
      network_id, kind, merchant_id, wallet_id, day, price_version, format, leaf_hash, key_hash)
    select i, at, at, 1, 1, gen_random_uuid(), 999, 'issue', 1 + i % 5, 1,
      at::date - case when i % 50 = 0 then i % 7 else 0 end, 1, 1, sha256(i::text::bytea), decode(md5(i::text), 'hex')
    from (select i, timestamptz '2026-01-01' + i / 400 * interval '1 day' as at from generate_series(0, 39999) i) sold`)
  await admin.query(`select brin_summarize_new_values('ledger.transaction_by_day')`)
  await admin.query('analyze ledger.transaction')
  const { rows } = await admin.query<{ 'QUERY PLAN': string }>(
    `explain (analyze, buffers) select count(*) from ledger.transaction where network_id = 999 and day = '2026-02-20'`,
  )
  const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
  const { rows: sizes } = await admin.query(
    `select pg_relation_size('ledger.transaction') / 8192 as pages, pg_relation_size('ledger.transaction_by_day') as bytes`,
  )
  await admin.query('rollback')
  const blocks = Number(/Heap Blocks: lossy=(\d+)/.exec(plan)?.[1] ?? Number.NaN)
  expect({ plan, blocks }).toMatchObject({
    blocks: expect.any(Number),
    plan: expect.stringContaining('transaction_by_day'),
  })
  expect(blocks).toBeLessThan(Number(sizes[0].pages) / 4)
  expect(Number(sizes[0].bytes) / 40_000).toBeLessThan(2)
})
