import { eraseReasonsOf, type NetworkId, type TransactionUuid, type WalletId } from '../../ledger/index.ts'
import type { Db, Tx } from '../tables.ts'

/** A purchase that was recorded anew, and the reversal of what it was. */
interface MovedSale {
  readonly made: TransactionUuid
  readonly reversal: TransactionUuid
  readonly to: WalletId
}

/** Notes which reversal a purchase belongs to; noted already, it stays. */
export async function noteMovedSale(
  tx: Tx,
  network: NetworkId,
  { made, reversal, to }: MovedSale,
): Promise<void> {
  await tx
    .insertInto('api.moved_sale')
    .values({ network_id: network, transaction_uuid: made, reversal_uuid: reversal, to_wallet_id: to })
    .onConflict((conflict) => conflict.constraint('moved_sale_pk').doNothing())
    .execute()
}

/** What staff wrote when they moved the purchase to whom it is recorded for; null where it was not moved, or is erased. */
export async function readMoveReason(
  db: Db,
  network: NetworkId,
  made: TransactionUuid,
): Promise<string | null> {
  const found = await db
    .selectFrom('api.moved_sale as moved')
    .innerJoin('ledger.transaction as reversal', (join) =>
      join
        .onRef('reversal.network_id', '=', 'moved.network_id')
        .onRef('reversal.transaction_uuid', '=', 'moved.reversal_uuid'),
    )
    .innerJoin('ledger.reason as reason', (join) =>
      join
        .onRef('reason.network_id', '=', 'reversal.network_id')
        .onRef('reason.entry_index', '=', 'reversal.entry_index'),
    )
    .where('moved.network_id', '=', network)
    .where('moved.transaction_uuid', '=', made)
    .select('reason.reason')
    .executeTakeFirst()
  return found?.reason ?? null
}

/** Those of the transactions by which a purchase was moved away: what staff wrote of them is about its other customer too. */
export async function pickMoveReversals(
  db: Db,
  network: NetworkId,
  transactions: readonly TransactionUuid[],
): Promise<ReadonlySet<TransactionUuid>> {
  if (transactions.length === 0) return new Set()
  const rows = await db
    .selectFrom('api.moved_sale')
    .select('reversal_uuid')
    .where('network_id', '=', network)
    .where('reversal_uuid', 'in', transactions)
    .execute()
  return new Set(rows.map(({ reversal_uuid }) => reversal_uuid))
}

/** Erases what staff wrote when they moved purchases to the wallet: it stands with those they were moved from. */
export async function eraseMoveReasons(tx: Tx, network: NetworkId, wallet: WalletId): Promise<void> {
  const moved = await tx
    .selectFrom('api.moved_sale')
    .select('reversal_uuid')
    .where('network_id', '=', network)
    .where('to_wallet_id', '=', wallet)
    .execute()
  await eraseReasonsOf(
    tx,
    network,
    moved.map(({ reversal_uuid }) => reversal_uuid),
  )
}
