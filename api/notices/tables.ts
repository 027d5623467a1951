import type { NetworkId, Uuid, WalletId } from '../../ledger/index.ts'

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

/** The tables of migrations 0043 and 0044. */
export interface NoticeTables {
  'api.notice_cursor': NoticeCursorTable
  'api.ending_notice': EndingNoticeTable
}
