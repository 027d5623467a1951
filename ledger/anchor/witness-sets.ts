import { recoverChangeSigner, type AnchorContract, type AnchorWitnessChange } from './anchor-message.ts'
import { anchorInterface } from './contract.ts'
import type { Chain } from './chain.ts'

/** Whose signatures the contract counts, and how many of them it asks for. */
export interface WitnessSet {
  readonly number: bigint
  /** Addresses in lower case, ascending. */
  readonly witnesses: readonly string[]
  readonly quorum: number
}

/** The sets of a contract at the newest block. */
export interface WitnessSets {
  readonly inForce: WitnessSet
  /** The one that waits; null: none. `from`: when it may be put in force, in seconds. */
  readonly waiting: (WitnessSet & { readonly from: bigint }) | null
  /** The number that the next proposal must have. */
  readonly nextNumber: bigint
  /** The block's time, in seconds. */
  readonly now: bigint
}

/** Asks the contract who counts, and who is to. */
export async function readWitnessSets(chain: Chain, address: string): Promise<WitnessSets> {
  const ask = async (method: string) => {
    const data = anchorInterface.encodeFunctionData(method)
    return anchorInterface.decodeFunctionResult(
      method,
      (await chain.send('eth_call', [{ to: address, data }, 'latest'])) as string,
    )
  }
  const block = (await chain.send('eth_getBlockByNumber', ['latest', false])) as { timestamp: string }
  const [set, proposed, last] = await Promise.all(['witnessSet', 'proposedSet', 'lastNumber'].map(ask))
  const waiting = toSet(proposed!)
  return {
    inForce: toSet(set!),
    waiting: waiting.number === 0n ? null : { ...waiting, from: proposed!['effectiveFrom'] as bigint },
    nextNumber: (last![0] as bigint) + 1n,
    now: BigInt(block.timestamp),
  }
}

function toSet(answer: Record<string, unknown>): WitnessSet {
  return {
    number: answer['number'] as bigint,
    witnesses: [...(answer['witnesses'] as string[])].map((witness) => witness.toLowerCase()),
    quorum: Number(answer['quorum']),
  }
}

/** A change that is asked of the witnesses, as a file that goes from hand to hand. */
export interface WitnessProposal {
  readonly contract: AnchorContract
  readonly change: AnchorWitnessChange
}

/** As JSON: what is signed, and for which contract. */
export function formatProposal({ contract, change }: WitnessProposal): string {
  const { origin, number, witnesses, quorum } = change
  const { chainId, address } = contract
  const file = {
    chain: String(chainId),
    contract: address,
    origin,
    number: String(number),
    witnesses,
    quorum,
  }
  return `${JSON.stringify(file, null, 2)}\n`
}

/**
 * Reads what `formatProposal` wrote.
 * @throws where it is none
 */
export function parseProposal(text: string): WitnessProposal {
  const { chain, contract, origin, number, witnesses, quorum } = readObject(text)
  const isWhole =
    isDecimal(chain) &&
    isAddress(contract) &&
    isOrigin(origin) &&
    isDecimal(number) &&
    Array.isArray(witnesses) &&
    witnesses.every(isAddress) &&
    Number.isSafeInteger(quorum)
  if (!isWhole) throw new Error('This is no proposal of witnesses. Make one with npm run change:witnesses.')
  return {
    contract: { chainId: BigInt(chain), address: contract },
    change: { origin, number: BigInt(number), witnesses, quorum: quorum as number },
  }
}

/** In words, for whoever is to sign it. */
export function describeProposal({ contract, change }: WitnessProposal): string {
  const { origin, number, witnesses, quorum } = change
  return [
    `The contract ${contract.address} on chain ${contract.chainId}, which keeps the checkpoints of`,
    `${origin}, is to count by its change number ${number} the signatures of these alone:`,
    ...witnesses.map((witness) => `  ${witness}`),
    `${quorum} of them will be enough.`,
  ].join('\n')
}

/**
 * The signatures that the contract will take, in its order: a quorum of the set in force.
 * @throws saying which signature is not one of theirs, or how many are missing
 */
export function chooseSignatures(
  { contract, change }: WitnessProposal,
  { witnesses, quorum }: WitnessSet,
  signatures: readonly string[],
): string[] {
  const bySigner = new Map<string, string>()
  for (const signature of signatures) {
    const signer = recoverChangeSigner(contract, change, signature)?.toLowerCase()
    if (signer === undefined || !witnesses.includes(signer)) {
      throw new Error(`${signature.slice(0, 12)}… is no signature of this proposal by a witness in force.`)
    }
    bySigner.set(signer, signature)
  }
  if (bySigner.size < quorum) {
    const missing = witnesses.filter((witness) => !bySigner.has(witness))
    throw new Error(
      `${bySigner.size} of the witnesses in force have signed, and ${quorum} must. Ask ${missing.join(', ')}.`,
    )
  }
  return witnesses.flatMap((witness) => bySigner.get(witness) ?? []).slice(0, quorum)
}

function readObject(text: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(text)) as Record<string, unknown>
  } catch {
    return {}
  }
}

/** A log's name, as a note's: nothing that could pass for other words on the terminal of whoever is to sign. */
function isOrigin(value: unknown): value is string {
  return typeof value === 'string' && /^[^\s\p{C}+]{1,255}$/u.test(value)
}

function isDecimal(value: unknown): value is string {
  return typeof value === 'string' && /^\d{1,20}$/.test(value)
}

function isAddress(value: unknown): value is string {
  return typeof value === 'string' && /^0x[0-9a-f]{40}$/.test(value)
}
