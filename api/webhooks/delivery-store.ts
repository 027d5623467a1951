import { sql } from 'kysely'
import { uuidv7 } from 'uuidv7'
import type { MerchantId, NetworkId, Uuid } from '../../ledger/index.ts'
import type { Db, Tx } from '../tables.ts'
import type { Sent } from './send.ts'
import type { PauseReason } from './tables.ts'

/** An endpoint, as jobs name it. */
export interface WebhookKey {
  readonly network: NetworkId
  readonly uuid: Uuid
}

/** Longer than any one attempt takes: who holds the lease and lives renews it with each. */
const leaseSeconds = 60

/** The endpoints that something waits for, those furthest behind first: not paused, not waiting, nobody at work for them. */
export async function listDueWebhooks(db: Db, now: Date): Promise<WebhookKey[]> {
  const rows = await db
    .selectFrom('api.webhook as webhook')
    .innerJoin('ledger.head as head', 'head.network_id', 'webhook.network_id')
    .select(['webhook.network_id', 'webhook.uuid'])
    .whereRef('webhook.cursor_index', '<', sql<bigint>`head.next_index - 1`)
    .where('webhook.paused_at', 'is', null)
    .where((it) => it.or([it('next_attempt_at', 'is', null), it('next_attempt_at', '<=', now)]))
    .where((it) => it.or([it('lease_until', 'is', null), it('lease_until', '<=', now)]))
    .orderBy(sql`head.next_index - webhook.cursor_index`, 'desc')
    .execute()
  return rows.map((row) => ({ network: row.network_id, uuid: row.uuid }))
}

/** Endpoints of one merchant (or network) that are sent to at once: slow ones of one hold up nobody else's. */
const merchantAtOnceMax = 4

/**
 * Takes on an endpoint, alone; null where it is gone, paused, waiting, somebody else's, or where its merchant has as
 * many turns as it may. Two at the same moment may both be let in, which is one turn too many.
 */
export async function claimWebhook(db: Db, { network, uuid }: WebhookKey, now: Date) {
  const row = await db
    .updateTable('api.webhook as webhook')
    .set({ lease_until: leaseFrom(now) })
    .where('network_id', '=', network)
    .where('uuid', '=', uuid)
    .where('paused_at', 'is', null)
    .where((it) => it.or([it('next_attempt_at', 'is', null), it('next_attempt_at', '<=', now)]))
    .where((it) => it.or([it('lease_until', 'is', null), it('lease_until', '<=', now)]))
    .where(
      sql<boolean>`(select count(*) from api.webhook as other where other.network_id = webhook.network_id
        and other.merchant_id is not distinct from webhook.merchant_id and other.lease_until > ${now}) < ${merchantAtOnceMax}`,
    )
    .returning([
      'merchant_id',
      'url',
      'types',
      'cursor_index',
      'secret_version',
      'previous_secret_until',
      'failing_since',
      'failed_attempts',
      'created_by',
    ])
    .executeTakeFirst()
  if (row === undefined) return null
  return { ...row, merchant: await findMerchantUuid(db, network, row.merchant_id) }
}

/** An endpoint that this process works for. */
export type ClaimedWebhook = NonNullable<Awaited<ReturnType<typeof claimWebhook>>>

async function findMerchantUuid(db: Db, network: NetworkId, merchant: MerchantId | null) {
  if (merchant === null) return null
  const { uuid } = await db
    .selectFrom('api.merchant')
    .select('uuid')
    .where('network_id', '=', network)
    .where('merchant_id', '=', merchant)
    .executeTakeFirstOrThrow()
  return { id: merchant, uuid }
}

/** Lets go of an endpoint, so that whoever comes next need not wait. */
export async function releaseWebhook(db: Db, { network, uuid }: WebhookKey): Promise<void> {
  await db
    .updateTable('api.webhook')
    .set({ lease_until: null })
    .where('network_id', '=', network)
    .where('uuid', '=', uuid)
    .execute()
}

/** What an endpoint was asked to be sent, where, and signed with what. */
export type Asked = Pick<ClaimedWebhook, 'url' | 'types' | 'secret_version'>

/** Where an endpoint stands before and after. */
export interface Step {
  /** What it asked for when that was read. */
  readonly asked: Asked
  readonly from: bigint
  readonly to: bigint
  readonly now: Date
}

/**
 * Whether an attempt may begin with what was read. False: it was paused, changed, replayed or deleted meanwhile. Once the
 * change was answered none is found good that would go by what was before.
 */
export async function isAsRead(
  db: Db,
  { network, uuid }: WebhookKey,
  { asked, from }: Pick<Step, 'asked' | 'from'>,
): Promise<boolean> {
  const row = await db
    .selectFrom('api.webhook')
    .select('uuid')
    .where('network_id', '=', network)
    .where('uuid', '=', uuid)
    .where(asRead(asked, from))
    .executeTakeFirst()
  return row !== undefined
}

/** Passes over entries that are none of its business. False as in `isAsRead`. */
export async function passOver(db: Db, key: WebhookKey, step: Step): Promise<boolean> {
  return await moveOn(db, key, step, { cursor_index: step.to, lease_until: leaseFrom(step.now) })
}

/** Records an attempt that succeeded, and goes on. False as in `isAsRead`: then it does not count, and is made again. */
export async function recordDelivered(db: Db, key: WebhookKey, step: Step & Attempt): Promise<boolean> {
  return await db.transaction().execute(async (tx) => {
    await insertDelivery(tx, key, step)
    return await moveOn(tx, key, step, {
      cursor_index: step.to,
      lease_until: leaseFrom(step.now),
      failing_since: null,
      failed_attempts: 0,
      next_attempt_at: null,
    })
  })
}

/** Records an attempt that failed, with what follows from it. */
export async function recordFailed(
  db: Db,
  key: WebhookKey,
  failed: Step &
    Attempt & {
      readonly failingSince: Date
      readonly failedAttempts: number
      readonly nextAttemptAt: Date
      readonly pause: PauseReason | null
    },
): Promise<boolean> {
  return await db.transaction().execute(async (tx) => {
    await insertDelivery(tx, key, failed)
    return await moveOn(tx, key, failed, {
      failing_since: failed.failingSince,
      failed_attempts: failed.failedAttempts,
      next_attempt_at: failed.nextAttemptAt,
      ...(failed.pause && { paused_at: failed.now, pause_reason: failed.pause }),
    })
  })
}

/** One attempt to deliver the entry `to`. */
export interface Attempt {
  readonly attemptedAt: Date
  readonly milliseconds: number
  readonly sent: Sent
}

async function insertDelivery(tx: Tx, { network, uuid }: WebhookKey, attempt: Step & Attempt): Promise<void> {
  const { status, error } = attempt.sent
  // Of one that was deleted meanwhile nothing is kept.
  await sql`
    insert into api.webhook_delivery (network_id, webhook_uuid, uuid, entry_index, attempted_at, milliseconds, status,
      error, delivered)
    select network_id, uuid, ${uuidv7()}, ${attempt.to}, ${attempt.attemptedAt}, ${attempt.milliseconds}, ${status},
      ${error}, ${isDelivered(attempt.sent)}
    from api.webhook where network_id = ${network} and uuid = ${uuid}`.execute(tx)
}

/** Whether the endpoint took it. */
export function isDelivered({ status }: Sent): boolean {
  return status !== null && status >= 200 && status <= 299
}

/** Only from where it was seen: a replay that came between moves the cursor, and so wins; so does any other change. */
async function moveOn(
  db: Db | Tx,
  { network, uuid }: WebhookKey,
  { asked, from }: Step,
  change: Partial<Record<ChangedColumn, unknown>>,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('api.webhook')
    .set(change as object)
    .where('network_id', '=', network)
    .where('uuid', '=', uuid)
    .where(asRead(asked, from))
    .executeTakeFirstOrThrow()
  return numUpdatedRows === 1n
}

function asRead({ url, types, secret_version: version }: Asked, from: bigint) {
  return sql<boolean>`(cursor_index = ${from} and paused_at is null and url = ${url} and secret_version = ${version}
    and types is not distinct from ${types}::text[])`
}

type ChangedColumn =
  | 'cursor_index'
  | 'lease_until'
  | 'failing_since'
  | 'failed_attempts'
  | 'next_attempt_at'
  | 'paused_at'
  | 'pause_reason'

function leaseFrom(now: Date): Date {
  return new Date(now.getTime() + leaseSeconds * 1000)
}
