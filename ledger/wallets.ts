import type { NetworkId, WalletId } from './commands.ts'
import type { Db } from './database/connect.ts'
import type { Points } from './points.ts'

export interface WalletLot {
  /** UUID of the merchant that gave the points. */
  readonly issuer: string
  /** What is left, held points included. */
  readonly remaining: Points
  readonly expiresAt: Date | null
}

export interface Wallet {
  readonly uuid: string
  /** Credits less debits; below 0 only by a reversal. */
  readonly posted: Points
  /** Set aside by holds. */
  readonly held: Points
  /** What can be spent now. */
  readonly available: Points
  /** What new points will repay first. */
  readonly debt: Points
  readonly locked: boolean
  /** In the order they will be spent; empty ones left out. */
  readonly lots: readonly WalletLot[]
}

/** @returns null where the network has no such wallet */
export async function readWallet(
  db: Pick<Db, 'selectFrom'>,
  network: NetworkId,
  wallet: WalletId,
): Promise<Wallet | null> {
  // One statement, so that balance and lots are of one moment.
  const rows = await db
    .selectFrom('ledger.account as a')
    .leftJoin('ledger.lot as l', (join) =>
      join
        .onRef('l.network_id', '=', 'a.network_id')
        .onRef('l.wallet_id', '=', 'a.account_id')
        .on('l.open', '=', true),
    )
    .leftJoin('ledger.merchant as m', (join) =>
      join.onRef('m.network_id', '=', 'l.network_id').onRef('m.merchant_id', '=', 'l.issuer_id'),
    )
    .select([
      'a.account_uuid',
      'a.credits_posted',
      'a.debits_posted',
      'a.debits_pending',
      'a.locked',
      'm.merchant_uuid',
      'l.remaining',
      'l.expires_at',
    ])
    .where('a.network_id', '=', network)
    .where('a.account_id', '=', wallet)
    .where('a.kind', '=', 'wallet')
    .orderBy('l.expires_at', (order) => order.asc().nullsLast())
    .orderBy('l.entry_index')
    .orderBy('l.ordinal')
    .execute()
  const first = rows[0]
  if (!first) return null
  const posted = first.credits_posted - first.debits_posted
  const available = posted - first.debits_pending
  return {
    uuid: first.account_uuid,
    posted: posted as Points,
    held: first.debits_pending as Points,
    available: (available > 0n ? available : 0n) as Points,
    debt: (available < 0n ? -available : 0n) as Points,
    locked: first.locked,
    lots: rows
      .filter((row) => row.merchant_uuid !== null)
      .map((row) => ({
        issuer: row.merchant_uuid!,
        remaining: row.remaining! as Points,
        expiresAt: row.expires_at,
      })),
  }
}
