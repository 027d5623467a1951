import { sql } from 'kysely'
import type { NetworkId } from '../commands.ts'
import type { Db, Tx } from '../database/connect.ts'
import { equalBytes } from '../proofs/bytes.ts'
import { formatCheckpoint, type SignedCheckpoint } from '../proofs/checkpoint.ts'
import { growTree, hashBytes } from '../proofs/merkle.ts'
import { signNote, type SignerKey } from '../proofs/note.ts'
import { eachAtOnce } from './at-once.ts'
import { compare, demandKey, demandRowsOf } from './check.ts'
import { digest } from './digest.ts'
import { entriesAtOnce, growTiles, loadTree, type TileGrowth, type Tree } from './grow.ts'
import { signByNode } from './log-key.ts'
import type { LogParts } from './parts.ts'
import { LogRefused, readRefusal, refuseLog } from './refusal.ts'
import { countEntries, noteOf, readCheckpoint, readLeafHashes, readLog, type Log } from './store.ts'

/**
 * How many new entries (all when they are fewer), and how many old ones, are made again from their rows before each
 * signature: whoever changes rows behind the server's back is mostly found before it. The whole is
 * `npm run verify -- --database`.
 */
const recomputedCount = { fresh: 32, old: 4 } as const
/** How many logs are signed at the same time: each takes a database connection. */
const logsAtOnce = 4

/** Signs logs. Any number may run, in any processes: who finds another at a log leaves that to it. */
export interface LogWriter {
  /** Brings every log that has new entries up to them. Answers how many checkpoints were signed. */
  signAll(): Promise<number>
  /** Brings one log up to `entriesAtOnce` further; null when there was nothing to do, or another does it. */
  sign(network: NetworkId): Promise<SignedCheckpoint | null>
}

export interface LogWriterEvents {
  /** A log isn't signed any more, until `checkLog` finds it whole. */
  readonly onRefused: (network: NetworkId, refused: LogRefused) => void
  /** Anything else that went wrong; the log is tried again. */
  readonly onError: (network: NetworkId, error: unknown) => void
}

export function createLogWriter(parts: LogParts, { onRefused, onError }: LogWriterEvents): LogWriter {
  const { ledger } = parts
  const trees = new Map<NetworkId, Kept>()

  const sign = async (network: NetworkId): Promise<SignedCheckpoint | null> => {
    try {
      const kept = trees.get(network)
      const signed = await ledger.db.transaction().execute((tx) => extend(parts, { tx, network, kept }))
      if (!signed) return null
      trees.set(network, signed)
      await parts.memory.remember(await ledger.uuidOf(network), signed.checkpoint)
      return signed.checkpoint
    } catch (error) {
      trees.delete(network)
      if (!(error instanceof LogRefused)) throw error
      await refuseLog(ledger.db, network, error)
      onRefused(network, error)
      return null
    }
  }

  return {
    sign,
    async signAll() {
      const signed = await eachAtOnce(await findUnsigned(ledger.db), logsAtOnce, (network) =>
        sign(network).catch((error: unknown) => onError(network, error)),
      )
      return signed.filter((checkpoint) => checkpoint).length
    },
  }
}

/** The tree as it was signed last, by whoever did. */
type Kept = { log: Log; tree: Tree; checkpoint: SignedCheckpoint }

/** Networks whose log is open, not refused, and not signed up to the last entry. */
async function findUnsigned(db: Db): Promise<NetworkId[]> {
  const { rows } = await sql<{ network_id: NetworkId }>`
    select h.network_id from ledger.head h
    cross join lateral (select x.generation from ledger.log x
      where x.network_id = h.network_id order by x.generation desc limit 1) log
    left join lateral (select x.size from ledger.checkpoint x
      where x.network_id = h.network_id and x.generation = log.generation order by x.size desc limit 1) newest on true
    where not exists (select from ledger.log_refusal x where x.network_id = h.network_id)
      and h.next_index <> coalesce(newest.size, 0)
    order by h.network_id`.execute(db)
  return rows.map((row) => row.network_id)
}

/** One step of a log, in one transaction: all of it is there afterwards, or nothing. */
async function extend(
  { ledger, memory }: LogParts,
  { tx, network, kept }: { tx: Tx; network: NetworkId; kept: Kept | undefined },
): Promise<Kept | null> {
  if (!(await lockLog(tx, network))) return null
  const log = await readLog(tx, network)
  if (!log || (await readRefusal(tx, network))) return null
  const key = await demandKey(ledger, log)
  const newest = await readCheckpoint(tx, log)
  const entries = await countEntries(tx, network)
  const from = newest?.size ?? 0
  // What this process signed, or another beside it, may have gone with a database that was put back under it.
  const last = kept?.checkpoint ?? (await memory.recall(await ledger.uuidOf(network)))
  if (last && (last.size > from || last.origin !== log.origin)) {
    await compare({ ledger: { ...ledger, db: tx } }, { network, log }, { ...last, where: 'This process' })
  }
  if (newest && from > entries) {
    const message = `The log ${log.origin} was signed with ${from} entries; ${entries} are left.`
    throw new LogRefused('behind', message, { seen: { ...newest, where: 'the database' } })
  }
  if (from === entries) return null
  const tree = await treeOf(tx, { log, newest, kept })
  const end = Math.min(entries, from + entriesAtOnce)
  const leaves = await readLeafHashes(tx, network, [from, end])
  if (leaves.length !== end - from) {
    throw new LogRefused(
      'rows_changed',
      `Between entry ${from} and ${end} of ${log.origin} some are missing.`,
    )
  }
  const { fresh, old } = recomputedCount
  await demandRowsOf(tx, network, [...pick(from, end, fresh), ...pick(0, from, old)])
  const tiles = await growTiles(tree, leaves)
  const checkpoint = signTree(log, tree, key)
  await store(tx, log, { from, checkpoint, tiles })
  return { log, tree, checkpoint }
}

async function lockLog(tx: Tx, network: NetworkId): Promise<boolean> {
  const { rows } = await sql<{ mine: boolean }>`select ledger.lock_log(${network}) as mine`.execute(tx)
  return rows[0]?.mine === true
}

/** The tree of the newest checkpoint: the one at hand when it is that, else out of the tiles. */
async function treeOf(
  tx: Tx,
  {
    log,
    newest,
    kept,
  }: { log: Log; newest: { size: number; root: Uint8Array } | null; kept: Kept | undefined },
): Promise<Tree> {
  if (!newest) return growTree(0, [], digest)
  const atHand =
    kept?.log.generation === log.generation &&
    kept.tree.size() === newest.size &&
    equalBytes(kept.checkpoint.root, newest.root)
  return atHand ? growTree(newest.size, kept.tree.peaks(), digest) : loadTree(tx, log, newest)
}

/** At most `count` whole numbers from `start` to before `end`: all, or some by chance. */
function pick(start: number, end: number, count: number): number[] {
  if (end - start <= count) return Array.from({ length: end - start }, (_, i) => start + i)
  return Array.from({ length: count }, () => start + Math.floor(Math.random() * (end - start)))
}

function signTree(log: Log, tree: Tree, key: SignerKey): SignedCheckpoint {
  const checkpoint = { origin: log.origin, size: tree.size(), root: tree.root() }
  const { signature } = signNote(formatCheckpoint(checkpoint), key, signByNode)
  return noteOf(log, { ...checkpoint, signature }, key)
}

async function store(
  tx: Tx,
  log: Log,
  { from, checkpoint, tiles }: { from: number; checkpoint: SignedCheckpoint; tiles: readonly TileGrowth[] },
): Promise<void> {
  const [own] = checkpoint.note.signatures
  // All hashes in one piece, parted there: as an array they would go as text, of twice their length.
  const counts = tiles.map(({ hashes }) => hashes.length)
  const hashes = Buffer.concat(tiles.flatMap((tile) => tile.hashes))
  await sql`select ledger.extend_log(${log.network}, ${log.generation}, ${from}, ${checkpoint.size},
    ${Buffer.from(checkpoint.root)}, ${own && Buffer.from(own.signature)},
    array_agg(n.level order by n.ordinal), array_agg(n.tile_index order by n.ordinal),
    array_agg(n.at order by n.ordinal), array_agg(n.hashes order by n.ordinal))
    from (select t.*, substring(${hashes}::bytea
        from 1 + ${hashBytes}::int * (sum(t.count) over (order by t.ordinal) - t.count)::int
        for ${hashBytes}::int * t.count) as hashes
      from unnest(${tiles.map(({ level }) => level)}::int[], ${tiles.map(({ index }) => index)}::bigint[],
        ${tiles.map(({ offset }) => offset)}::int[], ${counts}::int[])
        with ordinality t(level, tile_index, at, count, ordinal)) n`.execute(tx)
}
