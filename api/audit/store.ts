import { sql } from 'kysely'
import type { MerchantId, NetworkId, Uuid } from '../../ledger/index.ts'
import type { Db } from '../tables.ts'

/** Which events to list. */
export interface AuditFilter {
  readonly actor?: Uuid | undefined
  readonly subject?: string | undefined
  readonly operation?: string | undefined
  readonly outcome?: 'done' | 'refused' | undefined
  readonly from?: Date | undefined
  readonly until?: Date | undefined
  /** Only what concerns this merchant. */
  readonly merchant?: MerchantId | undefined
}

/** Events of the network (null: outside any), the newest first, one more than `limit`. */
export async function listAuditEvents(
  db: Db,
  network: NetworkId | null,
  { limit, after, ...filter }: AuditFilter & { readonly limit: number; readonly after?: Uuid | undefined },
) {
  let query = db
    .selectFrom('api.audit_event as event')
    .leftJoin('api.audit_source as source', 'source.event_uuid', 'event.uuid')
    .leftJoin('api.merchant as merchant', (join) =>
      join
        .onRef('merchant.network_id', '=', 'event.network_id')
        .onRef('merchant.merchant_id', '=', 'event.merchant_id'),
    )
    .select(['event.uuid', 'event.at', 'event.actor_kind', 'event.actor_uuid', 'event.actor_role'])
    .select('event.staff_uuid')
    .select(['event.operation', 'event.outcome', 'event.subjects', 'event.changed', 'event.request_id'])
    .select(['source.address', 'merchant.uuid as merchant_uuid'])
    .where('event.network_id', network === null ? 'is' : '=', network)
  if (after !== undefined) query = query.where('event.uuid', '<', after)
  if (filter.merchant !== undefined) query = query.where('event.merchant_id', '=', filter.merchant)
  const { actor } = filter
  if (actor !== undefined) {
    query = query.where((is) =>
      is.or([is('event.actor_uuid', '=', actor), is('event.staff_uuid', '=', actor)]),
    )
  }
  if (filter.operation !== undefined) query = query.where('event.operation', '=', filter.operation)
  if (filter.outcome !== undefined) {
    query = query.where('event.outcome', filter.outcome === 'done' ? '=' : '<>', 'done')
  }
  if (filter.subject !== undefined) {
    query = query.where(sql<boolean>`${filter.subject} = any(event.subjects)`)
  }
  if (filter.from !== undefined) query = query.where('event.at', '>=', filter.from)
  if (filter.until !== undefined) query = query.where('event.at', '<', filter.until)
  // Made by uuidv7(), so their order is that of their making.
  return await query
    .orderBy('event.uuid', 'desc')
    .limit(limit + 1)
    .execute()
}

/** An event as the trail keeps it. */
export type AuditEventRow = Awaited<ReturnType<typeof listAuditEvents>>[number]
