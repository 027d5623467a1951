import { parseCount } from './bytes.ts'
import { ProofError } from './errors.ts'
import { hashBytes, hashChildren, type Digest } from './merkle.ts'
import type { ReadNodes, TreeNode } from './prove.ts'

// C2SP tlog-tiles (https://c2sp.org/tlog-tiles), hash tiles only: entries are not public.

/** Hashes of a full tile; a tile spans 8 levels of the tree. */
export const tileWidth = 256
const tileHeight = 8
const levelMax = 63

/** The `index`-th tile of a level, its first `width` hashes (1 to 256; below 256 it is partial). */
export type Tile = { level: number; index: number; width: number }

/** Tiles' bytes (32 per hash), in the order asked. */
export type ReadTiles = (tiles: readonly Tile[]) => Promise<readonly Uint8Array[]>

/** How many hashes the tile has in the tree of `size`: 0 when it has no such tile. */
export function widthAt(size: number, tile: { level: number; index: number }): number {
  const hashes = Math.floor(size / tileWidth ** tile.level) - tile.index * tileWidth
  return Math.max(0, Math.min(tileWidth, hashes))
}

/** The tile's path after the log's prefix, as `tile/0/x001/x234/067` or `tile/1/000.p/17`. */
export function tilePath({ level, index, width }: Tile): string {
  const digits = String(index)
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').match(/.{3}/g) ?? []
  const name = groups.map((group, i) => (i < groups.length - 1 ? `x${group}` : group)).join('/')
  return `tile/${level}/${name}${width === tileWidth ? '' : `.p/${width}`}`
}

/** Reads a path that `tilePath` writes; any other throws `tile_malformed`. */
export function parseTilePath(path: string): Tile {
  const match = /^tile\/([0-9]{1,2})\/((?:x[0-9]{3}\/){0,5}[0-9]{3})(?:\.p\/([0-9]{1,3}))?$/.exec(path)
  const level = parseCount(match?.[1] ?? '')
  const index = Number((match?.[2] ?? '').replace(/[x/]/g, ''))
  const width = match?.[3] === undefined ? tileWidth : parseCount(match[3])
  const whole = match !== null && level !== null && level <= levelMax && width !== null
  const tile = { level: level ?? 0, index, width: width ?? 0 }
  // Written again it must be the same: leading zeros and a `.p/256` have no place in a path.
  if (!whole || tile.width < 1 || !Number.isSafeInteger(index) || tilePath(tile) !== path) {
    throw new ProofError('tile_malformed', 'This is no path of a tile: see https://c2sp.org/tlog-tiles.')
  }
  return tile
}

/** The tile that holds what a complete subtree's hash is made of, as wide as the tree of `size` has it. */
export function tileOfNode({ level, index }: TreeNode, size: number): Tile {
  const tile = {
    level: Math.floor(level / tileHeight),
    index: Math.floor((index * 2 ** (level % tileHeight)) / tileWidth),
  }
  return { ...tile, width: widthAt(size, tile) }
}

/** Reads complete subtrees of the tree of `size` out of its tiles, asking for each tile once. */
export function readNodesFromTiles(readTiles: ReadTiles, size: number, digest?: Digest): ReadNodes {
  return async (nodes) => {
    const tiles = new Map(nodes.map((node) => tileOfNode(node, size)).map((tile) => [tilePath(tile), tile]))
    const contents = await readTiles([...tiles.values()])
    const byPath = new Map([...tiles.keys()].map((path, i) => [path, contents[i]]))
    return nodes.map((node) => {
      const tile = tileOfNode(node, size)
      const bytes = byPath.get(tilePath(tile))
      if (!bytes || bytes.length !== tile.width * hashBytes) {
        throw new ProofError('tile_malformed', `The tile ${tilePath(tile)} is not ${tile.width} hashes long.`)
      }
      return hashInTile(node, bytes, digest)
    })
  }
}

function hashInTile({ level, index }: TreeNode, bytes: Uint8Array, digest?: Digest): Uint8Array {
  const count = 2 ** (level % tileHeight)
  const first = (index * count) % tileWidth
  if ((first + count) * hashBytes > bytes.length) {
    throw new ProofError('tile_malformed', `The tree has no complete subtree ${index} of level ${level} yet.`)
  }
  const hashAt = (at: number) => bytes.slice(at * hashBytes, (at + 1) * hashBytes)
  const fold = (start: number, end: number): Uint8Array => {
    if (end - start === 1) return hashAt(start)
    const middle = (start + end) / 2
    return hashChildren(fold(start, middle), fold(middle, end), digest)
  }
  return fold(first, first + count)
}
