import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import type { Uuid } from '../../ledger/index.ts'
import { typeId, uuidOf } from '../http/ids.ts'

/** Who stands at which till; sent as `Tally-Staff` beside the till's key. */
export interface StaffClaims {
  readonly till: Uuid
  readonly person: Uuid
  /** Of the person, until all their tokens are to end. */
  readonly signIns: Uuid
  readonly expiresAt: Date
}

/** Makes and reads the tokens of people at a till. Whether they still may, the database says. */
export interface StaffTokens {
  issue(claims: StaffClaims): string
  /** Null for any text that was not made here, and for one whose time is up at `now`. */
  read(token: string, now: Date): StaffClaims | null
}

/** `secret`: of the deployment. Authenticated by HMAC-SHA-256. */
export function createStaffTokens(secret: Uint8Array): StaffTokens {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'tallystick staff at tills', 32))
  const sign = (text: string) => createHmac('sha256', key).update(text).digest()
  return {
    issue({ till, person, signIns, expiresAt }) {
      const seconds = Math.floor(expiresAt.getTime() / 1000)
      const text = `${typeId('til', till)}.${typeId('usr', person)}.${signIns}.${seconds}`
      return `${text}.${sign(text).toString('base64url')}`
    },
    read(token, now) {
      const match =
        /^((til_[0-9a-z]{26})\.(usr_[0-9a-z]{26})\.([0-9a-f-]{36})\.(\d{1,11}))\.([\w-]{43})$/.exec(token)
      if (match === null) return null
      const [, text = '', tillId = '', personId = '', signIns = '', seconds, mac = ''] = match
      if (!timingSafeEqual(sign(text), Buffer.from(mac, 'base64url'))) return null
      const [till, person] = [uuidOf('til', tillId), uuidOf('usr', personId)]
      const expiresAt = new Date(Number(seconds) * 1000)
      return till === null || person === null || expiresAt <= now
        ? null
        : { till, person, signIns, expiresAt }
    },
  }
}
