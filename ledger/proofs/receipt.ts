import { toUtf8 } from './bytes.ts'
import { ProofError } from './errors.ts'
import { hashLeaf, verifyInclusion } from './merkle.ts'
import { requireQuorum, type Policy, type Vouchers } from './policy.ts'
import { formatTlogProof, parseTlogProof, type TlogProof } from './tlog-proof.ts'

// A receipt is a tlog-proof whose `extra` is the entry's own bytes, so one file holds all that a check needs.

/** What a receipt proves: this entry is the `index`-th of the log, as the checkpoint and those who vouch for it say. */
export type CheckedReceipt = { entry: Uint8Array; proof: TlogProof; vouchers: Vouchers }

/** The receipt as one file. */
export function formatReceipt(entry: string, proof: Omit<TlogProof, 'extra'>): string {
  return formatTlogProof({ ...proof, extra: toUtf8(entry) })
}

/**
 * Checks a receipt against a policy that the caller got elsewhere. Throws a ProofError: what is malformed, `log_unknown`,
 * `signature_missing`, `signature_wrong`, `quorum_missing`, or `inclusion_wrong` when the entry is not in that tree.
 */
export function checkReceipt(receipt: string | Uint8Array, policy: Policy): CheckedReceipt {
  const proof = parseTlogProof(receipt)
  const entry = proof.extra
  if (!entry) throw new ProofError('proof_malformed', 'This receipt has no entry (an "extra" line).')
  const vouchers = requireQuorum(policy, proof.checkpoint)
  const leaf = { index: proof.index, hash: hashLeaf(entry) }
  if (!verifyInclusion(leaf, proof.checkpoint, proof.path)) {
    throw new ProofError('inclusion_wrong', 'The entry is not in the tree that the checkpoint signs.')
  }
  return { entry, proof, vouchers }
}
