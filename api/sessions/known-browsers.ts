import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto'

/**
 * How long a browser stays known without a sign-in from it: longer than any session, and than a season in which a shop
 * is closed.
 */
export const knownBrowserSeconds = 365 * 24 * 60 * 60

/** Whose browser: another password, or the second step turned on or off, and it is known no longer. */
export interface Account {
  readonly email: string
  readonly passwordHash: string
  /** How often the second step was turned on or off: it is never again as it was. */
  readonly secondFactorChanges: number
}

/** What a browser is given. */
export interface KnownBrowser {
  readonly name: string
  readonly token: string
  readonly expiresAt: Date
}

/**
 * Browsers from which somebody signed in before (OWASP's device cookies). Tries from such a one are counted by
 * themselves, so that strangers who guess at an account shut nobody out of it. It lets nobody in.
 */
export interface KnownBrowsers {
  /** One cookie for each person, since a shop's people share its computer; the name tells nobody who they are. */
  nameFor(email: string): string
  issue(account: Account, now: Date): KnownBrowser
  /** By what its tries are counted; null for any text that was not made here, for this account as it is now. */
  read(token: string, account: Account, now: Date): string | null
}

/** `secret`: of the deployment. Authenticated by HMAC-SHA-256, so nothing of them need be kept. */
export function createKnownBrowsers(secret: Uint8Array): KnownBrowsers {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'tallystick known browsers', 32))
  const sign = (...parts: string[]) => createHmac('sha256', key).update(JSON.stringify(parts)).digest()
  const signToken = (text: string, { email, passwordHash, secondFactorChanges }: Account) =>
    sign('token', text, email, passwordHash, String(secondFactorChanges))
  const nameFor = (email: string) => `tally_known_${sign('name', email).toString('base64url', 0, 9)}`
  return {
    nameFor,
    issue(account, now) {
      const expiresAt = new Date(now.getTime() + knownBrowserSeconds * 1000)
      const text = `${randomBytes(16).toString('base64url')}.${Math.floor(expiresAt.getTime() / 1000)}`
      const token = `${text}.${signToken(text, account).toString('base64url')}`
      return { name: nameFor(account.email), token, expiresAt }
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
