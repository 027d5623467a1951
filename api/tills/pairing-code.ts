import { createHmac, hkdfSync, randomInt } from 'node:crypto'

export const pairingMinutesMax = 15

// Crockford's base32: no I, L, O or U to be mistaken for something else.
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** Makes and reads the codes that pair a tablet with a till. */
export interface PairingCodes {
  /** Eight random characters, 40 bits, e.g. `7KQM-3XPD`. */
  create(): string
  /** 32 bytes, the same however the code is typed. */
  hash(code: string): Buffer
}

/** `secret`: of the deployment, so that the hash in the database can't be tried without it. */
export function createPairingCodes(secret: Uint8Array): PairingCodes {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'tallystick pairing codes', 32))
  return {
    create() {
      const code = Array.from({ length: 8 }, () => alphabet[randomInt(alphabet.length)]).join('')
      return `${code.slice(0, 4)}-${code.slice(4)}`
    },
    hash: (code) => createHmac('sha256', key).update(readCode(code)).digest(),
  }
}

/** As it was meant: without spaces and dashes, in capitals, look-alikes put right. */
function readCode(typed: string): string {
  return typed.replaceAll(/[\s-]/g, '').toUpperCase().replaceAll('O', '0').replaceAll(/[IL]/g, '1')
}
