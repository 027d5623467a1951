/** An exact decimal: `digits` / 10^`scale`. */
export interface Decimal {
  readonly digits: bigint
  readonly scale: number
}

/** A decimal like "1.25", or null where the text isn't one. */
export function parseDecimal(text: string): Decimal | null {
  const found = /^(\d+)(?:\.(\d+))?$/.exec(text)
  if (!found) return null
  const [, whole = '', fraction = ''] = found
  return { digits: BigInt(whole + fraction), scale: fraction.length }
}

export function multiply(one: Decimal, other: Decimal): Decimal {
  return { digits: one.digits * other.digits, scale: one.scale + other.scale }
}

export function isEqual(one: Decimal, other: Decimal): boolean {
  return one.digits * 10n ** BigInt(other.scale) === other.digits * 10n ** BigInt(one.scale)
}

/** What a version of the network's rule gives, as its governance entry says. */
export interface EarningRule {
  readonly version: number
  readonly pointsPerCurrencyUnit: Decimal
  readonly rounding: 'down' | 'nearest' | 'up'
  readonly expiresAfterMonths: number | null
  readonly dailyMaxPerWallet: number | null
  readonly minSpendMinor: number | null
  /** Whether it has multipliers, of which the log knows only the hash. */
  readonly hasMultipliers: boolean
  /** As times of entries are written. */
  readonly effectiveFrom: string
}

/** Points that a rule gives for an amount, in whole numbers throughout; before any daily maximum. */
export function pointsFor(
  rule: EarningRule,
  amountMinor: number,
  { factor, currencyDigits }: { factor: Decimal | null; currencyDigits: number },
): bigint {
  if (rule.minSpendMinor !== null && amountMinor < rule.minSpendMinor) return 0n
  const rate = factor ? multiply(rule.pointsPerCurrencyUnit, factor) : rule.pointsPerCurrencyUnit
  const above = BigInt(amountMinor) * rate.digits
  const below = 10n ** BigInt(rate.scale + currencyDigits)
  switch (rule.rounding) {
    case 'down':
      return above / below
    case 'up':
      return (above + below - 1n) / below
    case 'nearest':
      return (2n * above + below) / (2n * below)
  }
}

/**
 * The rule in force at the shop's time of a sale: the latest version that began by then; a sale older than every rule
 * goes by the first.
 */
export function ruleAt(rules: readonly EarningRule[], occurredAt: string): EarningRule | null {
  let found: EarningRule | null = null
  for (const rule of rules) if (!found || precedes(rule, found, occurredAt)) found = rule
  return found
}

function precedes(rule: EarningRule, older: EarningRule, occurredAt: string): boolean {
  const begun = rule.effectiveFrom <= occurredAt
  if (begun !== older.effectiveFrom <= occurredAt) return begun
  return begun ? rule.effectiveFrom >= older.effectiveFrom : rule.effectiveFrom <= older.effectiveFrom
}
