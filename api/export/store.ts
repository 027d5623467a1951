import { sql } from 'kysely'
import { countEntryBytes, entriesPerCheck, type NetworkId } from '../../ledger/index.ts'
import type { Db } from '../tables.ts'

/** Entries of a row of api.entry_bytes: some pieces of the daily check, which counts them in passing. */
export const entriesPerPart = 40 * entriesPerCheck

/** How many bytes the first `size` entries have as lines. What was counted once is remembered. */
export async function countBytes(db: Db, network: NetworkId, size: number): Promise<number> {
  const rows = await db
    .selectFrom('api.entry_bytes')
    .select(['part', 'bytes'])
    .where('network_id', '=', network)
    .execute()
  const known = new Map(rows.map(({ part, bytes }) => [Number(part), bytes]))
  let bytes = 0n
  for (let part = 0; part * entriesPerPart < size; part++) {
    const end = Math.min(size, (part + 1) * entriesPerPart)
    const isWhole = end % entriesPerPart === 0
    const remembered = isWhole ? known.get(part) : undefined
    const counted = remembered ?? (await countEntryBytes(db, network, [part * entriesPerPart, end]))
    bytes += counted
    if (isWhole && remembered === undefined) await rememberBytes(db, network, new Map([[part, counted]]))
  }
  return Number(bytes)
}

/** Keeps how many bytes whole parts have, so that no export has to count them. */
export async function rememberBytes(
  db: Db,
  network: NetworkId,
  parts: ReadonlyMap<number, bigint>,
): Promise<void> {
  await sql`
    insert into api.entry_bytes (network_id, part, bytes)
    select ${network}::int, * from unnest(${[...parts.keys()]}::bigint[], ${[...parts.values()].map(String)}::bigint[])
    on conflict do nothing`.execute(db)
}
