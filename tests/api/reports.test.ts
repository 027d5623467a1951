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

const dayOf = (time: Date) => new Intl.DateTimeFormat('en-CA', { timeZone: 'Europe/Prague' }).format(time)
const today = () => dayOf(new Date())

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

const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000)

/** A shop's sale of EUR 40, and how its days are read: by its till and, the same, by its owner. */
async function afterASale(sold: Date, wallet?: string) {
  const shop = await street.admit(`Grocer ${crypto.randomUUID()}`)
  const owner = await addStaff(street.api, street.network, { role: 'owner', merchant: shop.merchant })
  const claim = wallet === undefined ? (await shop.post('/v1/claims', undefined, null)).body : null
  const bill = { wallet: wallet ?? claim.wallet, amount_minor: 4000, occurred_at: sold.toISOString() }
  const bought = await shop.buy(bill)
  expect(bought.status).toBe(201)
  const read = async (day: string) => {
    const [tills, owners] = await Promise.all(
      [shop.key, owner].map((key) => street.api.call('get', `/v1/reports/day?day=${day}`, key)),
    )
    expect(owners!.body).toEqual(tills!.body)
    return tills!.body
  }
  const post = async (path: string, fields: object) => {
    const asking = street.api.call('post', path, owner).set('Idempotency-Key', crypto.randomUUID())
    const { status, body } = await asking.send(fields)
    expect({ status, body }).toMatchObject({ status: 201 })
    return body
  }
  return { shop, read, post, code: claim?.code as string, transaction: bought.body.transaction as string }
}

const once = { sales: 1, refunds: 0, points_given: 40, points_taken: 0, money_minor: 4000, refunded_minor: 0 }
const nothing = { sales: 0, refunds: 0, points_given: 0, points_taken: 0, money_minor: 0, refunded_minor: 0 }
const back = { refunds: 1, refunded_minor: 1000 }

test.each([
  { when: 'today', days: 0, sold: once, after: { ...once, ...back, points_given: 30 } },
  { when: 'on an earlier day', days: 1, sold: nothing, after: { ...nothing, ...back, points_given: -10 } },
])('a sale that was made $when counts once, there, when its points are collected', async (asked) => {
  const made = daysAgo(asked.days)
  const { shop, read, code } = await afterASale(made)
  const [then, now] = [await read(dayOf(made)), await read(today())]
  expect(then).toMatchObject({ totals: once, data: [{ kind: 'issue', till: shop.till, points: 40 }] })
  expect(now.totals).toEqual(asked.sold)
  const bea = await street.join()
  const collected = await bea.post('/v1/claims/collections', { code })
  expect(collected).toMatchObject({ status: 201, body: { points: 40 } })
  expect([await read(dayOf(made)), await read(today())]).toEqual([then, now])
  // What comes back later is a refund like any other, on its own day.
  const { body } = await bea.get('/v1/transactions')
  const anew = body.data.find(({ kind }: { kind: string }) => kind === 'issue').id
  const refund = { refund_amount_minor: 1000, reason: 'stale' }
  expect(await shop.post(`/v1/transactions/${anew}/reversals`, refund)).toMatchObject({ status: 201 })
  expect((await read(today())).totals).toEqual(asked.after)
})

test.each([
  { when: 'today', days: 0 },
  { when: 'on an earlier day', days: 1 },
])('a sale that was made $when counts once, there, however often it is moved', async ({ days }) => {
  const made = daysAgo(days)
  const [bea, cyd] = [await street.join(), await street.join()]
  const { read, post, transaction } = await afterASale(made, bea.wallet)
  const [then, now] = [await read(dayOf(made)), await read(today())]
  expect(then.totals).toEqual(once)
  const move = (sale: string, to: string) =>
    post(`/v1/transactions/${sale}/moves`, { to, reason: 'wrong customer' })
  const moved = await move(transaction, cyd.wallet)
  await move(moved.transaction, bea.wallet)
  expect([await bea.available(), await cyd.available()]).toEqual([40, 0])
  expect([await read(dayOf(made)), await read(today())]).toEqual([then, now])
})

test('a sale of which something came back before it was collected has one refund then, too', async () => {
  const { shop, read, code, transaction } = await afterASale(new Date())
  const asked = { refund_amount_minor: 1500, reason: 'stale' }
  expect(await shop.post(`/v1/transactions/${transaction}/reversals`, asked)).toMatchObject({ status: 201 })
  const before = await read(today())
  expect(before.totals).toEqual({ ...once, refunds: 1, points_given: 25, refunded_minor: 1500 })
  const bea = await street.join()
  expect(await bea.post('/v1/claims/collections', { code })).toMatchObject({ body: { points: 25 } })
  expect(await read(today())).toEqual(before)
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
  for (const day of ['0000-01-01', '1969-12-31', '2026-02-30', 'today', '']) {
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
