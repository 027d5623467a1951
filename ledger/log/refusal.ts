import { sql } from 'kysely'
import { DatabaseError } from 'pg'
import type { NetworkId } from '../commands.ts'
import type { Db } from '../database/connect.ts'

/** Why a network's log isn't signed. Of the first two its entries stop as well: what came next would be a fork. */
export type LogRefusalCode =
  /** The database has fewer entries than were signed, or a log that was given up: a restored backup. */
  | 'behind'
  /** It has as many, but others. */
  | 'forked'
  /** Rows of an entry no longer give its stored leaf hash. */
  | 'rows_changed'
  /** The stored tree no longer gives the root that was signed, or not the leaf hashes of the rows. */
  | 'tree_changed'
  /** The deployment's secret gives another key than the log was opened with. */
  | 'key_differs'
  /** The last checkpoint that is kept outside the database can't be read. */
  | 'memory_damaged'

/** A tree of the log as somebody else knows it: `where` says who, for people. */
export type SeenTree = { origin: string; size: number; root: Uint8Array; where: string }

/** The log must not be signed; the message says what is wrong and what to do. */
export class LogRefused extends Error {
  override readonly name = 'LogRefused'
  readonly code: LogRefusalCode
  /** The tree that proves it. */
  readonly seen: SeenTree | null
  /** The entry whose rows prove it. */
  readonly entry: bigint | null

  constructor(
    code: LogRefusalCode,
    message: string,
    proof: { readonly seen?: SeenTree; readonly entry?: bigint } = {},
  ) {
    super(message)
    this.code = code
    this.seen = proof.seen ?? null
    this.entry = proof.entry ?? null
  }
}

/**
 * Remembers in the database that the log isn't signed; `behind` and `forked` also stop the network's entries. It stays so
 * until `checkLog` finds that the cause is gone.
 */
export async function refuseLog(db: Db, network: NetworkId, refused: LogRefused): Promise<void> {
  const { code, message, seen, entry } = refused
  await sql`select ledger.refuse_log(${network}, ${code}, ${message}, ${seen?.origin ?? null},
    ${seen?.size ?? null}, ${seen && Buffer.from(seen.root)}, ${entry})`.execute(db)
}

/** Forgets a refusal whose cause is gone: for `checkLog`. */
export async function acceptLog(db: Db, network: NetworkId): Promise<void> {
  await sql`select ledger.accept_log(${network})`.execute(db)
}

/** A refusal in force, with what proved it when it arose. */
export type Refusal = {
  code: LogRefusalCode
  reason: string
  since: Date
  seen: SeenTree | null
  entry: bigint | null
}

/** The refusal in force; null for none. */
export async function readRefusal(db: Pick<Db, 'selectFrom'>, network: NetworkId): Promise<Refusal | null> {
  const row = await db
    .selectFrom('ledger.log_refusal')
    .select(['code', 'reason', 'since', 'seen_origin', 'seen_size', 'seen_root', 'entry_index'])
    .where('network_id', '=', network)
    .executeTakeFirst()
  if (!row) return null
  const { code, reason, since, entry_index: entry } = row
  const { seen_origin: origin, seen_size: size, seen_root: root } = row
  const seen = origin === null || size === null || root === null ? null : { origin, size: Number(size), root }
  return { code, reason, since, entry, seen: seen && { ...seen, where: 'whoever was asked before' } }
}

/** The network's entries are stopped (`behind`, `forked`): nothing was written. */
export function isLogHalted(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === 'TS001'
}
