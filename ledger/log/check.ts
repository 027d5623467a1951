import { sql } from 'kysely'
import type { NetworkId } from '../commands.ts'
import type { Db } from '../database/connect.ts'
import { equalBytes } from '../proofs/bytes.ts'
import { formatVerifierKey } from '../proofs/note.ts'
import { eachAtOnce } from './at-once.ts'
import { loadTree, rootAt } from './grow.ts'
import type { LogParts } from './parts.ts'
import { acceptLog, LogRefused, readRefusal, refuseLog, type Refusal, type SeenTree } from './refusal.ts'
import { countEntries, noteOf, readCheckpoint, readLog, readOrigins, type Log } from './store.ts'

/**
 * Asks everyone who knows of a network's log (the checkpoint kept outside the database, witnesses, the chain) and compares
 * with what the database has. To be called before anything is posted or signed. What is wrong is written down, which stops
 * the network's entries where they would be a fork, and answered; null when all is well, which ends an earlier refusal.
 */
export async function checkLog(parts: LogParts, network: NetworkId): Promise<LogRefused | null> {
  const { db } = parts.ledger
  const before = await readRefusal(db, network)
  const refused = await findFault(parts, network, before)
  // What was found before is gone, or found again just now.
  if (before && refused?.code !== before.code) await acceptLog(db, network)
  if (refused) await refuseLog(db, network, refused)
  else await rememberNewest(parts, network)
  return refused
}

/** How many logs are checked at the same time: each waits for those whom it asks. */
const logsAtOnce = 4

/** `checkLog` for every network, or for those alone that are refused at present. */
export async function checkLogs(
  parts: LogParts,
  { refusedOnly = false }: { refusedOnly?: boolean } = {},
): Promise<{ network: NetworkId; refused: LogRefused }[]> {
  const { rows } = await sql<{ network_id: NetworkId }>`
    select n.network_id from ledger.network n
    where not ${refusedOnly} or exists (select from ledger.log_refusal x where x.network_id = n.network_id)
    order by n.network_id`.execute(parts.ledger.db)
  const checked = await eachAtOnce(rows, logsAtOnce, async ({ network_id: network }) => {
    const refused = await checkLog(parts, network)
    return refused ? [{ network, refused }] : []
  })
  return checked.flat()
}

/** Keeps what others signed as well: a server that never came to sign would not notice a restored backup. */
async function rememberNewest({ ledger, memory }: LogParts, network: NetworkId): Promise<void> {
  const log = await readLog(ledger.db, network)
  const newest = log && (await readCheckpoint(ledger.db, log))
  const uuid = await ledger.uuidOf(network)
  const kept = newest && (await memory.recall(uuid))
  if (newest && (kept?.origin !== log.origin || kept.size < newest.size)) {
    await memory.remember(uuid, noteOf(log, newest))
  }
}

async function findFault(
  parts: LogParts,
  network: NetworkId,
  before: Refusal | null,
): Promise<LogRefused | null> {
  try {
    const log = await readLog(parts.ledger.db, network)
    // First what is known already: nothing that goes wrong further down may make it forgotten.
    if (before) await compareAgain(parts, { network, log }, before)
    const seen = await listSeen(parts, network)
    for (const tree of seen.toSorted((a, b) => b.size - a.size)) await compare(parts, { network, log }, tree)
    if (before?.entry != null) await demandRowsOf(parts.ledger.db, network, [Number(before.entry)])
    if (log) await compareOwn(parts, log)
    return null
  } catch (error) {
    if (error instanceof LogRefused) return error
    throw error
  }
}

/** Compares with what was seen when the refusal arose, in the words of then: they say who had seen it. */
async function compareAgain(
  parts: LogParts,
  of: { network: NetworkId; log: Log | null },
  { code, reason, seen }: Refusal,
): Promise<void> {
  if (!seen) return
  await compare(parts, of, seen).catch((error: unknown) => {
    throw error instanceof LogRefused && error.code === code ? new LogRefused(code, reason, { seen }) : error
  })
}

/** All that others know, and what was kept outside the database. */
export async function listSeen(parts: LogParts, network: NetworkId): Promise<SeenTree[]> {
  return [...(await recallSeen(parts, network)), ...(await listSeenElsewhere(parts, network))]
}

/** What was kept outside the database. Throws LogRefused `memory_damaged`. */
export async function recallSeen({ ledger, memory }: LogParts, network: NetworkId): Promise<SeenTree[]> {
  const kept = await memory.recall(await ledger.uuidOf(network))
  return kept ? [{ ...kept, where: "the server's own last checkpoint" }] : []
}

/** What witnesses and the chain know. */
export async function listSeenElsewhere(
  { seenElsewhere }: Pick<LogParts, 'seenElsewhere'>,
  network: NetworkId,
): Promise<SeenTree[]> {
  return (await Promise.all(seenElsewhere.map((ask) => ask(network)))).flat()
}

/** Throws LogRefused unless the tree that was seen is one of this database's log. */
export async function compare(
  { ledger: { db } }: Pick<LogParts, 'ledger'>,
  { network, log }: { network: NetworkId; log: Log | null },
  seen: SeenTree,
): Promise<void> {
  const size = await countEntries(db, network)
  const origins = await readOrigins(db, network)
  const known = origins.find(({ origin }) => origin === seen.origin)
  if (!log || !known) {
    throw new LogRefused(
      'behind',
      `${seen.where} knows a log ${seen.origin} of ${seen.size} entries; this database does not. ${whatToDo}`,
      { seen },
    )
  }
  // What a log that was given up had more than this one is on record in the entry that gave it up.
  if (known.generation !== log.generation) return
  if (seen.size > size) {
    throw new LogRefused(
      'behind',
      `${seen.where} knows ${seen.size} entries of ${seen.origin}; this database has ${size}. ${whatToDo}`,
      { seen },
    )
  }
  const treeSize = (await readCheckpoint(db, log))?.size ?? 0
  if (!equalBytes(await rootAt(db, log, { size: seen.size, treeSize }), seen.root)) {
    throw new LogRefused(
      'forked',
      `${seen.where} knows other entries than this database among the first ${seen.size} of ${seen.origin}. ${whatToDo}`,
      { seen },
    )
  }
}

const whatToDo =
  'Nothing is posted or signed for this network. If a backup was restored, restore a newer one; if there is none, ' +
  'run npm run recover -- --network SLUG, which opens a new origin that names what is lost.'

/** Throws LogRefused unless the stored tree is what was signed, by the key that this deployment has. */
async function compareOwn({ ledger }: LogParts, log: Log): Promise<void> {
  await demandKey(ledger, log)
  const newest = await readCheckpoint(ledger.db, log)
  if (!newest) return
  const size = await countEntries(ledger.db, log.network)
  if (newest.size > size) {
    throw new LogRefused(
      'behind',
      `The log ${log.origin} was signed with ${newest.size} entries; ${size} are left. ${whatToDo}`,
      { seen: { ...newest, where: 'the database' } },
    )
  }
  await loadTree(ledger.db, log, newest)
}

/** Makes entries again from their rows. Throws LogRefused `rows_changed` for the first whose leaf hash is another. */
export async function demandRowsOf(db: Db, network: NetworkId, indexes: readonly number[]): Promise<void> {
  const { rows } = await sql<{ index: bigint }>`
    select i as index from unnest(${indexes}::bigint[]) i
    where ledger.hash_leaf(ledger.entry(${network}, i)) is distinct from coalesce(
      (select t.leaf_hash from ledger.transaction t where t.network_id = ${network} and t.entry_index = i),
      (select g.leaf_hash from ledger.governance g where g.network_id = ${network} and g.entry_index = i))
    order by i limit 1`.execute(db)
  const [wrong] = rows
  if (!wrong) return
  throw new LogRefused(
    'rows_changed',
    `The rows of entry ${wrong.index} no longer give its leaf hash: somebody changed them. Nothing is signed over that. ` +
      `Run npm run verify -- --database, which says what was changed, and restore the database.`,
    { entry: wrong.index },
  )
}

/** The key that signs the log. Throws LogRefused `key_differs`. */
export async function demandKey(ledger: LogParts['ledger'], log: Log) {
  const key = await ledger.logKeyOf(log.network, log.origin)
  if (formatVerifierKey(key) === log.vkey) return key
  throw new LogRefused(
    'key_differs',
    `TALLY_SECRET is not the one that ${log.origin} was opened with, so its log can't be signed. Start with that one; if it ` +
      `is lost, run npm run recover -- --network SLUG, which opens a new origin with a new key.`,
  )
}
