import { sql } from 'kysely'
import {
  noteOf,
  readAnchorContract,
  readAnchors,
  readCheckpoint,
  readLog,
  readRefusal,
  readWitnessPolicies,
  withCosignatures,
  type Log,
  type NetworkId,
} from '../../ledger/index.ts'
import type { Db, Tx } from '../tables.ts'
import { readRowsCheck } from '../verify/store.ts'

const anchorCountMax = 10

/**
 * How a network's log stands, as everyone may know it; null while it has none. All of one moment: else a checkpoint signed
 * meanwhile would leave nothing unsigned beside the one before.
 */
export async function readLogState(db: Db, network: NetworkId) {
  return await db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute((tx) => readState(tx, network))
}

async function readState(tx: Tx, network: NetworkId) {
  const log = await readLog(tx, network)
  if (!log) return null
  const { inForce, proposed } = await readWitnessPolicies(tx, network)
  const named = await readAnchorContract(tx, network)
  // After a recovery it is the given-up origin's until another is deployed: what it has is not of this log.
  const contract = named?.generation === log.generation ? named : null
  return {
    log,
    inForce,
    proposed,
    contract,
    anchors: contract ? await readAnchors(tx, contract, anchorCountMax) : [],
    newest: await readSigned(tx, log, {}),
    witnessed: await readSigned(tx, log, { quorum: true }),
    lastSigned: await readLastSigned(tx, log),
    unsigned: await readUnsigned(tx, network),
    refusal: await readRefusal(tx, network),
    rowsCheck: await readRowsCheck(tx, network),
  }
}

/** A log's state, as read. */
export type LogState = NonNullable<Awaited<ReturnType<typeof readLogState>>>

async function readSigned(db: Db, log: Log, which: { quorum?: true }) {
  const checkpoint = await readCheckpoint(db, log, which)
  return checkpoint && { ...checkpoint, note: await withCosignatures(db, log, noteOf(log, checkpoint)) }
}

/** The last checkpoint that each witness has co-signed, by its vkey. */
async function readLastSigned(db: Db, { network, generation }: Log) {
  const { rows } = await sql<{ vkey: string; size: bigint; received_at: Date }>`
    select w.vkey, last.size, last.received_at from ledger.witness w
    cross join lateral (select c.size, c.received_at from ledger.cosignature c
      where c.network_id = w.network_id and c.vkey = w.vkey and c.generation = ${generation}
      order by c.size desc limit 1) last
    where w.network_id = ${network} and w.version = (
      select max(s.version) from ledger.witness_policy_start s where s.network_id = ${network})`.execute(db)
  return new Map(rows.map((row) => [row.vkey, { size: Number(row.size), at: row.received_at }]))
}

/** Entries that no checkpoint covers yet, and how old the oldest of them is. */
async function readUnsigned(db: Db, network: NetworkId): Promise<{ entries: number; seconds: number }> {
  const { rows } = await sql<{ entries: number; seconds: number }>`
    select (h.next_index - coalesce(newest.size, 0))::float as entries,
      greatest(coalesce(extract(epoch from clock_timestamp() - coalesce(t.posted_at, g.posted_at)), 0), 0)::float as seconds
    from ledger.head h
    left join lateral (select x.size from ledger.checkpoint x
      where x.network_id = h.network_id order by x.generation desc, x.size desc limit 1) newest on true
    left join ledger.transaction t on t.network_id = h.network_id and t.entry_index = coalesce(newest.size, 0)
    left join ledger.governance g on g.network_id = h.network_id and g.entry_index = coalesce(newest.size, 0)
    where h.network_id = ${network}`.execute(db)
  return rows[0]!
}
