import { sql } from 'kysely'
import type { NetworkId, RowsChecked } from '../../ledger/index.ts'
import type { Db } from '../tables.ts'

/** The last check of a network's rows that came to its end. */
export interface LastRowsCheck extends RowsChecked {
  readonly checkedAt: Date
}

/** Null while there was none. */
export async function readRowsCheck(db: Db, network: NetworkId): Promise<LastRowsCheck | null> {
  const row = await db
    .selectFrom('api.rows_check')
    .select(['checked_at', 'entries', 'faults'])
    .where('network_id', '=', network)
    .executeTakeFirst()
  return row?.checked_at
    ? { checkedAt: row.checked_at, entries: Number(row.entries), faults: row.faults }
    : null
}

/** A network whose rows are to be looked at. */
export interface DueCheck {
  readonly network: NetworkId
  readonly slug: string
}

/**
 * Takes a network whose rows were not looked at for a day; null: there is none. Only one process gets it, and another may an
 * hour later, should this one not come to an end.
 */
export async function takeDueCheck(db: Db): Promise<DueCheck | null> {
  const { rows } = await sql<DueCheck>`
    insert into api.rows_check as c (network_id, started_at)
    select n.network_id, clock_timestamp() from api.network n
      left join api.rows_check x on x.network_id = n.network_id
      where x.network_id is null or ${isDue('x')}
      order by x.checked_at nulls first, n.network_id limit 1
    on conflict on constraint rows_check_pk do update set started_at = excluded.started_at where ${isDue('c')}
    returning c.network_id as network,
      (select n.slug from api.network n where n.network_id = c.network_id) as slug`.execute(db)
  return rows[0] ?? null
}

/** Says that the check goes on, so that no other process takes it over. */
export async function renewCheck(db: Db, network: NetworkId): Promise<void> {
  await db
    .updateTable('api.rows_check')
    .set({ started_at: sql<Date>`clock_timestamp()` })
    .where('network_id', '=', network)
    .execute()
}

/** Leaves a check that did not come to its end to whoever looks next. */
export async function giveUpCheck(db: Db, network: NetworkId): Promise<void> {
  await db
    .updateTable('api.rows_check')
    .set({ started_at: sql<Date>`clock_timestamp() - interval '1 hour'` })
    .where('network_id', '=', network)
    .execute()
}

/** Times to come are nobody's: whoever wrote them there would end the checks. */
function isDue(row: string) {
  const isOver = (column: string, interval: string) => {
    const time = sql.ref(`${row}.${column}`)
    return sql`(${time} < clock_timestamp() - ${interval}::interval or ${time} > clock_timestamp())`
  }
  return sql`(${isOver('started_at', '1 hour')} and coalesce(${isOver('checked_at', '1 day')}, true))`
}

/** Keeps what came of it. */
export async function recordRowsCheck(db: Db, network: NetworkId, checked: RowsChecked): Promise<void> {
  await db
    .updateTable('api.rows_check')
    .set({
      checked_at: sql<Date>`clock_timestamp()`,
      entries: BigInt(checked.entries),
      faults: [...checked.faults],
    })
    .where('network_id', '=', network)
    .execute()
}
