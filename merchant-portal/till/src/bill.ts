/** The longest amount that the pad takes. */
const digitsMax = 9

/** The amount in minor units after a key of the pad, as a cash register types: each digit moves the others left. */
export function typeAmount(amountMinor: number, key: string): number {
  if (key === 'Backspace') return Math.trunc(amountMinor / 10)
  if (key === 'Escape' || key === 'Delete') return 0
  if (!/^\d{1,2}$/.test(key)) return amountMinor
  const typed = Number(`${amountMinor}${key}`)
  return String(typed).length > digitsMax ? amountMinor : typed
}

/** What the bill is in points at most; whole points only, and no more than there are. For showing: the server decides. */
export function mostPoints(
  amountMinor: number,
  { available, faceValueMinor }: { readonly available: number; readonly faceValueMinor: number },
): number {
  return Math.max(0, Math.min(available, Math.floor(amountMinor / faceValueMinor)))
}

// Crockford's base32: nothing in it is mistaken for something else when it is read out.
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** A receipt number where the shop has none of its own: eight characters, 40 random bits, e.g. `7KQM-3XPD`. */
export function createReceiptNumber(): string {
  const characters = Array.from(
    crypto.getRandomValues(new Uint8Array(8)),
    (byte) => alphabet[byte % alphabet.length],
  )
  return `${characters.slice(0, 4).join('')}-${characters.slice(4).join('')}`
}
