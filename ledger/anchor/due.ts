import type { Db } from '../database/connect.ts'
import { readCheckpoint, readNodesOf, type Log } from '../log/store.ts'
import { proveConsistency } from '../proofs/prove.ts'
import { compactSignature, recoverCheckpointSigner } from './anchor-message.ts'
import { anchorInterface, type ContractState } from './contract.ts'
import { readSignedAbove, toHex, type NamedContract, type SignedForChain } from './store.ts'

/** How often checkpoints are anchored: by whichever comes first. */
export interface AnchoringPace {
  /** So long after the last anchored one was signed … */
  readonly everyMinutes: number
  /** … or with so many more entries. */
  readonly everyEntries: number
}

/** The newest checkpoint that the contract will take, if it is time for one; `now` in milliseconds. */
export async function findDue(
  db: Db,
  { contract, log, state }: { contract: NamedContract; log: Log; state: ContractState },
  { everyMinutes, everyEntries, now }: AnchoringPace & { now: number },
): Promise<SignedForChain | null> {
  const newest = firstCounted(await readSignedAbove(db, contract, state), { contract, log, state })
  if (!newest) return null
  const anchored = await readCheckpoint(db, log, { size: Number(state.size) })
  if (!anchored || newest.size - state.size >= BigInt(everyEntries)) return newest
  return now - anchored.signedAt.getTime() >= everyMinutes * 60_000 ? newest : null
}

/** Of checkpoints, the newest first. Each signature that is looked at costs a millisecond, and most that wait are old. */
function firstCounted(
  signed: readonly SignedForChain[],
  of: { contract: NamedContract; log: Log; state: ContractState },
): SignedForChain | null {
  for (const each of signed) {
    const counted = onlyCounted(each, of)
    if (counted) return counted
  }
  return null
}

/** With just as many signatures as the contract asks for, in its order; null where too few are good. */
function onlyCounted(
  signed: SignedForChain,
  { contract, log, state }: { contract: NamedContract; log: Log; state: ContractState },
): SignedForChain | null {
  const checkpoint = { origin: log.origin, size: signed.size, root: signed.root }
  const counted = signed.signatures.filter(
    ({ signer, signature }) =>
      recoverCheckpointSigner(contract, checkpoint, signature)?.toLowerCase() === signer,
  )
  return counted.length < state.quorum ? null : { ...signed, signatures: counted.slice(0, state.quorum) }
}

/** The call that anchors it on top of what is anchored now, with the proof that the log only grew. */
export async function encodeAnchor(
  db: Db,
  { log, state, due }: { log: Log; state: ContractState; due: SignedForChain },
): Promise<string> {
  const size = Number(due.size)
  const proof = await proveConsistency(readNodesOf(db, log, size), Number(state.size), size)
  return anchorInterface.encodeFunctionData('anchor', [
    due.size,
    toHex(due.root),
    proof,
    due.signatures.map(({ signature }) => compactSignature(signature)),
  ])
}
