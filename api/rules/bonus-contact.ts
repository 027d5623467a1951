import { createHmac, hkdfSync } from 'node:crypto'

/** Names the address or number that somebody joined with, without saying it. */
export type HashContact = (contact: {
  email?: string | undefined
  phone?: string | undefined
}) => Buffer | null

/**
 * HMAC-SHA-256 of the e-mail address, or else of the phone number; null without both. `secret`: of the deployment.
 */
export function createHashContact(secret: Uint8Array): HashContact {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'tallystick enrolment bonus contacts', 32))
  const hash = (text: string) => createHmac('sha256', key).update(text).digest()
  return ({ email, phone }) => {
    if (email !== undefined) return hash(`email ${withoutTag(email)}`)
    return phone === undefined ? null : hash(`phone ${phone}`)
  }
}

/** `ada+bonus@example.org` is Ada's letter box: what follows the plus only sorts her letters (RFC 5233). */
export function withoutTag(email: string): string {
  return email.replace(/^([^+@]+)\+[^@]*@/, '$1@')
}
