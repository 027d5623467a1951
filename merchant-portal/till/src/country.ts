/** A country in which a phone number is said with a 0 that the country code takes the place of. */
export interface Country {
  readonly currency: string
  /** E.164. */
  readonly code: string
  /** Of how many digits its numbers are, the 0 with them. Any other is taken for a card. */
  readonly digits: readonly [min: number, max: number]
}

/** By region (ISO 3166). Only where it is certain: in Italy, say, the 0 stays. */
const countries: Readonly<Record<string, Country>> = {
  AT: { currency: 'EUR', code: '43', digits: [8, 14] },
  CH: { currency: 'CHF', code: '41', digits: [10, 10] },
  DE: { currency: 'EUR', code: '49', digits: [8, 12] },
  FR: { currency: 'EUR', code: '33', digits: [10, 10] },
  GB: { currency: 'GBP', code: '44', digits: [10, 11] },
  IE: { currency: 'EUR', code: '353', digits: [8, 10] },
}

/**
 * Where a network is: by the region of its locale, else by its currency if only one country here has it. Null: neither
 * says so, or they contradict each other, and a guess could enrol somebody under a stranger's number.
 */
export function countryOf({ locale, currency }: { locale: string; currency: string }): Country | null {
  const payIn = Object.values(countries).filter((country) => country.currency === currency)
  const { region } = new Intl.Locale(locale)
  const named = countries[region ?? '']
  if (named) return payIn.includes(named) ? named : null
  return payIn.length === 1 && region === undefined ? (payIn[0] ?? null) : null
}

/** `07700 900123` as `+447700900123`; null: not a number as people say it in that country. */
export function withCountryCode(typed: string, { code, digits: [min, max] }: Country): string | null {
  const digits = typed.replaceAll(/[\s()./-]/g, '')
  const isLocal = /^0[1-9]\d+$/.test(digits) && digits.length >= min && digits.length <= max
  return isLocal ? `+${code}${digits.slice(1)}` : null
}
