import { sql } from 'kysely'
import type { NetworkId, Uuid, WalletId } from '../../ledger/index.ts'
import type { DatedReader } from '../mail/writing.ts'
import type { Db, Tx } from '../tables.ts'

/** Most entries passed in one go; the rest at once after. */
const entriesAtOnce = 1000n
/** Letters about single spends of one wallet within any hour; the spends above that are told of together. */
export const spendLettersPerHour = 10
const isSpend = (row: 't' | 'b') =>
  sql`(${sql.ref(row)}.kind in ('issue', 'redeem', 'capture', 'adjust') and ${sql.ref(row)}.redeemed_points > 0
    or ${sql.ref(row)}.kind = 'gift')`
/** Of a gift the ledger calls them points, of all else redeemed points. */
const spentPoints = sql<bigint>`case when t.kind = 'gift' then t.points else t.redeemed_points end`

/** A spend that was taken up; with `gatherAt` it is one of many, told of together after that time. */
export interface TakenSpend {
  readonly transaction: Uuid
  readonly wallet: WalletId
  readonly gatherAt: Date | null
}

/** Begins with the log of each new network. Apart from taking, so that nobody there waits for somebody else's first row. */
export async function openCursors(db: Db): Promise<void> {
  await sql`
    insert into api.notice_cursor (network_id, cursor_index)
    select n.network_id, -1 from api.network n
    where not exists (select from api.notice_cursor c where c.network_id = n.network_id)
    on conflict on constraint notice_cursor_pk do nothing`.execute(db)
}

/** Networks whose log has entries that were not looked at yet; those with a clock of their own are being made. */
export async function listNetworksBehind(db: Db): Promise<NetworkId[]> {
  const { rows } = await sql<{ network: NetworkId }>`
    select h.network_id as network
    from ledger.head h
    join ledger.network n on n.network_id = h.network_id and n.clock_at is null
    join api.notice_cursor c on c.network_id = h.network_id
    where c.cursor_index < h.next_index - 1
    order by h.network_id`.execute(db)
  return rows.map(({ network }) => network)
}

/**
 * The spends after the cursor that somebody is to be told of, in the order of the log, and moves the cursor past them: what
 * is made of them in `tx` is made once. Null while another process is at it.
 */
export async function takeSpends(
  tx: Tx,
  network: NetworkId,
): Promise<{ readonly spends: readonly TakenSpend[]; readonly isMore: boolean } | null> {
  const cursor = await tx
    .selectFrom('api.notice_cursor')
    .select('cursor_index')
    .where('network_id', '=', network)
    .orderBy('network_id')
    .forUpdate()
    .skipLocked()
    .executeTakeFirst()
  if (cursor === undefined) return null
  const after = cursor.cursor_index
  const last = (await readHead(tx, network)) - 1n
  const until = last < after + entriesAtOnce ? last : after + entriesAtOnce
  const { rows } = await sql<TakenSpend>`
    select t.transaction_uuid as transaction, t.wallet_id as wallet,
      case when before.posted_at > t.posted_at - interval '1 hour'
        then date_trunc('hour', t.posted_at, 'UTC') + interval '1 hour' end as "gatherAt"
    from ledger.transaction t
    join api.wallet w on w.network_id = t.network_id and w.wallet_id = t.wallet_id
    join api.customer c on c.network_id = w.network_id and c.uuid = w.customer_uuid
    left join lateral (
      select b.posted_at from ledger.transaction b
      where b.network_id = t.network_id and b.wallet_id = t.wallet_id and b.entry_index < t.entry_index
        and ${isSpend('b')}
      order by b.entry_index desc
      offset ${spendLettersPerHour - 1} limit 1
    ) before on true
    where t.network_id = ${network} and t.entry_index > ${after} and t.entry_index <= ${until} and ${isSpend('t')}
      and c.email is not null and c.tells_spends
    order by t.entry_index`.execute(tx)
  await moveCursor(tx, network, until)
  return { spends: rows, isMore: until < last }
}

async function readHead(db: Db | Tx, network: NetworkId): Promise<bigint> {
  const { next_index } = await db
    .selectFrom('ledger.head')
    .select('next_index')
    .where('network_id', '=', network)
    .executeTakeFirstOrThrow()
  return next_index
}

async function moveCursor(db: Db | Tx, network: NetworkId, to: bigint): Promise<void> {
  await db
    .insertInto('api.notice_cursor')
    .values({ network_id: network, cursor_index: to })
    .onConflict((conflict) => conflict.constraint('notice_cursor_pk').doUpdateSet({ cursor_index: to }))
    .execute()
}

/** Nobody is told any more of what is in a network's log now: an invented history, for example. */
export async function passOverHistory(db: Db, network: NetworkId): Promise<void> {
  await moveCursor(db, network, (await readHead(db, network)) - 1n)
}

/** A spend, and whom to tell of it. */
export interface Spend extends Omit<DatedReader, 'to'> {
  readonly email: string
  /** Null: a gift, to somebody who is not named. */
  readonly shop: string | null
  /** Taken back by the shop's own people. */
  readonly isCorrection: boolean
  readonly points: bigint
  readonly when: Date
  /** What could be spent right after. */
  readonly left: bigint
}

/** Undefined where the customer was erased, has no e-mail, or turned it off. */
export async function findSpend(db: Db, network: NetworkId, transaction: Uuid): Promise<Spend | undefined> {
  const { rows } = await sql<Spend>`
    select c.email, n.name as at, n.locale, n.time_zone as "timeZone", m.name as shop, ${spentPoints} as points,
      t.kind = 'adjust' as "isCorrection",
      t.posted_at as "when", greatest(t.available_after, 0) as left
    from ledger.transaction t
    join api.wallet w on w.network_id = t.network_id and w.wallet_id = t.wallet_id
    join api.customer c on c.network_id = w.network_id and c.uuid = w.customer_uuid
    left join api.merchant m on m.network_id = t.network_id and m.merchant_id = t.merchant_id
    join api.network n on n.network_id = t.network_id
    where t.network_id = ${network} and t.transaction_uuid = ${transaction}
      and c.email is not null and c.tells_spends`.execute(db)
  return rows[0]
}

/** Spends of one clock hour that had no letters of their own, and whom to tell of them. */
export interface GatheredSpends extends Omit<Spend, 'shop' | 'when' | 'isCorrection'> {
  readonly count: number
  readonly from: Date
  readonly to: Date
}

/** Those gathered in the hour of a spend; undefined where there is nobody to tell. */
export async function findGatheredSpends(
  db: Db,
  network: NetworkId,
  transaction: Uuid,
): Promise<GatheredSpends | undefined> {
  const { rows } = await sql<GatheredSpends>`
    with hour as (
      select o.wallet_id, date_trunc('hour', o.posted_at, 'UTC') as starts from ledger.transaction o
      where o.network_id = ${network} and o.transaction_uuid = ${transaction}
    ), spend as (
      select t.entry_index, t.posted_at, t.available_after, ${spentPoints} as points,
        lag(t.posted_at, ${spendLettersPerHour}::int) over (order by t.entry_index) as before
      from hour h
      join ledger.transaction t on t.network_id = ${network} and t.wallet_id = h.wallet_id
      where t.posted_at > h.starts - interval '1 hour' and t.posted_at < h.starts + interval '1 hour'
        and ${isSpend('t')}
    ), gathered as (
      select count(*)::int as count, sum(s.points)::bigint as points,
        (array_agg(greatest(s.available_after, 0) order by s.entry_index desc))[1] as left
      from spend s, hour h
      where s.posted_at >= h.starts and s.before > s.posted_at - interval '1 hour'
    )
    select c.email, n.name as at, n.locale, n.time_zone as "timeZone", g.count, g.points, g.left,
      h.starts as from, h.starts + interval '1 hour' as to
    from hour h
    cross join gathered g
    join api.wallet w on w.network_id = ${network} and w.wallet_id = h.wallet_id
    join api.customer c on c.network_id = w.network_id and c.uuid = w.customer_uuid
    join api.network n on n.network_id = w.network_id
    where g.count > 0 and c.email is not null and c.tells_spends`.execute(db)
  return rows[0]
}
