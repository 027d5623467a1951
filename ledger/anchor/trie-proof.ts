import { decodeRlp, keccak256, type RlpStructuredData } from 'ethers'

// Merkle-Patricia proofs as `eth_getProof` gives them (EIP-1186; the trie is that of the Ethereum yellow paper, appendix D).

/** The proof is not one: it doesn't begin at the root, or doesn't lead to the key. */
export class TrieProofError extends Error {
  override readonly name = 'TrieProofError'
}

/**
 * What the trie of this root has under a key: RLP as `0x` and hexadecimal digits, or null where it has nothing.
 * `key`: 32 bytes, hashed already; `proof`: the nodes from the root on. All are `0x` and hexadecimal digits.
 * @throws TrieProofError
 */
export function readTrieProof(root: string, key: string, proof: readonly string[]): string | null {
  const path = key.slice(2)
  const nodes = [...proof]
  let walked = 0
  let reference: RlpStructuredData = root
  while (true) {
    const node: RlpStructuredData[] = Array.isArray(reference)
      ? reference
      : takeNode(nodes, reference as string)
    const step: Step = node.length === 17 ? branch(node, path.slice(walked)) : short(node, path.slice(walked))
    if ('value' in step) {
      if (nodes.length > 0) throw new TrieProofError('The proof goes on after its end.')
      return step.value
    }
    walked += step.walked
    reference = step.next
  }
}

type Step = { value: string | null } | { next: RlpStructuredData; walked: number }

/** The next node of the proof, which must have the hash that its parent has for it. */
function takeNode(nodes: string[], hash: string): RlpStructuredData[] {
  const bytes = nodes.shift()
  if (bytes === undefined) throw new TrieProofError('The proof ends before its end.')
  if (keccak256(bytes) !== hash)
    throw new TrieProofError('A node of the proof is another than its parent says.')
  const node = decodeRlp(bytes)
  if (!Array.isArray(node)) throw new TrieProofError('A node of the proof is none.')
  return node
}

/** One child for each nibble, and a value of its own. */
function branch(node: RlpStructuredData[], rest: string): Step {
  if (rest === '') return { value: present(node[16]) }
  const next = node[Number.parseInt(rest[0]!, 16)]!
  return next === '0x' ? { value: null } : { next, walked: 1 }
}

/** A leaf or an extension: some nibbles at once, in hex-prefix encoding. */
function short(node: RlpStructuredData[], rest: string): Step {
  const [encoded, content] = node
  if (node.length !== 2 || typeof encoded !== 'string' || encoded === '0x') {
    throw new TrieProofError('A node of the proof is none.')
  }
  const flags = Number.parseInt(encoded[2]!, 16)
  const nibbles = encoded.slice(flags & 1 ? 3 : 4)
  const isLeaf = (flags & 2) !== 0
  if (isLeaf) return { value: rest === nibbles ? present(content) : null }
  return rest.startsWith(nibbles) ? { next: content!, walked: nibbles.length } : { value: null }
}

function present(content: RlpStructuredData | undefined): string | null {
  if (typeof content !== 'string')
    throw new TrieProofError('A node of the proof has no value where one must be.')
  return content === '0x' ? null : content
}
