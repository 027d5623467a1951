import { signCheckpointForChain, type AnchorContract } from '../anchor/anchor-message.ts'
import { equalBytes, toBase64 } from '../proofs/bytes.ts'
import { parseCheckpoint, type Checkpoint, type SignedCheckpoint } from '../proofs/checkpoint.ts'
import { cosign } from '../proofs/cosignature.ts'
import { ProofError } from '../proofs/errors.ts'
import { emptyRoot, verifyConsistency } from '../proofs/merkle.ts'
import {
  formatNote,
  formatSignatureLine,
  signaturesBy,
  verifyNote,
  type VerifierKey,
} from '../proofs/note.ts'
import { proveConsistency, readRoot, type ReadNodes } from '../proofs/prove.ts'
import type { WitnessKeys } from './key-file.ts'
import { ForkSeen, type Memory } from './memory.ts'

/** A witness of one log: its keys, its memory, and the log's own key. It trusts nothing else. */
export interface Witness {
  readonly keys: WitnessKeys
  readonly log: VerifierKey
  readonly memory: Memory
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** One checkpoint at a time: what it remembers is compared and replaced in one go. */
  inTurn<T>(task: () => Promise<T>): Promise<T>
}

/** What came of a checkpoint that the log showed: signed, or smaller than what the witness has seen of it. */
export type Judged =
  | { readonly kind: 'cosigned'; readonly checkpoint: Checkpoint; readonly line: string }
  | { readonly kind: 'smaller'; readonly checkpoint: Checkpoint; readonly known: Checkpoint }

/** The log's answers don't fit together: nothing is signed, and it may be asked again. */
export class LogTrouble extends Error {
  override readonly name = 'LogTrouble'
}

export function createWitness(parts: Pick<Witness, 'keys' | 'log' | 'memory'>): Witness {
  let turn: Promise<unknown> = Promise.resolve()
  return {
    ...parts,
    now: Date.now,
    inTurn(task) {
      const mine = turn.then(task)
      turn = mine.catch(() => {})
      return mine
    },
  }
}

/** The checkpoint of a note that this log has signed. Throws a ProofError otherwise. */
export function openCheckpoint(log: VerifierKey, note: string): SignedCheckpoint {
  const checkpoint = parseCheckpoint(note)
  demandSignature(log, checkpoint)
  return checkpoint
}

/** Throws a ProofError unless the checkpoint is of this log and signed by it. */
export function demandSignature(log: VerifierKey, checkpoint: SignedCheckpoint): void {
  if (checkpoint.origin !== log.name) {
    throw new ProofError('log_unknown', `This checkpoint is of ${checkpoint.origin}, not of ${log.name}.`)
  }
  if (!verifyNote(checkpoint.note, log)) {
    throw new ProofError('signature_missing', `${log.name} has not signed this checkpoint.`)
  }
}

/** What the witness has seen of the log so far; the empty tree before the first time. */
export function lastSeen({ log, memory }: Witness): Checkpoint {
  const last = memory.last()
  return last === null ? { origin: log.name, size: 0, root: emptyRoot } : openCheckpoint(log, last)
}

/**
 * Judges a checkpoint that the log offers, with the tree it shows for it. Co-signs one that only adds to what was seen
 * before. Throws `ForkSeen`, with both kept as evidence, when both can't be true; `LogTrouble` or a ProofError when
 * what the log shows isn't even of one piece.
 */
export function judgeCandidate(
  witness: Witness,
  note: string,
  readTree: (size: number) => ReadNodes,
): Promise<Judged> {
  return witness.inTurn(async () => {
    const checkpoint = openCheckpoint(witness.log, note)
    const known = lastSeen(witness)
    if (checkpoint.size < known.size) return { kind: 'smaller', checkpoint, known }
    await refuseSameSizeFork(witness, known, checkpoint)
    const read = readTree(checkpoint.size)
    const proof = await proveConsistency(read, known.size, checkpoint.size)
    if (!onlyAdds(known, checkpoint, proof)) {
      // Either the tree shown is not the checkpoint's at all, or it is and began otherwise than what was seen.
      const began = { size: known.size, root: await readRoot(read, known.size) }
      if (!onlyAdds(began, checkpoint, proof)) {
        throw new LogTrouble(`The log's tiles are not of its checkpoint of ${checkpoint.size} entries.`)
      }
      await reportFork(witness, checkpoint, {
        'consistency.txt': presentProof(began, checkpoint, proof),
      })
    }
    return { kind: 'cosigned', checkpoint, line: await cosignAndRemember(witness, checkpoint) }
  })
}

/** Whether the proof shows that the checkpoint only added to the tree; to the empty one anything does, without a proof. */
export function onlyAdds(known: Tree, checkpoint: Tree, proof: readonly Uint8Array[]): boolean {
  return known.size === 0 && checkpoint.size > 0
    ? proof.length === 0
    : verifyConsistency(known, checkpoint, proof)
}

/** Throws `ForkSeen`, with both kept as evidence, where the log has signed two roots for one size. */
export async function refuseSameSizeFork(
  witness: Witness,
  known: Checkpoint,
  checkpoint: SignedCheckpoint,
): Promise<void> {
  // Nothing was signed for the empty tree of the beginning: there is no second checkpoint to show.
  if (checkpoint.size !== known.size || equalBytes(checkpoint.root, known.root) || known.size === 0) return
  await reportFork(witness, checkpoint, {})
}

/** Saves, then signs: a signature that got out is never forgotten. Answers the signature's line. Only in turn. */
export async function cosignAndRemember(witness: Witness, checkpoint: SignedCheckpoint): Promise<string> {
  const { log, keys, memory, now } = witness
  const { text } = checkpoint.note
  // Signatures of others are none of its business, and anyone could add to them.
  await memory.remember(formatNote({ text, signatures: signaturesBy(checkpoint.note, log) }))
  return formatSignatureLine(cosign(text, keys.note, Math.floor(now() / 1000)))
}

/** Another co-signature, of this moment, of what was co-signed before: there is nothing more to remember. */
export async function cosignAgain({ log, keys, memory, now }: Witness, last: string): Promise<string> {
  await memory.demandNoFork()
  const { text } = openCheckpoint(log, last).note
  return formatSignatureLine(cosign(text, keys.note, Math.floor(now() / 1000)))
}

/** The signature for the contract over a checkpoint that the witness has co-signed. Throws `ForkSeen` after a fork. */
export async function signForChain(
  { keys, memory }: Witness,
  contract: AnchorContract,
  { origin, size, root }: Checkpoint,
): Promise<string> {
  await memory.demandNoFork()
  return signCheckpointForChain(keys.chain, contract, { origin, size: BigInt(size), root })
}

async function reportFork(
  { memory, log }: Witness,
  other: SignedCheckpoint,
  more: Readonly<Record<string, string>>,
): Promise<never> {
  const seen = memory.last() ?? ''
  const { size } = openCheckpoint(log, seen)
  const folder = await memory.keepEvidence({
    'seen.checkpoint': seen,
    'other.checkpoint': formatNote(other.note),
    ...more,
  })
  const what =
    size === other.size
      ? `two different checkpoints of ${size} entries`
      : `a checkpoint of ${other.size} entries that does not contain the one of ${size} entries seen before`
  throw new ForkSeen(
    `The log ${log.name} has forked: it has signed ${what}. Both are kept in ${folder}. This witness stops and ` +
      'co-signs no more. Show the evidence to the other members: whoever holds the log has changed what was posted.',
  )
}

/** What shows that the newer checkpoint grew out of `began`, not out of what was seen: RFC 6962 section 2.1.2. */
function presentProof(began: Tree, newer: Tree, proof: readonly Uint8Array[]): string {
  const line = ({ size, root }: Tree) => `${size} ${toBase64(root)}\n`
  return `old ${line(began)}new ${line(newer)}${proof.map((hash) => `${toBase64(hash)}\n`).join('')}`
}

type Tree = Pick<Checkpoint, 'size' | 'root'>
