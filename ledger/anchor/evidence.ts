import { decodeRlp, encodeRlp, keccak256, stripZerosLeft, toBeHex, zeroPadValue } from 'ethers'
import { readTrieProof, TrieProofError } from './trie-proof.ts'

/** Everything that shows what a contract has, but for the hash of the block: that, the auditor has from elsewhere. */
export interface AnchorEvidence {
  /** EIP-155, decimal. */
  readonly chain_id: string
  /** The contract's address. This and all that follows: `0x` and hexadecimal digits. */
  readonly contract: string
  readonly block: {
    /** Decimal. */
    readonly number: string
    readonly hash: string
    /** Its header as RLP, whose Keccak-256 is the hash. */
    readonly header: string
  }
  /** Nodes of the state trie, down to the contract (EIP-1186). */
  readonly account_proof: readonly string[]
  readonly anchors: readonly {
    /** Entries, decimal. */
    readonly size: string
    readonly root: string
    /** The transaction that anchored it. */
    readonly transaction: string
    /** Nodes of the contract's storage trie, down to the root. */
    readonly storage_proof: readonly string[]
  }[]
}

/** The evidence proves something else than it says; `message` says what. */
export class AnchorEvidenceError extends Error {
  override readonly name = 'AnchorEvidenceError'
}

/** `mapping(uint64 => bytes32) rootAt` in contracts/CheckpointAnchor.sol; a test compares it with the compiler's. */
export const rootAtSlot = 2n

/** Where the contract keeps the root of a size: keccak256(size ‖ slot). */
export function storageKeyOf(size: bigint): string {
  return keccak256(toBeHex(size, 32) + toBeHex(rootAtSlot, 32).slice(2))
}

/**
 * Whether the contract had these roots in the block of that hash. Without a chain: header → state root → account → storage.
 * `trusted`: what the auditor knows from elsewhere. Answers the anchors, by size, ascending.
 * @throws AnchorEvidenceError
 */
export function verifyAnchorEvidence(
  evidence: AnchorEvidence,
  trusted: { contract: string; blockHash: string },
): { size: bigint; root: Uint8Array }[] {
  const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase()
  try {
    if (!same(evidence.contract, trusted.contract)) {
      throw new AnchorEvidenceError(
        `The anchors are of the contract ${evidence.contract}, not ${trusted.contract}.`,
      )
    }
    if (!same(keccak256(evidence.block.header), trusted.blockHash)) {
      throw new AnchorEvidenceError(`The header is not that of the block ${trusted.blockHash}.`)
    }
    const { stateRoot } = readHeader(evidence.block.header)
    const storageRoot = readStorageRoot(stateRoot, evidence)
    return evidence.anchors
      .map((anchor) => ({
        size: BigInt(anchor.size),
        root: Buffer.from(provenRoot(storageRoot, anchor).slice(2), 'hex'),
      }))
      .toSorted((a, b) => (a.size < b.size ? -1 : 1))
  } catch (error) {
    if (error instanceof AnchorEvidenceError) throw error
    // What is missing, no hex, no RLP or no number.
    throw new AnchorEvidenceError(`The evidence of anchors can't be read: ${(error as Error).message}`)
  }
}

function readStorageRoot(stateRoot: string, { contract, account_proof }: AnchorEvidence): string {
  const account = proven(stateRoot, keccak256(contract), account_proof)
  const fields = account === null ? null : decodeRlp(account)
  const [, , storageRoot] = Array.isArray(fields) ? fields : []
  if (typeof storageRoot !== 'string') {
    throw new AnchorEvidenceError(`There is no contract ${contract} in this block.`)
  }
  return storageRoot
}

function provenRoot(storageRoot: string, anchor: AnchorEvidence['anchors'][number]): string {
  const value = proven(storageRoot, keccak256(storageKeyOf(BigInt(anchor.size))), anchor.storage_proof)
  const content = value === null ? null : decodeRlp(value)
  if (typeof content !== 'string' || zeroPadValue(content, 32) !== anchor.root.toLowerCase()) {
    throw new AnchorEvidenceError(
      `The contract does not have ${anchor.root} for ${anchor.size} entries in this block.`,
    )
  }
  return anchor.root
}

function proven(root: string, key: string, proof: readonly string[]): string | null {
  try {
    return readTrieProof(root, key, proof)
  } catch (error) {
    if (error instanceof TrieProofError) throw new AnchorEvidenceError(error.message)
    throw error
  }
}

/** The state root of a header in RLP: its fourth field. */
function readHeader(header: string): { stateRoot: string } {
  const fields = decodeRlp(header)
  const stateRoot = Array.isArray(fields) ? fields[3] : undefined
  if (typeof stateRoot !== 'string') throw new AnchorEvidenceError('This is no header of a block.')
  return { stateRoot }
}

// The fields of a header in order; those from baseFeePerGas on came with one upgrade after another.
const bytesFields = 'parentHash sha3Uncles miner stateRoot transactionsRoot receiptsRoot logsBloom'.split(' ')
const numberFields = 'difficulty number gasLimit gasUsed timestamp'.split(' ')
const laterFields: readonly (readonly [string, 'number' | 'bytes'])[] = [
  ['baseFeePerGas', 'number'],
  ['withdrawalsRoot', 'bytes'],
  ['blobGasUsed', 'number'],
  ['excessBlobGas', 'number'],
  ['parentBeaconBlockRoot', 'bytes'],
  ['requestsHash', 'bytes'],
]

/** The header of a block as RLP, from what `eth_getBlockByNumber` answers; null where it doesn't give the block's hash. */
export function encodeHeader(block: Readonly<Record<string, string>>): string | null {
  const number = (name: string) => stripZerosLeft(toBeHex(BigInt(block[name]!)))
  const fields = [
    ...bytesFields.map((name) => block[name]!),
    ...numberFields.map(number),
    ...['extraData', 'mixHash', 'nonce'].map((name) => block[name]!),
    ...laterFields
      .filter(([name]) => block[name] !== undefined && block[name] !== null)
      .map(([name, kind]) => (kind === 'number' ? number(name) : block[name]!)),
  ]
  const header = encodeRlp(fields)
  return keccak256(header) === block['hash'] ? header : null
}
