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

/** A shop's own factor, from a time on. */
export interface FactorVersion {
  readonly version: number
  readonly factor: string
  readonly effectiveFrom: Date
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
  const none: FactorVersion = { version: 0, factor: '1', effectiveFrom: new Date(0) }
  const old = replacedBy<FactorVersion>(version, [...versions, none]).find(
    ({ factor }) => millionths(version.factor) < millionths(factor),
  )
  return old === undefined ? [] : [{ field: 'factor', before: old.factor, after: version.factor }]
}

/**
 * What holds until `version` starts, and then what was promised for the same start before, the newest first. What was
 * promised for another start either comes, or what it replaces tells of it.
 */
function replacedBy<Version extends Pick<EarningTermsVersion, 'version' | 'effectiveFrom'>>(
  version: Version,
  versions: readonly Version[],
): Version[] {
  const start = version.effectiveFrom
  if (versionAt(start, versions) !== version) return []
  const earlier = versions.filter(({ effectiveFrom }) => effectiveFrom < start)
  const promised = versions
    .filter((each) => each.version < version.version && each.effectiveFrom.getTime() === start.getTime())
    .toSorted((one, other) => other.version - one.version)
  const holding = versionAt(start, earlier)
  return holding === undefined ? promised : [holding, ...promised]
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
