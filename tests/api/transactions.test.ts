import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openHighStreet, type Customer, type HighStreet } from '../support/high-street.ts'

let street: HighStreet
let ada: Customer
let bea: Customer
const made: Record<'issue' | 'redeem' | 'gift' | 'refund' | 'other', string> = {
  issue: '',
  redeem: '',
  gift: '',
  refund: '',
  other: '',
}

beforeAll(async () => {
  street = await openHighStreet()
  ada = await street.join()
  bea = await street.join()
  const { bakery, bookshop } = street
  made.issue = (
    await bakery.buy({ wallet: ada.wallet, amount_minor: 10_050, reference: 'r-1' })
  ).body.transaction
  const taking = { qr: await ada.showQr(), points: 30, reference: 'r-2' }
  made.redeem = (await bookshop.post('/v1/redemptions', taking)).body.transaction
  made.gift = (await ada.post('/v1/gifts', { to: bea.wallet, points: 20 })).body.transaction
  const refund = { refund_amount_minor: 50, reason: 'a burnt loaf' }
  made.refund = (await bakery.post(`/v1/transactions/${made.issue}/reversals`, refund)).body.transaction
  made.other = (await bookshop.buy({ wallet: bea.wallet, amount_minor: 500 })).body.transaction
})
afterAll(() => street.close())

const ids = (answer: { body: { data: { id: string }[] } }) => answer.body.data.map(({ id }) => id)

describe('a list of transactions', () => {
  test('of a customer holds what touched their wallet, gifts received too', async () => {
    expect(ids(await ada.get('/v1/transactions'))).toEqual([made.refund, made.gift, made.redeem, made.issue])
    expect(ids(await bea.get('/v1/transactions'))).toEqual([made.other, made.gift])
  })

  test('of a till holds what its own shop did', async () => {
    expect(ids(await street.bakery.get('/v1/transactions'))).toEqual([made.refund, made.issue])
    expect(ids(await street.bookshop.get('/v1/transactions'))).toEqual([made.other, made.redeem])
  })

  test('of an operator holds all, and nobody’s name', async () => {
    const answer = await street.api.call('get', '/v1/transactions', street.network.operator)
    expect(ids(answer)).toEqual([made.other, made.refund, made.gift, made.redeem, made.issue])
    expect(answer.text).not.toContain('example.org')
    expect(answer.text).not.toContain('burnt')
  })

  test('goes on where the page before ended', async () => {
    const first = await ada.get('/v1/transactions?limit=3')
    expect(ids(first)).toHaveLength(3)
    const second = await ada.get(`/v1/transactions?limit=3&after=${first.body.next}`)
    expect(ids(second)).toEqual([made.issue])
    expect(second.body.next).toBeNull()
  })

  test.each([
    ['wallet', () => `wallet=${ada.wallet}`, () => [made.refund, made.gift, made.redeem, made.issue]],
    ['merchant', () => `merchant=${street.bookshop.merchant}`, () => [made.other, made.redeem]],
    ['till', () => `till=${street.bakery.till}`, () => [made.refund, made.issue]],
    ['kind', () => 'kind=gift', () => [made.gift]],
    ['receipt', () => 'reference=r-2', () => [made.redeem]],
    ['time', () => 'from=2100-01-01T00:00:00Z', () => []],
    ['end', () => `until=2100-01-01T00:00:00Z&kind=issue`, () => [made.other, made.issue]],
  ])('can be narrowed by %s', async (_what, query, expected) => {
    const answer = await street.api.call('get', `/v1/transactions?${query()}`, street.network.operator)
    expect(answer.status).toBe(200)
    expect(ids(answer)).toEqual(expected())
  })

  test('does not reach beyond what the caller may see', async () => {
    const elsewhere = await street.elsewhere()
    for (const query of [`merchant=${street.bookshop.merchant}`, `till=${street.bookshop.till}`]) {
      expect((await street.bakery.get(`/v1/transactions?${query}`)).status).toBe(404)
    }
    expect((await ada.get(`/v1/transactions?wallet=${bea.wallet}`)).status).toBe(404)
    expect((await ada.get(`/v1/transactions?till=${street.bakery.till}`)).status).toBe(404)
    expect((await elsewhere.bakery.get(`/v1/transactions?wallet=${ada.wallet}`)).status).toBe(404)
    expect(ids(await elsewhere.bakery.get('/v1/transactions'))).toEqual([])
    expect(ids(await street.bakery.get(`/v1/transactions?wallet=${bea.wallet}`))).toEqual([])
  })

  test.each(['limit=0', 'limit=1000', 'after=x', 'kind=theft', 'from=yesterday', 'colour=red', 'after=-1'])(
    'asked for with %s is refused',
    async (query) => {
      expect(await street.bakery.get(`/v1/transactions?${query}`)).toMatchObject({
        status: 400,
        body: { code: 'request_invalid' },
      })
    },
  )
})

describe('a transaction', () => {
  test('shows its customer all of it', async () => {
    const answer = await ada.get(`/v1/transactions/${made.issue}`)
    expect(answer.status).toBe(200)
    expect(answer.body).toEqual({
      id: made.issue,
      kind: 'issue',
      merchant: street.bakery.merchant,
      till: street.bakery.till,
      wallet: ada.wallet,
      to_wallet: null,
      points: 100,
      redeemed_points: 0,
      money_minor: 10_050,
      amount_minor: 10_050,
      currency: 'EUR',
      rule_version: 1,
      occurred_at: expect.any(String),
      posted_at: expect.any(String),
      day: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
      target: null,
      taken_back_points: 0,
      given_back_points: 0,
      hold: null,
      reason: null,
      legs: [
        {
          debit: { kind: 'float', merchant: street.bakery.merchant },
          credit: { kind: 'wallet', wallet: ada.wallet },
          points: 100,
          pending: false,
        },
      ],
    })
  })

  test('shows who gave points nothing of what the receiver owed', async () => {
    const [giver, owing] = [await street.join({ points: 20 }), await street.join({ points: 50 })]
    const [sale] = ids(await owing.get('/v1/transactions'))
    await street.bookshop.post('/v1/redemptions', { qr: await owing.showQr(), points: 50, reference: 'all' })
    await street.bakery.post(`/v1/transactions/${sale}/reversals`, { reason: 'brought back' })
    const gift = (await giver.post('/v1/gifts', { to: owing.wallet, points: 20 })).body.transaction
    const moved = { debit: { kind: 'wallet', wallet: giver.wallet }, credit: { wallet: owing.wallet } }
    const repaid = { debit: { kind: 'owed', merchant: street.bakery.merchant }, points: 20 }
    const seen = async (who: Customer) => (await who.get(`/v1/transactions/${gift}`)).body.legs
    expect(await seen(giver)).toMatchObject([moved])
    expect(await seen(owing)).toMatchObject([moved, repaid])
    const all = await street.api.call('get', `/v1/transactions/${gift}`, street.network.operator)
    expect(all.body.legs).toMatchObject([moved, repaid])
    expect(await owing.available()).toBe(0)
  })

  test('shows a shop what it did, but not which accounts it moved', async () => {
    const answer = await street.bakery.get(`/v1/transactions/${made.refund}`)
    expect(answer.body).toMatchObject({ kind: 'reverse', target: made.issue, money_minor: 50 })
    expect(answer.body).not.toHaveProperty('legs')
  })

  test('shows how its hold stands', async () => {
    const cleo = await street.join({ points: 50 })
    const held = await street.bookshop.post('/v1/holds', { qr: await cleo.showQr(), points: 10 })
    const path = `/v1/transactions/${held.body.id}`
    expect((await cleo.get(path)).body.hold).toEqual({ state: 'held', ends_at: held.body.ends_at })
    await street.bookshop.post(`/v1/holds/${held.body.id}/void`)
    expect((await cleo.get(path)).body.hold).toMatchObject({ state: 'voided' })
  })

  test('is hidden from everyone else', async () => {
    const elsewhere = await street.elsewhere()
    const path = `/v1/transactions/${made.issue}`
    for (const caller of [bea, street.bookshop, elsewhere.bakery]) {
      expect(await caller.get(path)).toMatchObject({ status: 404, body: { code: 'not_found' } })
    }
    const foreign = await street.api.call('get', path, elsewhere.network.operator)
    expect(foreign.status).toBe(404)
    expect((await street.bakery.get(`/v1/transactions/${made.gift}`)).status).toBe(404)
    expect((await street.bakery.get('/v1/transactions/txn_nonsense')).status).toBe(404)
  })
})
