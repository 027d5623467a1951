import { afterAll, beforeAll, expect, test } from 'vitest'
import { seenOnChain } from '../../ledger/anchor/anchor.ts'
import { nameAnchorContract } from '../../ledger/anchor/store.ts'
import { checkLog, isLogHalted, post } from '../../ledger/index.ts'
import { countEntries } from '../../ledger/log/store.ts'
import { testChainId } from '../contracts/deploy.ts'
import { buy } from '../ledger/commands.ts'
import { openTown, type Town } from '../ledger/town.ts'
import { keepLog, originOf, signUp } from '../log/kept-log.ts'
import { anchorWith, faultOf, openAnchoredLog, startTestChain, type TestChain } from './anchored-log.ts'

// What a restored backup is like: a database of its own, whose log has the same origin and fewer entries.
let town: Town
let restored: Town
let node: TestChain

beforeAll(async () => {
  town = await openTown()
  restored = await openTown()
  node = await startTestChain()
})
afterAll(async () => {
  await node.stop()
  await town.close()
  await restored.close()
})

async function restore(purchases: number) {
  const log = await openAnchoredLog(town, node)
  await log.grow({ purchases: 3 })
  await anchorWith(town, node.chain).anchor(log.network)
  const stage = await restored.stage()
  const kept = await keepLog(restored.ledger)
  expect(originOf(stage.network)).toBe(originOf(log.network))
  await signUp(kept, stage.network)
  await restored.ledger.db.transaction().execute((tx) =>
    nameAnchorContract(tx, stage.network, {
      chainId: testChainId,
      address: log.address,
      deployedBlock: 0n,
      by: null,
    }),
  )
  for (let i = 0; i < purchases; i++)
    await post(restored.ledger, stage.network, buy(stage, 'bakery', 'ada', 100))
  await kept.writer.sign(stage.network)
  await log.kept.remove()
  return { stage, kept }
}

test('a database that is behind the chain posts nothing more, even when the chain is heard of late', async () => {
  const { stage, kept } = await restore(0)
  const { anchorAll } = anchorWith(restored, node.chain)
  expect(faultOf(await anchorAll(), stage.network)).toMatch(/knows \d+ entries of .*; this database has/)
  const entries = await countEntries(restored.ledger.db, stage.network)
  const refusal: unknown = await post(restored.ledger, stage.network, buy(stage, 'bakery', 'ada', 100)).catch(
    (error: unknown) => error,
  )
  expect(isLogHalted(refusal)).toBe(true)
  expect(await countEntries(restored.ledger.db, stage.network)).toBe(entries)
  await kept.remove()
})

test('a database with other entries than the chain is found at the start', async () => {
  const { stage, kept } = await restore(5)
  const seen = seenOnChain({ ledger: restored.ledger, chain: node.chain })
  const refused = await checkLog({ ...kept.parts, seenElsewhere: [seen] }, stage.network)
  expect(refused).toMatchObject({ code: 'forked' })
  await kept.remove()
})

test('at the start a chain that does not answer has seen nothing', async () => {
  const { stage, kept } = await restore(0)
  await node.cut()
  expect(await seenOnChain({ ledger: restored.ledger, chain: node.chain })(stage.network)).toEqual([])
  await node.mend()
  expect(await seenOnChain({ ledger: restored.ledger, chain: node.chain })(stage.network)).toHaveLength(1)
  await kept.remove()
})
