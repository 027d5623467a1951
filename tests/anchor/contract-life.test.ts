import { Contract, Wallet, type InterfaceAbi } from 'ethers'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { readCheckpointAnchor } from '../../contracts/compiled.ts'
import {
  addressOfKey,
  compactSignature,
  digestCheckpoint,
  signCheckpointForChain,
  signWitnessChange,
  type AnchorContract,
} from '../../ledger/anchor/anchor-message.ts'
import { readContract } from '../../ledger/anchor/contract.ts'
import { connect, richKey, testChainId, witnessKeys } from '../contracts/deploy.ts'
import { openTown, type Town } from '../ledger/town.ts'
import { originOf } from '../log/kept-log.ts'
import {
  anchorWith,
  faultOf,
  keys,
  openAnchoredLog,
  startTestChain,
  type AnchoredLog,
  type TestChain,
} from './anchored-log.ts'

// What the witnesses may do with the contract besides anchoring, signed by our own code.
let town: Town
let node: TestChain
let log: AnchoredLog
let provider: ReturnType<typeof connect>
let contract: Contract
let where: AnchorContract
let origin: string

beforeAll(async () => {
  town = await openTown()
  node = await startTestChain()
  provider = connect(node.rpcUrl)
})
afterAll(async () => {
  provider.destroy()
  await node.stop()
  await town.close()
})
beforeEach(async () => {
  log = await openAnchoredLog(town, node)
  origin = originOf(log.network)
  where = { chainId: testChainId, address: log.address }
  const { abi } = await readCheckpointAnchor()
  contract = new Contract(log.address, abi as InterfaceAbi, new Wallet(richKey, provider))
  return () => log.kept.remove()
})

/** Rejects with the name of the contract's own error. */
async function send(method: string, ...args: unknown[]): Promise<void> {
  const sent = await contract
    .getFunction(method)(...args)
    .catch((error: { data?: string }) => {
      throw new Error(contract.interface.parseError(error.data ?? '0x00000000')?.name, { cause: error })
    })
  await sent.wait()
}

function signRoot(size: number, root: Uint8Array, signers = keys.slice(0, 3)) {
  const checkpoint = { origin, size: BigInt(size), root }
  return Promise.all(
    signers.map(async (key) => compactSignature(await signCheckpointForChain(key, where, checkpoint))),
  )
}

test('other witnesses count after the old quorum agreed and the delay is over; the old ones no longer do', async () => {
  const first = await log.grow()
  const { anchor } = anchorWith(town, node.chain)
  await anchor(log.network)
  const newKeys = witnessKeys(4, 200)
  const witnesses = newKeys.map(addressOfKey)
  const change = { origin, number: 2n, witnesses, quorum: 3 }
  const sign = async (signers: readonly string[]) =>
    Promise.all(signers.map(async (key) => compactSignature(await signWitnessChange(key, where, change))))
  await expect(send('proposeWitnesses', 2, witnesses, 3, await sign(keys.slice(0, 2)))).rejects.toThrow(
    /QuorumMissing/,
  )
  await send('proposeWitnesses', 2, witnesses, 3, await sign(keys.slice(0, 3)))
  await expect(send('changeWitnesses')).rejects.toThrow(/NothingDue/)
  const second = await log.grow()
  await anchor(log.network)
  expect(await readContract(node.chain, log.address)).toMatchObject({ size: BigInt(second) })
  expect(second).toBeGreaterThan(first)

  await node.ask('evm_increaseTime', 86_400)
  await send('changeWitnesses')
  await log.grow()
  expect(await anchor(log.network)).toBe(null)
  const third = await log.grow({ signers: newKeys.slice(0, 3) })
  await anchor(log.network)
  expect(await readContract(node.chain, log.address)).toMatchObject({ size: BigInt(third), quorum: 3 })
})

test('a second root that a quorum signed freezes the contract, which keeps both as evidence; nothing is sent any more', async () => {
  const size = await log.grow()
  const { anchor, anchorAll } = anchorWith(town, node.chain)
  await anchor(log.network)
  const { root: anchored } = await readContract(node.chain, log.address)
  const forged = new Uint8Array(32).fill(7)
  await expect(send('freezeByAnchored', size, anchored, await signRoot(size, anchored))).rejects.toThrow(
    /NoFork/,
  )
  const signatures = await signRoot(size, forged)
  await send('freezeByAnchored', size, forged, signatures)
  const [event] = await contract.queryFilter(contract.getEvent('Frozen'))
  const evidence = contract.interface.decodeEventLog('Frozen', event!.data, event!.topics)
  expect(evidence['rootB']).toBe(`0x${'07'.repeat(32)}`)
  expect(evidence['signaturesB'].map(({ r }: { r: string }) => r)).toEqual(signatures.map(({ r }) => r))

  await log.grow()
  expect(faultOf(await anchorAll(), log.network)).toMatch(/is frozen/)
  expect(await readContract(node.chain, log.address)).toMatchObject({ size: BigInt(size), frozen: true })
})

test('two roots of a size that is not anchored freeze it as well', async () => {
  const [a, b] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)]
  const [of, against] = [await signRoot(9, a), await signRoot(9, b, keys.slice(2, 5))]
  await expect(send('freezeByFork', 9, a, of, a, of)).rejects.toThrow(/NoFork/)
  await expect(send('freezeByFork', 8, a, of, b, against)).rejects.toThrow(/NotAWitness|NotAscending/)
  await send('freezeByFork', 9, a, of, b, against)
  expect(await readContract(node.chain, log.address)).toMatchObject({ size: 0n, frozen: true })
})

test('what witnesses sign is bound to chain, contract, origin, size and root', () => {
  const checkpoint = { origin, size: 9n, root: new Uint8Array(32).fill(1) }
  const digests = [
    digestCheckpoint(where, checkpoint),
    digestCheckpoint({ ...where, chainId: 1n }, checkpoint),
    digestCheckpoint({ ...where, address: addressOfKey(keys[0]!) }, checkpoint),
    digestCheckpoint(where, { ...checkpoint, origin: `${origin}/` }),
    digestCheckpoint(where, { ...checkpoint, size: 10n }),
    digestCheckpoint(where, { ...checkpoint, root: new Uint8Array(32).fill(2) }),
  ]
  expect(new Set(digests).size).toBe(digests.length)
})
