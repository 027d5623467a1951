import { expect, test } from 'vitest'
import { worseTermsLetter } from '../../api/notices/terms-letter.ts'
import { createFormat } from '../../clients/web/format.ts'

const plain = (text: string) => text.replaceAll('\u00a0', ' ')

test('money is written in the digits that its minor units are, whatever people there write', () => {
  const write = (minor: number, currency: string, currency_digits?: number) =>
    plain(
      createFormat('en-GB').money(minor, {
        currency,
        ...(currency_digits !== undefined && { currency_digits }),
      }),
    )
  expect(write(50_000, 'HUF', 2)).toBe('HUF 500.00')
  expect(write(5, 'HUF', 2)).toBe('HUF 0.05')
  expect(write(50_000, 'JPY', 0)).toBe('JP¥50,000')
  expect(write(1_250, 'KWD', 3)).toBe('KWD 1.250')
  // An answer that was kept by an older version tells no digits.
  expect(write(1_240, 'GBP')).toBe('£12.40')
})

test('a letter about a higher minimum does so too', () => {
  const reader = {
    to: 'ada@example.org',
    at: 'Régi Város',
    timeZone: 'Europe/Budapest',
    locale: 'en-GB',
    currency: 'HUF',
  }
  const changes = [{ field: 'min_spend_minor', before: 25_050, after: 50_000 } as const]
  const { text } = worseTermsLetter(reader, { shop: null, effectiveFrom: new Date(), changes })
  expect(plain(text)).toContain('- Points only for HUF 500.00 or more at once instead of HUF 250.50.\n')
})
