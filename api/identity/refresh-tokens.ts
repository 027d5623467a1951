import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import type { Uuid } from '../../ledger/index.ts'
import { typeId, uuidOf } from '../http/ids.ts'

/** What a refresh token says: which session, of staff or of a customer, and its number in it. */
export interface RefreshClaims {
  readonly kind: 'staff' | 'customer'
  readonly session: Uuid
  /** Each refresh counts one up; a genuine token with an older number was used before. */
  readonly number: number
}

/** Makes and reads refresh tokens. What they are good for, the session's row says. */
export interface RefreshTokens {
  issue(claims: RefreshClaims): string
  /** Null for any text that was not made here. */
  read(token: string): RefreshClaims | null
}

/** `secret`: of the deployment. Authenticated by HMAC-SHA-256, so nothing of them need be kept. */
export function createRefreshTokens(secret: Uint8Array): RefreshTokens {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'tallystick refresh tokens', 32))
  const sign = (text: string) => createHmac('sha256', key).update(text).digest()
  return {
    issue({ kind, session, number }) {
      const text = `${kind}.${typeId('ses', session)}.${number}`
      return `${text}.${sign(text).toString('base64url')}`
    },
    read(token) {
      const match = /^((staff|customer)\.(ses_[0-9a-z]{26})\.(\d{1,9}))\.([\w-]{43})$/.exec(token)
      if (match === null) return null
      const [, text = '', kind, id = '', number, mac = ''] = match
      const session = uuidOf('ses', id)
      if (session === null || !timingSafeEqual(sign(text), Buffer.from(mac, 'base64url'))) return null
      return { kind: kind === 'staff' ? 'staff' : 'customer', session, number: Number(number) }
    },
  }
}
