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

/** What a person typed: an e-mail address, a phone number (it begins with + or 0), or a card's number. Null: none. */
export function whatWasTyped(text: string): Shown | null {
  const typed = text.trim()
  if (/^[^\s@]+@[^\s@]+$/.test(typed)) return { email: typed }
  if (/^\+[\d\s().-]{6,}$/.test(typed)) return { phone: typed }
  return whatWasScanned(typed)
}
