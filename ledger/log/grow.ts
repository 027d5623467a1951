import { setImmediate } from 'node:timers/promises'
import type { NetworkId } from '../commands.ts'
import type { Db } from '../database/connect.ts'
import { equalBytes } from '../proofs/bytes.ts'
import { growTree } from '../proofs/merkle.ts'
import { nodesOfRange } from '../proofs/prove.ts'
import { tileWidth } from '../proofs/tiles.ts'
import { digest } from './digest.ts'
import { LogRefused } from './refusal.ts'
import { readLeafHashes, readNodesOf, type Log } from './store.ts'

export type Tree = ReturnType<typeof growTree>

/** What a tree's growth adds to one tile: its hashes from the one at `offset` on. */
export type TileGrowth = { level: number; index: number; offset: number; hashes: Uint8Array[] }

const tileHeight = 8
/** Entries read at once: as many as keep memory and a transaction small. */
export const entriesAtOnce = 16_384

/** A millisecond's worth of hashing. */
const leavesAtOnce = 512

/** Adds the leaves; answers what this adds to the tiles. Lets posting go on in between. */
export async function growTiles(tree: Tree, leafHashes: readonly Uint8Array[]): Promise<TileGrowth[]> {
  const tiles: TileGrowth[] = []
  const newest: TileGrowth[] = []
  const add = (height: number, at: number, hash: Uint8Array) => {
    if (height % tileHeight !== 0) return
    const level = height / tileHeight
    const index = Math.floor(at / tileWidth)
    let tile = newest[level]
    if (tile?.index !== index) {
      tile = newest[level] = { level, index, offset: at % tileWidth, hashes: [] }
      tiles.push(tile)
    }
    tile.hashes.push(hash)
  }
  for (let start = 0; start < leafHashes.length; start += leavesAtOnce) {
    if (start > 0) await setImmediate()
    for (const leafHash of leafHashes.slice(start, start + leavesAtOnce)) tree.append(leafHash, add)
  }
  return tiles
}

/**
 * The tree of the checkpoint, out of the tiles. Throws LogRefused `tree_changed` when they don't give its root, or when
 * the rows of its last tile have other leaf hashes than that.
 */
export async function loadTree(
  db: Db,
  log: Log,
  { size, root }: { size: number; root: Uint8Array },
): Promise<Tree> {
  const changed = (what: string) =>
    new LogRefused(
      'tree_changed',
      `${what} Nothing is signed over that. Run npm run verify -- --database, which says what was changed, ` +
        `and restore the database.`,
    )
  const peaks = await readNodesOf(
    db,
    log,
    size,
  )(nodesOfRange(0, size)).catch((error: unknown) => {
    throw changed(
      `The stored tree of ${log.origin} has gaps (${error instanceof Error ? error.message : error}).`,
    )
  })
  const tree = growTree(size, peaks, digest)
  if (!equalBytes(tree.root(), root)) {
    throw changed(`The stored tree of ${log.origin} does not give the root that was signed at size ${size}.`)
  }
  const start = Math.floor(Math.max(0, size - 1) / tileWidth) * tileWidth
  const leaves = await readNodesOf(
    db,
    log,
    size,
  )(Array.from({ length: size - start }, (_, i) => ({ level: 0, index: start + i })))
  const stored = await readLeafHashes(db, log.network, [start, size])
  const wrong = leaves.findIndex((hash, i) => !equalBytes(hash, stored[i] ?? new Uint8Array()))
  if (wrong >= 0) throw changed(`Entry ${start + wrong} has another leaf hash than the signed tree.`)
  return tree
}

/** The root of the first `size` leaves: those of the tree, and those that come after it, from their rows. */
export async function rootAt(
  db: Db,
  log: Log,
  { size, treeSize }: { size: number; treeSize: number },
): Promise<Uint8Array> {
  const from = Math.min(size, treeSize)
  const peaks = await readNodesOf(db, log, from)(nodesOfRange(0, from))
  const tree = growTree(from, peaks, digest)
  await addLeaves(db, log.network, { tree, until: size })
  return tree.root()
}

async function addLeaves(db: Db, network: NetworkId, { tree, until }: { tree: Tree; until: number }) {
  while (tree.size() < until) {
    const end = Math.min(until, tree.size() + entriesAtOnce)
    const leaves = await readLeafHashes(db, network, [tree.size(), end])
    if (leaves.length === 0) return
    await growTiles(tree, leaves)
  }
}
