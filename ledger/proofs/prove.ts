import { foldPeaks } from './merkle.ts'

/** A complete subtree: 2^level leaves, the index-th of that width from the left. Indexes stay below 2^53. */
export type TreeNode = { level: number; index: number }

/** The hashes of complete subtrees, in the order asked. One call reads all that a proof needs. */
export type ReadNodes = (nodes: readonly TreeNode[]) => Promise<readonly Uint8Array[]>

/** The complete subtrees whose fold is the tree hash of the leaves from `start` to before `end`. */
export function nodesOfRange(start: number, end: number): TreeNode[] {
  const nodes: TreeNode[] = []
  for (let at = start; at < end;) {
    const level = widestLevel(end - at)
    nodes.push({ level, index: at / 2 ** level })
    at += 2 ** level
  }
  return nodes
}

/** Inclusion proof of the leaf at `index` in the tree of `size` (RFC 6962 section 2.1.1). Needs index < size. */
export async function proveInclusion(read: ReadNodes, index: number, size: number): Promise<Uint8Array[]> {
  if (!(index >= 0 && index < size)) throw new RangeError(`No leaf ${index} in a tree of ${size}`)
  return readRanges(read, pathRanges(index, 0, size))
}

/** Consistency proof from the tree of `older` leaves to that of `newer` (RFC 6962 section 2.1.2); empty from 0. */
export async function proveConsistency(read: ReadNodes, older: number, newer: number): Promise<Uint8Array[]> {
  if (!(older >= 0 && older <= newer)) throw new RangeError(`No tree of ${older} in one of ${newer}`)
  return older === 0 ? [] : readRanges(read, growthRanges(older, [0, newer], true))
}

/** The root of the tree of `size`, from its complete subtrees. */
export async function readRoot(read: ReadNodes, size: number): Promise<Uint8Array> {
  return foldPeaks(await read(nodesOfRange(0, size)))
}

type Range = readonly [start: number, end: number]

function pathRanges(index: number, start: number, end: number): Range[] {
  if (end - start === 1) return []
  const middle = split(start, end)
  return index < middle
    ? [...pathRanges(index, start, middle), [middle, end]]
    : [...pathRanges(index, middle, end), [start, middle]]
}

/** SUBPROOF of RFC 6962 section 2.1.2; `known` as its `b`: whether the older root is that of this very range. */
function growthRanges(older: number, [start, end]: Range, known: boolean): Range[] {
  if (older === end) return known ? [] : [[start, end]]
  const middle = split(start, end)
  return older <= middle
    ? [...growthRanges(older, [start, middle], known), [middle, end]]
    : [...growthRanges(older, [middle, end], false), [start, middle]]
}

async function readRanges(read: ReadNodes, ranges: readonly Range[]): Promise<Uint8Array[]> {
  const nodes = ranges.map(([start, end]) => nodesOfRange(start, end))
  const hashes = await read(nodes.flat())
  let at = 0
  return nodes.map(({ length }) => foldPeaks(hashes.slice(at, (at += length))))
}

/** Where the larger part of a range of two leaves or more ends: after the largest power of 2 below its length. */
function split(start: number, end: number): number {
  return start + 2 ** widestLevel(end - start - 1)
}

/** The level of the widest complete subtree with at most `count` leaves; exact for all below 2^53. */
function widestLevel(count: number): number {
  let level = 0
  while (2 ** (level + 1) <= count) level++
  return level
}
