import type { Minor, Multiplier, Points } from '../../ledger/index.ts'

/** What an earning rule promises to customers. */
export interface EarningTerms {
  /** Decimal, e.g. `"1.5"`. */
  readonly pointsPerCurrencyUnit: string
  readonly rounding: 'down' | 'nearest' | 'up'
  /** Null: points never expire. */
  readonly expiresAfterMonths: number | null
  /** Null: no cap. */
  readonly dailyMaxPerWallet: Points | null
  /** A purchase below this gives nothing; null: no minimum. */
  readonly minSpendMinor?: Minor | null
  readonly multipliers?: readonly Multiplier[]
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
  if ((next.minSpendMinor ?? 0n) > (current.minSpendMinor ?? 0n)) worse.push('min_spend_minor')
  if (areMultipliersWorse(next.multipliers ?? [], current.multipliers ?? [])) worse.push('multipliers')
  return worse
}

/**
 * The version that purchases at `time` go by, as the ledger chooses it: the last one that has started, before the first
 * start the one that starts first; of several at one time the newest.
 */
export function versionAt<Version extends Pick<EarningTermsVersion, 'version' | 'effectiveFrom'>>(
  time: Date,
  versions: readonly Version[],
): Version | undefined {
  const byStart = versions.toSorted(
    (one, other) =>
      one.effectiveFrom.getTime() - other.effectiveFrom.getTime() || one.version - other.version,
  )
  const first = byStart[0]?.effectiveFrom.getTime()
  return (
    byStart.findLast(({ effectiveFrom }) => effectiveFrom <= time) ??
    byStart.findLast(({ effectiveFrom }) => effectiveFrom.getTime() === first)
  )
}

/** Whether the terms are the same, `"1.50"` being `"1.5"`. */
export function sameTerms(one: EarningTerms, other: EarningTerms): boolean {
  return (
    millionths(one.pointsPerCurrencyUnit) === millionths(other.pointsPerCurrencyUnit) &&
    one.rounding === other.rounding &&
    one.expiresAfterMonths === other.expiresAfterMonths &&
    one.dailyMaxPerWallet === other.dailyMaxPerWallet &&
    (one.minSpendMinor ?? 0n) === (other.minSpendMinor ?? 0n) &&
    writeMultipliers(one.multipliers) === writeMultipliers(other.multipliers)
  )
}

/**
 * Whether something promised is missing: a factor with none as high that counts whenever and wherever it did, where a
 * lower one might count now, or none (which is 1); or a new factor below 1. In doubt it is worse.
 */
function areMultipliersWorse(next: readonly Multiplier[], current: readonly Multiplier[]): boolean {
  const isKept = (old: Multiplier) =>
    next.some((each) => millionths(each.factor) >= millionths(old.factor) && covers(each, old))
  const isNew = (each: Multiplier) =>
    !current.some((old) => millionths(old.factor) <= millionths(each.factor) && covers(old, each))
  const mayFall = (old: Multiplier) =>
    millionths(old.factor) > one || next.some((each) => millionths(each.factor) < millionths(old.factor))
  return (
    current.some((old) => mayFall(old) && !isKept(old)) ||
    next.some((each) => millionths(each.factor) < one && isNew(each))
  )
}

/** Whether `wide` counts at least whenever and wherever `narrow` does. */
function covers(wide: Multiplier, narrow: Multiplier): boolean {
  return (
    (wide.from === undefined || (wide.from === narrow.from && wide.until === narrow.until)) &&
    holds(wide.weekdays, narrow.weekdays) &&
    holds(wide.merchants, narrow.merchants)
  )
}

/** Left out is all. */
function holds<Item>(wide: readonly Item[] | undefined, narrow: readonly Item[] | undefined): boolean {
  return wide === undefined || (narrow !== undefined && narrow.every((item) => wide.includes(item)))
}

function writeMultipliers(multipliers: readonly Multiplier[] = []): string {
  return JSON.stringify(
    multipliers.map(({ factor, weekdays, from, until, merchants }) => [
      String(millionths(factor)),
      weekdays ?? null,
      from ?? null,
      until ?? null,
      merchants ?? null,
    ]),
  )
}

/** Null is without end. */
function isLess(one: number | bigint | null, other: number | bigint | null): boolean {
  return one !== null && (other === null || one < other)
}

const one = 1_000_000n

/** A decimal rate or factor, exactly: its sixth decimal is the last that counts. */
export function millionths(decimal: string): bigint {
  const [whole = '0', fraction = ''] = decimal.split('.')
  return BigInt(whole + fraction.padEnd(6, '0').slice(0, 6))
}
