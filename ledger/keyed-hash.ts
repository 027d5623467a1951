import { createHmac, createSecretKey, hkdfSync } from 'node:crypto'

/**
 * Keys and references appear in the ledger as HMAC-SHA-256 (RFC 2104) under a key of the network that the database
 * does not have: equal ones stay comparable, and nobody can guess a receipt number from the log.
 */
export interface NetworkKey {
  /** 16 bytes: HMAC truncated to half its length, as RFC 2104 section 5 allows. */
  hash(purpose: string, text: string): Buffer
  /** 62 bits of it, as a number at least 0. */
  hashNumber(purpose: string, text: string): bigint
}

/**
 * @param secret the deployment's secret, 32 bytes or more
 * @param network the network's UUID
 */
export function deriveNetworkKey(secret: Uint8Array, network: string): NetworkKey {
  // RFC 5869; the info names what the key is for, so that no other derived key can equal it.
  const derived = hkdfSync('sha256', secret, Buffer.alloc(0), `tallystick ledger hash ${network}`, 32)
  // A key object: a raw key would be prepared anew for each of a purchase's hashes, at four times the cost.
  const key = createSecretKey(Buffer.from(derived))
  const digest = (purpose: string, text: string) =>
    createHmac('sha256', key).update(`${purpose}\0${text}`).digest()
  return {
    hash: (purpose, text) => digest(purpose, text).subarray(0, 16),
    hashNumber: (purpose, text) => digest(purpose, text).readBigUInt64BE(0) >> 2n,
  }
}
