import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { noteWorseTerms } from '../../api/notices/terms.ts'
import { listUntold } from '../../api/notices/terms-store.ts'
import { factorChanges, ruleChanges } from '../../api/rules/coming-terms.ts'
import type { EarningTermsVersion } from '../../api/rules/worse-terms.ts'
import { asAdmin, makeNetwork, setRule, startApi, type TestApi } from '../support/api.ts'
import { buildHighStreet, type HighStreet } from '../support/high-street.ts'
import { joinByPhone } from '../support/phone.ts'

const on = (day: number) => new Date(Date.UTC(2027, 0, day))

/** Versions in the order in which they were set: a rate, from a day of January on. */
function setOneByOne(
  ...made: (Partial<EarningTermsVersion> & { rate: string; day: number })[]
): EarningTermsVersion[] {
  return made.map(({ rate, day, ...terms }, i) => ({
    pointsPerCurrencyUnit: rate,
    rounding: 'down',
    expiresAfterMonths: null,
    dailyMaxPerWallet: null,
    ...terms,
    version: i + 1,
    effectiveFrom: on(day),
  }))
}
const listChanges = (versions: EarningTermsVersion[]) =>
  versions.map((version) =>
    ruleChanges(version, versions).map(({ field, before, after }) => `${field}: ${before} to ${after}`),
  )
const [rate, expiry] = ['points_per_currency_unit', 'expires_after_months']

test('what gets worse earlier than it was first set for gets worse once', () => {
  const versions = setOneByOne({ rate: '2', day: 1 }, { rate: '1', day: 25 }, { rate: '1', day: 15 })
  expect(listChanges(versions)).toEqual([[], [], [`${rate}: 2 to 1`]])
  const factors = versions.map(({ pointsPerCurrencyUnit: factor, ...each }) => ({ ...each, factor }))
  expect(factors.map((each) => factorChanges(each, factors).length)).toEqual([0, 0, 1])
})

test('what gets worse later than the version before it still does, in what it says', () => {
  const versions = setOneByOne(
    { rate: '2', day: 1 },
    { rate: '1', day: 25, expiresAfterMonths: 12 },
    { rate: '1.5', day: 15 },
  )
  expect(listChanges(versions)).toEqual([
    [],
    [`${rate}: 1.5 to 1`, `${expiry}: null to 12`],
    [`${rate}: 2 to 1.5`],
  ])
})

test('better terms that were promised for a day and do not come are told of, also when something else gets worse', () => {
  const promised = [
    { rate: '2', day: 1 },
    { rate: '3', day: 25 },
  ]
  const less = setOneByOne(...promised, { rate: '2', day: 25 })
  expect(listChanges(less)).toEqual([[], [], [`${rate}: 3 to 2`]])
  const shorter = setOneByOne(...promised, { rate: '2', day: 25, expiresAfterMonths: 12 })
  expect(listChanges(shorter)[2]).toEqual([`${rate}: 3 to 2`, `${expiry}: null to 12`])
  const setTwice = setOneByOne(...promised, { rate: '2', day: 25 }, { rate: '2', day: 25, rounding: 'up' })
  expect(listChanges(setTwice)).toEqual([[], [], [], [`${rate}: 3 to 2`]])
})

describe('better terms for a while', () => {
  let api: TestApi
  let street: HighStreet

  beforeAll(async () => {
    api = await startApi()
  })
  beforeEach(async () => {
    street = await buildHighStreet(api, {})
    const { slug, operator } = street.network
    const bounds = { merchant_multiplier_min: '0.5', merchant_multiplier_max: '5' }
    await api.call('patch', `/v1/networks/${slug}`, operator).send(bounds)
    await street.join()
  })
  afterAll(() => api.close())

  const setNoticeDays = (days: number) =>
    asAdmin(api, `update api.network set notice_days = ${days} where slug = '${street.network.slug}'`)
  const inDays = (days: number) => new Date(Date.now() + days * 24 * 60 * 60 * 1000).toISOString()
  const plain = { points_per_currency_unit: '1', rounding: 'down', expires_after_months: null }
  const put = (fields: object, { operator } = street.network) =>
    api.call('put', '/v1/rules/earning', operator).send({ ...plain, ...fields })
  const putFactor = (fields: object) =>
    api
      .call('put', `/v1/merchants/${street.bakery.merchant}/multiplier`, street.network.operator)
      .send(fields)
  const readWorse = async () =>
    (await api.call('get', `/v1/networks/${street.network.slug}/shops`)).body.worse_terms

  test('do not fall back at short notice to what was set before', async () => {
    const tomorrow = inDays(1)
    await setRule(api, street.network, { effective_from: tomorrow })
    const refused = await put({ points_per_currency_unit: '5' })
    expect(refused).toMatchObject({
      status: 422,
      body: {
        code: 'notice_too_short',
        earliest_effective_from: tomorrow,
        errors: [{ pointer: '#/points_per_currency_unit' }],
      },
    })
    const { body } = await api.call('get', '/v1/rules/earning', street.network.operator)
    expect(body.data).toHaveLength(2)
    // As it says: first what is to hold from then on.
    for (const effective_from of [tomorrow, undefined]) {
      expect(await put({ points_per_currency_unit: '5', effective_from })).toMatchObject({ status: 201 })
    }
    expect(await readWorse()).toEqual([])
  })

  test('a shop’s own neither', async () => {
    const tomorrow = inDays(1)
    expect((await putFactor({ factor: '1', effective_from: tomorrow })).status).toBe(200)
    expect(await putFactor({ factor: '5' })).toMatchObject({
      status: 422,
      body: { code: 'notice_too_short', earliest_effective_from: tomorrow },
    })
    const { body } = await street.bakery.get(`/v1/merchants/${street.bakery.merchant}/multiplier`)
    expect(body.data).toHaveLength(1)
  })

  test('are told of as they are set when what comes after them is worse, once', async () => {
    const start = inDays(40)
    await setRule(api, street.network, { effective_from: start })
    expect((await putFactor({ factor: '1', effective_from: start })).status).toBe(200)
    expect(await listUntold(api.db)).toEqual([])
    await setRule(api, street.network, { points_per_currency_unit: '5' })
    expect((await putFactor({ factor: '3' })).status).toBe(200)
    const told = { effective_from: start, told_at: expect.any(String) }
    const worse = await readWorse()
    expect(worse).toEqual([
      {
        ...told,
        merchant: null,
        changes: [{ field: 'points_per_currency_unit', before: '5', after: '1' }],
      },
      { ...told, merchant: street.bakery.merchant, changes: [{ field: 'factor', before: '3', after: '1' }] },
    ])
    expect(await listUntold(api.db)).toHaveLength(2)
    await noteWorseTerms(api.db)
    await setRule(api, street.network, { points_per_currency_unit: '6' })
    expect((await putFactor({ factor: '4' })).status).toBe(200)
    expect(await listUntold(api.db)).toEqual([])
    expect((await readWorse()).map(({ told_at }: { told_at: string }) => told_at)).toEqual(
      worse.map(({ told_at }: { told_at: string }) => told_at),
    )
  })

  test('may come before worse ones that customers were told of in time, but nothing else may get worse with those', async () => {
    await setNoticeDays(1)
    await setRule(api, street.network, { points_per_currency_unit: '2' })
    await setRule(api, street.network, { effective_from: inDays(2) })
    await setNoticeDays(30)
    expect(await put({ points_per_currency_unit: '5' })).toMatchObject({ status: 201 })
    expect(await put({ points_per_currency_unit: '5', rounding: 'up' })).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '#/rounding' }] },
    })
    await noteWorseTerms(api.db)
  })

  test('are told of anew where those after them get worse in more than was told', async () => {
    await setRule(api, street.network, { points_per_currency_unit: '2' })
    await setRule(api, street.network, { effective_from: inDays(40) })
    await noteWorseTerms(api.db)
    const [first] = await readWorse()
    await setRule(api, street.network, { points_per_currency_unit: '2', rounding: 'up' })
    expect(await listUntold(api.db)).toHaveLength(1)
    const [again, ...others] = await readWorse()
    expect(others).toEqual([])
    expect(again.changes.map(({ field }: { field: string }) => field)).toEqual([rate, 'rounding'])
    expect(Date.parse(again.told_at)).toBeGreaterThan(Date.parse(first.told_at))
    await noteWorseTerms(api.db)
  })

  test('before the first rule has started, none that is worse comes in before it', async () => {
    const there = await makeNetwork(api)
    const first = inDays(60)
    await setRule(api, there, { points_per_currency_unit: '2', effective_from: first })
    await joinByPhone(api, there.slug, 'cy@example.org')
    for (const effective_from of [inDays(40), first]) {
      const refused = await put({ effective_from }, there)
      expect(refused).toMatchObject({ status: 422, body: { code: 'notice_too_short' } })
      expect(Date.parse(refused.body.earliest_effective_from)).toBeGreaterThan(Date.parse(first))
    }
    expect(await put({ effective_from: inDays(61) }, there)).toMatchObject({ status: 201 })
    await noteWorseTerms(api.db)
  })
})
