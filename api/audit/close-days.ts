import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { recordAuditDigest, recordDeploymentDigest, type NetworkId } from '../../ledger/index.ts'
import type { Db, Tx } from '../tables.ts'

/** How long after its end (UTC) a day is closed: what was under way at midnight has ended by then. */
const afterMidnight = sql`interval '1 hour'`
const today = sql<string>`((now() - ${afterMidnight}) at time zone 'UTC')::date`
/** How long it is kept from where something was done. */
export const sourceDaysMax = 180
const rowsAtOnce = 1000

/**
 * Closes the days of the audit trail that are over: each gets a hash over its events, chained to the day before,
 * which goes into the network's log; what happened outside any network, into the log of each. Forgets addresses after
 * their time. Answers how many days were closed.
 */
export async function closeAuditDays(db: Db): Promise<number> {
  let closed = 0
  for (const network of await listNetworkIds(db)) {
    while (await closeNextDay(db, network)) closed++
  }
  while (await closeNextDeploymentDay(db)) closed++
  for (const network of await listNetworkIds(db)) await tellNetwork(db, network)
  await db
    .deleteFrom('api.audit_source')
    .where('created_at', '<', sql<Date>`now() - make_interval(days => ${sourceDaysMax})`)
    .execute()
  return closed
}

/** Closes the oldest open day; false when there is none. Of several processes at once one does it. */
async function closeNextDay(db: Db, network: NetworkId): Promise<boolean> {
  return await db.transaction().execute(async (tx) => {
    const last = await tx
      .selectFrom('api.audit_day')
      .select(['day', 'digest'])
      .where('network_id', '=', network)
      .orderBy('day', 'desc')
      .limit(1)
      .executeTakeFirst()
    const { day } = await tx
      .selectFrom('api.audit_event')
      .select((is) => is.fn.min('day').as('day'))
      .where('network_id', '=', network)
      .where('day', '>', last?.day ?? '-infinity')
      .where('day', '<', today)
      .executeTakeFirstOrThrow()
    if (day === null) return false
    const { events, digest } = await digestDay(tx, { network, day, before: last?.digest ?? null })
    const { numInsertedOrUpdatedRows } = await tx
      .insertInto('api.audit_day')
      .values({ network_id: network, day, events, digest })
      .onConflict((conflict) => conflict.constraint('audit_day_pk').doNothing())
      .executeTakeFirstOrThrow()
    if (numInsertedOrUpdatedRows === 1n) {
      await recordAuditDigest(tx, network, { day, events, digest: digest.toString('hex') })
    }
    return true
  })
}

/** The same for what the deployment's operator did outside any network. */
async function closeNextDeploymentDay(db: Db): Promise<boolean> {
  return await db.transaction().execute(async (tx) => {
    const last = await findNewestDeploymentDay(tx)
    const { day } = await tx
      .selectFrom('api.audit_event')
      .select((is) => is.fn.min('day').as('day'))
      .where('network_id', 'is', null)
      .where('day', '>', last?.day ?? '-infinity')
      .where('day', '<', today)
      .executeTakeFirstOrThrow()
    if (day === null) return false
    const { events, digest } = await digestDay(tx, { network: null, day, before: last?.digest ?? null })
    await tx
      .insertInto('api.deployment_audit_day')
      .values({ day, events, digest })
      .onConflict((conflict) => conflict.constraint('deployment_audit_day_pk').doNothing())
      .execute()
    return true
  })
}

async function findNewestDeploymentDay(tx: Tx) {
  return await tx
    .selectFrom('api.deployment_audit_day')
    .select(['day', 'events', 'digest'])
    .orderBy('day', 'desc')
    .limit(1)
    .executeTakeFirst()
}

/** Puts the newest of those hashes into a network's log, once: it covers all before it. */
async function tellNetwork(db: Db, network: NetworkId): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const newest = await findNewestDeploymentDay(tx)
    if (newest === undefined || (await isTold(tx, network, newest.day))) return
    const { day, events, digest } = newest
    // Of several processes at once one does it.
    await tx
      .selectFrom('api.network')
      .select('network_id')
      .where('network_id', '=', network)
      .orderBy('network_id')
      .forNoKeyUpdate()
      .execute()
    if (await isTold(tx, network, day)) return
    const entry = await recordDeploymentDigest(tx, network, { day, events, digest: digest.toString('hex') })
    await tx
      .insertInto('api.deployment_audit_entry')
      .values({ network_id: network, day, entry_index: entry })
      .execute()
  })
}

async function isTold(tx: Tx, network: NetworkId, day: string): Promise<boolean> {
  const entry = await tx
    .selectFrom('api.deployment_audit_entry')
    .select('day')
    .where('network_id', '=', network)
    .where('day', '=', day)
    .executeTakeFirst()
  return entry !== undefined
}

/**
 * The hash of a day in a network (null: outside any), begun with that of the day before (32 zero bytes for the first):
 * each event in the order of their ids makes the next one, SHA-256(hash so far || event as JSON).
 */
export async function digestDay(
  db: Db | Tx,
  { network, day, before }: { network: NetworkId | null; day: string; before: Buffer | null },
): Promise<{ events: number; digest: Buffer }> {
  let digest = before ?? Buffer.alloc(32)
  let events = 0
  for (let after = '00000000-0000-0000-0000-000000000000'; ;) {
    const rows = await readDay(db, { network, day, after })
    for (const row of rows) digest = createHash('sha256').update(digest).update(writeRow(row)).digest()
    events += rows.length
    if (rows.length < rowsAtOnce) return { events, digest }
    after = rows.at(-1)!.uuid
  }
}

async function readDay(
  db: Db | Tx,
  { network, day, after }: { network: NetworkId | null; day: string; after: string },
) {
  return await db
    .selectFrom('api.audit_event')
    .select(['uuid', 'at', 'actor_kind', 'actor_uuid', 'actor_role', 'merchant_id', 'operation'])
    .select(['outcome', 'subjects', 'changed', 'request_id', 'source_hash', 'staff_uuid'])
    .where('network_id', network === null ? 'is' : '=', network)
    .where('day', '=', day)
    .where('uuid', '>', after)
    .orderBy('uuid')
    .limit(rowsAtOnce)
    .execute()
}

/** Every column, in a stated order. */
function writeRow(row: Awaited<ReturnType<typeof readDay>>[number]): string {
  return JSON.stringify([
    row.uuid,
    row.at.toISOString(),
    row.actor_kind,
    row.actor_uuid,
    row.actor_role,
    row.merchant_id,
    row.operation,
    row.outcome,
    row.subjects,
    row.changed,
    row.request_id,
    row.source_hash?.toString('hex') ?? null,
    row.staff_uuid,
  ])
}

async function listNetworkIds(db: Db): Promise<NetworkId[]> {
  // Into the log of a network that is behind nothing is written until that is put right.
  const rows = await db
    .selectFrom('api.network as network')
    .innerJoin('ledger.head as head', 'head.network_id', 'network.network_id')
    .select('network.network_id')
    .where('head.halted', '=', false)
    .orderBy('network.network_id')
    .execute()
  return rows.map((row) => row.network_id)
}
