import { getAddress, Signature, TypedDataEncoder, verifyTypedData, Wallet } from 'ethers'

// What a witness signs for the chain (EIP-712), and nothing else: contracts/CheckpointAnchor.sol counts these signatures.

/** Where a signature counts. Another chain or another contract makes another digest. */
export interface AnchorContract {
  /** EIP-155. */
  readonly chainId: bigint
  /** `0x` and 40 hexadecimal digits. */
  readonly address: string
}

/** A log's state, as the contract knows it. */
export interface AnchorCheckpoint {
  /** The first line of the log's checkpoints (C2SP tlog-checkpoint). */
  readonly origin: string
  /** Entries, below 2^64. */
  readonly size: bigint
  /** RFC 6962 root, 32 bytes. */
  readonly root: Uint8Array
}

/** A witness set to come; the old set's quorum signs it. */
export interface AnchorWitnessChange {
  readonly origin: string
  /** The first set has 1, and each proposal one more than the last, so that none can be played again. */
  readonly number: bigint
  /** Addresses in ascending order. */
  readonly witnesses: readonly string[]
  /** How many of them make a quorum. */
  readonly quorum: number
}

const checkpointTypes = {
  Checkpoint: [
    { name: 'origin', type: 'string' },
    { name: 'size', type: 'uint64' },
    { name: 'root', type: 'bytes32' },
  ],
}

const witnessChangeTypes = {
  WitnessChange: [
    { name: 'origin', type: 'string' },
    { name: 'number', type: 'uint64' },
    { name: 'witnesses', type: 'address[]' },
    { name: 'quorum', type: 'uint64' },
  ],
}

function domainOf({ chainId, address }: AnchorContract) {
  return { name: 'Tallystick CheckpointAnchor', version: '1', chainId, verifyingContract: address }
}

/** The 32 bytes that a witness signs, as `0x` and hexadecimal digits (EIP-712). */
export function digestCheckpoint(contract: AnchorContract, checkpoint: AnchorCheckpoint): string {
  return TypedDataEncoder.hash(domainOf(contract), checkpointTypes, checkpoint)
}

/**
 * Signs with a secp256k1 key: 65 bytes r ‖ s ‖ v, s in the lower half of the order (EIP-2).
 * `privateKey`: 32 bytes as `0x` and hexadecimal digits.
 */
export function signCheckpointForChain(
  privateKey: string,
  contract: AnchorContract,
  checkpoint: AnchorCheckpoint,
): Promise<string> {
  return new Wallet(privateKey).signTypedData(domainOf(contract), checkpointTypes, checkpoint)
}

/** The witness's address on chain, with its checksum (EIP-55). */
export function addressOfKey(privateKey: string): string {
  return new Wallet(privateKey).address
}

/**
 * Whose signature it is: an address with its checksum, or null where it is nobody's: malformed, or the other form that
 * every ECDSA signature has (s in the upper half), which the contract refuses.
 */
export function recoverCheckpointSigner(
  contract: AnchorContract,
  checkpoint: AnchorCheckpoint,
  signature: string,
): string | null {
  return recoverSigner(signature, () =>
    verifyTypedData(domainOf(contract), checkpointTypes, checkpoint, signature),
  )
}

/** As `recoverCheckpointSigner`, of a change of the witness set. */
export function recoverChangeSigner(
  contract: AnchorContract,
  change: AnchorWitnessChange,
  signature: string,
): string | null {
  return recoverSigner(signature, () =>
    verifyTypedData(domainOf(contract), witnessChangeTypes, change, signature),
  )
}

function recoverSigner(signature: string, recover: () => string): string | null {
  if (!/^0x[0-9a-f]{130}$/i.test(signature)) return null
  try {
    return getAddress(recover())
  } catch {
    return null
  }
}

/** Signs a change of the witness set as a member of the old one; the form is that of `signCheckpointForChain`. */
export function signWitnessChange(
  privateKey: string,
  contract: AnchorContract,
  change: AnchorWitnessChange,
): Promise<string> {
  return new Wallet(privateKey).signTypedData(domainOf(contract), witnessChangeTypes, change)
}

/** The 64 bytes that the contract takes (EIP-2098: r, then v and s in one word), as `{r, vs}`. */
export function compactSignature(signature: string): { r: string; vs: string } {
  const { r, yParityAndS } = Signature.from(signature)
  return { r, vs: yParityAndS }
}
