import { anchorInterface } from '../anchor/contract.ts'
import { openChain, type Chain } from '../anchor/chain.ts'
import { AnchorEvidenceError, verifyAnchorEvidence, type AnchorEvidence } from '../anchor/evidence.ts'
import { toBytes } from '../anchor/store.ts'
import type { Finding, HeldCheckpoint } from './judge.ts'
import type { ReadExport } from './read-export.ts'

/** What a contract has at the newest block: asked before the log is played, which must reach as far. */
export interface ContractHead {
  /** Of the log that it is for. */
  readonly origin: string
  /** Its last checkpoint. */
  readonly newest: HeldCheckpoint
}

/** Asks the chain's node for the contract's last checkpoint, or says why there is none. */
export async function askHead({ contract, rpc }: AskedOnChain): Promise<ContractHead | Finding> {
  const chain = openChain(rpc)
  try {
    const origin = await ask(chain, contract, 'origin')
    const latest = await ask(chain, contract, 'latest')
    if (!origin || !latest) return untold(`There is no contract at ${contract} on the chain of --rpc.`)
    const size = Number(latest['size'])
    if (size === 0) return untold(`The contract ${contract} has no checkpoint yet.`)
    return {
      origin: origin[0] as string,
      newest: {
        holder: `the contract ${contract}`,
        size,
        root: toBytes(latest['root'] as string),
        vouches: true,
      },
    }
  } finally {
    chain.close()
  }
}

/** A contract that the auditor named, and the node that they ask for it. */
interface AskedOnChain {
  readonly contract: string
  readonly rpc: string
}

/** Null where there is no such contract. */
async function ask(chain: Chain, to: string, method: string, args: readonly unknown[] = []) {
  const data = anchorInterface.encodeFunctionData(method, args)
  const answer = (await chain.send('eth_call', [{ to, data }, 'latest'])) as string
  return answer === '0x' ? null : anchorInterface.decodeFunctionResult(method, answer)
}

/** What the auditor's own contract had in a block, as the export's anchors.json proves it; or why it can't be told. */
export function proveContract(
  { anchors }: ReadExport,
  { contract, block }: { contract: string; block: string },
): HeldCheckpoint[] | Finding {
  if (!isEvidence(anchors)) {
    return untold('anchors.json proves no anchors. Ask the chain: --rpc URL.')
  }
  try {
    const proven = verifyAnchorEvidence(anchors, { contract, blockHash: block })
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

/** Asks the chain's node what the contract has of the export's checkpoints, beside its last one. */
export async function askContract(
  { checkpoints }: ReadExport,
  { newest }: ContractHead,
  { contract, rpc }: AskedOnChain,
): Promise<HeldCheckpoint[]> {
  const chain = openChain(rpc)
  try {
    const held = [newest]
    for (const { size } of checkpoints) {
      if (size >= newest.size) continue
      const answer = await ask(chain, contract, 'rootAt', [size])
      const root = toBytes(answer![0] as string)
      if (root.some((byte) => byte !== 0)) held.push({ ...newest, size, root })
    }
    return held
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
