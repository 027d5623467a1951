import type { ColumnType, Generated } from 'kysely'
import type { CredentialId, NetworkId, Points, Uuid, WalletId } from '../../ledger/index.ts'
import type { Tally } from './simulation-tally.ts'

interface EnrolmentBonusTable {
  network_id: NetworkId
  version: number
  points: Points
  expires_after_months: number | null
  credential_id: CredentialId
  /** Null for versions from before they had entries. */
  entry_index: ColumnType<bigint | null, bigint, never>
  created_at: Generated<Date>
}

/** Somebody who joined and has not got the bonus yet. */
/** A contact that the bonus was given for; by a key outside the database. */
interface EnrolmentBonusContactTable {
  network_id: NetworkId
  contact_mac: Buffer
  /** A till or a person of staff; null: by themselves. */
  enrolled_by: Uuid | null
  joined_at: Generated<Date>
}

interface EnrolmentBonusDueTable {
  network_id: NetworkId
  wallet_id: WalletId
  bonus_version: number
  joined_at: Generated<Date>
}

interface RuleSimulationTable {
  network_id: NetworkId
  uuid: Uuid
  terms: ColumnType<object, string, never>
  since: Date
  until: Date
  cursor_wallet: Generated<WalletId>
  wallets_counted: Generated<number>
  wallets_total: number
  tally: ColumnType<Tally, string, string>
  /** By the database's clock: somebody counts until then. */
  lease_until: Date
  finished_at: Date | null
}

/** The tables of migrations 0024, 0025, 0032 and 0033. */
export interface RuleTables {
  'api.enrolment_bonus': EnrolmentBonusTable
  'api.enrolment_bonus_due': EnrolmentBonusDueTable
  'api.enrolment_bonus_contact': EnrolmentBonusContactTable
  'api.rule_simulation': RuleSimulationTable
}
