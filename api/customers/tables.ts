import type { ColumnType, Generated } from 'kysely'
import type { JWK } from 'jose'
import type { NetworkId, Uuid, WalletId } from '../../ledger/index.ts'
import type { AdjustmentTables } from '../adjustments/tables.ts'
import type { ConsentTables } from '../consents/tables.ts'
import type { IdentificationTables } from '../identifications/tables.ts'
import type { ErasureTables } from '../privacy/tables.ts'

/** A person in one network. */
interface CustomerTable {
  network_id: NetworkId
  uuid: Uuid
  /** Lower-cased. */
  email: string | null
  /** E.164. */
  phone: string | null
  /** Whether it identifies them: false where another customer had the number first. */
  phone_leads: Generated<boolean>
  name: string | null
  /** `MM-DD`. */
  birthday: string | null
  external_reference: string | null
  /** They said that they are at least so old. */
  confirmed_age: number | null
  age_confirmed_at: Date | null
  /** Whether they want a letter at each spend, and before points end. */
  tells_spends: Generated<boolean>
  tells_endings: Generated<boolean>
  created_at: Generated<Date>
}

/** Which ledger wallet is whose; null for an erased person's. */
interface WalletTable {
  network_id: NetworkId
  wallet_id: WalletId
  uuid: Uuid
  customer_uuid: Uuid | null
}

/** A sign-in under way. */
interface WalletSessionTable {
  network_id: NetworkId
  uuid: Uuid
  email: string
  code_hash: Buffer
  attempts: Generated<number>
  created_at: Generated<Date>
  expires_at: Date
  used_at: Date | null
}

/** A customer who is signed in. */
interface CustomerSessionTable {
  network_id: NetworkId
  uuid: Uuid
  customer_uuid: Uuid
  created_at: Generated<Date>
  expires_at: Date
  revoked_at: Date | null
  refresh_number: Generated<number>
  /** The number of the refresh token that was used last; null: none yet. */
  refresh_used: number | null
  refreshed_at: Date | null
  user_agent: string | null
}

/** A new e-mail address that is still to be proven. */
interface EmailChangeTable {
  network_id: NetworkId
  customer_uuid: Uuid
  uuid: Uuid
  email: string
  code_hash: Buffer
  /** Null: there was no old address. */
  old_code_hash: Buffer | null
  attempts: Generated<number>
  expires_at: Date
}

/** A phone that signs a wallet's QRs. */
interface DeviceTable {
  network_id: NetworkId
  uuid: Uuid
  wallet_id: WalletId
  public_key: ColumnType<JWK, string, never>
  created_at: Generated<Date>
  removed_at: Date | null
  /** Where it was signed in when it was bound; null: bound before that was kept. */
  session_uuid: Uuid | null
}

/** The tables of migrations 0002 and 0026, and those of features around customers. */
export interface CustomerTables extends IdentificationTables, AdjustmentTables, ConsentTables, ErasureTables {
  'api.customer': CustomerTable
  'api.wallet': WalletTable
  'api.wallet_session': WalletSessionTable
  'api.customer_session': CustomerSessionTable
  'api.device': DeviceTable
  'api.email_change': EmailChangeTable
}
