import { ContractFactory, type Signer } from 'ethers'
import { readCheckpointAnchor } from './compiled.ts'

/** What a contract is made for, and what can't be changed but for the witnesses. */
export interface AnchorTerms {
  /** The first line of the log's checkpoints. */
  readonly origin: string
  /** Addresses, in any order. */
  readonly witnesses: readonly string[]
  /** How many of them must sign. */
  readonly quorum: number
  /** How long other witnesses wait before they come into force; a day or more. */
  readonly changeDelaySeconds: number
}

/**
 * Deploys a CheckpointAnchor and waits until it is in a block. `signer`: of an account that can pay, connected.
 * @throws where the chain refuses it, or the terms are out of bounds
 */
export async function deployCheckpointAnchor(
  signer: Signer,
  { origin, witnesses, quorum, changeDelaySeconds }: AnchorTerms,
): Promise<{ address: string; block: bigint; transactionHash: string }> {
  const { abi, bytecode } = await readCheckpointAnchor()
  const ascending = witnesses.toSorted((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1))
  const factory = new ContractFactory(abi, bytecode, signer)
  const contract = await factory.deploy(origin, ascending, quorum, changeDelaySeconds)
  const receipt = await contract.deploymentTransaction()?.wait()
  return {
    address: await contract.getAddress(),
    block: BigInt(receipt!.blockNumber),
    transactionHash: receipt!.hash,
  }
}
