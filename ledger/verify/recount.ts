import { sql, type RawBuilder } from 'kysely'
import { DatabaseError } from 'pg'
import type { NetworkId } from '../commands.ts'
import type { Db } from '../database/connect.ts'
import { memberChecks } from './recount-members.ts'

// What can change in the ledger's tables, counted again from what can't. Each query answers rows `what` that are not what
// the entries make of them; it takes one pass over its tables.

/** So many of each kind are named; the rest is as wrong. */
const namedMax = 20

/**
 * Balances, lots, holds, debts, counters and members that differ from what the entries say, each in words. `rest` is waited
 * for after each query.
 */
export async function findDrift(db: Db, network: NetworkId, rest: () => Promise<void>): Promise<string[]> {
  const words: string[] = []
  for (const check of checks) {
    words.push(...(await findOff(db, check(network)).catch(sayThatItFailed)))
    await rest()
  }
  return words
}

async function findOff(db: Db, check: RawBuilder<unknown>): Promise<string[]> {
  return await db.transaction().execute(async (tx) => {
    // On one core, so that posting keeps the others.
    await sql`set local max_parallel_workers_per_gather = 0`.execute(tx)
    const { rows } = await sql<{ what: string }>`
      select what from (${check}) off order by what limit ${namedMax}`.execute(tx)
    return rows.map(({ what }) => what)
  })
}

/**
 * Whether the rows themselves are at fault: not a connection, a transaction or a query that was ended, a lock, or what the
 * machine has too little of (PostgreSQL's error classes 08, 25, 40, 53, 55, 57, 58), after which the check is made again.
 */
export function isOfRows(error: unknown): error is DatabaseError {
  return error instanceof DatabaseError && !/^(08|25|40|53|55|57|58)/.test(error.code ?? '')
}

/** Rows that can't even be counted were changed; or else one of them would hide all the others. */
function sayThatItFailed(error: unknown): string[] {
  if (!isOfRows(error)) throw error
  return [`some rows can't be counted again: ${error.message}`]
}

/** Answers rows `what` of a network: what is off, in words. */
export type Check = (network: NetworkId) => RawBuilder<unknown>

const checks: readonly Check[] = [
  // Balances: posted from legs, pending from legs and ends of holds.
  (network) => sql`
    with moved as (
      select account_id, sum(dp) as dp, sum(cp) as cp, sum(dh) as dh, sum(ch) as ch from (
        select debit_account as account_id, case when pending then 0 else points end as dp, 0 as cp, 0 as dh, 0 as ch
          from ledger.leg where network_id = ${network}
        union all
        select credit_account, 0, case when pending then 0 else points end, 0, 0
          from ledger.leg where network_id = ${network}
        union all
        select side.account_id, 0, 0, side.dh, side.ch
          from ledger.leg l
          cross join lateral (values (l.debit_account, l.points, 0), (l.credit_account, 0, l.points))
            as side(account_id, dh, ch)
          where l.network_id = ${network} and l.pending and not exists (
            select from ledger.transaction e where e.network_id = l.network_id and e.target_index = l.entry_index
              and e.kind in ('capture', 'void', 'time-out'))
      ) each group by account_id
    )
    select format('the %s account %s has counters %s, where its entries add up to %s', a.kind, a.account_uuid,
        row(a.debits_posted, a.credits_posted, a.debits_pending, a.credits_pending),
        row(coalesce(m.dp, 0), coalesce(m.cp, 0), coalesce(m.dh, 0), coalesce(m.ch, 0))) as what
      from ledger.account a left join moved m using (account_id)
      where a.network_id = ${network} and (a.debits_posted, a.credits_posted, a.debits_pending, a.credits_pending)
        is distinct from (coalesce(m.dp, 0), coalesce(m.cp, 0), coalesce(m.dh, 0), coalesce(m.ch, 0))`,
  // Floors: a wallet's is 0, a float's is what governance last said.
  (network) => sql`
    select format('the %s account %s may fall to %s (%s for now), where the entries say %s', a.kind, a.account_uuid,
        coalesce(a.floor::text, 'anything'), coalesce(a.lowest_allowed::text, 'anything'),
        coalesce(due.floor::text, 'anything')) as what
      from ledger.account a
      left join ledger.merchant m on m.network_id = a.network_id and m.merchant_id = a.merchant_id
      cross join lateral (select case
        when a.kind in ('wallet', 'owed', 'bridge') then 0
        when a.kind = 'float' then (
          select -nullif(g.facts ->> 'issuing_limit', 'none')::bigint from ledger.governance g
          where g.network_id = a.network_id and g.event in ('merchant_admitted', 'issuing_limit_changed')
            and g.facts ->> 'merchant' = m.merchant_uuid::text
          order by g.entry_index desc limit 1)
        end as floor) due
      where a.network_id = ${network} and (a.floor is distinct from due.floor or a.lowest_allowed is distinct from
        least(due.floor, a.credits_posted - a.debits_posted - a.debits_pending) and due.floor is not null)`,
  // Lots: what is left and set aside, from moves.
  (network) => sql`
    with moved as (
      select lot_index, lot_ordinal, sum(points) as points, sum(held) as held from ledger.lot_move
      where network_id = ${network} group by lot_index, lot_ordinal
    )
    select format('lot %s.%s has %s left and %s held, where its entries leave %s and %s', l.entry_index, l.ordinal,
        l.remaining, l.held, l.points + coalesce(m.points, 0), coalesce(m.held, 0)) as what
      from ledger.lot l left join moved m on m.lot_index = l.entry_index and m.lot_ordinal = l.ordinal
      where l.network_id = ${network} and (l.remaining <> l.points + coalesce(m.points, 0)
        or l.held <> coalesce(m.held, 0) or l.open <> (l.remaining > 0))`,
  (network) => sql`
    select format('lot %s.%s has %s left and %s held of %s', entry_index, ordinal, remaining, held, points) as what
      from ledger.lot where network_id = ${network} and not (0 <= held and held <= remaining and remaining <= points)`,
  // A wallet has in lots, less its debts, what it has in points, and has set aside in them what is held.
  (network) => sql`
    with lots as (
      select wallet_id, sum(remaining) as remaining, sum(held) as held from ledger.lot
      where network_id = ${network} group by wallet_id
    ), debts as (
      select wallet_id, sum(remaining) as remaining from ledger.debt where network_id = ${network} group by wallet_id
    )
    select format('the wallet account %s has %s points and %s held, where its lots and debts leave %s and %s',
        a.account_uuid, a.credits_posted - a.debits_posted, a.debits_pending,
        coalesce(l.remaining, 0) - coalesce(d.remaining, 0), coalesce(l.held, 0)) as what
      from ledger.account a
      left join lots l on l.wallet_id = a.account_id
      left join debts d on d.wallet_id = a.account_id
      where a.network_id = ${network} and a.kind = 'wallet'
        and (a.credits_posted - a.debits_posted <> coalesce(l.remaining, 0) - coalesce(d.remaining, 0)
          or a.debits_pending <> coalesce(l.held, 0))`,
  (network) => sql`
    select format('the entries move lot %s.%s, which has no row', m.lot_index, m.lot_ordinal) as what
      from (select distinct lot_index, lot_ordinal from ledger.lot_move where network_id = ${network}) m
      where not exists (select from ledger.lot l where l.network_id = ${network} and l.entry_index = m.lot_index
        and l.ordinal = m.lot_ordinal)`,
  // What is posted once: large batches are posted without a look whether they are new, since unique indexes tell.
  () => sql`
    select format('the unique index %s is gone or not whole: nothing keeps a sale sent again from being posted again',
        x.name) as what
      from unnest(array['transaction_key_once', 'transaction_reference_once']) as x(name)
      where not exists (select from pg_index i where i.indexrelid = to_regclass('ledger.' || x.name)
        and i.indisunique and i.indisvalid and i.indisready and i.indimmediate)`,
  (network) => sql`
    with twice as (
      select key_hash from ledger.transaction where network_id = ${network} and key_hash is not null
      group by key_hash having count(*) > 1
    )
    select format('entries %s have one idempotency key', string_agg(t.entry_index::text, ' and ' order by t.entry_index))
        as what
      from twice join ledger.transaction t on t.network_id = ${network} and t.key_hash = twice.key_hash
      group by t.key_hash`,
  (network) => sql`
    select format('entries %s have one receipt number', string_agg(entry_index::text, ' and ' order by entry_index)) as what
      from ledger.transaction where network_id = ${network} and reference_hash is not null
      group by reference_hash, series_hash + (day - date '2000-01-01') having count(*) > 1`,
  // Rows that hang on no entry.
  ...(['leg', 'lot', 'lot_move', 'hold', 'debt', 'counter_use'] as const).map((table): Check => {
    const index = sql.ref({ hold: 'hold_index', debt: 'debt_index' }[table as string] ?? 'entry_index')
    return (network) => sql`
      select format('a row of %s belongs to entry %s, which is no transaction', ${table}::text, x.index) as what
        from (select distinct ${index} as index from ${sql.table(`ledger.${table}`)} where network_id = ${network}) x
        where not exists (select from ledger.transaction t
          where t.network_id = ${network} and t.entry_index = x.index)`
  }),
  // Holds: what they set aside, for whom, and which entry ended them.
  (network) => sql`
    select format('hold %s says %s, where its entries say %s', t.entry_index,
        row(h.wallet_id, h.merchant_id, h.points, h.ends_at, h.ended_index),
        row(t.wallet_id, t.merchant_id, t.points, t.ends_at, e.entry_index)) as what
      from ledger.transaction t
      left join ledger.hold h on h.network_id = t.network_id and h.hold_index = t.entry_index
      left join ledger.transaction e on e.network_id = t.network_id and e.target_index = t.entry_index
        and e.kind in ('capture', 'void', 'time-out')
      where t.network_id = ${network} and t.kind = 'hold'
        and (h.wallet_id, h.merchant_id, h.points, h.ends_at, h.ended_index)
          is distinct from (t.wallet_id, t.merchant_id, t.points, t.ends_at, e.entry_index)`,
  // Debts: made by the leg to a merchant's owed account; the oldest is repaid first, so what is left is of the newest.
  (network) => sql`
    with made as (
      select l.entry_index, l.debit_account as wallet_id, m.merchant_id, l.points
      from ledger.leg l
      join ledger.merchant m on m.network_id = l.network_id and m.owed_account = l.credit_account
      where l.network_id = ${network} and not l.pending
    ), owing as (
      select a.account_id as wallet_id, greatest(0, coalesce(l.left_over, 0) - (a.credits_posted - a.debits_posted)) as points
      from ledger.account a
      left join (select wallet_id, sum(remaining) as left_over from ledger.lot where network_id = ${network}
        group by wallet_id) l on l.wallet_id = a.account_id
      where a.network_id = ${network} and a.kind = 'wallet'
        and exists (select from made where made.wallet_id = a.account_id)
    ), due as (
      select made.*, least(made.points, greatest(0, owing.points - (sum(made.points) over (
        partition by made.wallet_id order by made.entry_index desc) - made.points))) as remaining
      from made join owing using (wallet_id)
    )
    select format('the debt of entry %s is %s, where the entries leave %s', coalesce(due.entry_index, d.debt_index),
        row(d.wallet_id, d.merchant_id, d.points, d.remaining),
        row(due.wallet_id, due.merchant_id, due.points, due.remaining)) as what
      from due
      full join (select * from ledger.debt where network_id = ${network}) d on d.debt_index = due.entry_index
      where (d.wallet_id, d.merchant_id, d.points, d.remaining)
        is distinct from (due.wallet_id, due.merchant_id, due.points, due.remaining)`,
  // Counters: raised by what was posted, lowered by what reversed it (of goodwill, by what was still there to be taken
  // back), or by what a hold freed.
  (network) => sql`
    with used as (
      select u.name, u.day, u.points - coalesce(sum(case
          when x.kind <> 'reverse' then t.points - coalesce(x.redeemed_points, 0)
          when t.kind = 'goodwill' then x.points - coalesce(d.points, 0)
          when u.name like 'earn:%' then x.points
          else x.redeemed_points end), 0) as points
      from ledger.counter_use u
      join ledger.transaction t on t.network_id = u.network_id and t.entry_index = u.entry_index
      left join ledger.transaction c on c.network_id = u.network_id and c.target_index = u.entry_index
        and c.kind = 'capture'
      left join ledger.transaction x on x.network_id = u.network_id
        and x.target_index in (u.entry_index, c.entry_index)
        and x.kind in ('reverse', 'capture', 'void', 'time-out')
      left join ledger.debt d on d.network_id = x.network_id and d.debt_index = x.entry_index
      where u.network_id = ${network}
      group by u.entry_index, u.name, u.day, u.points
    ), due as (select name, day, sum(points) as points from used group by name, day)
    select format('counter %s of %s stands at %s, where the entries make it %s', coalesce(c.name, due.name),
        coalesce(c.day, due.day), coalesce(c.points::text, 'nothing'), coalesce(due.points::text, 'nothing')) as what
      from due full join (select * from ledger.counter where network_id = ${network}) c
        on c.name = due.name and c.day = due.day
      where c.points is distinct from due.points`,
  // Texts of people: those that are left are those that the entries have the hashes of.
  (network) => sql`
    select format('the reason kept for entry %s is not the one it was posted with', r.entry_index) as what
      from ledger.reason r
      left join ledger.transaction t on t.network_id = r.network_id and t.entry_index = r.entry_index
      where r.network_id = ${network}
        and t.reason_hash is distinct from sha256(r.salt || convert_to(r.reason, 'UTF8'))`,
  ...memberChecks,
]
