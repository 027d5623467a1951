import { sql } from 'kysely'
import { post, type Ledger, type NetworkId, type Uuid } from '../../ledger/index.ts'
import { auditSystem, recordAudit } from '../audit/record.ts'
import { forgetEmailChanges } from '../customers/email-change-store.ts'
import { typeId } from '../http/ids.ts'
import { forgetIdentifications } from '../identifications/store.ts'
import type { SendMail } from '../mail/mailer.ts'
import type { Db } from '../tables.ts'
import { forgetSignIns } from '../wallets/sign-in-store.ts'
import {
  beginErasure,
  cancelErasure,
  CustomerStays,
  eraseCustomer,
  findErasable,
  listDueErasures,
} from './erasure-store.ts'
import { erasureLetter } from './letters.ts'

/** Most customers handled in one go; the rest waits for the next. */
const atOnceMax = 500
const daySeconds = 24 * 60 * 60
/** How long a session that ended stays on record, of staff and of customers. */
const sessionsRememberedDays = 90

/** What forgetting needs. */
export interface Forgetting {
  readonly db: Db
  readonly ledger: Ledger
  readonly sendMail: SendMail
  readonly now: () => Date
}

/**
 * Keeps what the network promised to forget: removes sessions, sign-ins, changes of e-mail and identifications that ended
 * long ago and guesses that no longer count, erases customers whose grace is over, and announces to those not seen for too
 * long that they will be. Safe in several processes at once.
 */
export async function forgetInTime(parts: Forgetting): Promise<{ announced: number; erased: number }> {
  await forgetSignIns(parts.db, parts.now())
  await forgetEmailChanges(parts.db, parts.now())
  await forgetIdentifications(parts.db, parts.now())
  await forgetSessions(parts)
  await forgetGuesses(parts)
  const erased = await eraseDue(parts)
  // Last, since it alone writes letters: a mail server that is away keeps nobody from being forgotten.
  const announced = await announceToInactive(parts)
  return { announced, erased }
}

async function announceToInactive({ db, sendMail, now }: Forgetting): Promise<number> {
  const inactive = await listInactive(db, { now: now(), by: null })
  return await forEach(inactive, async (key) => {
    const known = await findErasable(db, key)
    if (known === undefined) return false
    const askedAt = now()
    const dueAt = new Date(askedAt.getTime() + known.erasure_grace_days * daySeconds * 1000)
    return await db.transaction().execute(async (tx) => {
      if (!(await beginErasure(tx, key, { cause: 'inactive', askedAt, dueAt }))) return false
      const subjects = [typeId('cus', key.customer)]
      await recordAudit(tx, auditSystem(key.network, 'announce-forgetting'), { subjects })
      if (known.email !== null) {
        await sendMail(erasureLetter({ ...known, to: known.email }, { cause: 'inactive', dueAt }))
      }
      return true
    })
  })
}

/** Erases whoever is due; those announced for inactivity only if they were not seen since. */
async function eraseDue({ db, ledger, now }: Forgetting): Promise<number> {
  return await forEach(await listDueErasures(db, now(), atOnceMax), async ({ cause, ...key }) => {
    const isSeen =
      cause === 'inactive' && (await listInactive(db, { now: now(), by: key.customer })).length === 0
    if (isSeen) {
      await db.transaction().execute((tx) => cancelErasure(tx, key))
      return false
    }
    const wallet = await db
      .transaction()
      .execute(async (tx) => {
        const closed = await eraseCustomer(tx, key, now())
        const subjects = [typeId('cus', key.customer)]
        await recordAudit(tx, auditSystem(key.network, 'erase-customer'), { subjects })
        return closed
      })
      .catch((error: unknown) => {
        if (error instanceof CustomerStays) return null
        throw error
      })
    if (wallet === null) return false
    // At once, rather than with the next sweep; `nothing_due` where it was empty.
    await post(ledger, key.network, { kind: 'expire', key: null, credential: null, content: '', wallet })
    return true
  })
}

/** Does it for each, counting those it answers true for; what fails for one keeps nobody else waiting. */
async function forEach<Item>(
  items: readonly Item[],
  task: (item: Item) => Promise<boolean>,
): Promise<number> {
  let count = 0
  const failures: unknown[] = []
  for (const item of items) {
    try {
      if (await task(item)) count++
    } catch (error) {
      failures.push(error)
    }
  }
  if (failures.length > 0) {
    throw new Error(`forgetting failed for ${failures.length} of ${items.length}`, { cause: failures[0] })
  }
  return count
}

/**
 * Customers without a sale, gift or sign-in for as long as their network remembers; `by` names one customer, announced
 * or not, else those not announced yet.
 */
async function listInactive(
  db: Db,
  { now, by }: { now: Date; by: Uuid | null },
): Promise<{ network: NetworkId; customer: Uuid }[]> {
  const { rows } = await sql<{ network: NetworkId; customer: Uuid }>`
    select c.network_id as network, c.uuid as customer
    from api.network n
    cross join lateral (select ${now}::timestamptz - make_interval(months => n.forget_after_months) as since) limits
    join api.customer c on c.network_id = n.network_id and c.created_at < limits.since
    join api.wallet w on w.network_id = c.network_id and w.customer_uuid = c.uuid
    where n.forget_after_months is not null
      and (${by}::uuid = c.uuid or ${by}::uuid is null and not exists (
        select from api.erasure e where e.network_id = c.network_id and e.customer_uuid = c.uuid))
      and not exists (
        select from ledger.transaction t
        where t.network_id = w.network_id and (t.wallet_id = w.wallet_id or t.to_wallet_id = w.wallet_id)
          and t.posted_at >= limits.since and t.kind not in ('expire', 'time-out'))
      and not exists (
        select from api.customer_session s
        where s.network_id = c.network_id and s.customer_uuid = c.uuid
          and coalesce(s.refreshed_at, s.created_at) >= limits.since)
    order by c.network_id, c.uuid
    limit ${atOnceMax}`.execute(db)
  return rows
}

/** Of a customer's last session stays when it was, and nothing of the phone: it tells when they were seen. */
async function forgetSessions({ db, now }: Forgetting): Promise<void> {
  const before = new Date(now().getTime() - sessionsRememberedDays * daySeconds * 1000)
  await db.deleteFrom('api.session').where('expires_at', '<', before).execute()
  await sql`
    delete from api.customer_session s
    where s.expires_at < ${before} and exists (
      select from api.customer_session later
      where later.network_id = s.network_id and later.customer_uuid = s.customer_uuid
        and (coalesce(later.refreshed_at, later.created_at), later.uuid)
          > (coalesce(s.refreshed_at, s.created_at), s.uuid))`.execute(db)
  await db
    .updateTable('api.customer_session')
    .set({ user_agent: null })
    .where('expires_at', '<', before)
    .where('user_agent', 'is not', null)
    .execute()
}

/** By the database's clock, as they are counted. */
async function forgetGuesses({ db }: Forgetting): Promise<void> {
  await db
    .deleteFrom('api.guess')
    .where('ends_at', '<=', sql<Date>`now()`)
    .execute()
}
