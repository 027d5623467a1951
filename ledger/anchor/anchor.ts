import type { NetworkId } from '../commands.ts'
import type { Ledger } from '../ledger.ts'
import { compare } from '../log/check.ts'
import type { SeenElsewhere } from '../log/parts.ts'
import { LogRefused, refuseLog, type SeenTree } from '../log/refusal.ts'
import { readLog, readOrigins, type Log } from '../log/store.ts'
import { readChainId, type Chain, type Confirmations } from './chain.ts'
import { readContract, type ContractState } from './contract.ts'
import { encodeAnchor, findDue, type AnchoringPace } from './due.ts'
import { beginFollowing, followAnchors, type Followed } from './follow.ts'
import { createSender, sendCall } from './send.ts'
import { listAnchoredNetworks, readAnchorContract, type NamedContract } from './store.ts'

export interface AnchoringSettings extends AnchoringPace {
  /** Of the account that pays: 32 bytes as `0x` and hexadecimal digits. Undefined: only looks, and sends nothing. */
  readonly key: string | undefined
  readonly confirmations: Confirmations
}

/** What keeps a network from being anchored; it is tried again each time. */
export interface AnchorFault {
  readonly network: NetworkId
  readonly error: unknown
}

/** Puts checkpoints on chain. Any number may run, in any processes, with one key or several. */
export interface Anchoring {
  /** Looks at every network once: what is on chain, whether it stayed there, whether more is due. */
  anchorAll(): Promise<readonly AnchorFault[]>
  /** One network; the hash of the transaction that it sent, null where none was due or another is under way. */
  anchor(network: NetworkId): Promise<string | null>
}

/**
 * All that counts is read from the chain and the database each time, so that a crash, a chain that was down for a day, a
 * reorganised chain or another one who submits changes nothing: what is missing on chain is due.
 */
export function createAnchoring(
  { ledger, chain }: { ledger: Ledger; chain: Chain },
  settings: AnchoringSettings,
  now: () => number = () => Date.now(),
): Anchoring {
  const sender = settings.key === undefined ? null : createSender(settings.key)
  // By network and contract.
  const followed = new Map<string, Followed>()
  const { db } = ledger

  const anchor = async (network: NetworkId): Promise<string | null> => {
    const contract = await readAnchorContract(db, network)
    if (!contract) return null
    const met = await meet(ledger, chain, contract)
    const which = `${network} ${contract.entryIndex}`
    const progress = followed.get(which) ?? beginFollowing()
    followed.set(which, progress)
    // A node that doesn't tell of the past keeps nothing from being anchored; it is told of afterwards.
    const [reading] = await Promise.allSettled([
      followAnchors({ db, chain }, contract, progress, settings.confirmations),
    ])
    const sent = await submit(contract, met)
    if (reading.status === 'rejected') throw reading.reason
    return sent
  }

  const submit = async (
    contract: NamedContract,
    { log, state }: { log: Log; state: ContractState },
  ): Promise<string | null> => {
    await refuseWhatIsLonger(ledger, contract, state)
    if (state.frozen)
      throw new Error(`The contract ${contract.address} is frozen: its witnesses signed two logs.`)
    if (!sender) return null
    const due = await findDue(db, { contract, log, state }, { ...settings, now: now() })
    if (!due) return null
    const data = await encodeAnchor(db, { log, state, due })
    const call = { chainId: contract.chainId, to: contract.address, data, now: now() }
    return sendCall(chain, sender, call).catch(async (error: unknown) => {
      // Somebody else anchored as much in this moment; nodes say so in many ways.
      const { size } = await readContract(chain, contract.address)
      if (size >= due.size) return null
      throw error
    })
  }

  return {
    anchor,
    async anchorAll() {
      const faults: AnchorFault[] = []
      for (const network of await listAnchoredNetworks(db)) {
        await anchor(network).catch((error: unknown) => faults.push({ network, error }))
      }
      return faults
    },
  }
}

/** For `SeenElsewhere`: the log as the chain has it. A chain that can't be asked has seen nothing. */
export function seenOnChain({ ledger, chain }: { ledger: Ledger; chain: Chain }): SeenElsewhere {
  return async (network) => {
    const contract = await readAnchorContract(ledger.db, network)
    if (!contract) return []
    try {
      const { state } = await meet(ledger, chain, contract)
      return state.size === 0n ? [] : [treeOf(contract, state)]
    } catch {
      return []
    }
  }
}

function treeOf({ address }: NamedContract, { origin, size, root }: ContractState): SeenTree {
  return { origin, size: Number(size), root, where: `The contract ${address}` }
}

/** A database that is behind the chain is written to no more: what came next would be a fork. */
async function refuseWhatIsLonger(
  ledger: Ledger,
  contract: NamedContract,
  state: ContractState,
): Promise<void> {
  const { db } = ledger
  const { network } = contract
  if (state.size === 0n) return
  try {
    await compare({ ledger }, { network, log: await readLog(db, network) }, treeOf(contract, state))
  } catch (error) {
    if (error instanceof LogRefused) await refuseLog(db, network, error)
    throw error
  }
}

/** The log that a contract is for, and what the contract says; throws unless they belong together. */
async function meet(
  { db }: Pick<Ledger, 'db'>,
  chain: Chain,
  contract: NamedContract,
): Promise<{ log: Log; state: ContractState }> {
  const chainId = await readChainId(chain)
  if (chainId !== contract.chainId) {
    throw new Error(
      `ANCHOR_RPC_URL leads to chain ${chainId}, but this network's contract is on chain ${contract.chainId}.`,
    )
  }
  const log = (await readOrigins(db, contract.network)).find(
    ({ generation }) => generation === contract.generation,
  )!
  const state = await readContract(chain, contract.address)
  if (state.origin !== log.origin) {
    throw new Error(`The contract ${contract.address} is for ${state.origin}, not for ${log.origin}.`)
  }
  return { log, state }
}
