import type { Generated } from 'kysely'
import type { MerchantId, NetworkId, Uuid, WalletId } from '../../ledger/index.ts'

/** How far in a network's log spends were told of. */
interface NoticeCursorTable {
  network_id: NetworkId
  cursor_index: bigint
}

/** An end of points that was told of. */
interface EndingNoticeTable {
  network_id: NetworkId
  wallet_id: WalletId
  expires_at: Date
  notice_uuid: Uuid
  told_at: Date
}

/** Terms that get worse, and how far its letters are in the queue. */
interface TermsNoticeTable {
  network_id: NetworkId
  notice_uuid: Uuid
  /** Whose own factor; null: the network's rule. */
  merchant_id: MerchantId | null
  version: number
  told_at: Date
  cursor_wallet: Generated<WalletId>
  finished: Generated<boolean>
}

/** The tables of migrations 0043, 0044 and 0062. */
export interface NoticeTables {
  'api.notice_cursor': NoticeCursorTable
  'api.ending_notice': EndingNoticeTable
  'api.terms_notice': TermsNoticeTable
}
