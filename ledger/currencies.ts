/**
 * ISO 4217 currencies whose minor unit isn't a hundredth (list one, 2026-01-01). ICU's digits, which `Intl` gives, are
 * those people write, not those amounts are counted in: 0 for HUF and IDR, where ISO and card payments have 2.
 */
const digitsOtherThanTwo: Readonly<Record<number, string>> = {
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
  3: 'BHD IQD JOD KWD LYD OMN TND',
  4: 'CLF UYW',
}

const digits = new Map(
  Object.entries(digitsOtherThanTwo).flatMap(([count, codes]) =>
    codes.split(' ').map((code) => [code, Number(count)] as const),
  ),
)

/** Decimal digits of a currency's minor unit by ISO 4217: 2 for GBP, 0 for JPY, 3 for KWD. */
export function currencyDigits(currency: string): number {
  return digits.get(currency) ?? 2
}
