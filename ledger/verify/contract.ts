import { Interface } from 'ethers'
import { openChain } from '../anchor/chain.ts'
import { AnchorEvidenceError, verifyAnchorEvidence, type AnchorEvidence } from '../anchor/evidence.ts'
import { toBytes } from '../anchor/store.ts'
import type { Finding, HeldCheckpoint } from './judge.ts'
import type { Options } from './options.ts'
import type { ReadExport } from './read-export.ts'

const contractInterface = new Interface(['function rootAt(uint64 size) view returns (bytes32)'])

/**
 * What the auditor's own contract has of the log, or why it can't be told. Asks the chain's node
 * with `--rpc`; with `--block` nobody: then the export's own anchors.json must prove it against that block.
 */
export async function findContract(
  read: ReadExport,
  asked: { contract: string } & Pick<Options, 'block' | 'rpc'>,
): Promise<HeldCheckpoint[] | Finding> {
  return asked.rpc === null ? proveContract(read, asked) : askContract(read, asked.contract, asked.rpc)
}

function proveContract(
  { anchors }: ReadExport,
  { contract, block }: { contract: string; block: string | null },
): HeldCheckpoint[] | Finding {
  if (!isEvidence(anchors)) {
    return untold('anchors.json proves no anchors. Ask the chain: --rpc URL.')
  }
  try {
    const proven = verifyAnchorEvidence(anchors, { contract, blockHash: block! })
    return proven.map(({ size, root }) => ({
      holder: `the contract ${contract}`,
      size: Number(size),
      root,
      vouches: true,
    }))
  } catch (error) {
    if (error instanceof AnchorEvidenceError) {
      return { verdict: 'diverged', words: [`anchors.json: ${error.message}`] }
    }
    throw error
  }
}

async function askContract(
  { checkpoints }: ReadExport,
  contract: string,
  rpc: string,
): Promise<HeldCheckpoint[] | Finding> {
  const chain = openChain(rpc)
  try {
    const held: HeldCheckpoint[] = []
    for (const { size } of checkpoints) {
      const data = contractInterface.encodeFunctionData('rootAt', [size])
      const answer = (await chain.send('eth_call', [{ to: contract, data }, 'latest'])) as string
      if (answer === '0x') return untold(`There is no contract at ${contract} on the chain of --rpc.`)
      const [root] = contractInterface.decodeFunctionResult('rootAt', answer) as unknown as [string]
      if (/^0x0+$/.test(root)) continue
      held.push({ holder: `the contract ${contract}`, size, root: toBytes(root), vouches: true })
    }
    return held.length > 0 ? held : untold(`The contract ${contract} has none of the export's checkpoints.`)
  } finally {
    chain.close()
  }
}

function untold(words: string): Finding {
  return { verdict: 'keys_not_trusted', words: [words] }
}

/** Whether an export proves anything about a contract; what, `verifyAnchorEvidence` looks at. */
function isEvidence(anchors: unknown): anchors is AnchorEvidence {
  const { contract, block, account_proof, anchors: list } = (anchors ?? {}) as Partial<AnchorEvidence>
  return (
    typeof contract === 'string' &&
    !!block &&
    Array.isArray(account_proof) &&
    Array.isArray(list) &&
    list.length > 0
  )
}
