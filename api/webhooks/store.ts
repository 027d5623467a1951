import { sql } from 'kysely'
import { uuidv7 } from 'uuidv7'
import type { MerchantId, NetworkId, Uuid } from '../../ledger/index.ts'
import type { EventType } from '../events/present-entry.ts'
import { Refusal } from '../http/problems.ts'
import type { Db, Tx } from '../tables.ts'
import { secretOverlapSeconds } from './secrets.ts'

/** Endpoints of a merchant, or (null) of the network as a whole. */
export const webhookCountMax = 20
/** How long attempts stay visible. */
export const deliveryKeptDays = 30

const columns = [
  'network_id',
  'uuid',
  'merchant_id',
  'url',
  'description',
  'types',
  'cursor_index',
  'secret_version',
  'previous_secret_until',
  'failing_since',
  'failed_attempts',
  'next_attempt_at',
  'paused_at',
  'pause_reason',
  'created_by',
  'created_at',
] as const

/** Whose endpoints: those of a merchant, or (null) of the network as a whole. */
export interface WebhookScope {
  readonly network: NetworkId
  readonly merchant: MerchantId | null
}

/** Makes an endpoint that hears of what is posted from now on. Refuses `webhooks_too_many`. */
export async function createWebhook(
  tx: Tx,
  { network, merchant }: WebhookScope,
  made: {
    readonly url: string
    readonly description: string | null
    readonly types: EventType[] | null
    readonly by: Uuid
  },
): Promise<WebhookRow> {
  // Whoever makes another one at the same moment waits here.
  await sql`select pg_advisory_xact_lock(hashtextextended(${`webhooks ${network} ${merchant}`}, 0))`.execute(
    tx,
  )
  const { count } = await inScope(tx, { network, merchant })
    .select((column) => column.fn.countAll<bigint>().as('count'))
    .executeTakeFirstOrThrow()
  if (count >= webhookCountMax) throw new Refusal('webhooks_too_many')
  return await tx
    .insertInto('api.webhook')
    .values({
      network_id: network,
      uuid: uuidv7(),
      merchant_id: merchant,
      url: made.url,
      description: made.description,
      types: made.types,
      cursor_index: await readLastIndex(tx, network),
      created_by: made.by,
    })
    .returning(columns)
    .executeTakeFirstOrThrow()
}

/** The index of the newest entry of a network's log. */
export async function readLastIndex(db: Db | Tx, network: NetworkId): Promise<bigint> {
  const head = await db
    .selectFrom('ledger.head')
    .select('next_index')
    .where('network_id', '=', network)
    .executeTakeFirstOrThrow()
  return head.next_index - 1n
}

/** The endpoints of a scope, the oldest first, one more than `limit`. */
export async function listWebhooks(
  db: Db,
  scope: WebhookScope,
  { limit, after }: { readonly limit: number; readonly after?: Uuid | undefined },
): Promise<WebhookRow[]> {
  let query = inScope(db, scope).select(columns)
  if (after !== undefined) query = query.where('uuid', '>', after)
  return await query
    .orderBy('uuid')
    .limit(limit + 1)
    .execute()
}

/** One endpoint of a scope. Refuses `not_found`. */
export async function findWebhook(db: Db | Tx, scope: WebhookScope, uuid: Uuid) {
  const row = await inScope(db, scope).select(columns).where('uuid', '=', uuid).executeTakeFirst()
  if (row === undefined) throw new Refusal('not_found')
  return row
}

/** An endpoint as it is kept. */
export type WebhookRow = Awaited<ReturnType<typeof findWebhook>>

/** What may change of an endpoint. */
export interface WebhookChange {
  readonly url?: string | undefined
  readonly description?: string | null | undefined
  readonly types?: EventType[] | null | undefined
  readonly paused?: boolean | undefined
  readonly rotate_secret?: true | undefined
}

/** Changes what is named. Refuses `not_found`. */
export async function changeWebhook(
  tx: Tx,
  scope: WebhookScope,
  { uuid, change, now }: { readonly uuid: Uuid; readonly change: WebhookChange; readonly now: Date },
): Promise<WebhookRow> {
  const { paused, rotate_secret: rotate, ...named } = change
  await findWebhook(tx, scope, uuid)
  return await tx
    .updateTable('api.webhook')
    .set((column) => ({
      ...named,
      ...(rotate && {
        secret_version: column('secret_version', '+', 1),
        previous_secret_until: new Date(now.getTime() + secretOverlapSeconds * 1000),
      }),
      ...(paused === true && { paused_at: now, pause_reason: 'asked' as const }),
      ...(paused === false && goingOn),
    }))
    .where('network_id', '=', scope.network)
    .where('uuid', '=', uuid)
    .returning(columns)
    .executeTakeFirstOrThrow()
}

/** Whatever held it up before is forgotten. */
const goingOn = {
  paused_at: null,
  pause_reason: null,
  failing_since: null,
  failed_attempts: 0,
  next_attempt_at: null,
}

/** Sends everything after `after` once more. Refuses `not_found`, and `request_invalid` beyond the log's end. */
export async function replayWebhook(
  tx: Tx,
  scope: WebhookScope,
  { uuid, after }: { readonly uuid: Uuid; readonly after: bigint },
): Promise<WebhookRow> {
  await findWebhook(tx, scope, uuid)
  if (after > (await readLastIndex(tx, scope.network))) {
    throw new Refusal('request_invalid', {
      errors: [{ pointer: '#/after', detail: 'must not be beyond the end of the log' }],
    })
  }
  return await tx
    .updateTable('api.webhook')
    .set({ ...goingOn, cursor_index: after })
    .where('network_id', '=', scope.network)
    .where('uuid', '=', uuid)
    .returning(columns)
    .executeTakeFirstOrThrow()
}

/** Forgets an endpoint and what was tried with it. Refuses `not_found`. */
export async function deleteWebhook(tx: Tx, scope: WebhookScope, uuid: Uuid): Promise<void> {
  await findWebhook(tx, scope, uuid)
  await tx
    .deleteFrom('api.webhook')
    .where('network_id', '=', scope.network)
    .where('uuid', '=', uuid)
    .execute()
}

/** Attempts of an endpoint, the newest first, one more than `limit`. */
export async function listDeliveries(
  db: Db,
  network: NetworkId,
  {
    webhook,
    limit,
    after,
  }: { readonly webhook: Uuid; readonly limit: number; readonly after?: Uuid | undefined },
) {
  let query = db
    .selectFrom('api.webhook_delivery')
    .select(['uuid', 'entry_index', 'attempted_at', 'milliseconds', 'status', 'error', 'delivered'])
    .where('network_id', '=', network)
    .where('webhook_uuid', '=', webhook)
  if (after !== undefined) query = query.where('uuid', '<', after)
  return await query
    .orderBy('uuid', 'desc')
    .limit(limit + 1)
    .execute()
}

/** Forgets attempts that nobody looks for any more. */
export async function forgetDeliveries(db: Db, now: Date): Promise<void> {
  await db
    .deleteFrom('api.webhook_delivery')
    .where('attempted_at', '<', new Date(now.getTime() - deliveryKeptDays * 24 * 60 * 60 * 1000))
    .execute()
}

function inScope(db: Db | Tx, { network, merchant }: WebhookScope) {
  return db
    .selectFrom('api.webhook')
    .where('network_id', '=', network)
    .where('merchant_id', merchant === null ? 'is' : '=', merchant)
}
