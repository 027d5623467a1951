import { fromBase64 } from '../../ledger/proofs/bytes.ts'
import { verifyConsistency, verifyInclusion, type Count } from '../../ledger/proofs/merkle.ts'

/** As transparency-dev/merkle writes its vectors (https://github.com/transparency-dev/merkle, testdata). */
export type Vector = { desc?: string; name?: string; wantErr: boolean } & (
  InclusionVector | ConsistencyVector
)
type InclusionVector = {
  leafIdx: Count
  treeSize: Count
  root: string
  leafHash: string
  proof: string[] | null
}
type ConsistencyVector = { size1: Count; size2: Count; root1: string; root2: string; proof: string[] | null }

/** Reads a file of vectors: one, or a list. Whole numbers keep all their digits, as they go up to 2^64 − 1. */
export function readVectors(json: string): Vector[] {
  const read = JSON.parse(json, (_key, value: unknown, context?: { source?: string }) =>
    typeof value === 'number' && /^\d+$/.test(context?.source ?? '') ? BigInt(context?.source ?? '') : value,
  ) as Vector | Vector[]
  return Array.isArray(read) ? read : [read]
}

/** Whether it is a scenario of the ledger, which often stands beside vectors in one folder. */
export function isScenario(read: object): boolean {
  return 'steps' in read && !('wantErr' in read)
}

/** What is wrong with our verdict on a vector; null when it is the one wanted. */
export function tryVector(vector: Vector): string | null {
  if (typeof vector.wantErr !== 'boolean') return 'this is no vector: it has no wantErr'
  const accepted = judge(vector)
  if (accepted === null) return 'this is no vector of an inclusion or a consistency proof'
  if (accepted !== vector.wantErr) return null
  return accepted ? 'accepted, but must be refused' : 'refused, but must be accepted'
}

function judge(vector: Vector): boolean | null {
  try {
    const proof = (vector.proof ?? []).map(fromBase64)
    if ('leafIdx' in vector) {
      const leaf = { index: vector.leafIdx, hash: fromBase64(vector.leafHash) }
      return verifyInclusion(leaf, { size: vector.treeSize, root: fromBase64(vector.root) }, proof)
    }
    if ('size1' in vector) {
      const older = { size: vector.size1, root: fromBase64(vector.root1) }
      return verifyConsistency(older, { size: vector.size2, root: fromBase64(vector.root2) }, proof)
    }
    return null
  } catch {
    return false // what can't be read is no proof
  }
}
