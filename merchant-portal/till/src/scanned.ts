import { withCountryCode, type Country } from './country.ts'

/** What stands for a customer at the till: exactly one of these, as `POST /v1/identifications` takes it. */
export type Shown =
  | { readonly qr: string }
  | { readonly card: string }
  | { readonly email: string }
  | { readonly phone: string }

/** Shorter is no signed QR, longer no card. */
const cardLengthMax = 32

/**
 * What a scanner or the camera read: a wallet's QR (compact JWS or digits; the server judges it), or a printed card's
 * number. Null: neither.
 */
export function whatWasScanned(text: string): Shown | null {
  const read = text.trim()
  const isQr = read.length > cardLengthMax && (/^\d+$/.test(read) || /^[\w-]+\.[\w-]+\.[\w-]+$/.test(read))
  if (isQr) return { qr: read }
  const card = read.replaceAll(/[\s-]/g, '').toUpperCase()
  return /^[0-9A-Z]{6,32}$/.test(card) ? { card } : null
}

/**
 * What a person typed: an e-mail address, a phone number (with its country code; or as it is said in `country`, with a 0
 * first), or a card's number. Null: none.
 */
export function whatWasTyped(text: string, country: Country | null = null): Shown | null {
  const typed = text.trim()
  if (/^[^\s@]+@[^\s@]+$/.test(typed)) return { email: typed }
  // A 0 in brackets is said at home only: `+44 (0)20 …`.
  if (/^\+[\d\s()./-]{6,}$/.test(typed)) return { phone: typed.replace('(0)', '') }
  const phone = country && withCountryCode(typed, country)
  return phone ? { phone } : whatWasScanned(typed)
}
