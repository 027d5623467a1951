import { sql } from 'kysely'
import type { NetworkId } from '../commands.ts'
import type { Db } from '../database/connect.ts'
import { digest } from '../log/digest.ts'
import { readCheckpoint, readLog, readOrigins, readTilesOf, type Log } from '../log/store.ts'
import { equalBytes } from '../proofs/bytes.ts'
import { growTree, hashBytes } from '../proofs/merkle.ts'
import { findDrift, isOfRows } from './recount.ts'
import { countEntries } from './words.ts'

/** What a check of a network's rows found. */
export interface RowsChecked {
  /** Entries made again from their rows. */
  readonly entries: number
  /** What is not as it was posted, each in words; none: nothing was changed behind the ledger's back. */
  readonly faults: readonly string[]
}

/** With the first entry whose rows no longer give its leaf hash; null for none. */
export type RowsFound = RowsChecked & { readonly changed: number | null }

const leavesPerTile = 256
/** Entries checked in one piece: a tile's worth, some hundredths of a second of the database's time. */
export const entriesPerCheck = leavesPerTile
/** After so many the rest is as wrong. */
const faultsMax = 100

export interface RowsCheckOptions {
  /** Told how many entries are done, and how many bytes they have as lines of an export. */
  readonly onEntries?: (done: number, bytes: number) => void
  /** Waited for after each piece of work, which takes the database for some hundredths of a second. */
  readonly rest?: () => Promise<void>
}

/**
 * Makes every entry again from its rows, compares it with its stored leaf hash, with the tree's and with every checkpoint's
 * root, and counts balances, lots, holds, debts and counters again. Posting goes on meanwhile: entries never change, and
 * what does change is counted within one statement. There is no snapshot over the whole: it would keep every version of
 * the head's and the accounts' rows alive, which posting would have to walk past.
 */
export async function checkRows(
  db: Db,
  network: NetworkId,
  { onEntries, rest = async () => {} }: RowsCheckOptions = {},
): Promise<RowsFound> {
  const { entries, faults, changed } = await checkEntries(db, network, { onEntries, rest })
  const drift = faults.length < faultsMax ? await findDrift(db, network, rest) : []
  return { entries, changed, faults: [...faults, ...drift].slice(0, faultsMax) }
}

async function checkEntries(
  db: Db,
  network: NetworkId,
  { onEntries, rest }: RowsCheckOptions & { rest: () => Promise<void> },
): Promise<RowsFound> {
  const origins = await readOrigins(db, network)
  // Signed before it was counted, so that what is signed meanwhile never seems too much.
  const [current] = origins
  const signedMost = current ? ((await readCheckpoint(db, current))?.size ?? 0) : 0
  const size = await countRows(db, network)
  const leaves = await readTreeLeaves(db, network)
  const tree = growTree(0, [], digest)
  const faults: string[] = []
  let sound = 0
  let bytes = 0
  let changed: number | null = null
  for (let start = 0; start < size.next && faults.length < faultsMax; start += entriesPerCheck) {
    const end = Math.min(size.next, start + entriesPerCheck)
    const rows = await makeAgain(db, network, [start, end])
    const signed = await leaves([start, end])
    const roots = await readRoots(db, origins, [start, end])
    let index = start
    for (const row of rows) {
      bytes += row.bytes
      for (; index < Number(row.entry_index); index++) faults.push(`entry ${index} has no row`)
      if (Number(row.entry_index) < index) {
        faults.push(`entry ${row.entry_index} has two rows`)
        continue
      }
      if (row.made === null || !row.made.equals(row.stored)) {
        changed ??= index
        faults.push(
          `the rows of entry ${index} are not those it was posted with: they no longer give its leaf hash`,
        )
      } else if (signed[index - start] && !equalBytes(signed[index - start]!, row.made)) {
        faults.push(`entry ${index} was changed, its leaf hash too: the log's tree has another`)
      }
      tree.append(row.made ?? row.stored)
      index++
      for (const { origin, root } of roots.get(index) ?? []) {
        if (faults.length === 0 && !equalBytes(root, tree.root())) {
          faults.push(
            `one of the entries ${sound} to ${index - 1} was changed, with its leaf hash and the tree: ${origin} signed ` +
              `another root of ${countEntries(index)}`,
          )
        }
        sound = index
      }
    }
    for (; index < end; index++) faults.push(`entry ${index} has no row`)
    onEntries?.(end, bytes)
    await rest()
  }
  if (size.beyond > 0)
    faults.push(`${countEntries(size.beyond)} beyond the head, which says the next is ${size.next}`)
  if (size.before > 0) faults.push(`${countEntries(size.before)} before the first, which is 0`)
  if (signedMost > size.next)
    faults.push(`the log has ${countEntries(size.next)}, and a signed checkpoint of ${signedMost}`)
  return { entries: size.next, faults, changed }
}

interface Counted {
  /** Entries as the head says. */
  readonly next: number
  /** Rows beyond them, and rows that no entry comes before. */
  readonly beyond: number
  readonly before: number
}

async function countRows(db: Db, network: NetworkId): Promise<Counted> {
  const { rows } = await sql<Record<keyof Counted, bigint>>`
    with outside as (
      select x.entry_index < 0 as is_before from ledger.head h, lateral (
        select entry_index from ledger.transaction where network_id = h.network_id and entry_index >= h.next_index
        union all select entry_index from ledger.transaction where network_id = h.network_id and entry_index < 0
        union all select entry_index from ledger.governance where network_id = h.network_id and entry_index >= h.next_index
        union all select entry_index from ledger.governance where network_id = h.network_id and entry_index < 0) x
      where h.network_id = ${network}
    )
    select h.next_index as next, (select count(*) from outside where not is_before) as beyond,
      (select count(*) from outside where is_before) as before
    from ledger.head h where h.network_id = ${network}`.execute(db)
  const { next, beyond, before } = rows[0]!
  return { next: Number(next), beyond: Number(beyond), before: Number(before) }
}

/** An entry as its rows make it; `made` is null where they make none. */
interface MadeAgain {
  readonly entry_index: bigint
  readonly stored: Buffer
  readonly made: Buffer | null
  readonly bytes: number
}

/** One whose rows can't even be put together must not hide the others: then each is made by itself. */
async function makeAgain(
  db: Db,
  network: NetworkId,
  [start, end]: readonly [number, number],
): Promise<MadeAgain[]> {
  try {
    const { rows } = await sql<MadeAgain>`
      select entry_index, leaf_hash as stored, ledger.hash_leaf(entry) as made,
        coalesce(octet_length(entry) + 1, 0) as bytes
      from ledger.entries(${network}, ${start}, ${end})`.execute(db)
    return rows
  } catch (error) {
    if (!isOfRows(error)) throw error
    if (end - start === 1) return await readStored(db, network, start)
    const each: MadeAgain[] = []
    for (let index = start; index < end; index++) {
      each.push(...(await makeAgain(db, network, [index, index + 1])))
    }
    return each
  }
}

async function readStored(db: Db, network: NetworkId, index: number): Promise<MadeAgain[]> {
  const { rows } = await sql<MadeAgain>`
    select entry_index, leaf_hash as stored, null::bytea as made, 0 as bytes from (
      select network_id, entry_index, leaf_hash from ledger.transaction
      union all select network_id, entry_index, leaf_hash from ledger.governance
    ) e where network_id = ${network} and entry_index = ${index}`.execute(db)
  return rows
}

/** Signed roots of sizes above `start` up to `end`; those of an earlier origin as far as the next one took them over. */
async function readRoots(
  db: Db,
  origins: readonly Log[],
  [start, end]: readonly [number, number],
): Promise<Map<number, { origin: string; root: Buffer }[]>> {
  const roots = new Map<number, { origin: string; root: Buffer }[]>()
  for (const { network, generation, origin } of origins) {
    const next = origins.find((each) => each.generation === generation + 1)
    const rows = await db
      .selectFrom('ledger.checkpoint')
      .select(['size', 'root'])
      .where('network_id', '=', network)
      .where('generation', '=', generation)
      .where('size', '>', BigInt(start))
      .where('size', '<=', BigInt(Math.min(end, next?.entryIndex ?? end)))
      .execute()
    for (const { size, root } of rows) {
      roots.set(Number(size), [...(roots.get(Number(size)) ?? []), { origin, root }])
    }
  }
  return roots
}

/** Reads leaf hashes as the log's tree has them, as far as it goes. */
async function readTreeLeaves(db: Db, network: NetworkId) {
  const log = await readLog(db, network)
  if (!log) return async () => []
  const read = readTilesOf(db, log)
  return async ([start, end]: readonly [number, number]): Promise<Uint8Array[]> => {
    const first = Math.floor(start / leavesPerTile)
    const count = Math.ceil(end / leavesPerTile) - first
    const tiles = await read(
      Array.from({ length: count }, (_, i) => ({ level: 0, index: first + i, width: leavesPerTile })),
    )
    const hashes: Uint8Array[] = []
    for (const [i, tile] of tiles.entries()) {
      for (let at = 0; at < tile.length; at += hashBytes) {
        const index = (first + i) * leavesPerTile + at / hashBytes
        if (index >= start && index < end) hashes[index - start] = tile.subarray(at, at + hashBytes)
      }
    }
    return hashes
  }
}
