import { parseArgs } from 'node:util'
import { deployCheckpointAnchor } from '../../contracts/deploy.ts'
import {
  explainArguments,
  giveHelp,
  nameAnchorContract,
  readAnchorContract,
  readContract,
  readWitnessPolicies,
  type Chain,
  type NetworkId,
} from '../../ledger/index.ts'
import { readConfig, type Config } from '../config.ts'
import { fail } from '../process.ts'
import type { Db } from '../tables.ts'
import {
  payWith,
  readNetworkLog,
  say,
  waitUntilSettled,
  withChain,
  type ChainCommand,
} from './chain-command.ts'

// `npm run deploy`: makes the contract that keeps a network's checkpoints, and names it in the network's log. Beside a
// running server or without. What a person reads goes to stderr, the contract's address to stdout.

const usage =
  'Usage: npm run deploy -- --network SLUG [--rpc URL] [--delay-days 2], with ANCHOR_KEY of an account that can pay.\n' +
  'A contract that is there already is named with --contract ADDRESS --block NUMBER.'
const secondsPerDay = 86_400

try {
  await run(readArguments(), readConfig())
  process.exit(0)
} catch (error) {
  fail(error)
}

interface Arguments {
  readonly network: string
  readonly rpc: string | undefined
  readonly delayDays: number
  /** Undefined: a new one. */
  readonly contract: { readonly address: string; readonly block: bigint } | undefined
}

function readArguments(): Arguments {
  giveHelp(usage)
  const options = {
    network: { type: 'string' },
    rpc: { type: 'string' },
    'delay-days': { type: 'string', default: '2' },
    contract: { type: 'string' },
    block: { type: 'string' },
  } as const
  try {
    const { values } = parseArgs({ options })
    const { network, contract, block } = values
    const delayDays = Number(values['delay-days'])
    if (!network) throw new Error('Which network?')
    if (!Number.isInteger(delayDays) || delayDays < 1 || delayDays > 90) {
      throw new Error('--delay-days must be 1 to 90.')
    }
    if ((contract === undefined) !== (block === undefined)) throw new Error('--contract needs --block.')
    if (contract !== undefined && !/^0x[0-9a-f]{40}$/i.test(contract))
      throw new Error('--contract is no address.')
    if (block !== undefined && !/^\d+$/.test(block)) throw new Error('--block is no number.')
    return {
      network,
      rpc: values.rpc,
      delayDays,
      contract: contract && block ? { address: contract, block: BigInt(block) } : undefined,
    }
  } catch (error) {
    throw new Error(`${explainArguments(error)}\n${usage}`, { cause: error })
  }
}

async function run(args: Arguments, config: Config): Promise<void> {
  await withChain(config, { rpc: args.rpc, name: 'deploy', usage }, async (command) => {
    const { db, chain, chainId } = command
    const terms = await readTerms(db, args)
    const made = args.contract ?? (await deploy(config, command, terms))
    await waitUntilSettled(config, chain, made.block)
    await demandTerms(chain, made.address, terms)
    const index = await db.transaction().execute((tx) =>
      nameAnchorContract(tx, terms.network, {
        chainId,
        address: made.address,
        deployedBlock: made.block,
        by: null,
      }),
    )
    say(`Entry ${index} of the log of ${args.network} names the contract on chain ${chainId}:`)
    console.log(made.address)
  })
}

interface Terms {
  readonly slug: string
  readonly network: NetworkId
  readonly origin: string
  readonly witnesses: readonly string[]
  readonly quorum: number
  readonly changeDelaySeconds: number
}

/** What the contract is to be made for: the network's log, and the witnesses that it has now. */
async function readTerms(db: Db, { network: slug, delayDays, contract }: Arguments): Promise<Terms> {
  const { network, log } = await readNetworkLog(db, slug)
  const named = await readAnchorContract(db, network)
  if (named && named.generation === log.generation && !contract) {
    say(
      `The contract ${named.address} on chain ${named.chainId} is named already; a new one takes its place.`,
    )
  }
  const { inForce } = await readWitnessPolicies(db, network)
  const witnesses = (inForce?.witnesses ?? []).flatMap(({ chainAddress }) => chainAddress ?? [])
  if (!inForce || inForce.quorum < 1 || witnesses.length < inForce.quorum) {
    throw new Error(
      `Of the witnesses of ${slug}, ${witnesses.length} sign for a chain, and a quorum is ${inForce?.quorum ?? 0}. Name ` +
        `enough of them with their chain_address: PUT /v1/networks/${slug}/witnesses.`,
    )
  }
  return {
    slug,
    network,
    origin: log.origin,
    witnesses,
    quorum: inForce.quorum,
    changeDelaySeconds: delayDays * secondsPerDay,
  }
}

async function deploy(
  config: Config,
  { rpcUrl, chainId }: ChainCommand,
  terms: Terms,
): Promise<{ address: string; block: bigint }> {
  return payWith(config, { rpcUrl, chainId, usage }, async (wallet) => {
    const made = await deployCheckpointAnchor(wallet, terms)
    say(
      `The contract ${made.address} is in block ${made.block}. If this is cut off before the log names it:\n` +
        `npm run deploy -- --network ${terms.slug} --contract ${made.address} --block ${made.block}`,
    )
    return made
  })
}

/** A contract that is for another log, or of others, keeps nothing of this one. */
async function demandTerms(chain: Chain, address: string, terms: Terms): Promise<void> {
  const state = await readContract(chain, address)
  const same =
    state.origin === terms.origin &&
    state.quorum === terms.quorum &&
    state.witnesses.size === terms.witnesses.length &&
    terms.witnesses.every((witness) => state.witnesses.has(witness))
  if (!same) {
    throw new Error(
      `The contract ${address} is for ${state.origin}, or has other witnesses than the network.`,
    )
  }
}
