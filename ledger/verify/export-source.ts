import { sql } from 'kysely'
import type { NetworkId } from '../commands.ts'
import type { Db } from '../database/connect.ts'
import { withCosignatures } from '../log/cosignatures.ts'
import { noteOf, readCheckpoint, readLog, readOrigins, type Log } from '../log/store.ts'
import { readWitnessPolicies } from '../log/witness-policy.ts'
import { formatNote } from '../proofs/note.ts'
import type { AccountRow } from './accounts.ts'

/** What an export has beside the entries, all as of its newest checkpoint. */
export interface ExportPlan {
  /** Entries under the newest checkpoint, which is the one that receipts go by. */
  readonly size: number
  /** Notes with their co-signatures, by file name. */
  readonly checkpoints: ReadonlyMap<string, string>
  /** C2SP tlog-policy, as the server has it. */
  readonly policy: string
  /** Accounts up to this one exist by now: more than those entries name. */
  readonly lastAccount: number
}

/** Entries read at once. */
const entriesAtOnce = 500
const accountsAtOnce = 5000

/**
 * What an export made now is of: every anchored checkpoint, and the newest with a quorum (of all, where the network has
 * no witnesses). Null while there is none.
 */
export async function planExport(db: Db, network: NetworkId): Promise<ExportPlan | null> {
  const log = await readLog(db, network)
  if (!log) return null
  const { inForce } = await readWitnessPolicies(db, network)
  const newest = await readCheckpoint(db, log, { quorum: (inForce?.quorum ?? 0) > 0 })
  if (!newest) return null
  const origins = await readOrigins(db, network)
  const checkpoints = new Map<string, string>()
  for (const { generation, size } of [
    ...(await listAnchored(db, network)),
    { generation: log.generation, size: newest.size },
  ]) {
    const own = origins.find((origin) => origin.generation === generation)!
    // What an origin signed after the entry with which the next one begins was lost.
    const next = origins.find((origin) => origin.generation === generation + 1)
    if (size > newest.size || (next && size > next.entryIndex)) continue
    checkpoints.set(`${generation}-${size}`, await readNote(db, own, size))
  }
  return {
    size: newest.size,
    checkpoints,
    policy: `log ${log.vkey}\n${inForce?.text ?? 'quorum none\n'}`,
    lastAccount: await findLastAccount(db, network),
  }
}

async function findLastAccount(db: Db, network: NetworkId): Promise<number> {
  const { rows } = await sql<{ last: number }>`
    select max(account_id) as last from ledger.account where network_id = ${network}`.execute(db)
  return rows[0]!.last
}

async function readNote(db: Db, log: Log, size: number): Promise<string> {
  const checkpoint = await readCheckpoint(db, log, { size })
  if (!checkpoint) throw new Error(`the log ${log.origin} has no checkpoint of ${size}`)
  return formatNote(await withCosignatures(db, log, noteOf(log, checkpoint)))
}

async function listAnchored(db: Db, network: NetworkId): Promise<{ generation: number; size: number }[]> {
  const { rows } = await sql<{ generation: number; size: bigint }>`
    select distinct c.generation, a.size from ledger.anchor a
    join ledger.anchor_contract c using (network_id)
    join ledger.checkpoint k on k.network_id = a.network_id and k.generation = c.generation and k.size = a.size
    where a.network_id = ${network} and a.contract_index = c.entry_index and a.vanished_at is null
    order by 1, 2`.execute(db)
  return rows.map(({ generation, size }) => ({ generation, size: Number(size) }))
}

/** Entries in order, some hundred at a time, as they are in the log: one text without line's end each. */
export async function* readEntryTexts(
  db: Db,
  network: NetworkId,
  [from, until]: readonly [number, number],
): AsyncGenerator<string[]> {
  for (let start = from; start < until; start += entriesAtOnce) {
    const end = Math.min(until, start + entriesAtOnce)
    const { rows } = await sql<{ entry: string }>`
      select entry from ledger.entries(${network}, ${start}, ${end})`.execute(db)
    if (rows.length !== end - start) {
      throw new Error(`network ${network} has ${rows.length} entries from ${start} to ${end}`)
    }
    yield rows.map(({ entry }) => entry)
  }
}

/** How many bytes entries have as lines, their ends counted. */
export async function countEntryBytes(
  db: Db,
  network: NetworkId,
  [from, until]: readonly [number, number],
): Promise<bigint> {
  const { rows } = await sql<{ bytes: bigint }>`
    select coalesce(sum(octet_length(entry) + 1), 0)::bigint as bytes
    from ledger.entries(${network}, ${from}, ${until})`.execute(db)
  return rows[0]!.bytes
}

/** What every account is, some thousand at a time; merchants' as far as the entries of the export admitted them. */
export async function* readAccountRows(
  db: Db,
  network: NetworkId,
  { size, lastAccount }: ExportPlan,
): AsyncGenerator<AccountRow[]> {
  const admitted = await listAdmitted(db, network, size)
  let after = 0
  for (;;) {
    const { rows } = await sql<{
      account_id: number
      account: string
      kind: AccountRow['kind']
      merchant: string | null
    }>`
      select a.account_id, a.account_uuid as account, a.kind, m.merchant_uuid as merchant
      from ledger.account a
      left join ledger.merchant m on m.network_id = a.network_id and m.merchant_id = a.merchant_id
      where a.network_id = ${network} and a.account_id > ${after} and a.account_id <= ${lastAccount}
      order by a.account_id limit ${accountsAtOnce}`.execute(db)
    const last = rows.at(-1)
    if (!last) return
    after = last.account_id
    yield rows
      .filter(({ merchant }) => merchant === null || admitted.has(merchant))
      .map(({ account, kind, merchant }) => ({ account, kind, ...(merchant !== null && { merchant }) }))
  }
}

async function listAdmitted(db: Db, network: NetworkId, size: number): Promise<Set<string>> {
  const { rows } = await sql<{ merchant: string }>`
    select facts ->> 'merchant' as merchant from ledger.governance
    where network_id = ${network} and event = 'merchant_admitted' and entry_index < ${size}`.execute(db)
  return new Set(rows.map(({ merchant }) => merchant))
}
