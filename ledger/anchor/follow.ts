import type { Db } from '../database/connect.ts'
import { readBlock, readSettledBlock, type Chain, type Confirmations } from './chain.ts'
import { readAnchorEvents } from './contract.ts'
import { forgetAnchor, readAnchors, recordAnchor, toHex, type NamedContract } from './store.ts'

/** Blocks asked for at once: most, and fewest for nodes that allow less. */
const blocksAtOnce = { most: 2000n, fewest: 10n } as const

/** How far one contract's events were read. Kept in memory: whoever starts anew begins at the newest anchor. */
export interface Followed {
  /** The last block that was read; null before the first. */
  block: { number: bigint; hash: string } | null
  /** How many blocks to ask for at once. */
  width: bigint
}

export function beginFollowing(): Followed {
  return { block: null, width: blocksAtOnce.most }
}

/**
 * Writes down the anchors that have their confirmations, and takes back those whose block has left the chain. What is
 * read counts even if a later question fails.
 */
export async function followAnchors(
  { db, chain }: { db: Db; chain: Chain },
  contract: NamedContract,
  followed: Followed,
  confirmations: Confirmations,
): Promise<void> {
  const settled = await readSettledBlock(chain, confirmations)
  if (!settled) return
  if (followed.block && !(await isOnChain(chain, followed.block))) followed.block = null
  let next = followed.block ? followed.block.number + 1n : await forgetVanished({ db, chain }, contract)
  while (next <= settled.number) {
    const last = min(next + followed.width - 1n, settled.number)
    const anchors = await readAnchorEvents(chain, contract.address, [next, last]).catch((error: unknown) => {
      // Nodes allow different widths, and say so in different words.
      if (followed.width > blocksAtOnce.fewest) followed.width /= 2n
      throw error
    })
    for (const anchor of anchors) await recordAnchor(db, contract, anchor)
    const block = last === settled.number ? settled : await readBlock(chain, last)
    if (!block) return
    followed.block = block
    followed.width = min(followed.width * 2n, blocksAtOnce.most)
    next = last + 1n
  }
}

/** Takes back anchors down to one that is still on the chain; the block to read on from. */
async function forgetVanished(
  { db, chain }: { db: Db; chain: Chain },
  contract: NamedContract,
): Promise<bigint> {
  for (const anchor of await readAnchors(db, contract)) {
    const block = { number: anchor.blockNumber, hash: toHex(anchor.blockHash) }
    if (await isOnChain(chain, block)) return anchor.blockNumber
    await forgetAnchor(db, contract, anchor)
  }
  return contract.deployedBlock
}

async function isOnChain(chain: Chain, block: { number: bigint; hash: string }): Promise<boolean> {
  return (await readBlock(chain, block.number))?.hash === block.hash
}

function min(a: bigint, b: bigint): bigint {
  return a < b ? a : b
}
