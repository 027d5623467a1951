import { millionths, versionAt, worseIn, type EarningTermsVersion } from './worse-terms.ts'

/** What of the terms gets worse, as the API names it; `factor` is a shop's own. */
export const termsFields = [
  'points_per_currency_unit',
  'rounding',
  'expires_after_months',
  'daily_max_per_wallet',
  'min_spend_minor',
  'multipliers',
  'factor',
] as const
export type TermsField = (typeof termsFields)[number]

/** One thing that gets worse. Null: none (no end, no cap, no minimum); of multipliers the rule itself tells. */
export interface TermsChange {
  readonly field: TermsField
  readonly before: string | number | null
  readonly after: string | number | null
}

type Started = Pick<EarningTermsVersion, 'version' | 'effectiveFrom'>

/** A shop's own factor, from a time on. */
export interface FactorVersion {
  readonly version: number
  readonly factor: string
  readonly effectiveFrom: Date
}

/** A shop without a factor of its own. */
export const noFactor: FactorVersion = { version: 0, factor: '1', effectiveFrom: new Date(0) }

/** In what a shop's own factor is worse than another, as `worseIn` tells of rules. */
export function lowerIn(next: { readonly factor: string }, current: { readonly factor: string }): string[] {
  return millionths(next.factor) < millionths(current.factor) ? ['factor'] : []
}

/**
 * What gets worse for customers as `version`, one of `versions`, starts; nothing when it never does because a newer
 * one starts at the same time.
 */
export function ruleChanges<Version extends EarningTermsVersion>(
  version: Version,
  versions: readonly Version[],
): TermsChange[] {
  const replaced = replacedBy(version, versions)
  return termsFields.flatMap((field) => {
    const old = replaced.find((each) => worseIn(version, each).includes(field))
    return old === undefined ? [] : [{ field, before: valueOf(field, old), after: valueOf(field, version) }]
  })
}

/** The same of a shop's own factor; without any it is 1. */
export function factorChanges<Version extends FactorVersion>(
  version: Version,
  versions: readonly Version[],
): TermsChange[] {
  const old = replacedBy<FactorVersion>(version, [...versions, noFactor]).find(
    (each) => lowerIn(version, each).length > 0,
  )
  return old === undefined ? [] : [{ field: 'factor', before: old.factor, after: version.factor }]
}

/**
 * What holds until `version` starts, and then what was promised for the same start before, the newest first. What was
 * promised for another start either comes, or what it replaces tells of it.
 */
function replacedBy<Version extends Started>(version: Version, versions: readonly Version[]): Version[] {
  const start = version.effectiveFrom
  if (versionAt(start, versions) !== version) return []
  const earlier = versions.filter(({ effectiveFrom }) => effectiveFrom < start)
  const promised = versions
    .filter((each) => each.version < version.version && each.effectiveFrom.getTime() === start.getTime())
    .toSorted((one, other) => other.version - one.version)
  const holding = versionAt(start, earlier)
  return holding === undefined ? promised : [holding, ...promised]
}

/**
 * The version that starts next after `made`, which is not one of `versions` yet, and in what it gets worse by it: where
 * `made` is better than what holds without it, and better than what comes next.
 */
export function nextMadeWorse<Terms extends object, Version extends Terms & Started>(
  made: Terms & { readonly effectiveFrom: Date },
  versions: readonly Version[],
  worse: (next: Terms, current: Terms) => string[],
): { readonly next: Version; readonly fields: readonly string[] } | undefined {
  const replaced = versionAt(made.effectiveFrom, versions)
  const later = versions.filter(({ effectiveFrom }) => effectiveFrom > made.effectiveFrom)
  const next = versionAt(made.effectiveFrom, later)
  if (replaced === undefined || next === undefined) return undefined
  const better = worse(replaced, made)
  return { next, fields: worse(next, made).filter((field) => better.includes(field)) }
}

function valueOf(field: TermsField, terms: EarningTermsVersion): string | number | null {
  const count = (value: bigint | null | undefined) => (value == null ? null : Number(value))
  switch (field) {
    case 'points_per_currency_unit':
      return terms.pointsPerCurrencyUnit
    case 'rounding':
      return terms.rounding
    case 'expires_after_months':
      return terms.expiresAfterMonths
    case 'daily_max_per_wallet':
      return count(terms.dailyMaxPerWallet)
    case 'min_spend_minor':
      return count(terms.minSpendMinor)
    default:
      return null
  }
}
