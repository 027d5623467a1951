import { sql } from 'kysely'
import {
  post,
  type CredentialId,
  type Ledger,
  type MerchantId,
  type NetworkId,
  type Points,
  type Uuid,
  type WalletId,
} from '../../ledger/index.ts'
import type { Db, Tx } from '../tables.ts'
import { writeContent } from '../transactions/content.ts'

const atOnceMax = 500

/**
 * So many bonuses a day by one till or person of staff, by all of a shop, and in a network: no till, and no shop that pairs
 * many, pays itself a fortune.
 */
export const bonusesPerDayMax = { enrolledBy: 50, merchant: 100, network: 500 }

/** Who joins, and by whom they were enrolled; null: by themselves. */
export interface Joined {
  readonly wallet: WalletId
  readonly contactMac: Buffer
  readonly enrolledBy: Uuid | null
}

/**
 * Notes that a wallet just opened is owed what the network gives to whoever joins, if it gives anything; nothing for a
 * contact that it was given for before, or above what is given in 24 hours.
 */
export async function oweEnrolmentBonus(
  tx: Tx,
  network: NetworkId,
  { wallet, contactMac, enrolledBy }: Joined,
): Promise<void> {
  const bonus = await tx
    .selectFrom('api.enrolment_bonus')
    .select(['version', 'points'])
    .where('network_id', '=', network)
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (bonus === undefined || bonus.points === 0n) return
  // One after another in a network, so that what is counted is so until it is written.
  await sql`select pg_advisory_xact_lock(hashtext('enrolment bonus'), ${network}::integer)`.execute(tx)
  const { rows } = await sql<{ network: number; enrolledBy: number; merchant: number }>`
    with enroller as (
      select t.uuid, t.merchant_id from api.till t where t.network_id = ${network}
      union all
      select m.person_uuid, m.merchant_id from api.membership m where m.network_id = ${network} and m.merchant_id is not null
    )
    select count(*)::integer as network,
      (count(*) filter (where c.enrolled_by = ${enrolledBy}))::integer as "enrolledBy",
      (count(*) filter (where c.enrolled_by in (
        select e.uuid from enroller e
        where e.merchant_id in (select own.merchant_id from enroller own where own.uuid = ${enrolledBy})
      )))::integer as merchant
    from api.enrolment_bonus_contact c
    where c.network_id = ${network} and c.joined_at > now() - interval '24 hours'`.execute(tx)
  const given = rows[0]!
  if (given.network >= bonusesPerDayMax.network) return
  if (given.enrolledBy >= bonusesPerDayMax.enrolledBy || given.merchant >= bonusesPerDayMax.merchant) return
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('api.enrolment_bonus_contact')
    .values({ network_id: network, contact_mac: contactMac, enrolled_by: enrolledBy })
    .onConflict((conflict) => conflict.constraint('enrolment_bonus_contact_pk').doNothing())
    .executeTakeFirstOrThrow()
  if (numInsertedOrUpdatedRows !== 1n) return
  await tx
    .insertInto('api.enrolment_bonus_due')
    .values({ network_id: network, wallet_id: wallet, bonus_version: bonus.version })
    .execute()
}

interface Due {
  readonly network: NetworkId
  readonly wallet: WalletId
  readonly walletUuid: Uuid
  readonly house: MerchantId
  readonly credential: CredentialId
  readonly points: Points
  readonly expiresAt: Date | null
}

/** Posts what a wallet is owed for joining; nothing where it is owed nothing. */
export async function payEnrolmentBonus(
  { db, ledger }: { readonly db: Db; readonly ledger: Ledger },
  network: NetworkId,
  wallet: WalletId,
): Promise<void> {
  for (const due of await listDue(db, { network, wallet })) await pay(db, ledger, due)
}

/** Posts what was left owed: by a crash between joining and posting, or while the house's issuing limit was reached. */
export async function payEnrolmentBonuses(parts: {
  readonly db: Db
  readonly ledger: Ledger
}): Promise<void> {
  for (const due of await listDue(parts.db, null)) await pay(parts.db, parts.ledger, due)
}

async function listDue(
  db: Db,
  only: { readonly network: NetworkId; readonly wallet: WalletId } | null,
): Promise<Due[]> {
  const { rows } = await sql<Due>`
    select d.network_id as network, d.wallet_id as wallet, w.uuid as "walletUuid", n.house_merchant_id as house,
      b.credential_id as credential, b.points,
      ((d.joined_at at time zone n.time_zone)::date + 1 + make_interval(months => b.expires_after_months))::timestamp
        at time zone n.time_zone as "expiresAt"
    from api.enrolment_bonus_due d
    join api.enrolment_bonus b on b.network_id = d.network_id and b.version = d.bonus_version
    join api.wallet w on w.network_id = d.network_id and w.wallet_id = d.wallet_id
    join api.network n on n.network_id = d.network_id
    join ledger.head h on h.network_id = d.network_id and not h.halted
    where ${only === null} or (d.network_id = ${only?.network ?? null} and d.wallet_id = ${only?.wallet ?? null})
    order by d.joined_at, d.network_id, d.wallet_id
    limit ${atOnceMax}`.execute(db)
  return rows
}

async function pay(db: Db, ledger: Ledger, due: Due): Promise<void> {
  const { network, wallet, walletUuid, points, expiresAt } = due
  const answer = await post(ledger, network, {
    kind: 'issue',
    // Made of the wallet: whoever posts it, and however often, there is one.
    key: { scope: 'network', value: `enrolment bonus ${walletUuid}` },
    credential: due.credential,
    content: writeContent('enrolment bonus', { wallet: walletUuid, points, expires_at: expiresAt }),
    merchant: due.house,
    wallet,
    gives: { bonus: { points, expiresAt } },
  })
  // Whoever was erased since gets nothing more; what else is refused waits to be tried again.
  if (answer.outcome === 'refused' && answer.code !== 'wallet_closed') return
  await db
    .deleteFrom('api.enrolment_bonus_due')
    .where('network_id', '=', network)
    .where('wallet_id', '=', wallet)
    .execute()
}
