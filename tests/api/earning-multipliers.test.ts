import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { worseIn, type EarningTerms } from '../../api/rules/worse-terms.ts'
import { openHighStreet, type HighStreet, type Shop } from '../support/high-street.ts'

let street: HighStreet

beforeAll(async () => {
  street = await openHighStreet()
})
afterAll(() => street.close())

// A Tuesday, in the network's own time.
const tuesdayNoon = '2026-11-17T11:00:00.000Z'

function setRule(at: HighStreet, fields: object) {
  return at.api
    .call('put', '/v1/rules/earning', at.network.operator)
    .send({ points_per_currency_unit: '1', rounding: 'down', expires_after_months: null, ...fields })
}

function ask(shop: Shop, fields: object) {
  return shop.post('/v1/rules/earning/dry-run', fields, null)
}

describe('a rule with multipliers and a minimum', () => {
  test('is shown as it was set, and gives what its dry run says', async () => {
    const there = await street.elsewhere()
    const rule = {
      min_spend_minor: 500,
      daily_max_per_wallet: 60,
      multipliers: [{ factor: '3', merchants: [there.bookshop.merchant] }, { factor: '1.5' }],
    }
    const set = await setRule(there, rule)
    expect(set).toMatchObject({ status: 201, body: { min_spend_minor: 500 } })
    const none = { weekdays: null, from: null, until: null }
    expect(set.body.multipliers).toEqual([
      { factor: '3', ...none, merchants: [there.bookshop.merchant] },
      { factor: '1.5', ...none, merchants: null },
    ])
    expect(await setRule(there, rule)).toMatchObject({ status: 200, body: { version: set.body.version } })
    const ada = await there.join()
    for (const [shop, amount, points] of [
      [there.bakery, 1000, 15],
      [there.bookshop, 1000, 30],
      [there.bookshop, 499, 0],
    ] as const) {
      expect((await ask(shop, { amount_minor: amount })).body.points).toBe(points)
      const bought = await shop.buy({ wallet: ada.wallet, amount_minor: amount })
      expect(bought).toMatchObject({ status: 201, body: { points } })
    }
    const third = await ask(there.bookshop, { wallet: ada.wallet, amount_minor: 1000 })
    expect(third.body).toMatchObject({
      points: 15,
      steps: [{}, {}, { reason: 'daily_maximum', points: -15 }],
    })
    const bought = await there.bookshop.buy({ wallet: ada.wallet, amount_minor: 1000 })
    expect(bought.body.points).toBe(15)
  })

  test('tells the reason for each point, and records nothing', async () => {
    const there = await street.elsewhere()
    await setRule(there, {
      min_spend_minor: 500,
      daily_max_per_wallet: 40,
      multipliers: [{ factor: '2', weekdays: [2], from: '09:00', until: '13:00' }],
      effective_from: '2026-01-01T00:00:00Z',
    })
    const ada = await there.join()
    await there.bakery.buy({ wallet: ada.wallet, amount_minor: 2500 })
    const at = { amount_minor: 3000, occurred_at: tuesdayNoon }
    expect((await ask(there.bakery, at)).body).toMatchObject({
      points: 40,
      steps: [
        { reason: 'rate', factor: null, points: 30 },
        { reason: 'multiplier', factor: '2', points: 30 },
        { reason: 'daily_maximum', factor: null, points: -20 },
      ],
    })
    const evening = await ask(there.bakery, { amount_minor: 3000, occurred_at: '2026-11-17T19:00:00.000Z' })
    expect(evening.body).toMatchObject({ points: 30, steps: [{ reason: 'rate', points: 30 }] })
    const little = await ask(there.bakery, { ...at, amount_minor: 499 })
    expect(little.body).toMatchObject({ points: 0, steps: [{ reason: 'minimum_spend', points: 0 }] })
    const before = await ada.available()
    await ask(there.bakery, { ...at, wallet: ada.wallet })
    expect(await ada.available()).toBe(before)
  })

  test('of another shop is asked about by its own network’s operator alone', async () => {
    const other = street.bookshop.merchant
    expect(await ask(street.bakery, { amount_minor: 100, merchant: other })).toMatchObject({ status: 404 })
    const operator = (fields: object) =>
      street.api.call('post', '/v1/rules/earning/dry-run', street.network.operator).send(fields)
    expect(await operator({ amount_minor: 100 })).toMatchObject({ status: 400 })
    expect(await operator({ amount_minor: 100, merchant: other })).toMatchObject({ status: 200 })
    const ada = await street.join()
    expect(await ada.post('/v1/rules/earning/dry-run', { amount_minor: 100 })).toMatchObject({ status: 403 })
  })

  test('that makes no sense is refused', async () => {
    const there = await street.elsewhere()
    for (const multiplier of [
      { factor: '101' },
      { factor: '2', from: '09:00' },
      { factor: '2', from: '09:00', until: '09:00' },
      { factor: '2', from: '25:00', until: '26:00' },
      { factor: '2', weekdays: [0] },
      { factor: '2', weekdays: [] },
      { factor: '2', merchants: [street.bakery.merchant] },
    ]) {
      const refused = await setRule(there, { multipliers: [multiplier] })
      expect(refused).toMatchObject({ status: 400, body: { code: 'request_invalid' } })
    }
  })

  test('is not made worse overnight', async () => {
    const there = await street.elsewhere()
    const generous = { multipliers: [{ factor: '2', weekdays: [6, 7] }] }
    expect(await setRule(there, generous)).toMatchObject({ status: 201 })
    await there.join()
    for (const worse of [
      {},
      { multipliers: [{ factor: '2', weekdays: [6] }] },
      { multipliers: [{ factor: '1.9', weekdays: [6, 7] }] },
      { ...generous, min_spend_minor: 100 },
    ]) {
      const refused = await setRule(there, worse)
      expect(refused).toMatchObject({ status: 422, body: { code: 'notice_too_short' } })
    }
    expect(await setRule(there, { multipliers: [{ factor: '2' }] })).toMatchObject({ status: 201 })
  })
})

test('worse is what takes a promised factor away, or adds one below 1', () => {
  const terms: EarningTerms = {
    pointsPerCurrencyUnit: '1',
    rounding: 'down',
    expiresAfterMonths: null,
    dailyMaxPerWallet: null,
  }
  const happyHour = { factor: '2', from: '17:00', until: '18:00' }
  const worse = (next: EarningTerms['multipliers'], current: EarningTerms['multipliers']) =>
    worseIn({ ...terms, multipliers: next! }, { ...terms, multipliers: current! }).length > 0
  expect(worse([happyHour], [])).toBe(false)
  expect(worse([], [happyHour])).toBe(true)
  expect(worse([{ factor: '2.0' }], [happyHour])).toBe(false)
  expect(worse([happyHour], [{ factor: '2' }])).toBe(true)
  expect(worse([{ factor: '0.5', weekdays: [1] }], [])).toBe(true)
  expect(worse([{ factor: '0.5', weekdays: [1] }], [{ factor: '0.5' }])).toBe(false)
  expect(worse([], [{ factor: '0.5' }])).toBe(false)
  const halfButMondays = [{ factor: '0.5' }, { factor: '1', weekdays: [1] }]
  expect(worse([{ factor: '0.5' }], halfButMondays)).toBe(true)
  expect(worse([], halfButMondays)).toBe(false)
})
