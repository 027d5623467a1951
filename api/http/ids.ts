import { TypeID } from 'typeid-js'

/** What an id outside begins with, by what it names. */
export type IdPrefix =
  | 'net'
  | 'mer'
  | 'til'
  | 'wal'
  | 'txn'
  | 'cus'
  | 'dev'
  | 'usr'
  | 'ses'
  | 'wse'
  | 'idn'
  | 'crd'
  | 'adj'
  | 'aud'
  | 'whk'
  | 'dlv'
  | 'sim'
  | 'psk'

/** A UUID as it is shown outside, e.g. `mer_01h455vb4pex5vsknk084sn02q` (TypeID 0.3). */
export function typeId(prefix: IdPrefix, uuid: string): string {
  return TypeID.fromUUID(prefix, uuid).toString()
}

/** The UUID inside a TypeID with this prefix; null when the text is anything else. */
export function uuidOf(prefix: IdPrefix, text: string): string | null {
  // 26 characters of Crockford base32, lower case; the first carries only 3 bits.
  if (!new RegExp(`^${prefix}_[0-7][0-9a-hjkmnp-tv-z]{25}$`).test(text)) return null
  return TypeID.fromString(text, prefix).toUUID()
}
