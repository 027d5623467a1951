import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import type { Uuid } from '../../ledger/index.ts'

/** Keeps secrets that must be read again where the database alone can't give them away. */
export interface Sealing {
  seal(person: Uuid, secret: Uint8Array): Buffer
  /** Throws for what was not sealed here for that person. */
  open(person: Uuid, sealed: Buffer): Buffer
}

const ivBytes = 12
const tagBytes = 16

/** AES-256-GCM, bound to the person; `secret`: of the deployment. */
export function createSealing(secret: Uint8Array): Sealing {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'tallystick sealed secrets of people', 32))
  return {
    seal(person, plain) {
      const iv = randomBytes(ivBytes)
      const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(person))
      const sealed = Buffer.concat([cipher.update(plain), cipher.final()])
      return Buffer.concat([iv, cipher.getAuthTag(), sealed])
    },
    open(person, sealed) {
      const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, ivBytes))
        .setAAD(Buffer.from(person))
        .setAuthTag(sealed.subarray(ivBytes, ivBytes + tagBytes))
      return Buffer.concat([decipher.update(sealed.subarray(ivBytes + tagBytes)), decipher.final()])
    },
  }
}
