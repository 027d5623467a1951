import type { Generated } from 'kysely'
import type { CredentialId, MerchantId, NetworkId, TransactionUuid, WalletId } from '../../ledger/index.ts'

interface BegunMoveTable {
  network_id: NetworkId
  merchant_id: MerchantId
  key: string
  credential_id: CredentialId
  staff_credential_id: CredentialId | null
  transaction_uuid: TransactionUuid
  to_wallet_id: WalletId
  reason: string
  refunds_until: bigint | null
  may_leave_debt: boolean
  begun_at: Generated<Date>
}

interface MovedSaleTable {
  network_id: NetworkId
  /** The purchase as it was recorded anew. */
  transaction_uuid: TransactionUuid
  reversal_uuid: TransactionUuid
  to_wallet_id: WalletId
}

/** The tables of migrations 0045, 0053, 0055 and 0061. */
export interface TransactionTables {
  'api.begun_move': BegunMoveTable
  'api.moved_sale': MovedSaleTable
}
