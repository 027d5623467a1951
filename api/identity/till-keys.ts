import { createHash, randomBytes } from 'node:crypto'

/** A new till key: `tk_` and 256 random bits in base64url. */
export function createTillKey(): string {
  return `tk_${randomBytes(32).toString('base64url')}`
}

/** Whether a text has the form of a till key. */
export function isTillKey(text: string): boolean {
  return /^tk_[A-Za-z0-9_-]{43}$/.test(text)
}

/** SHA-256 of a till key; 32 bytes. A key of 256 random bits can't be guessed, so no slow hash is needed. */
export function hashTillKey(key: string): Buffer {
  return createHash('sha256').update(key).digest()
}
