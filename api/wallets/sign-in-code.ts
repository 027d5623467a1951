import { createHmac, hkdfSync, randomInt, timingSafeEqual } from 'node:crypto'
import type { Uuid } from '../../ledger/index.ts'

export const signInCodeLifetimeSeconds = 10 * 60
export const signInCodeAttemptsMax = 5
/** How long an address that was to be proven stays on record after its codes ended. */
export const signInRememberedSeconds = 60 * 60

/** Makes and checks the codes that prove an e-mail address. */
export interface SignInCodes {
  /** Six random digits. */
  create(): string
  /** 32 bytes, of use in this sign-in only. */
  hash(signIn: Uuid, code: string): Buffer
  /** In constant time. */
  matches(signIn: Uuid, code: string, hash: Buffer): boolean
}

/** `secret`: of the deployment. A million codes are soon tried, so a plain hash in the database would hide nothing. */
export function createSignInCodes(secret: Uint8Array): SignInCodes {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'tallystick sign-in codes', 32))
  const hash = (signIn: Uuid, code: string) => createHmac('sha256', key).update(`${signIn} ${code}`).digest()
  return {
    create: () => String(randomInt(1_000_000)).padStart(6, '0'),
    hash,
    matches: (signIn, code, expected) => timingSafeEqual(hash(signIn, code), expected),
  }
}
