import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { JsonRpcProvider } from 'ethers'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startChain, type Chain } from '../../contracts/chain.ts'
import { readCheckpointAnchor } from '../../contracts/compiled.ts'
import { verifyConsistency, verifyInclusion } from '../../ledger/proofs/merkle.ts'
import { rounds } from '../support/long.ts'
import { projectFolder } from '../support/server.ts'
import { readVectors } from '../vectors/vector.ts'
import { askVerifier, type Verifier } from './ask-verifier.ts'
import { anyBentProofs, makeBentProofs } from './bent-proofs.ts'
import { connect, readCompiled } from './deploy.ts'
import { formatGas, measureGas } from './measure-gas.ts'
import { cellsOf, gasTable, readmeFile } from './readme-table.ts'
import { runSolidityTests } from './run-solidity.ts'

// All that needs the compiler is in this one file, since two compilations at once would share a folder.
const solidity = await runSolidityTests()
const compiled = await readCompiled('CheckpointAnchor')

describe('the tests written in Solidity', () => {
  test.each(solidity.tests)('$name', ({ passed }) => {
    expect(passed, solidity.said).toBe(true)
  })

  test('ran: unit, fuzz and invariant tests', () => {
    const names = solidity.tests.map(({ name }) => name.replace(/_.*/, ''))
    expect(new Set(names), solidity.said).toEqual(new Set(['test', 'testFuzz', 'invariant']))
  })

  test('reach every line of the contract', () => {
    expect(solidity.unreached).toEqual([])
    expect(solidity.reached).toBeGreaterThan(100)
  })

  test('take every branch both ways, and leave every loop after no round, one and several', () => {
    const never = /CheckpointAnchor\.sol:\d+ i < (witnesses|signatures)\.length: over after no round$/
    // No set is without witnesses, and no quorum without signatures: both are refused before.
    expect(solidity.untaken.filter((what) => !never.test(what))).toEqual([])
    expect(solidity.untaken).toHaveLength(3)
    expect(solidity.taken).toBeGreaterThan(100)
  })

  test('see everything go through under the invariants that may', () => {
    const { wentThrough } = solidity
    expect(Object.keys(wentThrough)).toHaveLength(5)
    for (const [what, times] of Object.entries(wentThrough)) expect(times, what).toBeGreaterThan(0)
  })
})

let chain: Chain
let provider: JsonRpcProvider
let verifier: Verifier

beforeAll(async () => {
  chain = await startChain()
  provider = connect(chain.rpcUrl)
})
afterAll(async () => {
  provider.destroy()
  await chain.stop()
})

test('gas is what README.md says, and within its limits', async () => {
  const rows = await measureGas(provider)
  expect(rows.filter(({ gas, limit }) => limit !== null && gas > limit)).toEqual([])
  const [, , written = ''] = gasTable.exec(await readFile(readmeFile, 'utf8')) ?? []
  expect(cellsOf(written), 'run npm run contracts').toEqual(cellsOf(formatGas(rows)))
})

test('the compiled contract that is kept is what the compiler makes of the source', async () => {
  expect(await readCheckpointAnchor(), 'run npm run contracts').toEqual(compiled)
})

describe('the verifier on chain', () => {
  beforeAll(async () => {
    verifier = await askVerifier(provider)
  })

  test.each(['inclusion', 'consistency'])('judges vectors of others as they ask: %s', async (kind) => {
    const vectors = readVectors(
      await readFile(join(projectFolder, `../shared/vectors/rfc6962-${kind}.json`), 'utf8'),
    )
    const wrong: unknown[] = []
    for (const vector of vectors) {
      if ((await verifier.judge(vector)) === vector.wantErr) wrong.push(vector)
    }
    expect(wrong).toEqual([])
    expect(vectors.length).toBeGreaterThan(40)
  })

  test('judges whatever proof it is given as the verifier in TypeScript does', async () => {
    let accepted = 0
    await fc.assert(
      fc.asyncProperty(anyBentProofs, async (wish) => {
        const { leaf, older, newer, inclusion, consistency } = await makeBentProofs(wish)
        const isIn = verifyInclusion(leaf, newer, inclusion)
        expect(await verifier.includes(leaf, newer, inclusion)).toBe(isIn)
        const hasGrown = verifyConsistency(older, newer, consistency)
        expect(await verifier.hasGrown(older, newer, consistency)).toBe(hasGrown)
        accepted += Number(isIn) + Number(hasGrown)
      }),
      { numRuns: rounds(150, 5000) },
    )
    expect(accepted).toBeGreaterThan(0)
  })
})
