import { hash, hkdfSync } from 'node:crypto'

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
  const mac = createMac(new Uint8Array(derived))
  const digest = (purpose: string, text: string) => mac(`${purpose}\0${text}`)
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

const blockBytes = 64
const hashBytes = 32
/** Of most texts; a longer one gets a buffer of its own. */
const usualBytes = 4096
/** UTF-8 of a UTF-16 code unit, at most. */
const bytesPerUnit = 3

/**
 * HMAC-SHA-256 (RFC 2104 section 2) of texts under a key of at most 64 bytes; in hex, which costs a quarter less than
 * bytes that would be written in hex anyway. Of two one-shot hashes: an Hmac object costs twice the time for each of a
 * purchase's three hashes, and then has to be collected.
 */
export function createMac(key: Uint8Array): (text: string) => string {
  const padded = new Uint8Array(blockBytes)
  padded.set(key)
  const innerPad = padded.map((byte) => byte ^ 0x36)
  const outer = Buffer.alloc(blockBytes + hashBytes)
  outer.set(padded.map((byte) => byte ^ 0x5c))
  const inner = Buffer.alloc(blockBytes + usualBytes)
  inner.set(innerPad)
  return (text) => {
    const bytesMax = blockBytes + text.length * bytesPerUnit
    const message = bytesMax <= inner.length ? inner : Buffer.concat([innerPad], bytesMax)
    const written = message.write(text, blockBytes)
    outer.write(hash('sha256', message.subarray(0, blockBytes + written), 'binary'), blockBytes, 'binary')
    return hash('sha256', outer, 'hex')
  }
}
