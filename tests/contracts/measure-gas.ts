import type { Contract, JsonRpcProvider } from 'ethers'
import { addressOfKey, compactSignature, signCheckpointForChain } from '../../ledger/anchor/anchor-message.ts'
import { hashLeaf } from '../../ledger/proofs/merkle.ts'
import { proveConsistency, proveInclusion, readRoot } from '../../ledger/proofs/prove.ts'
import { deploy, testChainId, uniformTree, witnessKeys } from './deploy.ts'

/** What something costs, and the most it may. */
export interface GasRow {
  readonly what: string
  readonly gas: number
  readonly limit: number | null
}

const leaf = hashLeaf(new TextEncoder().encode('entry'))
const read = uniformTree(leaf)
const origin = 'tally.example.org/log/riverside'
const keys = witnessKeys(5)

/** Measures on a fresh chain, so that it comes out the same each time. */
export async function measureGas(provider: JsonRpcProvider): Promise<GasRow[]> {
  const meter = await deploy(provider, 'GasMeter')
  const contract = await deployAnchor(provider)
  const deployment = await contract.deploymentTransaction()?.wait()
  const first = await anchor(contract, 0, 1_000_000)
  // After 1,000,001 entries comes the longest proof there is at this size.
  const grown = await anchor(contract, 1_000_000, 1_000_001)
  const longest = await anchor(contract, 1_000_001, 1_900_000)
  const index = 777_777
  const call = contract.interface.encodeFunctionData('verifyInclusion', [
    1_000_000,
    index,
    leaf,
    await proveInclusion(read, index, 1_000_000),
  ])
  const inclusion: bigint = await meter.getFunction('measure')(await contract.getAddress(), call)
  return [
    { what: 'Deploying it for five witnesses', gas: Number(deployment!.gasUsed), limit: null },
    { what: 'The first anchor, three signatures', gas: first, limit: 115_000 },
    { what: 'An anchor from 1,000,000 to 1,000,001 entries, three signatures', gas: grown, limit: 115_000 },
    { what: 'The same from 1,000,001 to 1,900,000, the longest proof', gas: longest, limit: 115_000 },
    { what: 'Another contract asks for an inclusion at 1,000,000', gas: Number(inclusion), limit: 25_000 },
  ]
}

/** A contract for three of the five. */
function deployAnchor(provider: JsonRpcProvider): Promise<Contract> {
  return deploy(provider, 'CheckpointAnchor', [origin, keys.map(addressOfKey), 3, 86_400])
}

async function anchor(contract: Contract, from: number, size: number): Promise<number> {
  const root = await readRoot(read, size)
  const where = { chainId: testChainId, address: await contract.getAddress() }
  const signatures = await Promise.all(
    keys
      .slice(0, 3)
      .map(async (key) =>
        compactSignature(await signCheckpointForChain(key, where, { origin, size: BigInt(size), root })),
      ),
  )
  const proof = await proveConsistency(read, from, size)
  const sent = await contract.getFunction('anchor')(size, root, proof, signatures)
  const receipt = await sent.wait()
  return Number(receipt.gasUsed)
}

/** The rows as a Markdown table. */
export function formatGas(rows: readonly GasRow[]): string {
  const count = (number: number) => number.toLocaleString('en-GB')
  const lines = rows.map(
    ({ what, gas, limit }) => `| ${what} | ${count(gas)} | ${limit === null ? '' : count(limit)} |`,
  )
  return ['| what | gas | at most |', '| --- | ---: | ---: |', ...lines].join('\n')
}
