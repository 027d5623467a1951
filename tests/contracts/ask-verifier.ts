import type { JsonRpcProvider } from 'ethers'
import { fromBase64 } from '../../ledger/proofs/bytes.ts'
import type { Count } from '../../ledger/proofs/merkle.ts'
import type { Vector } from '../vectors/vector.ts'
import { deploy } from './deploy.ts'

interface Leaf {
  index: Count
  hash: Uint8Array
}
interface Tree {
  size: Count
  root: Uint8Array
}

/** The verifier in Solidity, asked as the one in TypeScript is. */
export interface Verifier {
  includes(leaf: Leaf, tree: Tree, proof: readonly Uint8Array[]): Promise<boolean>
  hasGrown(older: Tree, newer: Tree, proof: readonly Uint8Array[]): Promise<boolean>
  /** Whether it accepts the proof of a vector. */
  judge(vector: Vector): Promise<boolean>
}

/** Deploys it. */
export async function askVerifier(provider: JsonRpcProvider): Promise<Verifier> {
  const contract = await deploy(provider, 'Rfc9162Verifier')
  const ask = async (method: string, hashes: readonly Uint8Array[], args: unknown[]): Promise<boolean> =>
    // What is no `bytes32` can't be put to the contract at all, which is a refusal too.
    hashes.every(({ length }) => length === 32) && contract.getFunction(method)(...args)
  const verifier: Verifier = {
    includes: (leaf, { size, root }, proof) =>
      ask('verifyInclusion', [leaf.hash, root, ...proof], [proof, leaf.index, size, leaf.hash, root]),
    hasGrown: (older, newer, proof) =>
      ask(
        'verifyConsistency',
        [older.root, newer.root, ...proof],
        [proof, older.size, older.root, newer.size, newer.root],
      ),
    judge: (vector) => {
      const proof = (vector.proof ?? []).map(fromBase64)
      if ('leafIdx' in vector) {
        const leaf = { index: vector.leafIdx, hash: fromBase64(vector.leafHash) }
        return verifier.includes(leaf, { size: vector.treeSize, root: fromBase64(vector.root) }, proof)
      }
      const older = { size: vector.size1, root: fromBase64(vector.root1) }
      return verifier.hasGrown(older, { size: vector.size2, root: fromBase64(vector.root2) }, proof)
    },
  }
  return verifier
}
