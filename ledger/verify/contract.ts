import { Interface } from 'ethers'
import { openChain } from '../anchor/chain.ts'
import { AnchorEvidenceError, verifyAnchorEvidence, type AnchorEvidence } from '../anchor/evidence.ts'
import { toBytes } from '../anchor/store.ts'
import type { HeldCheckpoint } from './judge.ts'
import type { Options } from './options.ts'
import type { ReadExport } from './read-export.ts'

const contractInterface = new Interface(['function rootAt(uint64 size) view returns (bytes32)'])

/**
 * What the auditor's own contract has of the log. Answers in words where the export says otherwise. Asks the chain's node
 * with `--rpc`; with `--block` nobody: then the export's own anchors.json must prove it against that block.
 */
export async function findContract(
  read: ReadExport,
  asked: { contract: string } & Pick<Options, 'block' | 'rpc'>,
): Promise<HeldCheckpoint[] | string> {
  return asked.rpc === null ? proveContract(read, asked) : askContract(read, asked.contract, asked.rpc)
}

function proveContract(
  { anchors }: ReadExport,
  { contract, block }: { contract: string; block: string | null },
): HeldCheckpoint[] | string {
  try {
    const proven = verifyAnchorEvidence(anchors as AnchorEvidence, { contract, blockHash: block! })
    return proven.map(({ size, root }) => ({
      holder: `the contract ${contract}`,
      size: Number(size),
      root,
      vouches: true,
    }))
  } catch (error) {
    if (error instanceof AnchorEvidenceError) return `anchors.json: ${error.message}`
    throw error
  }
}

async function askContract(
  { checkpoints }: ReadExport,
  contract: string,
  rpc: string,
): Promise<HeldCheckpoint[] | string> {
  const chain = openChain(rpc)
  try {
    const held: HeldCheckpoint[] = []
    for (const { size } of checkpoints) {
      const data = contractInterface.encodeFunctionData('rootAt', [size])
      const answer = (await chain.send('eth_call', [{ to: contract, data }, 'latest'])) as string
      if (answer === '0x') return `There is no contract at ${contract} on the chain of --rpc.`
      const [root] = contractInterface.decodeFunctionResult('rootAt', answer) as unknown as [string]
      if (/^0x0+$/.test(root)) continue
      held.push({ holder: `the contract ${contract}`, size, root: toBytes(root), vouches: true })
    }
    return held
  } finally {
    chain.close()
  }
}
