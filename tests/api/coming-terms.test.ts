import { expect, test } from 'vitest'
import { factorChanges, ruleChanges } from '../../api/rules/coming-terms.ts'
import type { EarningTermsVersion } from '../../api/rules/worse-terms.ts'

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
