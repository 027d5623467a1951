import { sql } from 'kysely'
import type { NetworkId } from '../commands.ts'
import type { Db } from '../database/connect.ts'
import { formatCheckpoint, type Checkpoint, type SignedCheckpoint } from '../proofs/checkpoint.ts'
import { hashBytes } from '../proofs/merkle.ts'
import { parseVerifierKey, type VerifierKey } from '../proofs/note.ts'
import type { ReadNodes } from '../proofs/prove.ts'
import { readNodesFromTiles, type ReadTiles } from '../proofs/tiles.ts'
import { digest } from './digest.ts'

/** What reads; a transaction as well as the database. */
type Reading = Pick<Db, 'selectFrom' | 'getExecutor'>

/** The log of a network: the newest of its origins. `entryIndex` is of the entry that opened it. */
export type Log = {
  network: NetworkId
  generation: number
  origin: string
  vkey: string
  entryIndex: number
}
/** A checkpoint as stored; `noteOf` gives its note. */
export type StoredCheckpoint = Checkpoint & { signature: Uint8Array; signedAt: Date; quorumAt: Date | null }

/** Null while the network's log isn't opened. */
export async function readLog(db: Reading, network: NetworkId): Promise<Log | null> {
  const [log = null] = await readOrigins(db, network)
  return log
}

/** Every origin the network's log has had, the newest first. */
export async function readOrigins(db: Reading, network: NetworkId): Promise<Log[]> {
  const rows = await db
    .selectFrom('ledger.log')
    .select(['generation', 'origin', 'vkey', 'entry_index'])
    .where('network_id', '=', network)
    .orderBy('generation', 'desc')
    .execute()
  return rows.map(({ generation, origin, vkey, entry_index }) => ({
    network,
    generation,
    origin,
    vkey,
    entryIndex: Number(entry_index),
  }))
}

/** How many entries the network has; all below that index are committed. */
export async function countEntries(db: Reading, network: NetworkId): Promise<number> {
  const head = await db
    .selectFrom('ledger.head')
    .select('next_index')
    .where('network_id', '=', network)
    .executeTakeFirst()
  return Number(head?.next_index ?? 0)
}

/**
 * The newest checkpoint; `quorum`: of those that enough witnesses cosigned; `size`: that very one. Null for none.
 */
export async function readCheckpoint(
  db: Reading,
  log: Log,
  { quorum = false, size }: { quorum?: boolean; size?: number } = {},
): Promise<StoredCheckpoint | null> {
  const row = await db
    .selectFrom('ledger.checkpoint')
    .select(['size', 'root', 'signature', 'signed_at', 'quorum_at'])
    .where('network_id', '=', log.network)
    .where('generation', '=', log.generation)
    .$if(quorum, (query) => query.where('quorum_at', 'is not', null))
    .$if(size !== undefined, (query) => query.where('size', '=', BigInt(size ?? 0)))
    .orderBy('size', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (!row) return null
  const { root, signature, signed_at: signedAt, quorum_at: quorumAt } = row
  return { origin: log.origin, size: Number(row.size), root, signature, signedAt, quorumAt }
}

/** The checkpoint with the log's own signature alone. `key`: the log's, where it is at hand. */
export function noteOf(
  log: Log,
  { size, root, signature }: Omit<StoredCheckpoint, 'signedAt' | 'quorumAt'>,
  { name, keyId }: VerifierKey = parseVerifierKey(log.vkey),
) {
  const checkpoint = { origin: log.origin, size, root }
  const note = { text: formatCheckpoint(checkpoint), signatures: [{ name, keyId, signature }] }
  return { ...checkpoint, note } satisfies SignedCheckpoint
}

/** Tiles by their keys; one that the log doesn't have, or not so wide, comes back too short. */
export function readTilesOf(
  db: Reading,
  { network, generation }: Omit<Log, 'vkey' | 'entryIndex' | 'origin'>,
) {
  const read: ReadTiles = async (tiles) => {
    const { rows } = await sql<{ hashes: Buffer | null }>`
      select substring(t.hashes for q.width * ${hashBytes}::int) as hashes
      from unnest(${tiles.map(({ level }) => level)}::int[], ${tiles.map(({ index }) => index)}::bigint[],
        ${tiles.map(({ width }) => width)}::int[]) with ordinality q(level, tile_index, width, ordinal)
      left join lateral (select x.hashes from ledger.tile x
        where x.network_id = ${network} and x.generation = ${generation} and x.level = q.level
          and x.tile_index = q.tile_index limit 1) t on true
      order by q.ordinal`.execute(db as Db)
    return rows.map((row) => row.hashes ?? new Uint8Array())
  }
  return read
}

/** Complete subtrees of the log's tree of `size`. */
export function readNodesOf(db: Reading, log: Log, size: number): ReadNodes {
  return readNodesFromTiles(readTilesOf(db, log), size, digest)
}

/** Leaf hashes of the entries from `start` to before `end`, as their rows have them; fewer when some are missing. */
export async function readLeafHashes(
  db: Reading,
  network: NetworkId,
  [start, end]: readonly [number, number],
): Promise<Buffer[]> {
  // In one piece: thousands of rows would keep the event loop from posting.
  const { rows } = await sql<{ hashes: Buffer | null }>`
    select string_agg(leaf_hash, ''::bytea order by entry_index) as hashes from (
      select entry_index, leaf_hash from ledger.transaction
        where network_id = ${network} and entry_index >= ${start} and entry_index < ${end}
      union all select entry_index, leaf_hash from ledger.governance
        where network_id = ${network} and entry_index >= ${start} and entry_index < ${end}
    ) entry`.execute(db as Db)
  const hashes = rows[0]?.hashes ?? Buffer.alloc(0)
  return Array.from({ length: hashes.length / hashBytes }, (_, i) =>
    hashes.subarray(i * hashBytes, (i + 1) * hashBytes),
  )
}
