import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import {
  addCosignature,
  nameAnchorContract,
  offerCandidate,
  proposeWitnessPolicy,
  readCheckpoint,
  readLog,
  readWitnessPolicies,
  type Log,
  type PolicyWitness,
} from '../../ledger/index.ts'
import { addressOfKey, signCheckpointForChain } from '../../ledger/anchor/anchor-message.ts'
import { parseCheckpointText } from '../../ledger/proofs/checkpoint.ts'
import { cosign } from '../../ledger/proofs/cosignature.ts'
import {
  formatSignatureLine,
  formatVerifierKey,
  keyTypes,
  makeSignerKey,
  type SignerKey,
} from '../../ledger/proofs/note.ts'
import { parsePolicy } from '../../ledger/proofs/policy.ts'
import { noteOf } from '../../ledger/log/store.ts'
import { give } from '../ledger/commands.ts'
import { done, openTown, type Town } from '../ledger/town.ts'
import { waitUntilWaiting } from '../support/barrier.ts'
import type { Stage } from '../support/stage.ts'
import { keepLog, signUp, type KeptLog } from './kept-log.ts'

let town: Town
let stage: Stage
let kept: KeptLog
let log: Log

beforeAll(async () => {
  town = await openTown()
})
afterAll(() => town.close())
beforeEach(async () => {
  stage = await town.stage()
  kept = await keepLog(town.ledger)
  await signMore()
  log = (await readLog(town.ledger.db, stage.network))!
  return () => kept.remove()
})

interface Member extends PolicyWitness {
  readonly key: SignerKey
}

function member(name: string): Member {
  const key = makeSignerKey(`${name}.example/witness`, keyTypes.cosignature, randomBytes(32))
  return { name, key, vkey: formatVerifierKey(key), url: null, chainAddress: null }
}

const propose = (quorum: number, witnesses: readonly Member[]) =>
  proposeWitnessPolicy(town.ledger.db, stage.network, { quorum, witnesses, by: stage.credential })

async function policies() {
  const { inForce, proposed } = await readWitnessPolicies(town.ledger.db, stage.network)
  return { inForce: inForce?.version ?? null, proposed: proposed?.version ?? null }
}

/** Another entry, and a checkpoint over it; its size. */
async function signMore(): Promise<number> {
  await done(town, stage, give(stage, 'bakery', 'ada', 1))
  await signUp(kept, stage.network)
  return (await readCheckpoint(town.ledger.db, (await readLog(town.ledger.db, stage.network))!))!.size
}

async function sizeOffered(): Promise<number> {
  return parseCheckpointText((await offerCandidate(town.ledger.db, log))!.text).size
}

/** A member's co-signature of the checkpoint of that size, handed in. */
async function sign(size: number, { key }: Member, chainSignature: string | null = null) {
  const { text } = noteOf(log, (await readCheckpoint(town.ledger.db, log, { size }))!).note
  const line = formatSignatureLine(cosign(text, key, Math.floor(Date.now() / 1000))).trimEnd()
  return await addCosignature(town.ledger.db, log, { size, line, chainSignature })
}

async function wait(seconds: number): Promise<void> {
  const client = await town.admin.connect()
  try {
    await client.query('begin; set local session_replication_role = replica')
    await client.query(
      `update ledger.candidate set offered_at = offered_at - $2 * interval '1 second'
      where network_id = $1`,
      [stage.network, seconds],
    )
    await client.query('commit')
  } finally {
    client.release()
  }
}

async function governance(event: string) {
  const { rows } = await town.admin.query<{ entry_index: string; facts: Record<string, string> }>(
    'select entry_index, facts from ledger.governance where network_id = $1 and event = $2 order by entry_index',
    [stage.network, event],
  )
  return rows
}

test('the log offers one size until a quorum has co-signed it', async () => {
  const [bakery, books, cafe] = ['bakery', 'books', 'cafe'].map(member) as [Member, Member, Member]
  await propose(2, [bakery, books, cafe])
  const offered = await sizeOffered()
  const longer = await signMore()
  expect(longer).toBeGreaterThan(offered)
  expect(await sizeOffered()).toBe(offered)
  expect(await sign(offered, cafe)).toEqual({ outcome: 'added', quorum: false })
  // The same one again is not a second one.
  expect(await sign(offered, cafe)).toEqual({ outcome: 'added', quorum: false })
  expect(await sizeOffered()).toBe(offered)
  expect(await sign(offered, bakery)).toEqual({ outcome: 'added', quorum: true })
  expect(await sizeOffered()).toBe(longer)
  expect((await readCheckpoint(town.ledger.db, log, { quorum: true }))!.size).toBe(offered)
})

test('the log offers one size until 30 seconds have passed without a quorum', async () => {
  await propose(1, [member('bakery')])
  const offered = await sizeOffered()
  const longer = await signMore()
  await wait(28)
  expect(await sizeOffered()).toBe(offered)
  await wait(2)
  expect(await sizeOffered()).toBe(longer)
  expect(await readCheckpoint(town.ledger.db, log, { quorum: true })).toBeNull()
})

test('two witnesses who hand in at the same moment are a quorum of two', async () => {
  const [bakery, books] = ['bakery', 'books'].map(member) as [Member, Member]
  await propose(2, [bakery, books])
  const offered = await sizeOffered()
  const holder = await town.admin.connect()
  await holder.query('begin')
  await holder.query('select from ledger.candidate where network_id = $1 for update', [stage.network])
  const both = [sign(offered, bakery), sign(offered, books)]
  await waitUntilWaiting(town.admin, 2)
  await holder.query('rollback')
  holder.release()
  const answers = await Promise.all(both)
  expect(answers.map((answer) => answer.outcome === 'added' && answer.quorum).toSorted()).toEqual([
    false,
    true,
  ])
})

test('who co-signs changes only with the quorum that counts until then', async () => {
  const [bakery, books, cafe] = ['bakery', 'books', 'cafe'].map(member) as [Member, Member, Member]
  await propose(2, [bakery, books])
  expect(await policies()).toEqual({ inForce: 1, proposed: null })
  const before = await sizeOffered()
  await propose(1, [cafe])
  expect(await policies()).toEqual({ inForce: 1, proposed: 2 })
  // A checkpoint from before the proposal says nothing of it, whoever co-signs.
  await sign(before, bakery)
  await sign(before, books)
  expect(await policies()).toEqual({ inForce: 1, proposed: 2 })
  expect(await sign(before, cafe)).toEqual({ outcome: 'witness_unknown' })

  const after = await signMore()
  expect(await sizeOffered()).toBe(after)
  expect(await sign(after, bakery)).toEqual({ outcome: 'added', quorum: false })
  expect(await policies()).toEqual({ inForce: 1, proposed: 2 })
  expect(await sign(after, cafe)).toEqual({ outcome: 'witness_unknown' })
  expect(await sign(after, books)).toEqual({ outcome: 'added', quorum: true })
  expect(await policies()).toEqual({ inForce: 2, proposed: null })
  expect((await governance('witness_policy_started')).map(({ facts }) => facts['version'])).toEqual([
    '1',
    '2',
  ])

  const last = await signMore()
  expect(await sign(last, bakery)).toEqual({ outcome: 'witness_unknown' })
  expect(await sign(last, cafe)).toEqual({ outcome: 'added', quorum: true })
})

test('a later proposal replaces one that waits, and the same again is no other', async () => {
  const [bakery, books, cafe] = ['bakery', 'books', 'cafe'].map(member) as [Member, Member, Member]
  await propose(1, [bakery])
  await propose(1, [books])
  await propose(1, [cafe])
  await propose(1, [cafe])
  expect(await policies()).toEqual({ inForce: 1, proposed: 3 })
  await sign(await signMore(), bakery)
  expect(await policies()).toEqual({ inForce: 3, proposed: null })
  expect((await governance('witness_policy_started')).map(({ facts }) => facts['version'])).toEqual([
    '1',
    '3',
  ])
})

test('the log names each policy by its hash, and the policy reads as tlog-policy says', async () => {
  await propose(2, ['cafe', 'bakery', 'books'].map(member))
  const { inForce } = await readWitnessPolicies(town.ledger.db, stage.network)
  const [entry] = await governance('witness_policy_proposed')
  expect(entry!.facts).toMatchObject({ version: '1', quorum: '2', witnesses: '3' })
  const digest = await crypto.subtle.digest('SHA-256', Buffer.from(inForce!.text))
  expect(entry!.facts['policy']).toBe(Buffer.from(digest).toString('hex'))
  const { witnesses, groups, quorum } = parsePolicy(`log ${log.vkey}\n${inForce!.text}`)
  expect(witnesses.map(({ name }) => name)).toEqual(['bakery', 'books', 'cafe'])
  expect(groups).toEqual([{ name: quorum, threshold: 2, members: ['bakery', 'books', 'cafe'] }])
})

test('a foreign, a forged and a misplaced co-signature count for nothing', async () => {
  const [bakery, books] = ['bakery', 'books'].map(member) as [Member, Member]
  await propose(1, [bakery])
  const offered = await sizeOffered()
  const other = await signMore()
  const forged = { ...bakery, key: { ...bakery.key, seed: randomBytes(32) } }
  expect(await sign(offered, books)).toEqual({ outcome: 'witness_unknown' })
  expect(await sign(offered, forged)).toEqual({ outcome: 'cosignature_wrong' })
  const { text } = noteOf(log, (await readCheckpoint(town.ledger.db, log, { size: other }))!).note
  const misplaced = formatSignatureLine(cosign(text, bakery.key, 1)).trimEnd()
  for (const line of [misplaced, 'nonsense', '']) {
    expect(await addCosignature(town.ledger.db, log, { size: offered, line, chainSignature: null })).toEqual({
      outcome: 'cosignature_wrong',
    })
  }
  const unknown = { size: 999, line: misplaced, chainSignature: null }
  expect(await addCosignature(town.ledger.db, log, unknown)).toEqual({ outcome: 'checkpoint_unknown' })
  const { rows } = await town.admin.query('select from ledger.cosignature where network_id = $1', [
    stage.network,
  ])
  expect(rows).toEqual([])
  expect(await sizeOffered()).toBe(offered)
})

test("a signature for the chain is kept when it is the witness's own, over this checkpoint and for this contract", async () => {
  const [own, other] = [randomKey(), randomKey()]
  const bakery = { ...member('bakery'), chainAddress: addressOfKey(own).toLowerCase() }
  const contract = { chainId: 31_337n, address: `0x${'ab'.repeat(20)}` }
  await nameAnchorContract(town.ledger.db, stage.network, { ...contract, deployedBlock: 0n, by: null })
  await propose(1, [bakery])
  await signUp(kept, stage.network)
  const size = await sizeOffered()
  const { root } = (await readCheckpoint(town.ledger.db, log, { size }))!
  const checkpoint = { origin: log.origin, size: BigInt(size), root }
  const signers = async () => {
    const { rows } = await town.admin.query<{ signer: Buffer }>(
      'select signer from ledger.anchor_signature where network_id = $1',
      [stage.network],
    )
    return rows.map(({ signer }) => `0x${signer.toString('hex')}`)
  }
  for (const wrong of [
    await signCheckpointForChain(other, contract, checkpoint),
    await signCheckpointForChain(own, { ...contract, chainId: 1n }, checkpoint),
    await signCheckpointForChain(own, contract, { ...checkpoint, size: 1n }),
    `0x${'00'.repeat(65)}`,
  ]) {
    expect(await sign(size, bakery, wrong)).toEqual({ outcome: 'cosignature_wrong' })
  }
  expect(await signers()).toEqual([])
  expect(await readCheckpoint(town.ledger.db, log, { quorum: true })).toBeNull()

  const right = await signCheckpointForChain(own, contract, checkpoint)
  expect(await sign(size, bakery, right)).toEqual({ outcome: 'added', quorum: true })
  expect(await signers()).toEqual([bakery.chainAddress])
})

test('after a recovery co-signatures count also before there is a contract for the new origin', async () => {
  const own = randomKey()
  const bakery = { ...member('bakery'), chainAddress: addressOfKey(own).toLowerCase() }
  const contract = { chainId: 31_337n, address: `0x${'ab'.repeat(20)}` }
  await nameAnchorContract(town.ledger.db, stage.network, { ...contract, deployedBlock: 0n, by: null })
  await propose(1, [bakery])
  await signUp(kept, stage.network)
  const { size, root } = (await readCheckpoint(town.ledger.db, log))!
  const origin = `${log.origin}/2`
  const vkey = formatVerifierKey(await town.ledger.logKeyOf(stage.network, origin))
  await town.admin.query('select ledger.recover_log($1, 2, $2, $3, $4, $5, $6)', [
    stage.network,
    origin,
    vkey,
    log.origin,
    size,
    root,
  ])
  const signed = await signMore()
  log = (await readLog(town.ledger.db, stage.network))!
  const newest = (await readCheckpoint(town.ledger.db, log))!
  const checkpoint = { origin, size: BigInt(signed), root: newest.root }
  const forOldContract = await signCheckpointForChain(own, contract, checkpoint)
  expect(await sign(signed, bakery, forOldContract)).toEqual({ outcome: 'added', quorum: true })
})

function randomKey(): string {
  return `0x${randomBytes(32).toString('hex')}`
}
