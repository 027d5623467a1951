import type { NetworkId } from '../commands.ts'
import type { Db } from '../database/connect.ts'
import { quantity, readSettledBlock, type Chain, type Confirmations } from './chain.ts'
import { encodeHeader, storageKeyOf, type AnchorEvidence } from './evidence.ts'
import { readAnchorContract, readAnchors, toHex, type Anchor } from './store.ts'

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
  const anchors = (await readAnchors(db, contract)).filter(({ blockNumber }) => blockNumber <= settled.number)
  const proofs: { account: readonly string[]; storage: readonly (readonly string[])[] } = await readProofs(
    chain,
    contract.address,
    { anchors, block: settled.number },
  )
  return {
    chain_id: String(contract.chainId),
    contract: contract.address,
    block: {
      number: String(settled.number),
      hash: settled.hash,
      header: await readHeader(chain, settled.number),
    },
    account_proof: proofs.account,
    anchors: anchors.map((anchor, i) => ({
      size: String(anchor.size),
      root: toHex(anchor.root),
      transaction: toHex(anchor.transactionHash),
      storage_proof: proofs.storage[i]!,
    })),
  }
}

async function readProofs(
  chain: Chain,
  address: string,
  { anchors, block }: { anchors: readonly Anchor[]; block: bigint },
): Promise<{ account: readonly string[]; storage: readonly (readonly string[])[] }> {
  let account: readonly string[] = []
  const storage: (readonly string[])[] = []
  // Once also without anchors: the account's own proof.
  for (let at = 0; at === 0 || at < anchors.length; at += proofsAtOnce) {
    const keys = anchors.slice(at, at + proofsAtOnce).map(({ size }) => storageKeyOf(size))
    const answer = (await chain.send('eth_getProof', [address, keys, quantity(block)])) as {
      accountProof: string[]
      storageProof: { proof: string[] }[]
    }
    account = answer.accountProof
    storage.push(...answer.storageProof.map(({ proof }) => proof))
  }
  return { account, storage }
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
