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

/** The tables of migrations 0011 and 0013. */
export interface PeopleTables {
  'api.person_totp': PersonTotpTable
  'api.person_recovery_code': PersonRecoveryCodeTable
  'api.person_token': PersonTokenTable
}
