import { hkdfSync } from 'node:crypto'
import { keyTypes, makeSignerKey, type SignerKey } from '../proofs/note.ts'

/**
 * The Ed25519 key that signs a network's log under an origin: derived, so that nothing secret is in the database, and
 * another for each origin.
 * @param secret the deployment's secret, 32 bytes or more
 * @param network the network's UUID
 */
export function deriveLogKey(secret: Uint8Array, network: string, origin: string): SignerKey {
  // RFC 5869; the info names what the key is for, so that no other derived key can equal it.
  const seed = hkdfSync('sha256', secret, Buffer.alloc(0), `tallystick log key ${network} ${origin}`, 32)
  return makeSignerKey(origin, keyTypes.ed25519, new Uint8Array(seed))
}
