import { hashChildren } from '../../../ledger/proofs/merkle.ts'

/** One step from an entry towards the root: the neighbour that is hashed with it, and what that gives. */
export interface Step {
  /** Where the neighbour stands. */
  readonly side: 'left' | 'right'
  readonly neighbour: Uint8Array
  readonly hash: Uint8Array
}

/**
 * The steps of an inclusion proof (RFC 9162 section 2.1.3.2), to be shown. Whether they lead to the right root is for
 * `checkReceipt` to say; this is for one that it has accepted.
 */
export function walkPath(
  leaf: { readonly index: number; readonly hash: Uint8Array },
  size: number,
  path: readonly Uint8Array[],
): Step[] {
  let node = leaf.index
  let last = size - 1
  let hash = leaf.hash
  return path.map((neighbour) => {
    const isLeft = node % 2 === 1 || node === last
    hash = isLeft ? hashChildren(neighbour, hash) : hashChildren(hash, neighbour)
    if (isLeft) {
      while (node % 2 === 0 && node > 0) {
        node /= 2
        last = Math.floor(last / 2)
      }
    }
    node = Math.floor(node / 2)
    last = Math.floor(last / 2)
    return { side: isLeft ? 'left' : 'right', neighbour, hash }
  })
}
