import { sql } from 'kysely'
import type { NetworkId } from './commands.ts'
import type { Db } from './database/connect.ts'
import type { Points } from './points.ts'

/**
 * How far each counter (`CounterCheck.name`) was raised on the network's present day; one that nothing raised is left
 * out. For a first word only: the posting checks its ceilings under the lock.
 */
export async function readCounters(
  db: Pick<Db, 'selectFrom'>,
  network: NetworkId,
  names: readonly string[],
): Promise<ReadonlyMap<string, Points>> {
  const rows = await db
    .selectFrom('ledger.counter as c')
    .innerJoin('ledger.network as n', 'n.network_id', 'c.network_id')
    .select(['c.name', 'c.points'])
    .where('c.network_id', '=', network)
    .where('c.name', 'in', names)
    // As the posting reckons it (`taking_day`).
    .where(
      'c.day',
      '=',
      sql<string>`(coalesce(n.clock_at, clock_timestamp()) at time zone n.time_zone)::date`,
    )
    .execute()
  return new Map(rows.map((row) => [row.name, row.points as Points]))
}
