import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { addressOfKey, signCheckpointForChain } from '../../ledger/anchor/anchor-message.ts'
import { ChainError, type Chain } from '../../ledger/anchor/chain.ts'
import { readContract } from '../../ledger/anchor/contract.ts'
import { resendAfterMs } from '../../ledger/anchor/send.ts'
import {
  addAnchorSignature,
  nameAnchorContract,
  readAnchorContract,
  readAnchorLags,
  readAnchors,
} from '../../ledger/anchor/store.ts'
import { readCheckpoint, readLog } from '../../ledger/index.ts'
import { testChainId, witnessKeys } from '../contracts/deploy.ts'
import { openTown, type Town } from '../ledger/town.ts'
import {
  anchorWith,
  deployFor,
  faultOf,
  keys,
  openAnchoredLog,
  secondRichKey,
  startTestChain,
  type AnchoredLog,
  type TestChain,
} from './anchored-log.ts'

let town: Town
let node: TestChain
let log: AnchoredLog

beforeAll(async () => {
  town = await openTown()
  node = await startTestChain()
})
afterAll(async () => {
  await node.stop()
  await town.close()
})
beforeEach(async () => {
  log = await openAnchoredLog(town, node)
  return () => log.kept.remove()
})

/** Sizes whose anchors count, the newest first. */
async function counted({ network } = log): Promise<number[]> {
  const contract = (await readAnchorContract(town.ledger.db, network))!
  return (await readAnchors(town.ledger.db, contract)).map(({ size }) => Number(size))
}

/** The size that the contract has at this moment. */
async function onChain(address = log.address): Promise<number> {
  return Number((await readContract(node.chain, address)).size)
}

async function countSent(): Promise<number> {
  const contract = (await readAnchorContract(town.ledger.db, log.network))!
  const filter = { address: contract.address, fromBlock: '0x0', toBlock: 'latest' }
  const events = (await node.ask('eth_getLogs', filter)) as { topics: string[] }[]
  // The first says who the witnesses are.
  return events.length - 1
}

test('a checkpoint that a quorum signed comes on chain, and counts when it has its confirmations', async () => {
  const first = await log.grow({ purchases: 3 })
  const { anchor } = anchorWith(town, node.chain, { confirmations: 3 })
  expect(await anchor(log.network)).toMatch(/^0x[0-9a-f]{64}$/)
  expect(await onChain()).toBe(first)
  await anchor(log.network)
  expect(await counted()).toEqual([])
  await node.mine(2)
  expect(await anchor(log.network)).toBe(null)
  expect(await counted()).toEqual([first])

  const second = await log.grow({ purchases: 4 })
  await anchor(log.network)
  await node.mine(2)
  await anchor(log.network)
  expect(await counted()).toEqual([second, first])
})

test('with finality an anchor counts when the chain says that its block stays', async () => {
  let final = 0n
  // Hardhat takes every block for final at once.
  const chain: Chain = {
    ...node.chain,
    send: (method, params) =>
      node.chain.send(
        method,
        params.map((param) => (param === 'finalized' ? `0x${final.toString(16)}` : param)),
      ),
  }
  const size = await log.grow()
  const { anchor } = anchorWith(town, chain, { confirmations: 'finalized' })
  await anchor(log.network)
  await node.mine(5)
  await anchor(log.network)
  expect(await counted()).toEqual([])
  final = BigInt((await node.ask('eth_blockNumber')) as string)
  await anchor(log.network)
  expect(await counted()).toEqual([size])
})

test('an anchor that a reorganised chain lost no longer counts and is anchored again', async () => {
  const first = await log.grow()
  const { anchor } = anchorWith(town, node.chain)
  await anchor(log.network)
  await anchor(log.network)
  const before = await node.ask('evm_snapshot')
  const second = await log.grow()
  await anchor(log.network)
  await anchor(log.network)
  expect(await counted()).toEqual([second, first])

  await node.ask('evm_revert', before)
  await node.ask('evm_increaseTime', 60)
  await node.mine(3)
  expect(await onChain()).toBe(first)
  expect(await anchor(log.network)).not.toBe(null)
  expect(await counted()).toEqual([first])
  expect(await onChain()).toBe(second)
  await anchor(log.network)
  expect(await counted()).toEqual([second, first])
})

test('who starts after the chain was reorganised finds the same', async () => {
  const before = await node.ask('evm_snapshot')
  const size = await log.grow()
  await anchorWith(town, node.chain).anchor(log.network)
  await anchorWith(town, node.chain).anchor(log.network)
  expect(await counted()).toEqual([size])
  await node.ask('evm_revert', before)
  await node.ask('evm_increaseTime', 60)
  await node.mine(3)
  const { anchor } = anchorWith(town, node.chain)
  expect(await anchor(log.network)).not.toBe(null)
  expect(await counted()).toEqual([])
  await anchor(log.network)
  expect(await counted()).toEqual([size])
})

test('while no node answers nothing is lost, and what came meanwhile is anchored when one does', async () => {
  const first = await log.grow()
  const { anchor, anchorAll } = anchorWith(town, node.chain)
  await anchor(log.network)
  await node.cut()
  const second = await log.grow({ purchases: 5 })
  for (let ticks = 0; ticks < 2; ticks++) {
    expect(faultOf(await anchorAll(), log.network)).toMatch(/did not answer eth_chainId: .*ECONNREFUSED/)
  }
  await node.mend()
  await anchor(log.network)
  await anchor(log.network)
  expect(await counted()).toEqual([second, first])
})

test('a node that does not tell of the past is told of, and what is due is anchored all the same', async () => {
  const chain: Chain = {
    ...node.chain,
    send: async (method, params) => {
      if (method === 'eth_getLogs') throw new ChainError('SERVER_ERROR', 'at most 0 blocks at once')
      return node.chain.send(method, params)
    },
  }
  const size = await log.grow()
  expect(faultOf(await anchorWith(town, chain).anchorAll(), log.network)).toBe('at most 0 blocks at once')
  expect(await onChain()).toBe(size)
  expect(await counted()).toEqual([])
  await anchorWith(town, node.chain).anchor(log.network)
  expect(await counted()).toEqual([size])
})

test('each network has its own contract, and one account anchors them all', async () => {
  const other = await openAnchoredLog(town, node)
  const { anchorAll } = anchorWith(town, node.chain)
  const sizes: [number[], number[]] = [[], []]
  for (let round = 0; round < 2; round++) {
    sizes[0].unshift(await log.grow({ purchases: 2 }))
    sizes[1].unshift(await other.grow())
    for (let looks = 0; looks < 2; looks++) {
      const faults = await anchorAll()
      expect([faultOf(faults, log.network), faultOf(faults, other.network)]).toEqual([null, null])
    }
  }
  expect([await counted(), await counted(other)]).toEqual(sizes)
  await other.kept.remove()
})

describe('two who submit at the same moment', () => {
  test.each([
    ['with one key', undefined],
    ['with two keys', secondRichKey],
  ])('%s anchor a checkpoint once, and both go on', async (_, otherKey) => {
    const one = anchorWith(town, node.chain)
    const other = anchorWith(town, node.chain, otherKey ? { key: otherKey } : {})
    const sizes: number[] = []
    for (let round = 0; round < 3; round++) {
      sizes.unshift(await log.grow())
      await Promise.all([one.anchor(log.network), other.anchor(log.network)])
      await Promise.all([one.anchor(log.network), other.anchor(log.network)])
      expect(await onChain()).toBe(sizes[0])
    }
    expect(await counted()).toEqual(sizes)
    expect(await countSent()).toBe(3)
  })
})

test('a transaction that nobody mines is replaced by one that pays more, and stands in no one’s way', async () => {
  const size = await log.grow()
  let now = Date.now()
  const { anchor } = anchorWith(town, node.chain, {}, () => now)
  await node.ask('evm_setAutomine', false)
  try {
    const first = await anchor(log.network)
    expect(first).not.toBe(null)
    expect(await anchor(log.network)).toBe(null)
    now += resendAfterMs
    const second = await anchor(log.network)
    expect(second).not.toBe(null)
    expect(second).not.toBe(first)
    // Another process with this key knows nothing of the two, and waits as long before it pays more.
    const beside = anchorWith(town, node.chain, {}, () => now)
    expect(await beside.anchor(log.network)).toBe(null)
    now += resendAfterMs
    await beside.anchor(log.network)
    await node.mine(1)
  } finally {
    await node.ask('evm_setAutomine', true)
  }
  await anchor(log.network)
  expect(await counted()).toEqual([size])
  expect(await countSent()).toBe(1)
})

test('it is time for another anchor after so many entries or so many minutes, not before', async () => {
  let now = Date.now()
  const { anchor } = anchorWith(town, node.chain, { everyMinutes: 10, everyEntries: 5 }, () => now)
  const first = await log.grow()
  await anchor(log.network)
  await log.grow({ purchases: 4 })
  expect(await anchor(log.network)).toBe(null)
  expect(await onChain()).toBe(first)
  const second = await log.grow()
  await anchor(log.network)
  expect(await onChain()).toBe(second)
  const third = await log.grow()
  expect(await anchor(log.network)).toBe(null)
  now += 11 * 60_000
  await anchor(log.network)
  expect(await onChain()).toBe(third)
})

test('below a quorum nothing is sent; who is no witness on chain makes up none', async () => {
  await log.grow({ signers: [...keys.slice(0, 2), ...witnessKeys(3, 100)] })
  const { anchor } = anchorWith(town, node.chain)
  expect(await anchor(log.network)).toBe(null)
  expect(await onChain()).toBe(0)
  const size = await log.grow({ signers: keys })
  await anchor(log.network)
  expect(await onChain()).toBe(size)
})

test('a signature of other words, or in its other form, is not kept', async () => {
  const { db } = town.ledger
  const size = await log.grow({ signers: [] })
  const opened = (await readLog(db, log.network))!
  const { root } = (await readCheckpoint(db, opened))!
  const checkpoint = { origin: opened.origin, size: BigInt(size), root }
  const contract = (await readAnchorContract(db, log.network))!
  const [key = ''] = keys
  const signer = addressOfKey(key)
  const signature = await signCheckpointForChain(key, contract, checkpoint)
  const attempts = [
    await signCheckpointForChain(key, { ...contract, chainId: 1n }, checkpoint),
    await signCheckpointForChain(key, { ...contract, address: signer }, checkpoint),
    await signCheckpointForChain(key, contract, { ...checkpoint, origin: 'tally.example.org/log/other' }),
    await signCheckpointForChain(key, contract, { ...checkpoint, size: 1n }),
    await signCheckpointForChain(keys[1]!, contract, checkpoint),
    otherForm(signature),
    `${signature}00`,
    '0x',
  ]
  for (const attempt of attempts) {
    expect(await addAnchorSignature(db, log.network, { checkpoint, signer, signature: attempt })).toBe(false)
  }
  const unknown = { ...checkpoint, size: BigInt(size + 1) }
  const early = await signCheckpointForChain(key, contract, unknown)
  expect(await addAnchorSignature(db, log.network, { checkpoint: unknown, signer, signature: early })).toBe(
    false,
  )
  const kept = () =>
    db.selectFrom('ledger.anchor_signature').select('size').where('network_id', '=', log.network)
  expect(await kept().execute()).toEqual([])
  for (let again = 0; again < 2; again++) {
    expect(await addAnchorSignature(db, log.network, { checkpoint, signer, signature })).toBe(true)
  }
  expect(await kept().execute()).toEqual([{ size: BigInt(size) }])
})

test('a contract on another chain, for another log or not there at all is said, and nothing is sent', async () => {
  await log.grow()
  const name = (contract: { chainId: bigint; address: string }) =>
    town.ledger.db
      .transaction()
      .execute((tx) => nameAnchorContract(tx, log.network, { ...contract, deployedBlock: 0n, by: null }))
  const { anchorAll } = anchorWith(town, node.chain)
  const other = await deployFor(node.rpcUrl, 'tally.example.org/log/other')
  for (const [contract, fault] of [
    [{ chainId: 1n, address: log.address }, /leads to chain 31337, but .* on chain 1/],
    [{ chainId: testChainId, address: other.address }, /is for tally\.example\.org\/log\/other/],
    [{ chainId: testChainId, address: addressOfKey(keys[0]!) }, /There is no CheckpointAnchor/],
  ] as const) {
    await name(contract)
    expect(faultOf(await anchorAll(), log.network)).toMatch(fault)
  }
  expect(await onChain()).toBe(0)
  expect(await onChain(other.address)).toBe(0)
})

test('an account that cannot pay is named, and what is due goes out when it can', async () => {
  const size = await log.grow()
  const poor = witnessKeys(1, 5000)[0]!
  const { anchorAll } = anchorWith(town, node.chain, { key: poor })
  expect(faultOf(await anchorAll(), log.network)).toContain(addressOfKey(poor))
  await node.ask('hardhat_setBalance', addressOfKey(poor), '0xde0b6b3a7640000')
  expect(faultOf(await anchorAll(), log.network)).toBe(null)
  expect(await onChain()).toBe(size)
})

test('without a key it only looks: what others anchored counts, nothing is sent', async () => {
  const size = await log.grow()
  const looking = anchorWith(town, node.chain, { key: undefined })
  expect(await looking.anchor(log.network)).toBe(null)
  expect(await onChain()).toBe(0)
  await anchorWith(town, node.chain).anchor(log.network)
  await looking.anchor(log.network)
  expect(await counted()).toEqual([size])
})

test('how far the chain is behind is told', async () => {
  const lagOf = async () =>
    (await readAnchorLags(town.ledger.db)).find(({ network }) => network === log.network)!
  const size = await log.grow()
  expect(await lagOf()).toMatchObject({ anchoredSize: 0, entries: size })
  const { anchor } = anchorWith(town, node.chain)
  await anchor(log.network)
  await anchor(log.network)
  expect(await lagOf()).toEqual({ network: log.network, anchoredSize: size, entries: 0, seconds: 0 })
  await log.grow({ purchases: 2 })
  const lag = await lagOf()
  expect(lag).toMatchObject({ anchoredSize: size, entries: 2 })
  expect(lag.seconds).toBeGreaterThan(0)
})

/** The same signature with s in the upper half of the order. */
function otherForm(signature: string): string {
  const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n
  const s = (order - BigInt(`0x${signature.slice(66, 130)}`)).toString(16).padStart(64, '0')
  return `${signature.slice(0, 66)}${s}${signature.endsWith('1b') ? '1c' : '1b'}`
}
