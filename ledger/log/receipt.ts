import { sql } from 'kysely'
import type { NetworkId } from '../commands.ts'
import type { Db } from '../database/connect.ts'
import { proveInclusion } from '../proofs/prove.ts'
import { formatReceipt } from '../proofs/receipt.ts'
import type { TlogProof } from '../proofs/tlog-proof.ts'
import { withCosignatures } from './cosignatures.ts'
import { noteOf, readCheckpoint, readLog, readNodesOf } from './store.ts'
import { readWitnessPolicies } from './witness-policy.ts'

/** An entry with its proof; `file` is both in one text (`formatReceipt`). */
export interface Receipt {
  readonly entry: string
  readonly proof: Omit<TlogProof, 'extra'>
  readonly file: string
}

/**
 * The receipt of the entry at `index`, against the newest checkpoint that has a quorum (the newest of all where the network has
 * no witnesses). Null while none holds the entry.
 */
export async function readReceipt(db: Db, network: NetworkId, index: number): Promise<Receipt | null> {
  const log = await readLog(db, network)
  if (!log) return null
  const { inForce } = await readWitnessPolicies(db, network)
  const newest = await readCheckpoint(db, log, { quorum: (inForce?.quorum ?? 0) > 0 })
  if (!newest || index >= newest.size) return null
  const [entry, path, note] = await Promise.all([
    readEntry(db, network, index),
    proveInclusion(readNodesOf(db, log, newest.size), index, newest.size),
    withCosignatures(db, log, noteOf(log, newest)),
  ])
  if (entry === null) return null
  const proof = { index, path, checkpoint: { ...newest, note } }
  return { entry, proof, file: formatReceipt(entry, proof) }
}

async function readEntry(db: Db, network: NetworkId, index: number): Promise<string | null> {
  const { rows } = await sql<{ entry: string | null }>`
    select ledger.entry(${network}, ${index}) as entry`.execute(db)
  return rows[0]?.entry ?? null
}
