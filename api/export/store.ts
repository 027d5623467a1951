import { countEntryBytes, type NetworkId } from '../../ledger/index.ts'
import type { Db } from '../tables.ts'

/** Entries of a row of api.entry_bytes. */
export const entriesPerPart = 10_000

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
    bytes +=
      known.get(part) && end % entriesPerPart === 0 ? known.get(part)! : await count(db, network, [part, end])
  }
  return Number(bytes)
}

async function count(db: Db, network: NetworkId, [part, end]: [number, number]): Promise<bigint> {
  const from = part * entriesPerPart
  const bytes = await countEntryBytes(db, network, [from, end])
  if (end - from === entriesPerPart) {
    await db
      .insertInto('api.entry_bytes')
      .values({ network_id: network, part: BigInt(part), bytes })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
  }
  return bytes
}
