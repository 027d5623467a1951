import { Interface } from 'ethers'
import { quantity, type Chain } from './chain.ts'
import { toBytes, type Anchor } from './store.ts'

/** That part of contracts/ICheckpointAnchor.sol which is used here; a test compares it with the compiled contract. */
export const anchorInterface = new Interface([
  'function anchor(uint64 size, bytes32 root, bytes32[] proof, (bytes32 r, bytes32 vs)[] signatures)',
  'function latest() view returns (uint64 size, bytes32 root)',
  'function frozen() view returns (bool)',
  'function rootAt(uint64 size) view returns (bytes32 root)',
  'function origin() view returns (string)',
  'function lastNumber() view returns (uint64)',
  'function proposedSet() view returns (uint64 number, address[] witnesses, uint64 quorum, uint64 effectiveFrom)',
  'function witnessSet() view returns (uint64 number, address[] witnesses, uint64 quorum)',
  'event Anchored(uint64 indexed size, bytes32 root)',
])

/** What the contract says at the newest block. */
export interface ContractState {
  readonly origin: string
  readonly frozen: boolean
  /** Entries of the last checkpoint; 0 before the first. */
  readonly size: bigint
  /** Its root; zeros before the first. */
  readonly root: Buffer
  /** Addresses in lower case. */
  readonly witnesses: ReadonlySet<string>
  readonly quorum: number
}

/**
 * Asks the contract.
 * @throws where there is none at this address, or another one
 */
export async function readContract(chain: Chain, address: string): Promise<ContractState> {
  const ask = async (method: string) => {
    const data = anchorInterface.encodeFunctionData(method)
    const answer = (await chain.send('eth_call', [{ to: address, data }, 'latest'])) as string
    if (answer === '0x') throw new Error(`There is no CheckpointAnchor at ${address} on this chain.`)
    return anchorInterface.decodeFunctionResult(method, answer)
  }
  const [origin, frozen, latest, set] = await Promise.all(
    ['origin', 'frozen', 'latest', 'witnessSet'].map(ask),
  )
  return {
    origin: origin!['0'] as string,
    frozen: frozen!['0'] as boolean,
    size: latest!['size'] as bigint,
    root: toBytes(latest!['root'] as string),
    witnesses: new Set((set!['witnesses'] as string[]).map((witness) => witness.toLowerCase())),
    quorum: Number(set!['quorum']),
  }
}

/** Anchors in the blocks from one to another, both included, in order. */
export async function readAnchorEvents(
  chain: Chain,
  address: string,
  [from, to]: readonly [bigint, bigint],
): Promise<Anchor[]> {
  const topics = [anchorInterface.getEvent('Anchored')!.topicHash]
  const filter = { address, topics, fromBlock: quantity(from), toBlock: quantity(to) }
  const logs = (await chain.send('eth_getLogs', [filter])) as {
    topics: string[]
    data: string
    blockNumber: string
    blockHash: string
    transactionHash: string
  }[]
  return logs.map((log) => {
    const { size, root } = anchorInterface.decodeEventLog('Anchored', log.data, log.topics)
    return {
      size: size as bigint,
      root: toBytes(root as string),
      blockNumber: BigInt(log.blockNumber),
      blockHash: toBytes(log.blockHash),
      transactionHash: toBytes(log.transactionHash),
    }
  })
}
