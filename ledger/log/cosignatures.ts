import { sql } from 'kysely'
import { addAnchorSignature, hasAnchorSignature, readAnchorContract } from '../anchor/store.ts'
import type { NetworkId } from '../commands.ts'
import type { Db } from '../database/connect.ts'
import { verifyCosignature } from '../proofs/cosignature.ts'
import { ProofError } from '../proofs/errors.ts'
import { parseSignatureLine, parseVerifierKey, type Note, type NoteSignature } from '../proofs/note.ts'
import { noteOf, readCheckpoint, type Log } from './store.ts'
import { readWitnessPolicies } from './witness-policy.ts'

/**
 * The checkpoint that witnesses are to co-sign now, with the log's own signature alone: the same one until a quorum has
 * co-signed it or 30 s have passed, so that they sign the same size. Null while nothing is signed.
 */
export async function offerCandidate(db: Db, log: Log): Promise<Note | null> {
  const { rows } = await sql<{ generation: number; size: string }>`
    select generation, size from ledger.offer_candidate(${log.network})`.execute(db)
  const [offered] = rows
  if (!offered || offered.generation !== log.generation) return null
  const checkpoint = await readCheckpoint(db, log, { size: Number(offered.size) })
  return checkpoint && noteOf(log, checkpoint).note
}

/** What came of a co-signature; `quorum`: whether enough have co-signed that checkpoint by now. */
export type AddedCosignature =
  | { readonly outcome: 'added'; readonly quorum: boolean }
  | { readonly outcome: 'checkpoint_unknown' | 'witness_unknown' | 'cosignature_wrong' }

/** What a witness hands in. */
export interface HandedIn {
  /** Of the checkpoint. */
  readonly size: number
  /** As C2SP signed-note writes it, without its newline. */
  readonly line: string
  /** Of the same checkpoint by the witness's address, for the contract that counts; null: none. */
  readonly chainSignature: string | null
}

/**
 * Adds a co-signature of the log's checkpoint of that size, once it is verified: by a witness of the policy in force,
 * over this very checkpoint. The same again changes nothing.
 */
export async function addCosignature(
  db: Db,
  log: Log,
  { size, line, chainSignature }: HandedIn,
): Promise<AddedCosignature> {
  const checkpoint = await readCheckpoint(db, log, { size })
  if (!checkpoint) return { outcome: 'checkpoint_unknown' }
  const signature = readLine(line)
  if (!signature) return { outcome: 'cosignature_wrong' }
  const witness = await findWitness(db, log.network, signature)
  if (!witness) return { outcome: 'witness_unknown' }
  // What was verified before isn't again: anyone can say again what the log publishes.
  const isKnown =
    (await hasCosignature(db, log, { size, vkey: witness.vkey, signature: signature.signature })) &&
    (chainSignature === null ||
      (await hasAnchorSignature(db, log.network, { size, signature: chainSignature })))
  if (isKnown) return { outcome: 'added', quorum: checkpoint.quorumAt !== null }
  const { text } = noteOf(log, checkpoint).note
  if (!isCosigned({ text, signatures: [signature] }, witness.vkey)) return { outcome: 'cosignature_wrong' }
  const contract = await readAnchorContract(db, log.network)
  // After a recovery the contract is the given-up origin's until another is deployed.
  const isOld = contract !== null && contract.generation !== log.generation
  // Whom the policy gives no address on chain may sign for it as it likes: that counts nowhere.
  if (chainSignature !== null && witness.chainAddress !== null && !isOld) {
    const signed = { size: BigInt(size), origin: log.origin, root: checkpoint.root }
    const own = { checkpoint: signed, signer: witness.chainAddress, signature: chainSignature }
    if (!(await addAnchorSignature(db, log.network, own))) return { outcome: 'cosignature_wrong' }
  }
  const { rows } = await sql<{ quorum: boolean | null }>`
    select ledger.add_cosignature(${log.network}, ${log.generation}, ${size}, ${witness.vkey},
      ${Buffer.from(signature.signature)}) as quorum`.execute(db)
  const quorum = rows[0]?.quorum ?? null
  // The policy may have changed since it was read.
  return quorum === null ? { outcome: 'witness_unknown' } : { outcome: 'added', quorum }
}

/** The note with the co-signatures that the log has of it, in the order in which they came. */
export async function withCosignatures(
  db: Pick<Db, 'selectFrom'>,
  { network, generation }: Log,
  { size, note }: { size: number; note: Note },
): Promise<Note> {
  const rows = await db
    .selectFrom('ledger.cosignature')
    .select(['vkey', 'signature'])
    .where('network_id', '=', network)
    .where('generation', '=', generation)
    .where('size', '=', BigInt(size))
    .orderBy('received_at')
    .execute()
  const cosignatures = rows.map(({ vkey, signature }): NoteSignature => {
    const { name, keyId } = parseVerifierKey(vkey)
    return { name, keyId, signature }
  })
  return { text: note.text, signatures: [...note.signatures, ...cosignatures] }
}

async function hasCosignature(
  db: Db,
  { network, generation }: Log,
  { size, vkey, signature }: { size: number; vkey: string; signature: Uint8Array },
): Promise<boolean> {
  const row = await db
    .selectFrom('ledger.cosignature')
    .select('size')
    .where('network_id', '=', network)
    .where('generation', '=', generation)
    .where('size', '=', BigInt(size))
    .where('vkey', '=', vkey)
    .where('signature', '=', Buffer.from(signature))
    .executeTakeFirst()
  return row !== undefined
}

async function findWitness(db: Db, network: NetworkId, { name, keyId }: NoteSignature) {
  const { inForce } = await readWitnessPolicies(db, network)
  return inForce?.witnesses.find(({ vkey }) => {
    const key = parseVerifierKey(vkey)
    return key.name === name && key.keyId === keyId
  })
}

function readLine(line: string): NoteSignature | null {
  try {
    return parseSignatureLine(line)
  } catch (error) {
    if (error instanceof ProofError) return null
    throw error
  }
}

function isCosigned(note: Note, vkey: string): boolean {
  try {
    return verifyCosignature(note, parseVerifierKey(vkey)) !== null
  } catch (error) {
    if (error instanceof ProofError) return false
    throw error
  }
}
