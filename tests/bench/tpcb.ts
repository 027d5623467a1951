import { randomInt } from 'node:crypto'
import type { Pool } from 'pg'
import { countPerSecond } from './measure.ts'
import { callers } from './posting.ts'

/**
 * The tables of `pgbench -i -s 1` (PostgreSQL 18 documentation, pgbench) and its TPC-B-like transaction as one function:
 * the cheapest thing that changes a balance, a hot row and a history.
 */
export async function openTpcb(admin: Pool): Promise<void> {
  await admin.query(`
    create schema tpcb;
    create table tpcb.branches (bid int primary key, bbalance int, filler char(88)) with (fillfactor = 100);
    create table tpcb.tellers (tid int primary key, bid int, tbalance int, filler char(84)) with (fillfactor = 100);
    create table tpcb.accounts (aid int primary key, bid int, abalance int, filler char(84)) with (fillfactor = 100);
    create table tpcb.history (tid int, bid int, aid int, delta int, mtime timestamp, filler char(22));
    insert into tpcb.branches values (1, 0);
    insert into tpcb.tellers select i, 1, 0 from generate_series(1, 10) i;
    insert into tpcb.accounts select i, 1, 0, '' from generate_series(1, 100000) i;
    create function tpcb.run(_aid int, _tid int, _delta int) returns int language plpgsql as $$
    declare
      balance int;
    begin
      update tpcb.accounts set abalance = abalance + _delta where aid = _aid;
      select abalance into balance from tpcb.accounts where aid = _aid;
      update tpcb.tellers set tbalance = tbalance + _delta where tid = _tid;
      update tpcb.branches set bbalance = bbalance + _delta where bid = 1;
      insert into tpcb.history (tid, bid, aid, delta, mtime) values (_tid, 1, _aid, _delta, current_timestamp);
      return balance;
    end $$`)
  await admin.query('vacuum analyze tpcb.branches, tpcb.tellers, tpcb.accounts, tpcb.history')
}

/** Transactions a second, one connection a caller. `done` counts them over all rounds. */
export async function measureTpcb(
  admin: Pool,
  { done, seconds }: { done: { count: number }; seconds: number },
): Promise<number> {
  return countPerSecond(callers, seconds, async () => {
    await admin.query({
      name: 'tpcb',
      text: 'select tpcb.run($1, $2, $3)',
      values: [randomInt(1, 100_001), randomInt(1, 11), randomInt(-5000, 5001)],
    })
    done.count++
  })
}

/** In words what is off in its books. */
export async function recountTpcb(admin: Pool, done: number): Promise<string[]> {
  const { rows } = await admin.query<{ rows: bigint; sums: string }>(`
    select (select count(*) from tpcb.history) as rows, concat_ws(' ', (select sum(delta) from tpcb.history),
      (select sum(bbalance) from tpcb.branches), (select sum(tbalance) from tpcb.tellers),
      (select sum(abalance) from tpcb.accounts)) as sums`)
  const { rows: count, sums } = rows[0]!
  const faults: string[] = []
  if (Number(count) !== done) faults.push(`TPC-B: ${done} transactions were acknowledged, ${count} are there`)
  if (new Set(sums.split(' ')).size !== 1) faults.push(`TPC-B: the sums differ: ${sums}`)
  return faults
}
