import { readFile } from 'node:fs/promises'
import fc from 'fast-check'
import { Interface, type InterfaceAbi } from 'ethers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readCheckpointAnchor } from '../../contracts/compiled.ts'
import { collectAnchorEvidence } from '../../ledger/anchor/collect-evidence.ts'
import { anchorInterface } from '../../ledger/anchor/contract.ts'
import {
  AnchorEvidenceError,
  verifyAnchorEvidence,
  type AnchorEvidence,
} from '../../ledger/anchor/evidence.ts'
import { toHex } from '../../ledger/anchor/store.ts'
import { readCheckpoint, readLog } from '../../ledger/index.ts'
import { openTown, type Town } from '../ledger/town.ts'
import { rounds } from '../support/long.ts'
import {
  anchorWith,
  openAnchoredLog,
  startTestChain,
  type AnchoredLog,
  type TestChain,
} from './anchored-log.ts'

let town: Town
let node: TestChain
let log: AnchoredLog
let evidence: AnchorEvidence
let trusted: { contract: string; blockHash: string }

beforeAll(async () => {
  town = await openTown()
  node = await startTestChain()
  log = await openAnchoredLog(town, node)
  const { anchor } = anchorWith(town, node.chain)
  for (let anchors = 0; anchors < 12; anchors++) {
    await log.grow({ purchases: 1 + (anchors % 3) })
    await anchor(log.network)
  }
  await anchor(log.network)
  evidence = (await collectAnchorEvidence({ db: town.ledger.db, chain: node.chain }, log.network, 1))!
  trusted = { contract: log.address, blockHash: evidence.block.hash }
})
afterAll(async () => {
  await log.kept.remove()
  await node.stop()
  await town.close()
})

test('every anchor is proven by a block hash and a contract’s address alone', async () => {
  const proven = verifyAnchorEvidence(JSON.parse(JSON.stringify(evidence)) as AnchorEvidence, trusted)
  expect(proven).toHaveLength(12)
  const opened = (await readLog(town.ledger.db, log.network))!
  for (const { size, root } of proven) {
    const checkpoint = await readCheckpoint(town.ledger.db, opened, { size: Number(size) })
    expect(toHex(root)).toBe(toHex(checkpoint!.root))
  }
})

test('anchors of another contract, or in another block, are not taken', () => {
  const other = `0x${'12'.repeat(20)}`
  expect(() => verifyAnchorEvidence(evidence, { ...trusted, contract: other })).toThrow(/are of the contract/)
  expect(() =>
    verifyAnchorEvidence({ ...evidence, contract: other }, { ...trusted, contract: other }),
  ).toThrow(AnchorEvidenceError)
  const blockHash = `0x${'34'.repeat(32)}`
  expect(() => verifyAnchorEvidence(evidence, { ...trusted, blockHash })).toThrow(/is not that of the block/)
})

test('a size or root that the contract does not have is not taken', () => {
  const [anchor, next] = evidence.anchors
  const others = evidence.anchors.slice(1)
  const withAnchor = (changed: object) => ({ ...evidence, anchors: [{ ...anchor!, ...changed }, ...others] })
  for (const changed of [
    { size: String(BigInt(anchor!.size) + 1n) },
    { root: next!.root },
    { root: `0x${'00'.repeat(32)}` },
    { storage_proof: next!.storage_proof },
    { storage_proof: [...anchor!.storage_proof, anchor!.storage_proof[0]!] },
    { storage_proof: anchor!.storage_proof.slice(0, -1) },
    { storage_proof: [] },
    { storage_proof: [evidence.nodes.length] },
    { size: 'many' },
    { root: 'none' },
  ]) {
    expect(() => verifyAnchorEvidence(withAnchor(changed), trusted), JSON.stringify(changed)).toThrow(
      AnchorEvidenceError,
    )
  }
})

test('what is no evidence is refused like the rest, not a fault', () => {
  for (const nothing of [
    {},
    null,
    [],
    { ...evidence, anchors: null },
    { ...evidence, nodes: null },
    { ...evidence, block: 'none' },
  ]) {
    expect(() => verifyAnchorEvidence(nothing as unknown as AnchorEvidence, trusted)).toThrow(
      AnchorEvidenceError,
    )
  }
})

test('evidence in which one bit is another is not taken, wherever it is', () => {
  const text = JSON.stringify(evidence)
  const { chain_id, block } = evidence
  // What is said besides, for people: the proof does not hang on it.
  const besides = new Set([
    chain_id,
    block.number,
    block.hash,
    ...evidence.anchors.map((each) => each.transaction),
  ])
  const strings = [...text.matchAll(/"([^"]+)"/g)].filter(
    ([, said = '']) => /^(0x)?[0-9a-f]+$/.test(said) && !besides.has(said),
  )
  fc.assert(
    fc.property(fc.nat(), fc.nat(), fc.integer({ min: 1, max: 15 }), (which, place, change) => {
      const { index, 1: said = '' } = strings[which % strings.length]!
      const digits = said.replace(/^0x/, '')
      const at = index + 1 + (said.length - digits.length) + (place % digits.length)
      const digit = (Number.parseInt(text[at]!, 16) ^ change).toString(16)
      const changed = JSON.parse(text.slice(0, at) + digit + text.slice(at + 1)) as AnchorEvidence
      expect(() => verifyAnchorEvidence(changed, trusted)).toThrow(AnchorEvidenceError)
    }),
    { numRuns: rounds(300, 10_000) },
  )
})

test('the newest anchor can’t be left out, nor another size be given for it', () => {
  const newest = evidence.anchors.reduce((most, { size }) => Math.max(most, Number(size)), 0)
  const left = evidence.anchors.filter(({ size }) => Number(size) !== newest)
  expect(() => verifyAnchorEvidence({ ...evidence, anchors: left }, trusted)).toThrow(
    `a checkpoint of ${newest} entries, which was left out`,
  )
  for (const latest_proof of [[], [evidence.nodes.length], evidence.anchors[0]!.storage_proof]) {
    expect(() => verifyAnchorEvidence({ ...evidence, latest_proof }, trusted)).toThrow(AnchorEvidenceError)
  }
})

test('proofs share their nodes, and an anchor that was not written down yet is proven, too', async () => {
  expect(new Set(evidence.nodes).size).toBe(evidence.nodes.length)
  await log.grow({ purchases: 1 })
  await anchorWith(town, node.chain).anchor(log.network)
  const now = (await collectAnchorEvidence({ db: town.ledger.db, chain: node.chain }, log.network, 1))!
  expect(verifyAnchorEvidence(now, { ...trusted, blockHash: now.block.hash })).toHaveLength(13)
})

test('what is asked of the contract is what the compiled contract has, and its roots are where it keeps them', async () => {
  const compiled = new Interface((await readCheckpointAnchor()).abi as InterfaceAbi)
  anchorInterface.forEachFunction(({ name }) => {
    expect(anchorInterface.getFunction(name)!.format('full')).toBe(compiled.getFunction(name)!.format('full'))
  })
  expect(anchorInterface.getEvent('Anchored')!.format('full')).toBe(
    compiled.getEvent('Anchored')!.format('full'),
  )
  expect(await readFile(`${import.meta.dirname}/../../contracts/CheckpointAnchor.sol`, 'utf8')).toContain(
    'keccak256(size ‖ 2)',
  )
})
