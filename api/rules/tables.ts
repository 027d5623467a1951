import type { Generated } from 'kysely'
import type { CredentialId, NetworkId, Points, WalletId } from '../../ledger/index.ts'

interface EnrolmentBonusTable {
  network_id: NetworkId
  version: number
  points: Points
  expires_after_months: number | null
  credential_id: CredentialId
  created_at: Generated<Date>
}

/** Somebody who joined and has not got the bonus yet. */
interface EnrolmentBonusDueTable {
  network_id: NetworkId
  wallet_id: WalletId
  bonus_version: number
  joined_at: Generated<Date>
}

/** The tables of migration 0024. */
export interface RuleTables {
  'api.enrolment_bonus': EnrolmentBonusTable
  'api.enrolment_bonus_due': EnrolmentBonusDueTable
}
