import { createPrivateKey, createPublicKey, hkdfSync, type KeyObject } from 'node:crypto'
import { exportJWK, type JWK } from 'jose'

/** A new signing key every 30 days. No session lives longer, so the previous key is all that must still verify. */
export const sessionKeyEpochSeconds = 30 * 24 * 60 * 60

/** The Ed25519 key of one epoch. */
export interface SessionKey {
  readonly kid: string
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}

/** Derives session keys from the deployment's secret, so that all its processes agree without talking. */
export interface SessionKeys {
  /** The key that signs at `time`. */
  signing(time: Date): SessionKey
  /** The key with that id, if it may have signed what is still good at `time`; else undefined. */
  verifying(kid: string, time: Date): SessionKey | undefined
  /** JWK Set (RFC 7517) of the previous, the current and the next key. */
  published(time: Date): Promise<{ keys: JWK[] }>
}

// RFC 8410 section 7: a PKCS #8 Ed25519 private key is this prefix and the 32 bytes of the seed.
const pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex')

/** `secret`: 32 bytes or more, the same in every process of the deployment. */
export function createSessionKeys(secret: Uint8Array): SessionKeys {
  const keys = new Map<number, SessionKey>()

  function keyOf(epoch: number): SessionKey {
    const known = keys.get(epoch)
    if (known !== undefined) return known
    const made = deriveKey(secret, epoch)
    keys.set(epoch, made)
    return made
  }

  return {
    signing: (time) => keyOf(epochAt(time)),
    verifying: (kid, time) =>
      epochsAround(time)
        .map(keyOf)
        .find((key) => key.kid === kid),
    published: async (time) => ({
      keys: await Promise.all(epochsAround(time).map((epoch) => present(keyOf(epoch)))),
    }),
  }
}

function epochAt(time: Date): number {
  return Math.floor(time.getTime() / 1000 / sessionKeyEpochSeconds)
}

function epochsAround(time: Date): number[] {
  const current = epochAt(time)
  // The next one too: another process's clock may be ahead of ours.
  return [current - 1, current, current + 1]
}

function deriveKey(secret: Uint8Array, epoch: number): SessionKey {
  const seed = hkdfSync('sha256', secret, '', `tallystick session key ${epoch}`, 32)
  const der = Buffer.concat([pkcs8Prefix, Buffer.from(seed)])
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  return { kid: `session-${epoch}`, privateKey, publicKey: createPublicKey(privateKey) }
}

async function present(key: SessionKey): Promise<JWK> {
  return { ...(await exportJWK(key.publicKey)), kid: key.kid, alg: 'EdDSA', use: 'sig' }
}
