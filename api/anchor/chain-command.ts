import { JsonRpcProvider, Network, Wallet } from 'ethers'
import {
  ChainError,
  createDb,
  createPool,
  openChain,
  readChainId,
  readLog,
  readSettledBlock,
  type Chain,
  type LedgerTables,
  type Log,
  type NetworkId,
} from '../../ledger/index.ts'
import { anchorConfirmationsDefault, type Config } from '../config.ts'
import { openDatabase } from '../database.ts'
import type { ApiTables, Db } from '../tables.ts'

// What the commands share that send something to a chain. What a person reads goes to stderr.

const lookPauseMs = 1000

/** What such a command works with. */
export interface ChainCommand {
  readonly db: Db
  readonly chain: Chain
  readonly chainId: bigint
  readonly rpcUrl: string
}

/** Opens the database and the chain for a command, and closes both. `name`: for the database's list of connections. */
export async function withChain<T>(
  config: Config,
  { rpc, name, usage }: { rpc: string | undefined; name: string; usage: string },
  use: (command: ChainCommand) => Promise<T>,
): Promise<T> {
  const rpcUrl = rpc ?? config.anchor?.rpcUrl
  if (!rpcUrl) throw new Error(`Which chain? Give --rpc URL, or set ANCHOR_RPC_URL.\n${usage}`)
  const database = await openDatabase(config, { log: say, warn: say, join: true, mustExist: true })
  const pool = createPool(database.url, {
    role: 'tally_api',
    max: 2,
    applicationName: `tallystick ${name}`,
    onIdleError: () => {},
  })
  const chain = openChain(rpcUrl)
  try {
    const chainId = await readChainId(chain)
    return await use({ db: createDb<ApiTables & LedgerTables>(pool), chain, chainId, rpcUrl })
  } catch (error) {
    if (!(error instanceof ChainError)) throw error
    const next = 'See whether the node of --rpc (or ANCHOR_RPC_URL) runs, then run the command again.'
    throw new Error(`${error.message.replace(/\.$/, '')}. ${next}`, { cause: error })
  } finally {
    chain.close()
    await pool.end()
    await database.stop()
  }
}

/** A network by its short name, and its log. */
export async function readNetworkLog(db: Db, slug: string): Promise<{ network: NetworkId; log: Log }> {
  const row = await db
    .selectFrom('api.network')
    .select('network_id')
    .where('slug', '=', slug)
    .executeTakeFirst()
  if (!row) throw new Error(`There is no network ${slug}.`)
  const network = row.network_id
  const log = await readLog(db, network)
  if (!log) throw new Error(`The network ${slug} has no log yet: start the server, which opens it.`)
  return { network, log }
}

/** Does something as the account of ANCHOR_KEY, which pays. */
export async function payWith<T>(
  config: Config,
  { rpcUrl, chainId, usage }: { rpcUrl: string; chainId: bigint; usage: string },
  use: (wallet: Wallet) => Promise<T>,
): Promise<T> {
  const key = config.anchorKey
  if (!key)
    throw new Error(`Who pays? Set ANCHOR_KEY to the key of an account on chain ${chainId}.\n${usage}`)
  const network = Network.from(chainId)
  const provider = new JsonRpcProvider(rpcUrl, network, { staticNetwork: network, cacheTimeout: -1 })
  try {
    return await use(new Wallet(key, provider))
  } finally {
    provider.destroy()
  }
}

/** Waits until a block has the confirmations that anchors need too. */
export async function waitUntilSettled(config: Config, chain: Chain, block: bigint): Promise<void> {
  const confirmations = config.anchor?.confirmations ?? anchorConfirmationsDefault
  const depth =
    confirmations === 'finalized' ? 'until the chain says that it stays' : `for ${confirmations} blocks`
  for (let said = false; ; said = true) {
    const settled = await readSettledBlock(chain, confirmations)
    if (settled && settled.number >= block) return
    if (!said) say(`Waiting ${depth} …`)
    await new Promise((wait) => setTimeout(wait, lookPauseMs))
  }
}

/** Tells a person; stdout is for what a program reads. */
export function say(message: string): void {
  console.error(message)
}
