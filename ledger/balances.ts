import { sql } from 'kysely'
import type { MerchantId, NetworkId, WalletId } from './commands.ts'
import type { Db } from './database/connect.ts'
import type { AccountKind } from './database/tables.ts'
import type { Points } from './points.ts'

/** A merchant's accounts: what it issued (below 0), took, and is owed by customers. */
export interface MerchantBalances {
  readonly float: Points
  readonly accepted: Points
  readonly owed: Points
}

/** A merchant's balances now, or right after the entry `asOf`. Null where the network has no such merchant. */
export async function readMerchantBalances(
  db: Db,
  network: NetworkId,
  merchant: MerchantId,
  asOf?: bigint,
): Promise<MerchantBalances | null> {
  const rows = await db
    .selectFrom('ledger.account as a')
    .select([
      'a.kind',
      asOf === undefined
        ? sql<bigint>`a.credits_posted - a.debits_posted`.as('balance')
        : sql<bigint>`ledger.balance_as_of(${network}, a.account_id, ${asOf})`.as('balance'),
    ])
    .where('a.network_id', '=', network)
    .where('a.merchant_id', '=', merchant)
    .execute()
  if (rows.length === 0) return null
  const balance = (kind: AccountKind) => rows.find((row) => row.kind === kind)!.balance as Points
  return { float: balance('float'), accepted: balance('accepted'), owed: balance('owed') }
}

/** A wallet's posted and held points right after the entry `asOf`. */
export async function readWalletAsOf(
  db: Db,
  network: NetworkId,
  wallet: WalletId,
  asOf: bigint,
): Promise<{ posted: Points; held: Points }> {
  const { rows } = await sql<{ posted: Points; held: Points }>`
    select ledger.balance_as_of(${network}, ${wallet}, ${asOf}) as posted,
      ledger.held_as_of(${network}, ${wallet}, ${asOf}) as held`.execute(db)
  return rows[0]!
}
