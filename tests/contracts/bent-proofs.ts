import fc from 'fast-check'
import { hashLeaf } from '../../ledger/proofs/merkle.ts'
import { proveConsistency, proveInclusion, readRoot } from '../../ledger/proofs/prove.ts'
import { uniformTree } from './deploy.ts'

const hash = hashLeaf(new Uint8Array([1]))
const read = uniformTree(hash)

/** What to prove, and what to bend in it. */
export const anyBentProofs = fc.record({
  size: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 2 ** 40 })),
  part: fc.double({ min: 0, max: 1, noNaN: true }),
  bend: fc.constantFrom('nothing', 'size', 'place', 'bit', 'longer', 'shorter', 'leaf', 'root', 'older root'),
  by: fc.integer({ min: 1, max: 7 }),
})
type Wish = typeof anyBentProofs extends fc.Arbitrary<infer T> ? T : never

/** Two proofs of a tree: that it has an entry, and that it grew from the entries before that one; one thing is bent. */
export async function makeBentProofs({ size, part, bend, by }: Wish) {
  const place = Math.min(Math.floor(part * size), size - 1)
  const flip = (bytes: Uint8Array) => bytes.with(by, bytes[by]! ^ (1 << by))
  const flipFor = (what: Wish['bend'], bytes: Uint8Array) => (bend === what ? flip(bytes) : bytes)
  const bendProof = (proof: Uint8Array[]) => {
    if (bend === 'bit') return proof.map((sibling, i) => (i === by ? flip(sibling) : sibling))
    if (bend === 'longer') return [...proof, hash]
    return bend === 'shorter' ? proof.slice(0, -1) : proof
  }
  const claimed = bend === 'place' ? place + by : place
  return {
    leaf: { index: claimed, hash: flipFor('leaf', hash) },
    older: { size: claimed, root: flipFor('older root', await readRoot(read, place)) },
    newer: { size: bend === 'size' ? size + by : size, root: flipFor('root', await readRoot(read, size)) },
    inclusion: bendProof(await proveInclusion(read, place, size)),
    consistency: bendProof(await proveConsistency(read, place, size)),
  }
}
