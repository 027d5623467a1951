import type { Points } from '../../ledger/index.ts'

/** What an earning rule promises to customers. */
export interface EarningTerms {
  /** Decimal, e.g. `"1.5"`. */
  readonly pointsPerCurrencyUnit: string
  readonly rounding: 'down' | 'nearest' | 'up'
  /** Null: points never expire. */
  readonly expiresAfterMonths: number | null
  /** Null: no cap. */
  readonly dailyMaxPerWallet: Points | null
}

/** A rule version: terms that hold from a time on, until a later version's start. */
export interface EarningTermsVersion extends EarningTerms {
  readonly version: number
  readonly effectiveFrom: Date
}

const roundingByKindness = ['down', 'nearest', 'up'] as const

/** In what `next` is worse for customers than `current`; empty when in nothing. Field names are those of the API. */
export function worseIn(next: EarningTerms, current: EarningTerms): string[] {
  const worse: string[] = []
  if (millionths(next.pointsPerCurrencyUnit) < millionths(current.pointsPerCurrencyUnit)) {
    worse.push('points_per_currency_unit')
  }
  if (roundingByKindness.indexOf(next.rounding) < roundingByKindness.indexOf(current.rounding)) {
    worse.push('rounding')
  }
  if (isLess(next.expiresAfterMonths, current.expiresAfterMonths)) worse.push('expires_after_months')
  if (isLess(next.dailyMaxPerWallet, current.dailyMaxPerWallet)) worse.push('daily_max_per_wallet')
  return worse
}

/**
 * The version that purchases at `time` go by, as the ledger chooses it: the last one that has started, of several at
 * one time the newest; before the first start the one that starts first.
 */
export function versionAt<Version extends EarningTermsVersion>(
  time: Date,
  versions: readonly Version[],
): Version | undefined {
  const byStart = versions.toSorted(
    (one, other) =>
      one.effectiveFrom.getTime() - other.effectiveFrom.getTime() || one.version - other.version,
  )
  return byStart.findLast((version) => version.effectiveFrom <= time) ?? byStart[0]
}

/** Whether the terms are the same, `"1.50"` being `"1.5"`. */
export function sameTerms(one: EarningTerms, other: EarningTerms): boolean {
  return (
    millionths(one.pointsPerCurrencyUnit) === millionths(other.pointsPerCurrencyUnit) &&
    one.rounding === other.rounding &&
    one.expiresAfterMonths === other.expiresAfterMonths &&
    one.dailyMaxPerWallet === other.dailyMaxPerWallet
  )
}

/** Null is without end. */
function isLess(one: number | bigint | null, other: number | bigint | null): boolean {
  return one !== null && (other === null || one < other)
}

function millionths(decimal: string): bigint {
  const [whole = '0', fraction = ''] = decimal.split('.')
  return BigInt(whole + fraction.padEnd(6, '0').slice(0, 6))
}
