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
  /** Nodes of tries (EIP-1186), each once: proofs name them by their number here. */
  readonly nodes: readonly string[]
  /** Down the state trie to the contract. */
  readonly account_proof: readonly number[]
  /** Down the contract's storage trie to the size of its newest anchor, which is one of these. */
  readonly latest_proof: readonly number[]
  readonly anchors: readonly {
    /** Entries, decimal. */
    readonly size: string
    readonly root: string
    /** The transaction that anchored it. */
    readonly transaction: string
    /** Down the contract's storage trie to the root. */
    readonly storage_proof: readonly number[]
  }[]
}

/** The evidence proves something else than it says; `message` says what. */
export class AnchorEvidenceError extends Error {
  override readonly name = 'AnchorEvidenceError'
}

/** `mapping(uint64 => bytes32) rootAt` in contracts/CheckpointAnchor.sol; a test compares it with the compiler's. */
export const rootAtSlot = 2n

/** `State _state` there, one slot: the size of the newest anchor is its lowest 8 bytes. */
export const stateKey = toBeHex(3, 32)

/** The size of the newest anchor in that slot, whose value is `0x` and hexadecimal digits. */
export function latestSizeOf(state: string): bigint {
  return BigInt.asUintN(64, BigInt(state))
}

/** Where the contract keeps the root of a size: keccak256(size ‖ slot). */
export function storageKeyOf(size: bigint): string {
  return keccak256(toBeHex(size, 32) + toBeHex(rootAtSlot, 32).slice(2))
}

/**
 * Whether the contract had these roots in the block of that hash. Without a chain: header → state root → account → storage.
 * `trusted`: what the auditor knows from elsewhere. Answers the anchors, by size, ascending; the newest
 * that the contract had then is among them.
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
    const latest = provenLatest(storageRoot, evidence)
    const anchors = evidence.anchors
      .map((anchor) => ({
        size: BigInt(anchor.size),
        root: Buffer.from(provenRoot(storageRoot, evidence, anchor).slice(2), 'hex'),
      }))
      .toSorted((a, b) => (a.size < b.size ? -1 : 1))
    if (!anchors.some(({ size }) => size === latest)) {
      throw new AnchorEvidenceError(
        `In this block the contract has a checkpoint of ${latest} entries, which was left out.`,
      )
    }
    return anchors
  } catch (error) {
    if (error instanceof AnchorEvidenceError) throw error
    // What is missing, no hex, no RLP or no number.
    throw new AnchorEvidenceError(`The evidence of anchors can't be read: ${(error as Error).message}`)
  }
}

function readStorageRoot(stateRoot: string, evidence: AnchorEvidence): string {
  const { contract, nodes, account_proof } = evidence
  const account = proven(stateRoot, keccak256(contract), pick(nodes, account_proof))
  const fields = account === null ? null : decodeRlp(account)
  const [, , storageRoot] = Array.isArray(fields) ? fields : []
  if (typeof storageRoot !== 'string') {
    throw new AnchorEvidenceError(`There is no contract ${contract} in this block.`)
  }
  return storageRoot
}

function provenLatest(storageRoot: string, { nodes, latest_proof }: AnchorEvidence): bigint {
  const value = proven(storageRoot, keccak256(stateKey), pick(nodes, latest_proof))
  const content = value === null ? null : decodeRlp(value)
  if (typeof content !== 'string') {
    throw new AnchorEvidenceError('The contract has no checkpoint in this block, or is another one.')
  }
  return latestSizeOf(content)
}

function provenRoot(
  storageRoot: string,
  { nodes }: AnchorEvidence,
  anchor: AnchorEvidence['anchors'][number],
): string {
  const key = keccak256(storageKeyOf(BigInt(anchor.size)))
  const value = proven(storageRoot, key, pick(nodes, anchor.storage_proof))
  const content = value === null ? null : decodeRlp(value)
  if (typeof content !== 'string' || zeroPadValue(content, 32) !== anchor.root.toLowerCase()) {
    throw new AnchorEvidenceError(
      `The contract does not have ${anchor.root} for ${anchor.size} entries in this block.`,
    )
  }
  return anchor.root
}

function pick(nodes: readonly string[], numbers: readonly number[]): string[] {
  return numbers.map((number) => {
    const node = nodes[number]
    if (node === undefined) throw new AnchorEvidenceError(`The evidence has no node ${number}.`)
    return node
  })
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
