import type { NetworkId } from '../commands.ts'
import type { Db } from '../database/connect.ts'
import { quantity, readSettledBlock, type Chain, type Confirmations } from './chain.ts'
import { readAnchorEvents } from './contract.ts'
import { encodeHeader, latestSizeOf, stateKey, storageKeyOf, type AnchorEvidence } from './evidence.ts'
import { readAnchorContract, readAnchors, toHex, type Anchor, type NamedContract } from './store.ts'

/** Storage proofs asked for at once. */
const proofsAtOnce = 100

/**
 * Gathers what proves a network's anchors against one block that stays (`anchors.json` of an export); null where the
 * network has no contract, or no block has stayed yet.
 * @throws where the chain can't be asked, or no longer has the state of that block
 */
export async function collectAnchorEvidence(
  { db, chain }: { db: Db; chain: Chain },
  network: NetworkId,
  confirmations: Confirmations,
): Promise<AnchorEvidence | null> {
  const contract = await readAnchorContract(db, network)
  const settled = contract && (await readSettledBlock(chain, confirmations))
  if (!contract || !settled) return null
  const known = (await readAnchors(db, contract)).filter(({ blockNumber }) => blockNumber <= settled.number)
  const nodes = numberNodes()
  const { account, latest, size } = await readState(chain, contract.address, settled.number)
  const anchors = known.some((anchor) => anchor.size === size)
    ? known
    : [...known, ...(await readNewer(chain, contract, { known, until: settled.number }))]
  const proofs = await readProofs(chain, contract.address, { anchors, block: settled.number })
  return {
    chain_id: String(contract.chainId),
    contract: contract.address,
    block: {
      number: String(settled.number),
      hash: settled.hash,
      header: await readHeader(chain, settled.number),
    },
    account_proof: account.map(nodes.number),
    latest_proof: latest.map(nodes.number),
    anchors: anchors.map((anchor, i) => ({
      size: String(anchor.size),
      root: toHex(anchor.root),
      transaction: toHex(anchor.transactionHash),
      storage_proof: proofs[i]!.map(nodes.number),
    })),
    nodes: nodes.list,
  }
}

/** Nodes in order of their first use: near the root all proofs share them. */
function numberNodes(): { list: readonly string[]; number: (node: string) => number } {
  const list: string[] = []
  const numbers = new Map<string, number>()
  const number = (node: string) => {
    const found = numbers.get(node)
    if (found !== undefined) return found
    numbers.set(node, list.length)
    return list.push(node) - 1
  }
  return { list, number }
}

/** The account's own proof, and that of the size of the contract's newest anchor. */
async function readState(chain: Chain, address: string, block: bigint) {
  const { accountProof, storageProof } = await askProof(chain, address, [[stateKey], block])
  const [state] = storageProof
  return { account: accountProof, latest: state!.proof, size: latestSizeOf(state!.value) }
}

/** Anchors that were not written down yet. */
async function readNewer(
  chain: Chain,
  { address, deployedBlock }: NamedContract,
  { known, until }: { known: readonly Anchor[]; until: bigint },
): Promise<Anchor[]> {
  const last = known.reduce((block, { blockNumber }) => (blockNumber > block ? blockNumber : block), -1n)
  const from = last < 0n ? deployedBlock : last + 1n
  return from > until ? [] : readAnchorEvents(chain, address, [from, until])
}

async function askProof(
  chain: Chain,
  address: string,
  [keys, block]: readonly [readonly string[], bigint],
): Promise<{ accountProof: string[]; storageProof: { value: string; proof: string[] }[] }> {
  return (await chain.send('eth_getProof', [address, keys, quantity(block)])) as {
    accountProof: string[]
    storageProof: { value: string; proof: string[] }[]
  }
}

async function readProofs(
  chain: Chain,
  address: string,
  { anchors, block }: { anchors: readonly Anchor[]; block: bigint },
): Promise<readonly (readonly string[])[]> {
  const storage: (readonly string[])[] = []
  for (let at = 0; at < anchors.length; at += proofsAtOnce) {
    const keys = anchors.slice(at, at + proofsAtOnce).map(({ size }) => storageKeyOf(size))
    const { storageProof } = await askProof(chain, address, [keys, block])
    storage.push(...storageProof.map(({ proof }) => proof))
  }
  return storage
}

async function readHeader(chain: Chain, number: bigint): Promise<string> {
  const block = (await chain.send('eth_getBlockByNumber', [quantity(number), false])) as Record<
    string,
    string
  >
  // Chains whose headers have more fields than we know may give them as they are.
  const header =
    encodeHeader(block) ?? ((await chain.send('debug_getRawHeader', [quantity(number)])) as string)
  return header
}
