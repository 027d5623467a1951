import { parseArgs } from 'node:util'
import { JsonRpcProvider, Network, Wallet } from 'ethers'
import { deployCheckpointAnchor } from '../../contracts/deploy.ts'
import {
  createDb,
  createPool,
  nameAnchorContract,
  openChain,
  readAnchorContract,
  readChainId,
  readContract,
  readLog,
  readSettledBlock,
  readWitnessPolicies,
  type Chain,
  type LedgerTables,
  type NetworkId,
} from '../../ledger/index.ts'
import { anchorConfirmationsDefault, readConfig, type Config } from '../config.ts'
import { openDatabase } from '../database.ts'
import { fail } from '../process.ts'
import type { ApiTables, Db } from '../tables.ts'

// `npm run deploy`: makes the contract that keeps a network's checkpoints, and names it in the network's log. Beside a
// running server or without. What a person reads goes to stderr, the contract's address to stdout.

const usage =
  'Usage: npm run deploy -- --network SLUG [--rpc URL] [--delay-days 2], with ANCHOR_KEY of an account that can pay.\n' +
  'A contract that is there already is named with --contract ADDRESS --block NUMBER.'
const secondsPerDay = 86_400
const lookPauseMs = 1000

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
    throw new Error(`${(error as Error).message}\n${usage}`, { cause: error })
  }
}

async function run(args: Arguments, config: Config): Promise<void> {
  const rpcUrl = args.rpc ?? config.anchor?.rpcUrl
  if (!rpcUrl) throw new Error(`Which chain? Give --rpc URL, or set ANCHOR_RPC_URL.\n${usage}`)
  const database = await openDatabase(config, { log: say, warn: say, join: true, mustExist: true })
  const pool = createPool(database.url, {
    role: 'tally_api',
    max: 2,
    applicationName: 'tallystick deploy',
    onIdleError: () => {},
  })
  const chain = openChain(rpcUrl)
  try {
    const db = createDb<ApiTables & LedgerTables>(pool)
    const terms = await readTerms(db, args)
    const chainId = await readChainId(chain)
    const made = args.contract ?? (await deploy({ rpcUrl, chainId, key: config.anchorKey }, terms))
    await waitUntilSettled(chain, made.block, config.anchor?.confirmations ?? anchorConfirmationsDefault)
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
  } finally {
    chain.close()
    await pool.end()
    await database.stop()
  }
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
  const row = await db
    .selectFrom('api.network')
    .select('network_id')
    .where('slug', '=', slug)
    .executeTakeFirst()
  if (!row) throw new Error(`There is no network ${slug}.`)
  const network = row.network_id
  const log = await readLog(db, network)
  if (!log) throw new Error(`The network ${slug} has no log yet: start the server, which opens it.`)
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
  { rpcUrl, chainId, key }: { rpcUrl: string; chainId: bigint; key: string | undefined },
  terms: Terms,
): Promise<{ address: string; block: bigint }> {
  if (!key)
    throw new Error(`Who pays? Set ANCHOR_KEY to the key of an account on chain ${chainId}.\n${usage}`)
  const network = Network.from(chainId)
  const provider = new JsonRpcProvider(rpcUrl, network, { staticNetwork: network, cacheTimeout: -1 })
  try {
    const made = await deployCheckpointAnchor(new Wallet(key, provider), terms)
    say(
      `The contract ${made.address} is in block ${made.block}. If this is cut off before the log names it:\n` +
        `npm run deploy -- --network ${terms.slug} --contract ${made.address} --block ${made.block}`,
    )
    return made
  } finally {
    provider.destroy()
  }
}

async function waitUntilSettled(
  chain: Chain,
  block: bigint,
  confirmations: number | 'finalized',
): Promise<void> {
  const depth =
    confirmations === 'finalized' ? 'until the chain says that it stays' : `for ${confirmations} blocks`
  for (let said = false; ; said = true) {
    const settled = await readSettledBlock(chain, confirmations)
    if (settled && settled.number >= block) return
    if (!said) say(`Waiting ${depth} …`)
    await new Promise((wait) => setTimeout(wait, lookPauseMs))
  }
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

function say(message: string): void {
  console.error(message)
}
