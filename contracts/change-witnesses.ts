import { Contract, type InterfaceAbi, type Signer } from 'ethers'
import { readCheckpointAnchor } from './compiled.ts'

/** What the contract is asked for: the set to come, and the old one's signatures in the form that it takes (EIP-2098). */
export interface ProposedWitnesses {
  readonly number: bigint
  /** Addresses in ascending order. */
  readonly witnesses: readonly string[]
  readonly quorum: number
  readonly signatures: readonly { r: string; vs: string }[]
}

/** Proposes another set to a CheckpointAnchor. Answers the block that it is in. `signer`: of an account that can pay. */
export async function proposeWitnesses(
  signer: Signer,
  address: string,
  { number, witnesses, quorum, signatures }: ProposedWitnesses,
): Promise<bigint> {
  return send(signer, address, 'proposeWitnesses', [number, witnesses, quorum, signatures])
}

/** Puts the set that waits in force. Answers the block that it is in. */
export async function putWitnessesInForce(signer: Signer, address: string): Promise<bigint> {
  return send(signer, address, 'changeWitnesses', [])
}

async function send(
  signer: Signer,
  address: string,
  method: string,
  args: readonly unknown[],
): Promise<bigint> {
  const { abi } = await readCheckpointAnchor()
  const contract = new Contract(address, abi as InterfaceAbi, signer)
  const sent = await contract.getFunction(method)(...args)
  const receipt = await sent.wait()
  return BigInt(receipt.blockNumber)
}
