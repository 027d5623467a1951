import { hkdfSync, sign } from 'node:crypto'
import { keyTypes, makeSignerKey, type Sign, type SignerKey } from '../proofs/note.ts'

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

// RFC 8410 section 7: what comes before the seed in a private key of Ed25519.
const pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex')

/** Ed25519 by Node, the same signatures ten times faster: the event loop that signs is also the one that posts. */
export const signByNode: Sign = (bytes, seed) =>
  sign(null, bytes, { key: Buffer.concat([pkcs8Prefix, seed]), format: 'der', type: 'pkcs8' })
