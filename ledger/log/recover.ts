import type { ClientBase } from 'pg'
import type { NetworkId } from '../commands.ts'
import { formatVerifierKey } from '../proofs/note.ts'
import { checkLog, listSeenElsewhere, recallSeen } from './check.ts'
import type { LogParts } from './parts.ts'
import { LogRefused, readRefusal, type SeenTree } from './refusal.ts'
import { readCheckpoint, readOrigins } from './store.ts'

/** What a recovery did: the new origin with its key, its first entry, what that names as lost, and where the proof is kept. */
export interface Recovered {
  readonly origin: string
  readonly vkey: string
  readonly entryIndex: bigint
  readonly old: SeenTree
  readonly keptAt: string | null
}

/**
 * Gives up the network's origin and opens a new one over the entries that are here: see docs/production.md. `admin` may act as
 * `tally_poster`. Null when the log is whole, or was never opened: then nothing is done.
 */
export async function recoverLog(
  parts: LogParts,
  admin: ClientBase,
  network: NetworkId,
): Promise<Recovered | null> {
  const { db } = parts.ledger
  const origins = await readOrigins(db, network)
  const first = origins.at(-1)
  if (!first || !(await checkLog(parts, network))) return null
  const old = await findLongest(parts, network)
  if (!old) return null
  const known = [...origins.map(({ origin }) => origin), old.origin]
  const generation = 1 + Math.max(...known.map((origin) => generationOf(origin, first.origin)))
  const origin = `${first.origin}/${generation}`
  const vkey = formatVerifierKey(await parts.ledger.logKeyOf(network, origin))
  await admin.query('set role tally_poster')
  const { rows } = await admin.query<{ index: string }>(
    'select ledger.recover_log($1, $2, $3, $4, $5, $6, $7) as index',
    [network, generation, origin, vkey, old.origin, old.size, Buffer.from(old.root)],
  )
  const uuid = await parts.ledger.uuidOf(network)
  const keptAt = await parts.memory.setAside(uuid, `given-up-${generation - 1}`)
  return { origin, vkey, entryIndex: BigInt(rows[0]?.index ?? 0), old, keptAt }
}

/** The newest origin's largest tree that anybody knows. */
async function findLongest(parts: LogParts, network: NetworkId): Promise<SeenTree | null> {
  const { db } = parts.ledger
  const origins = await readOrigins(db, network)
  const [newest] = origins
  const own = newest && (await readCheckpoint(db, newest))
  const refused = await readRefusal(db, network)
  // A damaged memory is what is being recovered from, perhaps; the others' word counts all the same.
  const kept = await recallSeen(parts, network).catch((error: unknown) => {
    if (error instanceof LogRefused) return []
    throw error
  })
  const elsewhere = await listSeenElsewhere(parts, network)
  const first = origins.at(-1)?.origin ?? ''
  const all: SeenTree[] = [
    ...(own ? [{ ...own, where: 'the database' }] : []),
    ...(refused?.seen ? [refused.seen] : []),
    ...kept,
    ...elsewhere,
  ]
  const byAge = all.toSorted(
    (a, b) => generationOf(a.origin, first) - generationOf(b.origin, first) || a.size - b.size,
  )
  return byAge.at(-1) ?? null
}

/** `…/log/riverside` is the first, `…/log/riverside/2` the second. */
function generationOf(origin: string, first: string): number {
  return origin.startsWith(`${first}/`) ? Number(origin.slice(first.length + 1)) || 1 : 1
}
