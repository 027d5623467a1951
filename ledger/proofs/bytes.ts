import { ProofError } from './errors.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The text as UTF-8. */
export function toUtf8(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

/** The text that bytes are, or null when they aren't valid UTF-8. */
export function fromUtf8(bytes: Uint8Array): string | null {
  try {
    return utf8.decode(bytes)
  } catch {
    return null
  }
}

/** RFC 4648 section 4, with padding. */
export function toBase64(bytes: Uint8Array): string {
  let binary = ''
  for (const byte of bytes) binary += String.fromCharCode(byte)
  return btoa(binary)
}

/** RFC 4648 section 4; what isn't the one canonical form of some bytes throws `base64_malformed`. */
export function fromBase64(text: string): Uint8Array {
  const fault = new ProofError('base64_malformed', 'This is not base64 as RFC 4648 section 4 writes it.')
  // atob alone would pass over spaces and missing padding.
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0) throw fault
  let binary: string
  try {
    binary = atob(text)
  } catch {
    throw fault
  }
  const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0))
  if (toBase64(bytes) !== text) throw fault
  return bytes
}

/** Whether both hold the same bytes. Not in constant time: everything compared here is public. */
export function equalBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, i) => byte === other[i])
}

/** A count or an index in ASCII decimals without leading zeros, up to 2^53 − 1; else null. */
export function parseCount(text: string): number | null {
  if (!/^(0|[1-9][0-9]{0,15})$/.test(text)) return null
  const count = Number(text)
  return Number.isSafeInteger(count) ? count : null
}
