import { countEntryBytes, type NetworkId } from '../../ledger/index.ts'
import type { Db } from '../tables.ts'

/** Entries of a row of api.entry_bytes. */
export const entriesPerPart = 10_000

/** Entries counted in one query, which takes some hundredths of a second. */
const entriesAtOnce = 500

/**
 * How many bytes the first `size` entries have as lines. What was counted once is remembered. `rest` is waited for after
 * each query.
 */
export async function countBytes(
  db: Db,
  network: NetworkId,
  size: number,
  rest: () => Promise<void> = async () => {},
): Promise<number> {
  const rows = await db
    .selectFrom('api.entry_bytes')
    .select(['part', 'bytes'])
    .where('network_id', '=', network)
    .execute()
  const known = new Map(rows.map(({ part, bytes }) => [Number(part), bytes]))
  let bytes = 0n
  for (let part = 0; part * entriesPerPart < size; part++) {
    const end = Math.min(size, (part + 1) * entriesPerPart)
    const remembered = end % entriesPerPart === 0 ? known.get(part) : undefined
    bytes += remembered ?? (await count(db, { network, part, end }, rest))
  }
  return Number(bytes)
}

async function count(
  db: Db,
  { network, part, end }: { network: NetworkId; part: number; end: number },
  rest: () => Promise<void>,
): Promise<bigint> {
  const from = part * entriesPerPart
  let bytes = 0n
  for (let start = from; start < end; start += entriesAtOnce) {
    bytes += await countEntryBytes(db, network, [start, Math.min(end, start + entriesAtOnce)])
    await rest()
  }
  if (end - from === entriesPerPart) {
    await db
      .insertInto('api.entry_bytes')
      .values({ network_id: network, part: BigInt(part), bytes })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
  }
  return bytes
}
