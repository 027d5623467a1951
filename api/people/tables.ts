import type { Generated } from 'kysely'
import type { NetworkId, Uuid } from '../../ledger/index.ts'

/** A secret that was sent to a person by e-mail, good once. */
interface PersonTokenTable {
  token_hash: Buffer
  purpose: 'invitation' | 'password reset'
  person_uuid: Uuid
  network_id: NetworkId | null
  created_at: Generated<Date>
  expires_at: Date
}

/** An authenticator app as second step at sign-in. */
interface PersonTotpTable {
  person_uuid: Uuid
  sealed_secret: Buffer
  confirmed_at: Date | null
  last_step: Generated<bigint>
}

/** A code for the day the app is lost. */
interface PersonRecoveryCodeTable {
  person_uuid: Uuid
  code_hash: Buffer
}

/** What a person signs in with instead of a password. */
interface PasskeyTable {
  uuid: Uuid
  person_uuid: Uuid
  credential_id: Buffer
  public_key: Buffer
  sign_count: bigint
  name: string
  created_at: Generated<Date>
  last_used_at: Date | null
}

/** What a passkey is asked to sign; `person_uuid` null: by somebody who signs in. */
interface PasskeyChallengeTable {
  challenge: Buffer
  person_uuid: Uuid | null
  expires_at: Date
}

/** The tables of migrations 0011, 0013 and 0031. */
export interface PeopleTables {
  'api.passkey': PasskeyTable
  'api.passkey_challenge': PasskeyChallengeTable
  'api.person_totp': PersonTotpTable
  'api.person_recovery_code': PersonRecoveryCodeTable
  'api.person_token': PersonTokenTable
}
