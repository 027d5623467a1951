import { connect as connectTo, createServer, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'
import { NonceManager, Wallet } from 'ethers'
import { startChain } from '../../contracts/chain.ts'
import { deployCheckpointAnchor } from '../../contracts/deploy.ts'
import { addressOfKey, signCheckpointForChain } from '../../ledger/anchor/anchor-message.ts'
import { createAnchoring, type AnchorFault, type AnchoringSettings } from '../../ledger/anchor/anchor.ts'
import { openChain, type Chain } from '../../ledger/anchor/chain.ts'
import { addAnchorSignature, nameAnchorContract, readAnchorContract } from '../../ledger/anchor/store.ts'
import { openLog, readCheckpoint, readLog, type Ledger, type NetworkId } from '../../ledger/index.ts'
import { connect, richKey, testChainId, witnessKeys } from '../contracts/deploy.ts'
import { buy } from '../ledger/commands.ts'
import { posted, type Town } from '../ledger/town.ts'
import { keepLog, originOf, type KeptLog } from '../log/kept-log.ts'
import type { Stage } from '../support/stage.ts'

/** Five witnesses' keys on chain, of which three make a quorum. */
export const keys = witnessKeys(5)

/** The second of Hardhat's known accounts, as rich. */
export const secondRichKey = '0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d'

/** A chain whose node can be cut off, and what a test does to it. */
export interface TestChain {
  readonly rpcUrl: string
  /** As the server asks it. */
  readonly chain: Chain
  /** Any method, such as `evm_snapshot`. */
  ask(method: string, ...params: unknown[]): Promise<unknown>
  mine(blocks: number): Promise<void>
  /** Nobody reaches the node until `mend`. */
  cut(): Promise<void>
  mend(): Promise<void>
  stop(): Promise<void>
}

export async function startTestChain(): Promise<TestChain> {
  const node = await startChain()
  const provider = connect(node.rpcUrl)
  const { port: nodePort } = new URL(node.rpcUrl)
  const sockets = new Set<Socket>()
  const proxy = createServer((near) => {
    const far = connectTo(Number(nodePort), '127.0.0.1')
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one)
      one.on('error', () => other.destroy()).on('close', () => sockets.delete(one))
      one.pipe(other)
    }
  })
  const listen = (port: number) =>
    new Promise<void>((listening) => proxy.listen(port, '127.0.0.1', listening))
  const cut = async () => {
    const closed = new Promise((done) => proxy.close(done))
    for (const socket of sockets) socket.destroy()
    await closed
  }
  await listen(0)
  const { port } = proxy.address() as AddressInfo
  const rpcUrl = `http://127.0.0.1:${port}`
  const chain = openChain(rpcUrl)
  const ask = (method: string, ...params: unknown[]) => provider.send(method, params) as Promise<unknown>
  return {
    rpcUrl,
    chain,
    ask,
    mine: async (blocks) => void (await ask('hardhat_mine', `0x${blocks.toString(16)}`)),
    cut,
    mend: () => listen(port),
    async stop() {
      chain.close()
      provider.destroy()
      await cut()
      await node.stop()
    },
  }
}

/** Deploys a contract for a log, as the rich account. */
export async function deployFor(
  rpcUrl: string,
  origin: string,
  witnesses: readonly string[] = keys,
): Promise<{ address: string; block: bigint }> {
  const provider = connect(rpcUrl)
  try {
    return await deployCheckpointAnchor(new NonceManager(new Wallet(richKey, provider)), {
      origin,
      witnesses: witnesses.map(addressOfKey),
      quorum: 3,
      changeDelaySeconds: 86_400,
    })
  } finally {
    provider.destroy()
  }
}

/** A network whose log is signed, with a contract of its own. */
export interface AnchoredLog {
  readonly stage: Stage
  readonly network: NetworkId
  readonly kept: KeptLog
  readonly address: string
  /** So many purchases, and a checkpoint over them that the first witnesses sign for the chain. Its size. */
  grow(options?: { purchases?: number; signers?: readonly string[] }): Promise<number>
}

export async function openAnchoredLog(town: Town, { rpcUrl }: TestChain): Promise<AnchoredLog> {
  const stage = await town.stage()
  const { network } = stage
  const kept = await keepLog(town.ledger)
  await openLog(town.ledger, network, originOf(network))
  const { address, block } = await deployFor(rpcUrl, originOf(network))
  await town.ledger.db
    .transaction()
    .execute((tx) =>
      nameAnchorContract(tx, network, { chainId: testChainId, address, deployedBlock: block, by: null }),
    )
  return {
    stage,
    network,
    kept,
    address,
    async grow({ purchases = 1, signers = keys.slice(0, 3) } = {}) {
      for (let i = 0; i < purchases; i++) await posted(town, stage, buy(stage, 'bakery', 'ada', 100))
      while (await kept.writer.sign(network));
      return signForChain(town.ledger, network, signers)
    },
  }
}

/** Witnesses sign the newest checkpoint for the contract. Its size. */
export async function signForChain(
  ledger: Ledger,
  network: NetworkId,
  signers: readonly string[],
): Promise<number> {
  const log = (await readLog(ledger.db, network))!
  const { size, root } = (await readCheckpoint(ledger.db, log))!
  const contract = (await readAnchorContract(ledger.db, network))!
  const checkpoint = { origin: log.origin, size: BigInt(size), root }
  for (const key of signers) {
    const signature = await signCheckpointForChain(key, contract, checkpoint)
    await addAnchorSignature(ledger.db, network, { checkpoint, signer: addressOfKey(key), signature })
  }
  return size
}

/** Anchoring at every chance, counting at once, unless told otherwise. */
export function anchorWith(
  town: Town,
  chain: Chain,
  settings: Partial<AnchoringSettings> = {},
  now?: () => number,
) {
  const all = { key: richKey, confirmations: 1, everyMinutes: 0, everyEntries: 1, ...settings }
  return createAnchoring({ ledger: town.ledger, chain }, all, now)
}

/** What kept a network from being anchored, in words; null where nothing did. */
export function faultOf(faults: readonly AnchorFault[], network: NetworkId): string | null {
  const fault = faults.find((each) => each.network === network)
  return fault ? (fault.error as Error).message : null
}
