import type { Generated } from 'kysely'
import type { CredentialId, MerchantId, NetworkId, Points, Uuid, WalletId } from '../../ledger/index.ts'

/** How a correction stands. */
export type AdjustmentState = 'asked' | 'approved' | 'withdrawn'

interface AdjustmentTable {
  network_id: NetworkId
  uuid: Uuid
  merchant_id: MerchantId
  wallet_id: WalletId
  points: Points
  reason: string
  asked_by: Uuid
  asked_credential_id: CredentialId
  asked_at: Date
  state: Generated<AdjustmentState>
  approved_by: Uuid | null
  approved_credential_id: CredentialId | null
  transaction_uuid: Uuid | null
  /** How many approvals are being posted. */
  postings: Generated<number>
}

/** The table of migration 0021. */
export interface AdjustmentTables {
  'api.adjustment': AdjustmentTable
}
