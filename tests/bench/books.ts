import { sql, type RawBuilder } from 'kysely'
import type { Ledger, NetworkId } from '../../ledger/index.ts'

/** Above so many entries, only every hundredth leaf hash is made again. */
const leavesMax = 100_000

/**
 * Recounts the books of a network of any size, each rule in one pass over its tables. Answers in words what is off.
 * (`findFaults` of the tests looks row by row, which takes minutes here.)
 */
export async function findFaultsInBooks(ledger: Ledger, network: NetworkId): Promise<string[]> {
  const faults: string[] = []
  for (const [rule, check] of Object.entries(checksOf(network))) {
    const { rows } = await sql<{ count: bigint }>`select count(*) as count from (${check}) off`.execute(
      ledger.db,
    )
    const count = rows[0]?.count ?? 0n
    if (count > 0n) faults.push(`${rule}: off ${count} times in network ${network}`)
  }
  return faults
}

function checksOf(network: NetworkId): Record<string, RawBuilder<unknown>> {
  const moved = sql`(
    select account_id, sum(points) as points from (
      select credit_account as account_id, points from ledger.leg where network_id = ${network} and not pending
      union all
      select debit_account, -points from ledger.leg where network_id = ${network} and not pending) x
    group by account_id)`
  return {
    'accounts add up to 0': sql`select from ledger.account where network_id = ${network}
      having sum(credits_posted - debits_posted) <> 0`,
    'an account is the sum of its legs': sql`select from ledger.account a left join ${moved} m using (account_id)
      where a.network_id = ${network} and a.credits_posted - a.debits_posted <> coalesce(m.points, 0)`,
    'a wallet has in lots what it has in points': sql`select from ledger.account a
      left join (select wallet_id, sum(remaining) as points, sum(held) as held from ledger.lot
        where network_id = ${network} group by wallet_id) l on l.wallet_id = a.account_id
      where a.network_id = ${network} and a.kind = 'wallet'
        and (a.credits_posted - a.debits_posted <> coalesce(l.points, 0) or a.debits_pending <> coalesce(l.held, 0))`,
    'a lot is what its moves say': sql`select from ledger.lot l
      left join (select lot_index, lot_ordinal, sum(points) as points from ledger.lot_move
        where network_id = ${network} group by lot_index, lot_ordinal) m
        on m.lot_index = l.entry_index and m.lot_ordinal = l.ordinal
      where l.network_id = ${network} and l.remaining <> l.points + coalesce(m.points, 0)`,
    'every index has one entry': sql`select from ledger.head h, (
        select count(*) as count, count(distinct entry_index) as indexes, max(entry_index) as last from (
          select entry_index from ledger.transaction where network_id = ${network}
          union all select entry_index from ledger.governance where network_id = ${network}) x) e
      where h.network_id = ${network}
        and (e.count <> h.next_index or e.indexes <> h.next_index or e.last <> h.next_index - 1)`,
    'a leaf hash is that of the rebuilt entry': sql`select from ledger.transaction t
      join ledger.head h on h.network_id = t.network_id
      where t.network_id = ${network} and (h.next_index < ${leavesMax}::bigint or t.entry_index % 100 = 0)
        and t.leaf_hash <> ledger.hash_leaf(ledger.entry(t.network_id, t.entry_index))`,
  }
}
