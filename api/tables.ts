import type { ColumnType, Generated, Kysely, Transaction } from 'kysely'
import type {
  CredentialId,
  LedgerTables,
  MerchantId,
  Minor,
  NetworkId,
  Points,
  Uuid,
} from '../ledger/index.ts'
import type { AuditTables } from './audit/tables.ts'
import type { ClaimTables } from './claims/tables.ts'
import type { CustomerTables } from './customers/tables.ts'
import type { ExportTables } from './export/tables.ts'
import type { NoticeTables } from './notices/tables.ts'
import type { PeopleTables } from './people/tables.ts'
import type { RuleTables } from './rules/tables.ts'
import type { ShopTables } from './shops/tables.ts'
import type { TillAccessTables } from './tills/tables.ts'
import type { TransactionTables } from './transactions/tables.ts'
import type { VerifyTables } from './verify/tables.ts'
import type { WebhookTables } from './webhooks/tables.ts'

/** What a person may do: `operator` and `auditor` in the whole network, the others in one merchant. */
export type Role = 'operator' | 'auditor' | 'owner' | 'manager' | 'cashier'

export interface NetworkTable {
  network_id: NetworkId
  uuid: Uuid
  slug: string
  name: string
  locale: string
  public_url: string | null
  terms: string | null
  currency: string
  point_face_value_minor: Minor
  time_zone: string
  grace_days: number
  house_merchant_id: MerchantId
  notice_days: Generated<number>
  redeem_without_qr_daily_max: Generated<Points>
  card_pays: Generated<boolean>
  goodwill_daily_max: Generated<Points>
  erasure_grace_days: Generated<number>
  forget_after_months: Generated<number | null>
  minimum_age: Generated<number | null>
  /** Decimals. */
  merchant_multiplier_min: Generated<string>
  merchant_multiplier_max: Generated<string>
  created_at: Generated<Date>
}

export interface PersonTable {
  uuid: Uuid
  email: string
  name: string
  password_hash: string
  is_deployment_operator: Generated<boolean>
  /** Null: invited, and never chose a password. */
  password_chosen_at: ColumnType<Date | null, Date | null | undefined>
  second_factor_changes: Generated<number>
  created_at: Generated<Date>
}

export interface MembershipTable {
  network_id: NetworkId
  person_uuid: Uuid
  role: Role
  merchant_id: MerchantId | null
  credential_id: CredentialId
  created_at: Generated<Date>
  ended_at: Date | null
  /** What they are called in this network; null: as everywhere. */
  name: string | null
  /** Null: invited, and not yet accepted. */
  accepted_at: ColumnType<Date | null, Date | null | undefined>
}

export interface MerchantTable {
  network_id: NetworkId
  merchant_id: MerchantId
  uuid: Uuid
  name: string
  issuing_limit: Points | null
  is_house: Generated<boolean>
  external_reference: string | null
  created_at: Generated<Date>
  left_at: Date | null
}

export interface TillTable {
  network_id: NetworkId
  uuid: Uuid
  merchant_id: MerchantId
  name: string
  key_hash: Buffer
  credential_id: CredentialId
  created_at: Generated<Date>
  revoked_at: Date | null
  last_used_at: Date | null
  previous_key_hash: Buffer | null
  previous_key_until: Date | null
}

/** Counts of `http/shared-limit.ts`. */
export interface GuessTable {
  key_mac: Buffer
  count: number
  ends_at: Date
}

export interface SessionTable {
  uuid: Uuid
  network_id: NetworkId | null
  person_uuid: Uuid
  created_at: Generated<Date>
  expires_at: Date
  revoked_at: Date | null
  refresh_number: Generated<number>
  refreshed_at: Date | null
  user_agent: string | null
}

/** The tables of schema `api`; those of customers, people and the audit trail are declared beside their feature. */
export interface ApiTables
  extends
    ClaimTables,
    CustomerTables,
    AuditTables,
    ExportTables,
    NoticeTables,
    PeopleTables,
    RuleTables,
    ShopTables,
    TillAccessTables,
    TransactionTables,
    VerifyTables,
    WebhookTables {
  'api.network': NetworkTable
  'api.person': PersonTable
  'api.membership': MembershipTable
  'api.merchant': MerchantTable
  'api.till': TillTable
  'api.session': SessionTable
  'api.guess': GuessTable
}

/** The API's connection: its own tables, and the ledger's to read. */
export type Db = Kysely<ApiTables & LedgerTables>
/** A transaction on it, in which rows of both commit together. */
export type Tx = Transaction<ApiTables & LedgerTables>
