import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto'
import type { KnownPerson } from '../people/store.ts'

/**
 * How long a browser stays known without a sign-in from it: longer than any session, and than a season in which a shop
 * is closed.
 */
export const knownBrowserSeconds = 365 * 24 * 60 * 60

/** How the names of its cookies begin. */
export const knownBrowserPrefix = 'tally_known_'

/** Whose browser it is. */
export interface Account {
  readonly name: string
  /** With any of these changed, it is known no longer. */
  readonly proofs: readonly string[]
}

/** What a person signs in with. */
export type ProvenBy = Pick<KnownPerson, 'email' | 'passwordHash' | 'secondFactorChanges'>

/**
 * A person's: until another password, or until the second step is turned on or off. `secondFactorChanges`: how often that
 * was done, so that it is never again as it was.
 */
export function staffAccount({ email, passwordHash, secondFactorChanges }: ProvenBy): Account {
  return { name: email, proofs: [passwordHash, String(secondFactorChanges)] }
}

/** A customer's, who has proven that they read that e-mail. No e-mail of a person has a space in it. */
export function customerAccount(network: string, email: string): Account {
  return { name: `${network} ${email}`, proofs: [] }
}

/** What a browser is given. */
export interface KnownBrowser {
  readonly name: string
  readonly token: string
  readonly expiresAt: Date
}

/**
 * Browsers from which somebody signed in before (OWASP's device cookies). Tries from such a one, and letters asked for from
 * it, are counted by themselves, so that strangers who guess at an account shut nobody out of it. It lets nobody in.
 */
export interface KnownBrowsers {
  /** One cookie for each person, since a shop's people share its computer; the name tells nobody who they are. */
  nameFor(account: Pick<Account, 'name'>): string
  issue(account: Account, now: Date): KnownBrowser
  /** By what its tries are counted; null for any text that was not made here, for this account as it is now. */
  read(token: string, account: Account, now: Date): string | null
}

/** `secret`: of the deployment. Authenticated by HMAC-SHA-256, so nothing of them need be kept. */
export function createKnownBrowsers(secret: Uint8Array): KnownBrowsers {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'tallystick known browsers', 32))
  const sign = (...parts: string[]) => createHmac('sha256', key).update(JSON.stringify(parts)).digest()
  const signToken = (text: string, { name, proofs }: Account) => sign('token', text, name, ...proofs)
  const nameFor: KnownBrowsers['nameFor'] = ({ name }) =>
    `${knownBrowserPrefix}${sign('name', name).toString('base64url', 0, 9)}`
  return {
    nameFor,
    issue(account, now) {
      const expiresAt = new Date(now.getTime() + knownBrowserSeconds * 1000)
      const text = `${randomBytes(16).toString('base64url')}.${Math.floor(expiresAt.getTime() / 1000)}`
      const token = `${text}.${signToken(text, account).toString('base64url')}`
      return { name: nameFor(account), token, expiresAt }
    },
    read(token, account, now) {
      const match = /^(([\w-]{22})\.(\d{1,12}))\.([\w-]{43})$/.exec(token)
      if (match === null) return null
      const [, text = '', number = '', endsAt, mac = ''] = match
      if (Number(endsAt) * 1000 <= now.getTime()) return null
      return timingSafeEqual(signToken(text, account), Buffer.from(mac, 'base64url')) ? number : null
    },
  }
}

/** When a token ends as it says itself, in seconds since 1970; 0 for what is none. */
export function endOf(token: string): number {
  return Number(/^[\w-]{22}\.(\d{1,12})\./.exec(token)?.[1] ?? 0)
}
