import { sql } from 'kysely'
import { uuidv7 } from 'uuidv7'
import type { NetworkId, Uuid, WalletId } from '../../ledger/index.ts'
import type { DatedReader } from '../mail/writing.ts'
import type { Db, Tx } from '../tables.ts'
import type { Ending } from './letters.ts'

/** So many days before their end points are told of. */
export const endingNoticeDays = 14
/** One letter tells of all that ends within the days above; the next comes so much later, unless something ends before. */
const letterPauseDays = 7
/** How long an end that was told of stays on record. */
const rememberedDays = 30
const atOnceMax = 500

/** A wallet, as the ledger numbers it. */
export interface WalletKey {
  readonly network: NetworkId
  readonly wallet: WalletId
}

/** Wallets with points that end soon and were not told of, whose customers want to hear of it. */
export async function listEndingWallets(db: Db, now: Date): Promise<WalletKey[]> {
  const { rows } = await sql<WalletKey>`
    select l.network_id as network, l.wallet_id as wallet
    from ledger.network n
    join ledger.lot l on l.network_id = n.network_id
    join api.wallet w on w.network_id = l.network_id and w.wallet_id = l.wallet_id
    join api.customer c on c.network_id = w.network_id and c.uuid = w.customer_uuid
    where n.clock_at is null and l.open and l.expires_at > ${now}
      and l.expires_at <= ${now}::timestamptz + make_interval(days => ${endingNoticeDays})
      and c.email is not null and c.tells_endings
      and not exists (
        select from api.ending_notice e
        where e.network_id = l.network_id and e.wallet_id = l.wallet_id and e.expires_at = l.expires_at)
    group by l.network_id, l.wallet_id
    having min(l.expires_at) <= ${now}::timestamptz + make_interval(days => ${letterPauseDays})
      or not exists (
        select from api.ending_notice e
        where e.network_id = l.network_id and e.wallet_id = l.wallet_id
          and e.told_at > ${now}::timestamptz - make_interval(days => ${letterPauseDays}))
    order by min(l.expires_at), l.network_id, l.wallet_id
    limit ${atOnceMax}`.execute(db)
  return rows
}

/** Notes that a wallet's ends are told of by one letter, which it names. Null: another process noted all of them. */
export async function noteEndings(tx: Tx, { network, wallet }: WalletKey, now: Date): Promise<Uuid | null> {
  const notice = uuidv7()
  const { rows } = await sql`
    insert into api.ending_notice (network_id, wallet_id, expires_at, notice_uuid, told_at)
    select distinct l.network_id, l.wallet_id, l.expires_at, ${notice}::uuid, ${now}::timestamptz
    from ledger.lot l
    where l.network_id = ${network} and l.wallet_id = ${wallet} and l.open and l.expires_at > ${now}
      and l.expires_at <= ${now}::timestamptz + make_interval(days => ${endingNoticeDays})
    order by 3
    on conflict on constraint ending_notice_pk do nothing
    returning expires_at`.execute(tx)
  return rows.length > 0 ? notice : null
}

/** Removes what is long past. */
export async function forgetPastEndings(db: Db, now: Date): Promise<void> {
  const before = new Date(now.getTime() - rememberedDays * 24 * 60 * 60 * 1000)
  await db.deleteFrom('api.ending_notice').where('expires_at', '<', before).execute()
}

/** Whom a letter about ends goes to; undefined where they were erased, have no e-mail, or turned it off. */
export async function findReader(db: Db, { network, wallet }: WalletKey) {
  const { rows } = await sql<DatedReader>`
    select c.email as to, n.name as at, n.locale, n.time_zone as "timeZone"
    from api.wallet w
    join api.customer c on c.network_id = w.network_id and c.uuid = w.customer_uuid
    join api.network n on n.network_id = w.network_id
    where w.network_id = ${network} and w.wallet_id = ${wallet} and c.email is not null and c.tells_endings`.execute(
    db,
  )
  return rows[0]
}

/** What is left now of the points that a letter tells of, the soonest end first, then by shop. */
export async function listEndings(
  db: Db,
  { network, wallet }: WalletKey,
  { notice, now }: { readonly notice: Uuid; readonly now: Date },
): Promise<Ending[]> {
  const { rows } = await sql<Ending>`
    select sum(l.remaining)::bigint as points, m.name as shop, l.expires_at as "expiresAt"
    from api.ending_notice e
    join ledger.lot l on l.network_id = e.network_id and l.wallet_id = e.wallet_id and l.expires_at = e.expires_at
    join api.merchant m on m.network_id = l.network_id and m.merchant_id = l.issuer_id
    where e.network_id = ${network} and e.wallet_id = ${wallet} and e.notice_uuid = ${notice} and l.open
      and l.expires_at > ${now}
    group by l.expires_at, m.name
    order by l.expires_at, m.name`.execute(db)
  return rows
}
