import { z } from 'zod'
import { integer } from '../http/fields.ts'

/** A network's short name in addresses: 1 to 40 lower-case letters, digits and inner hyphens. */
export const slug = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/, {
    error: 'must be 1 to 40 lower-case letters, digits and inner hyphens',
  })
  .meta({ example: 'old-town' })

const currencies = new Set(Intl.supportedValuesOf('currency'))

/** An ISO 4217 code. */
export const currency = z
  .string()
  .refine((code) => currencies.has(code), { error: 'must be an ISO 4217 code in capitals, e.g. EUR' })
  .meta({ example: 'EUR' })

/** How many digits of a currency its minor units are, in an answer. */
export const shownCurrencyDigits = integer().meta({
  description:
    'How many digits after the point the minor unit of the currency has by ISO 4217: 2 of EUR and HUF, 0 of JPY. ' +
    'Programs that format money may think otherwise.',
})

/** An IANA time zone by name, e.g. `Europe/Prague`; `isTimeZone` must know it too. */
export const timeZone = z
  .string()
  .max(40)
  .refine(
    (name) => /^[A-Z]/.test(name) && isKnownToIntl(() => Intl.DateTimeFormat('en', { timeZone: name })),
    {
      error: 'must be the name of an IANA time zone, e.g. Europe/Prague',
    },
  )
  .meta({ example: 'Europe/Prague' })

/** A BCP 47 language tag in canonical form. */
export const locale = z
  .string()
  .max(35)
  .refine((tag) => isKnownToIntl(() => Intl.getCanonicalLocales(tag)[0] === tag), {
    error: 'must be a language tag, e.g. en or de-AT',
  })
  .meta({ example: 'de-AT' })

/** Intl throws for what it doesn't know. */
function isKnownToIntl(look: () => unknown): boolean {
  try {
    return look() !== false
  } catch {
    return false
  }
}
