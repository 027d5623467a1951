import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  growTree,
  hashBytes,
  rootFromInclusionProof,
  verifyConsistency,
  verifyInclusion,
} from '../../../ledger/proofs/merkle.ts'
import {
  nodesOfRange,
  proveConsistency,
  proveInclusion,
  readRoot,
  type ReadNodes,
} from '../../../ledger/proofs/prove.ts'
import {
  parseTilePath,
  readNodesFromTiles,
  tilePath,
  tileWidth,
  widthAt,
  type Tile,
} from '../../../ledger/proofs/tiles.ts'
import { naivePath, naiveRoot, naiveSubproof, someLeaves } from './naive-tree.ts'

const leaves = someLeaves(2_000)

test('a tree that grows leaf by leaf has the root that RFC 6962 gives, at every size and from every start', () => {
  const tree = growTree()
  for (let size = 0; size <= 300; size++) {
    expect(tree.root()).toEqual(naiveRoot(leaves.slice(0, size)))
    expect(growTree(size, tree.peaks()).root()).toEqual(tree.root())
    tree.append(leaves[size] as Uint8Array)
  }
})

test('proofs read from tiles are those of RFC 6962, and are accepted', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 2_000 }), fc.nat(), fc.nat(), async (size, i, older) => {
      const read = nodesInTiles(size)
      const tree = leaves.slice(0, size)
      const root = naiveRoot(tree)
      expect(await readRoot(read, size)).toEqual(root)

      const index = i % size
      const path = await proveInclusion(read, index, size)
      expect(path).toEqual(naivePath(index, tree))
      expect(verifyInclusion({ index, hash: tree[index] as Uint8Array }, { size, root }, path)).toBe(true)

      const before = 1 + (older % size)
      const growth = await proveConsistency(read, before, size)
      expect(growth).toEqual(naiveSubproof(before, tree))
      const first = { size: before, root: naiveRoot(tree.slice(0, before)) }
      expect(verifyConsistency(first, { size, root }, growth)).toBe(true)
    }),
    { numRuns: 60 },
  )
})

test('a proof with anything changed is refused', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 2, max: 600 }),
      fc.nat(),
      fc.nat(),
      fc.nat({ max: hashBytes * 8 - 1 }),
      async (size, i, at, bit) => {
        const tree = leaves.slice(0, size)
        const root = naiveRoot(tree)
        const index = i % size
        const leaf = { index, hash: tree[index] as Uint8Array }
        const path = naivePath(index, tree)
        const flipped = path.map((hash, j) => (j === at % path.length ? flip(hash, bit) : hash))
        const wrong = [flipped, path.slice(1), path.slice(0, -1), [...path, root], [leaf.hash, ...path]]
        for (const proof of wrong) expect(verifyInclusion(leaf, { size, root }, proof)).toBe(false)
        expect(verifyInclusion({ ...leaf, hash: flip(leaf.hash, bit) }, { size, root }, path)).toBe(false)
        expect(verifyInclusion({ ...leaf, index: (index + 1) % size }, { size, root }, path)).toBe(false)
        expect(verifyInclusion(leaf, { size, root: flip(root, bit) }, path)).toBe(false)

        const before = 1 + (i % (size - 1))
        const older = { size: before, root: naiveRoot(tree.slice(0, before)) }
        const growth = naiveSubproof(before, tree)
        const bent = growth.map((hash, j) => (j === at % growth.length ? flip(hash, bit) : hash))
        for (const proof of [bent, growth.slice(1), growth.slice(0, -1), [...growth, root], []]) {
          expect(verifyConsistency(older, { size, root }, proof)).toBe(false)
        }
        expect(verifyConsistency({ ...older, root: flip(older.root, bit) }, { size, root }, growth)).toBe(
          false,
        )
        expect(verifyConsistency(older, { size, root: flip(root, bit) }, growth)).toBe(false)
        expect(verifyConsistency({ size, root }, older, growth)).toBe(false)
      },
    ),
    { numRuns: 100 },
  )
})

test('a size or an index that is no whole number from 0 to 2^64 − 1 proves nothing', () => {
  const [hash] = leaves as [Uint8Array]
  for (const index of [-1, 0.5, Number.NaN, 2 ** 53, -1n, 2n ** 64n]) {
    expect(verifyInclusion({ index, hash }, { size: 2n ** 64n - 1n, root: hash }, [])).toBe(false)
    expect(verifyInclusion({ index: 0, hash }, { size: index, root: hash }, [])).toBe(false)
  }
  expect(() => rootFromInclusionProof({ index: 0, hash }, 1, [hash])).toThrow('too long')
  expect(() => rootFromInclusionProof({ index: 0, hash }, 3, [hash])).toThrow('too short')
  expect(() => rootFromInclusionProof({ index: 0, hash: new Uint8Array(31) }, 1, [])).toThrow('32 bytes')
})

test('tiles have the paths and widths that tlog-tiles gives them', () => {
  expect(tilePath({ level: 0, index: 1_234_067, width: 256 })).toBe('tile/0/x001/x234/067')
  expect(tilePath({ level: 1, index: 0, width: 17 })).toBe('tile/1/000.p/17')
  // The specification's own example: a tree of 70,000.
  expect(widthAt(70_000, { level: 0, index: 272 })).toBe(256)
  expect(widthAt(70_000, { level: 0, index: 273 })).toBe(112)
  expect(widthAt(70_000, { level: 0, index: 274 })).toBe(0)
  expect(widthAt(70_000, { level: 1, index: 1 })).toBe(17)
  expect(widthAt(70_000, { level: 2, index: 0 })).toBe(1)
  fc.assert(
    fc.property(
      fc.nat({ max: 63 }),
      fc.nat({ max: 2 ** 40 }),
      fc.integer({ min: 1, max: 256 }),
      (level, index, width) => {
        expect(parseTilePath(tilePath({ level, index, width }))).toEqual({ level, index, width })
      },
    ),
  )
})

test.each([
  'tile/00/000',
  'tile/64/000',
  'tile/0/0',
  'tile/0/0000',
  'tile/0/x000/001',
  'tile/0/001/067',
  'tile/0/000.p/0',
  'tile/0/000.p/256',
  'tile/0/000.p/07',
  'tile/0/000.p/',
  'tile/entries/000',
  'tile/0/000/',
  '/tile/0/000',
])('%s is no path of a hash tile', (path) => {
  expect(() => parseTilePath(path)).toThrow('no path of a tile')
})

test('a tile that is too short gives no hash', async () => {
  const short: ReadNodes = readNodesFromTiles(async () => [new Uint8Array(32)], 300)
  await expect(proveInclusion(short, 7, 300)).rejects.toThrow('not 256 hashes long')
  expect(nodesOfRange(0, 7)).toEqual([
    { level: 2, index: 0 },
    { level: 1, index: 2 },
    { level: 0, index: 6 },
  ])
})

/** The tree of the first `size` leaves as tiles, made the slow way. */
function nodesInTiles(size: number): ReadNodes {
  return readNodesFromTiles(async (tiles) => tiles.map((tile) => tileBytes(size, tile)), size)
}

function tileBytes(size: number, { level, index, width }: Tile): Uint8Array {
  const span = tileWidth ** level
  const hashes = Array.from({ length: width }, (_, i) => {
    const start = (index * tileWidth + i) * span
    expect(start + span).toBeLessThanOrEqual(size)
    return naiveRoot(leaves.slice(start, start + span))
  })
  return Uint8Array.from(Buffer.concat(hashes))
}

function flip(hash: Uint8Array, bit: number): Uint8Array {
  const flipped = Uint8Array.from(hash)
  flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
  return flipped
}
