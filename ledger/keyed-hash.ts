import { createHmac, createSecretKey, hkdfSync } from 'node:crypto'

/**
 * Keys and references appear in the ledger as HMAC-SHA-256 (RFC 2104) under a key of the network that the database
 * does not have: equal ones stay comparable, and nobody can guess a receipt number from the log.
 */
export interface NetworkKey {
  /** 16 bytes in hex: HMAC truncated to half its length, as RFC 2104 section 5 allows. */
  hash(purpose: string, text: string): string
  /** 62 bits of it, as a number at least 0. */
  hashNumber(purpose: string, text: string): bigint
  /** The same for a text that comes again and again, as a till's series does: remembered. */
  hashRecurring(purpose: string, text: string): bigint
}

/** More than the tills of a network, so that it is rarely begun anew. */
const rememberedMax = 10_000

/**
 * @param secret the deployment's secret, 32 bytes or more
 * @param network the network's UUID
 */
export function deriveNetworkKey(secret: Uint8Array, network: string): NetworkKey {
  // RFC 5869; the info names what the key is for, so that no other derived key can equal it.
  const derived = hkdfSync('sha256', secret, Buffer.alloc(0), `tallystick ledger hash ${network}`, 32)
  // A key object: a raw key would be prepared anew for each of a purchase's hashes, at four times the cost.
  const key = createSecretKey(Buffer.from(derived))
  // In hex, which costs a quarter less than a Buffer that would be written in hex anyway.
  const digest = (purpose: string, text: string) =>
    createHmac('sha256', key).update(`${purpose}\0${text}`).digest('hex')
  const hashNumber = (purpose: string, text: string) =>
    BigInt(`0x${digest(purpose, text).slice(0, 16)}`) >> 2n
  const known = new Map<string, bigint>()
  return {
    hash: (purpose, text) => digest(purpose, text).slice(0, 32),
    hashNumber,
    hashRecurring(purpose, text) {
      const name = `${purpose}\0${text}`
      const hash = known.get(name) ?? hashNumber(purpose, text)
      if (known.size >= rememberedMax) known.clear()
      known.set(name, hash)
      return hash
    },
  }
}
