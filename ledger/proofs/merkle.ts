import { sha256 } from '@noble/hashes/sha2.js'
import { equalBytes } from './bytes.ts'
import { ProofError } from './errors.ts'

/** Bytes of a hash: SHA-256. */
export const hashBytes = 32

/**
 * SHA-256 of some bytes, in bytes of its own: those it was given may change afterwards. Servers may pass a faster one than
 * the default, which runs everywhere.
 */
export type Digest = (bytes: Uint8Array) => Uint8Array

/** The root of a tree without leaves: SHA-256 of nothing (RFC 6962 section 2.1). */
export const emptyRoot: Uint8Array = sha256(new Uint8Array())

/** Leaf hash, RFC 6962 section 2.1: SHA-256(0x00 ‖ entry). */
export function hashLeaf(entry: Uint8Array, digest: Digest = sha256): Uint8Array {
  // The prefix keeps a leaf from ever passing for an inner node (0x01), which would forge a proof.
  const bytes = new Uint8Array(entry.length + 1)
  bytes.set(entry, 1)
  return digest(bytes)
}

/** Hash of an inner node, RFC 6962 section 2.1: SHA-256(0x01 ‖ left ‖ right). */
export function hashChildren(left: Uint8Array, right: Uint8Array, digest: Digest = sha256): Uint8Array {
  node.set(left, 1)
  node.set(right, hashBytes + 1)
  return digest(node)
}

// One for all: to make another for each node takes as long as to hash it.
const node = Uint8Array.of(1, ...new Uint8Array(2 * hashBytes))

/** The root over the hashes of neighbouring complete subtrees, the largest first: they are folded from the right. */
export function foldPeaks(peaks: readonly Uint8Array[], digest: Digest = sha256): Uint8Array {
  const last = peaks.at(-1)
  if (!last) return emptyRoot
  return peaks.slice(0, -1).reduceRight((right, left) => hashChildren(left, right, digest), last)
}

/**
 * A tree that grows leaf by leaf and keeps no more than the hashes of its complete subtrees (its peaks, the largest
 * first). Begins at `size` with the `peaks` of that size.
 */
export function growTree(size = 0, peaks: readonly Uint8Array[] = [], digest: Digest = sha256) {
  const stack = [...peaks]
  let leaves = size
  return {
    /** Number of leaves. */
    size: () => leaves,
    /** RFC 6962 tree hash over all leaves so far. */
    root: () => foldPeaks(stack, digest),
    /** Hashes of the complete subtrees, the largest first. */
    peaks: (): readonly Uint8Array[] => [...stack],
    /** Adds a leaf; tells of each complete subtree that this makes: 2^level leaves, the index-th of its level. */
    append(leafHash: Uint8Array, onNode?: (level: number, index: number, hash: Uint8Array) => void): void {
      let hash = leafHash
      let index = leaves
      onNode?.(0, index, hash)
      for (let level = 1; index % 2 === 1; level++) {
        hash = hashChildren(stack.pop() as Uint8Array, hash, digest)
        index = (index - 1) / 2
        onNode?.(level, index, hash)
      }
      stack.push(hash)
      leaves++
    },
  }
}

/** Sizes and indexes from elsewhere: anything but a whole number from 0 up to 2^64 − 1 makes a proof false. */
export type Count = number | bigint

/**
 * The root that an inclusion proof leads to, RFC 9162 section 2.1.3.2. Throws `proof_malformed` when no proof of
 * this length can be of this index and size.
 */
export function rootFromInclusionProof(
  leaf: { index: Count; hash: Uint8Array },
  size: Count,
  proof: readonly Uint8Array[],
): Uint8Array {
  const index = toCount(leaf.index)
  const total = toCount(size)
  if (index === null || total === null || index >= total) throw malformed('The index is not below the size.')
  if (![leaf.hash, ...proof].every(isHash)) throw malformed('A hash in the proof is not 32 bytes long.')
  let node = index
  let last = total - 1n
  let root = leaf.hash
  for (const sibling of proof) {
    if (last === 0n) throw malformed('The proof is too long for this index and size.')
    if ((node & 1n) === 1n || node === last) {
      root = hashChildren(sibling, root)
      while ((node & 1n) === 0n && node !== 0n) {
        node >>= 1n
        last >>= 1n
      }
    } else {
      root = hashChildren(root, sibling)
    }
    node >>= 1n
    last >>= 1n
  }
  if (last !== 0n) throw malformed('The proof is too short for this index and size.')
  return root
}

/** Whether the proof shows that the leaf is at `index` of the tree of `size` and `root`. Never throws. */
export function verifyInclusion(
  leaf: { index: Count; hash: Uint8Array },
  tree: { size: Count; root: Uint8Array },
  proof: readonly Uint8Array[],
): boolean {
  if (!isHash(tree.root)) return false
  try {
    return equalBytes(rootFromInclusionProof(leaf, tree.size, proof), tree.root)
  } catch (error) {
    if (error instanceof ProofError) return false
    throw error
  }
}

/**
 * Whether the proof shows that the newer tree only added to the older one, RFC 9162 section 2.1.4.2. Trees of one
 * size are consistent when their roots are equal, with an empty proof. From the empty tree there is nothing to
 * prove: false; who has seen nothing yet takes the first checkpoint as it is. Never throws.
 */
export function verifyConsistency(
  older: { size: Count; root: Uint8Array },
  newer: { size: Count; root: Uint8Array },
  proof: readonly Uint8Array[],
): boolean {
  const first = toCount(older.size)
  const second = toCount(newer.size)
  if (first === null || second === null || first > second) return false
  if (first === second) return proof.length === 0 && equalBytes(older.root, newer.root)
  if (first === 0n || proof.length === 0 || ![older.root, newer.root, ...proof].every(isHash)) return false
  return provesGrowth({ size: first, root: older.root }, { size: second, root: newer.root }, proof)
}

function provesGrowth(
  older: { size: bigint; root: Uint8Array },
  newer: { size: bigint; root: Uint8Array },
  proof: readonly Uint8Array[],
): boolean {
  // A whole subtree of the older tree's size is its own start: the proof leaves it out.
  const complete = (older.size & (older.size - 1n)) === 0n
  const [start, ...rest] = complete ? [older.root, ...proof] : proof
  if (!start) return false
  let node = older.size - 1n
  let last = newer.size - 1n
  while ((node & 1n) === 1n) {
    node >>= 1n
    last >>= 1n
  }
  let olderRoot = start
  let newerRoot = start
  for (const sibling of rest) {
    if (last === 0n) return false
    if ((node & 1n) === 1n || node === last) {
      olderRoot = hashChildren(sibling, olderRoot)
      newerRoot = hashChildren(sibling, newerRoot)
      while ((node & 1n) === 0n && node !== 0n) {
        node >>= 1n
        last >>= 1n
      }
    } else {
      newerRoot = hashChildren(newerRoot, sibling)
    }
    node >>= 1n
    last >>= 1n
  }
  return last === 0n && equalBytes(olderRoot, older.root) && equalBytes(newerRoot, newer.root)
}

function toCount(count: Count): bigint | null {
  if (typeof count === 'number') return Number.isSafeInteger(count) && count >= 0 ? BigInt(count) : null
  return count >= 0n && count < 2n ** 64n ? count : null
}

function isHash(bytes: Uint8Array): boolean {
  return bytes.length === hashBytes
}

function malformed(message: string): ProofError {
  return new ProofError('proof_malformed', message)
}
