import { afterAll, beforeAll, expect, test } from 'vitest'
import { uuidOf } from '../../api/http/ids.ts'
import { finishMoves } from '../../api/transactions/finish-moves.ts'
import { addStaff, asAdmin } from '../support/api.ts'
import { openHighStreet, type Customer, type HighStreet } from '../support/high-street.ts'
import { findFaults } from '../support/stage.ts'

let street: HighStreet
beforeAll(async () => {
  street = await openHighStreet()
})
afterAll(() => street.close())

/** A purchase without a customer, and the code on its receipt. */
async function sellToNobody(euros: number, fields: object = {}, shop = street.bakery) {
  const claim = await shop.post('/v1/claims', undefined, null)
  expect(claim).toMatchObject({ status: 201, body: { code: expect.stringMatching(/^\w{4}-\w{4}$/) } })
  const { code, wallet } = claim.body
  const bought = await shop.buy({ wallet, amount_minor: euros * 100, ...fields })
  expect(bought).toMatchObject({ status: 201, body: { points: euros } })
  return { code, wallet, transaction: bought.body.transaction }
}

test('whoever joins later collects the points of a receipt with its code, once', async () => {
  const { code, wallet } = await sellToNobody(40)
  const ada = await street.join()
  const collected = await ada.post('/v1/claims/collections', { code: code.toLowerCase() })
  expect(collected).toMatchObject({ status: 201, body: { points: 40 } })
  const again = await ada.post('/v1/claims/collections', { code })
  expect(again).toMatchObject({ status: 201, body: { points: 0 } })
  expect(await ada.available()).toBe(40)
  expect((await street.bakery.get(`/v1/wallets/${wallet}`)).body.available).toBe(0)
})

test('a code that somebody else has used, or that nobody was given, collects nothing', async () => {
  const { code } = await sellToNobody(40)
  const [ada, bea] = [await street.join(), await street.join()]
  await ada.post('/v1/claims/collections', { code })
  for (const tried of [code, 'AAAA-AAAA']) {
    const refused = await bea.post('/v1/claims/collections', { code: tried })
    expect(refused.body.code).toBe('code_wrong')
  }
  expect([await ada.available(), await bea.available()]).toEqual([40, 0])
})

test('of two who collect at the same moment one gets the points', async () => {
  const { code } = await sellToNobody(40)
  const both = [await street.join(), await street.join()]
  const answers = await Promise.all(both.map((each) => each.post('/v1/claims/collections', { code })))
  expect(answers.map(({ status }) => status).toSorted()).toEqual([201, expect.any(Number)])
  const points = await Promise.all(both.map((each) => each.available()))
  expect(points.toSorted((a, b) => a - b)).toEqual([0, 40])
})

test('what was collected is taken back by a refund of the sale, like any other points', async () => {
  const { code } = await sellToNobody(40)
  const ada = await street.join()
  await ada.post('/v1/claims/collections', { code })
  const { body } = await ada.get('/v1/transactions')
  const [sale] = body.data
  const refund = await street.bakery.post(`/v1/transactions/${sale.id}/reversals`, {
    refund_amount_minor: 4000,
    reason: 'Stale',
  })
  expect(refund.status).toBe(201)
  expect(await ada.available()).toBe(0)
})

test('a purchase that was refunded before leaves nothing to collect', async () => {
  const { code, transaction } = await sellToNobody(40)
  await street.bakery.post(`/v1/transactions/${transaction}/reversals`, {
    refund_amount_minor: 4000,
    reason: 'Stale',
  })
  const ada = await street.join()
  expect((await ada.post('/v1/claims/collections', { code })).body.points).toBe(0)
  expect(await ada.available()).toBe(0)
})

test('a receipt’s code is good for 30 days', async () => {
  const { code } = await sellToNobody(40)
  const ada = await street.join()
  street.api.clock.now = new Date(Date.now() + 31 * 86_400_000)
  const later = await street.api.call('post', '/v1/claims/collections', ada.token).send({ code })
  street.api.clock.now = null
  expect(later.status).not.toBe(201)
  expect(await ada.available()).toBe(0)
})

const refund = (sale: string, asked: object) =>
  street.bakery.post(`/v1/transactions/${sale}/reversals`, { ...asked, reason: 'Stale' })
const collect = (customer: Customer, code: string) => customer.post('/v1/claims/collections', { code })
const waitingIn = async (wallet: string) =>
  (await street.bakery.get(`/v1/wallets/${wallet}`)).body.available as number
const limit = async (shop: string, issuing_limit: number | null) => {
  const path = `/v1/merchants/${shop}`
  const patched = await street.api.call('patch', path, street.network.operator).send({ issuing_limit })
  expect(patched.status).toBe(200)
}
async function faults() {
  const { network_id } = await street.api.db
    .selectFrom('api.network')
    .select('network_id')
    .where('slug', '=', street.network.slug)
    .executeTakeFirstOrThrow()
  return await findFaults(street.api.db, network_id)
}

test('of a purchase that was refunded in part the rest is collected, and refunded later to the point', async () => {
  const claim = await street.bakery.post('/v1/claims', undefined, null)
  const { code, wallet } = claim.body
  const sold = await street.bakery.buy({ wallet, amount_minor: 3999 })
  // 1.99 of 39.99 came back; for the 38.00 that were kept the rule gives 38.
  for (const refund_amount_minor of [100, 99]) {
    expect(await refund(sold.body.transaction, { refund_amount_minor })).toMatchObject({ status: 201 })
  }
  const ada = await street.join()
  expect(await collect(ada, code)).toMatchObject({ status: 201, body: { points: 38, waiting: 0 } })
  expect([await ada.available(), await waitingIn(wallet)]).toEqual([38, 0])
  expect((await collect(ada, code)).body).toEqual({ points: 0, waiting: 0 })
  const { body } = await ada.get('/v1/transactions')
  const sale = body.data.find(({ kind }: { kind: string }) => kind === 'issue')
  expect(await refund(sale.id, { refund_amount_minor: 3801 })).toMatchObject({
    status: 409,
    body: { code: 'more_than_there_was' },
  })
  expect(await refund(sale.id, { refund_amount_minor: 3800 })).toMatchObject({ status: 201 })
  expect(await ada.available()).toBe(0)
  expect(await faults()).toEqual([])
})

test('of a purchase of which points alone were taken back the rest is collected', async () => {
  const { code, wallet, transaction } = await sellToNobody(40)
  await refund(transaction, { points: 15 })
  const ada = await street.join()
  expect(await collect(ada, code)).toMatchObject({ status: 201, body: { points: 25 } })
  expect([await ada.available(), await waitingIn(wallet)]).toEqual([25, 0])
  expect(await faults()).toEqual([])
})

test('a collection that was cut off is finished without being asked again, all of it', async () => {
  const { code, wallet, transaction } = await sellToNobody(40)
  await street.bakery.buy({ wallet, amount_minor: 2000 })
  await refund(transaction, { refund_amount_minor: 1000 })
  const ada = await street.join()
  await asAdmin(
    street.api,
    `create function public.cut_off() returns trigger language plpgsql as 'begin raise exception $$cut off$$; end';
     create trigger cut_off before insert on ledger.transaction
       for each row when (new.kind = 'reverse') execute function public.cut_off()`,
  )
  expect(await collect(ada, code)).toMatchObject({ status: 500 })
  await asAdmin(
    street.api,
    `drop function public.cut_off cascade; update api.begun_move set begun_at = now() - interval '1 minute'`,
  )
  const finish = () => finishMoves({ db: street.api.db, ledger: street.api.ledger })
  await Promise.all([finish(), finish()])
  expect([await ada.available(), await waitingIn(wallet)]).toEqual([50, 0])
  expect((await collect(ada, code)).body).toEqual({ points: 0, waiting: 0 })
  expect(await ada.available()).toBe(50)
  expect(await street.api.db.selectFrom('api.begun_move').select('key').execute()).toEqual([])
  expect(await faults()).toEqual([])
})

test('where the shop may not give so many points now, the code stays good, for anyone who has it', async () => {
  const shop = await street.admit('Florist', { issuing_limit: 40 })
  const { code, wallet } = await sellToNobody(40, {}, shop)
  await limit(shop.merchant, 39)
  const [ada, bea] = [await street.join(), await street.join()]
  const refused = await collect(ada, code)
  expect(refused).toMatchObject({ status: 409, body: { code: 'issuing_limit_reached' } })
  // A customer can raise no limit, and asks where they bought.
  expect(refused.body.detail).toMatch(/shop/)
  expect(refused.body.detail).not.toMatch(/operator|moved/)
  const left = async () => (await shop.get(`/v1/wallets/${wallet}`)).body.available
  expect([await ada.available(), await left()]).toEqual([0, 40])
  // Whoever collects needs no more room than what waits takes already.
  await limit(shop.merchant, 40)
  expect(await collect(bea, code)).toMatchObject({ status: 201, body: { points: 40 } })
  expect([await ada.available(), await bea.available(), await left()]).toEqual([0, 40, 0])
})

test('what can be collected is, and says how much waits; the rest comes later, also after the code’s 30 days', async () => {
  const shop = await street.admit('Florist', { issuing_limit: 80 })
  const { code, wallet } = await sellToNobody(30, {}, shop)
  const large = await shop.buy({ wallet, amount_minor: 5000 })
  // Somebody else gets what was taken back, so that there is no room for all 50 before 10 of them are taken back again.
  await shop.post(`/v1/transactions/${large.body.transaction}/reversals`, { points: 10, reason: 'Stale' })
  const bea = await street.join()
  expect(await shop.buy({ wallet: bea.wallet, amount_minor: 1000 })).toMatchObject({ status: 201 })
  const ada = await street.join()
  expect((await collect(ada, code)).body).toEqual({ points: 30, waiting: 1 })
  expect(await ada.available()).toBe(30)
  await asAdmin(street.api, `update api.claim set expires_at = now() - interval '1 second'`)
  // Asked for once too early: the code is none the worse for it.
  expect(await collect(ada, code)).toMatchObject({ status: 409, body: { code: 'issuing_limit_reached' } })
  await limit(shop.merchant, null)
  expect((await collect(ada, code)).body).toEqual({ points: 40, waiting: 0 })
  expect(await ada.available()).toBe(70)
  expect((await shop.get(`/v1/wallets/${wallet}`)).body.available).toBe(0)
})

test('from what waits for its customer nothing can be taken, however much the network allows without a QR', async () => {
  const { code, wallet } = await sellToNobody(40)
  const allow = async (redeem_without_qr_daily_max: number) =>
    await street.api
      .call('patch', `/v1/networks/${street.network.slug}`, street.network.operator)
      .send({ redeem_without_qr_daily_max })
  await allow(1000)
  const { bakery } = street
  const ada = await street.join({ points: 10 })
  const take = async (from: string) =>
    [
      await bakery.post('/v1/redemptions', { wallet: from, points: 5, reference: `in a hurry ${from}` }),
      await bakery.post('/v1/holds', { wallet: from, points: 5 }),
    ].map(({ status, body }) => body.code ?? status)
  expect(await take(ada.wallet)).toEqual([201, 201])
  expect(await take(wallet)).toEqual(['qr_required', 'qr_required'])
  expect((await collect(ada, code)).body).toEqual({ points: 40, waiting: 0 })
  await allow(0)
})

test('no key that a shop makes up stands in the way of collecting', async () => {
  const { code, transaction } = await sellToNobody(40)
  const [ada, bea] = [await street.join(), await street.join()]
  const { merchant } = street.bakery
  const cashier = await addStaff(street.api, street.network, { role: 'cashier', merchant })
  const other = await street.bakery.buy({ wallet: ada.wallet, amount_minor: 500 })
  const moved = await street.api
    .call('post', `/v1/transactions/${other.body.transaction}/moves`, cashier)
    .set('Idempotency-Key', `claim ${uuidOf('txn', transaction)}`)
    .send({ to: bea.wallet, reason: 'the wrong customer' })
  expect(moved.status).toBe(201)
  expect(await collect(ada, code)).toMatchObject({ status: 201, body: { points: 40 } })
  expect(await ada.available()).toBe(40)
})

test('every refusal of a collection is told of in the description of the API', async () => {
  const { body } = await street.api.call('get', '/openapi.json')
  const text = JSON.stringify(body.paths['/v1/claims/collections'].post.responses)
  for (const code of ['issuing_limit_reached', 'merchant_left', 'not_reversible', 'wallet_closed']) {
    expect(text).toContain(code)
  }
})

test('a purchase of more than a week ago is collected, also when its till is gone', async () => {
  const weekMs = 7 * 24 * 60 * 60 * 1000
  const { code } = await sellToNobody(40, { occurred_at: new Date(Date.now() - weekMs + 2000).toISOString() })
  await new Promise((resolve) => setTimeout(resolve, 2500))
  await street.bakery.revokeTill()
  const ada = await street.join()
  const collected = await ada.post('/v1/claims/collections', { code })
  expect(collected).toMatchObject({ status: 201, body: { points: 40 } })
  expect(await ada.available()).toBe(40)
})
