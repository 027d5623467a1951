import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import {
  checkLog,
  isLogHalted,
  openLog,
  post,
  readCheckpoint,
  readLog,
  readRefusal,
  refuseLog,
  LogRefused,
  type SeenTree,
} from '../../ledger/index.ts'
import { entriesAtOnce } from '../../ledger/log/grow.ts'
import { noteOf, readLeafHashes, readNodesOf } from '../../ledger/log/store.ts'
import { emptyRoot, verifyConsistency, verifyInclusion } from '../../ledger/proofs/merkle.ts'
import { parseVerifierKey, verifyNote } from '../../ledger/proofs/note.ts'
import { proveConsistency, proveInclusion, readRoot } from '../../ledger/proofs/prove.ts'
import { naiveRoot } from '../ledger/proofs/naive-tree.ts'
import { give } from '../ledger/commands.ts'
import { done, openTown, outcome, type Town } from '../ledger/town.ts'
import type { Stage } from '../support/stage.ts'
import { keepLog, originOf, signUp, type KeptLog } from './kept-log.ts'

let town: Town
let stage: Stage
let kept: KeptLog

beforeAll(async () => {
  town = await openTown()
})
afterAll(() => town.close())
beforeEach(async () => {
  stage = await town.stage()
  kept = await keepLog(town.ledger)
  return () => kept.remove()
})

const giveMany = async (count: number) => {
  const giving = Array.from({ length: count }, () => done(town, stage, give(stage, 'bakery', 'ada', 1)))
  await Promise.all(giving)
}
const newest = async () => {
  const log = (await readLog(town.ledger.db, stage.network))!
  return { log, checkpoint: (await readCheckpoint(town.ledger.db, log))! }
}
const entryCount = async () => {
  const { rows } = await town.admin.query('select next_index from ledger.head where network_id = $1', [
    stage.network,
  ])
  return Number(rows[0].next_index)
}
/** As whoever owns the database could, past every rule. */
const behindTheBack = async (statement: string, values: unknown[] = []) => {
  const client = await town.admin.connect()
  try {
    await client.query('begin; set local session_replication_role = replica')
    await client.query(statement, values)
    await client.query('commit')
  } finally {
    client.release()
  }
}

test('every checkpoint is the signed root of all entries so far, and each extends the one before', async () => {
  let before: { size: number; root: Uint8Array } = { size: 0, root: emptyRoot }
  for (const count of [0, 1, 3, 260, 300]) {
    await giveMany(count)
    await signUp(kept, stage.network)
    const { log, checkpoint } = await newest()
    const leaves = await readLeafHashes(town.ledger.db, stage.network, [0, checkpoint.size])
    expect(checkpoint.size).toBe(await entryCount())
    expect(Buffer.from(checkpoint.root)).toEqual(Buffer.from(naiveRoot(leaves)))
    expect(verifyNote(noteOf(log, checkpoint).note, parseVerifierKey(log.vkey))).toBe(true)

    const read = readNodesOf(town.ledger.db, log, checkpoint.size)
    for (const index of [0, checkpoint.size >> 1, checkpoint.size - 1]) {
      const path = await proveInclusion(read, index, checkpoint.size)
      expect(verifyInclusion({ index, hash: leaves[index]! }, checkpoint, path)).toBe(true)
    }
    const proof = await proveConsistency(read, before.size, checkpoint.size)
    expect(verifyConsistency(before, checkpoint, proof)).toBe(before.size > 0)
    before = checkpoint
  }
})

test('what opens the log is an entry of it that names origin and key; opening it again changes nothing', async () => {
  await signUp(kept, stage.network)
  await openLog(town.ledger, stage.network, 'elsewhere.example.org/log/x')
  const { log } = await newest()
  expect(log).toMatchObject({ origin: originOf(stage.network), generation: 1 })
  const { rows } = await town.admin.query(
    'select facts from ledger.governance where network_id = $1 and entry_index = $2',
    [stage.network, log.entryIndex],
  )
  expect(rows[0].facts).toEqual({ origin: log.origin, key: log.vkey })
})

test('a log of more entries than are read at once is signed step by step, to the same root', async () => {
  await signUp(kept, stage.network)
  const from = await entryCount()
  // Entries without rows behind them would be found out: these are copies of a real one's row, with hashes of their own.
  const count = entriesAtOnce + 700
  await done(town, stage, give(stage, 'bakery', 'ada', 1))
  await behindTheBack(
    `insert into ledger.governance select $1, i, now(), 'audit_digest', null, jsonb_build_object('day', i::text), 1,
       ledger.hash_leaf(ledger.format_governance_v1(i, now(), 'audit_digest',
         (select network_uuid from ledger.network where network_id = $1), null, jsonb_build_object('day', i::text)))
     from generate_series($2::bigint, $3::bigint) i`,
    [stage.network, from + 1, from + count],
  )
  await behindTheBack('update ledger.head set next_index = $2 where network_id = $1', [
    stage.network,
    from + count + 1,
  ])
  const first = await kept.writer.sign(stage.network)
  expect(first?.size).toBe(from + entriesAtOnce)
  await signUp(kept, stage.network)
  const { log, checkpoint } = await newest()
  expect(kept.refused).toEqual([])
  expect(checkpoint.size).toBe(from + count + 1)
  expect(await readRoot(readNodesOf(town.ledger.db, log, checkpoint.size), checkpoint.size)).toEqual(
    Uint8Array.from(checkpoint.root),
  )
})

test('of many writers at once one signs each checkpoint, and none gets in the way of posting', async () => {
  await signUp(kept, stage.network)
  const writers = [kept, await kept.beside(kept.folder), await kept.beside(kept.folder)]
  const posted = new AbortController()
  const signing = writers.map(async ({ writer }) => {
    while (!posted.signal.aborted) await writer.sign(stage.network)
  })
  for (let round = 0; round < 12; round++) await giveMany(20)
  posted.abort()
  await Promise.all(signing)
  await signUp(kept, stage.network)
  const { log, checkpoint } = await newest()
  expect(checkpoint.size).toBe(await entryCount())
  const leaves = await readLeafHashes(town.ledger.db, stage.network, [0, checkpoint.size])
  expect(await readRoot(readNodesOf(town.ledger.db, log, checkpoint.size), checkpoint.size)).toEqual(
    naiveRoot(leaves),
  )
  for (const { refused } of writers) expect(refused).toEqual([])
})

test('a writer that finds another at the log leaves it alone, and one that died half-way leaves nothing', async () => {
  await signUp(kept, stage.network)
  const { checkpoint } = await newest()
  await giveMany(5)
  const other = await town.admin.connect()
  await other.query('begin')
  await other.query('select ledger.lock_log($1)', [stage.network])
  expect(await kept.writer.sign(stage.network)).toBeNull()
  expect((await newest()).checkpoint).toEqual(checkpoint)
  // It dies with its transaction: the lock goes with it.
  other.release(true)
  await expect.poll(async () => (await kept.writer.sign(stage.network))?.size).toBe(await entryCount())
})

test('a new process goes on from the tiles, whatever was signed by others meanwhile', async () => {
  await signUp(kept, stage.network)
  await giveMany(3)
  const other = await kept.beside()
  await signUp(other, stage.network)
  await giveMany(300)
  await signUp(kept, stage.network)
  const { checkpoint } = await newest()
  expect(Buffer.from(checkpoint.root)).toEqual(
    Buffer.from(naiveRoot(await readLeafHashes(town.ledger.db, stage.network, [0, checkpoint.size]))),
  )
  await other.remove()
})

test('a restored backup, known by the checkpoint kept outside the database, is neither posted to nor signed', async () => {
  await giveMany(4)
  await signUp(kept, stage.network)
  const size = await entryCount()
  await cutTo(size - 2)

  expect(await checkLog(kept.parts, stage.network)).toMatchObject({ code: 'behind' })
  expect((await checkLog(kept.parts, stage.network))?.message).toMatch(
    /own last checkpoint knows \d+ entries.*npm run recover/,
  )
  await expect(post(town.ledger, stage.network, give(stage, 'bakery', 'ada', 1))).rejects.toSatisfy(
    isLogHalted,
  )
  await expect(openLog(town.ledger, stage.network, 'x')).resolves.toBeUndefined()
  expect(await entryCount()).toBe(size - 2)
  expect(await kept.writer.signAll()).toBe(0)

  // Nothing else that is found makes it forgotten.
  await refuseLog(town.ledger.db, stage.network, new LogRefused('rows_changed', 'As well.', { entry: 1n }))
  expect(await readRefusal(town.ledger.db, stage.network)).toMatchObject({ code: 'behind' })
  const [file] = await readdir(kept.folder)
  await writeFile(join(kept.folder, file!), 'torn')
  expect(await checkLog(kept.parts, stage.network)).toMatchObject({ code: 'behind' })
  await expect(post(town.ledger, stage.network, give(stage, 'bakery', 'ada', 1))).rejects.toSatisfy(
    isLogHalted,
  )
  // Forgotten by nobody: not by a restart on a machine without the file, either.
  const elsewhere = await kept.beside()
  expect(await checkLog(elsewhere.parts, stage.network)).toMatchObject({ code: 'behind' })
  await elsewhere.remove()
})

test('a server that never came to sign notices a restored backup as well', async () => {
  await giveMany(4)
  await signUp(kept, stage.network)
  const idle = await kept.beside()
  expect(await checkLog(idle.parts, stage.network)).toBeNull()
  await cutTo((await entryCount()) - 1)
  expect(await checkLog(idle.parts, stage.network)).toMatchObject({ code: 'behind' })
  await idle.remove()
})

test('the logs of many networks are signed in one go, and one that can not be keeps none of the others', async () => {
  const stages = [stage, await town.stage(), await town.stage(), await town.stage(), await town.stage()]
  for (const { network } of stages) await openLog(town.ledger, network, originOf(network))
  await behindTheBack('delete from ledger.governance where network_id = $1 and entry_index = 2', [
    stages[1]!.network,
  ])
  expect(await kept.writer.signAll()).toBe(4)
  expect(kept.refused).toMatchObject([{ code: 'rows_changed' }])
  for (const { network } of [stages[0]!, ...stages.slice(2)]) {
    const log = (await readLog(town.ledger.db, network))!
    expect(await readCheckpoint(town.ledger.db, log)).not.toBeNull()
  }
})

test('what a witness or the chain has seen of a log counts like what the server itself remembers', async () => {
  await giveMany(2)
  await signUp(kept, stage.network)
  const { checkpoint } = await newest()
  const seen: SeenTree[] = []
  const asked = await keepLog(town.ledger, { seenElsewhere: [async () => seen] })
  seen.push({ ...checkpoint, where: 'the witness bakery' })
  expect(await checkLog(asked.parts, stage.network)).toBeNull()
  await giveMany(1)
  seen.push({ ...checkpoint, size: 3, where: 'the witness bookshop' })
  expect(await checkLog(asked.parts, stage.network)).toMatchObject({ code: 'forked' })
  expect(await outcomeOrHalted()).toBe('halted')
  seen.pop()
  // The root that was seen isn't forgotten because nobody says it any more.
  expect(await checkLog(asked.parts, stage.network)).toMatchObject({ code: 'forked' })
  await behindTheBack('delete from ledger.log_refusal where network_id = $1', [stage.network])
  expect(await checkLog(asked.parts, stage.network)).toBeNull()
  await behindTheBack('update ledger.head set halted = false where network_id = $1', [stage.network])
  expect(await outcomeOrHalted()).toBe('posted')
  seen.push({ ...checkpoint, size: 1000, where: 'the chain' })
  expect((await checkLog(asked.parts, stage.network))?.message).toMatch(/the chain knows 1000 entries/)
  expect(await outcomeOrHalted()).toBe('halted')
  await asked.remove()
})

test('entries changed or lost behind its back stop the signing, and say which', async () => {
  await giveMany(3)
  await signUp(kept, stage.network)
  await giveMany(1)
  const last = (await entryCount()) - 1
  await behindTheBack(
    'update ledger.leg set points = points + 1 where network_id = $1 and entry_index = $2',
    [stage.network, last],
  )
  const { checkpoint } = await newest()
  expect(await kept.writer.signAll()).toBe(0)
  expect(kept.refused).toMatchObject([{ code: 'rows_changed', entry: BigInt(last) }])
  expect((await newest()).checkpoint).toEqual(checkpoint)
  expect(await outcomeOrHalted()).toBe('posted')
  // Nobody signs until the rows are right again; then it goes on by itself.
  expect(await kept.writer.signAll()).toBe(0)
  expect(await checkLog(kept.parts, stage.network)).toMatchObject({ code: 'rows_changed' })
  await behindTheBack(
    'update ledger.leg set points = points - 1 where network_id = $1 and entry_index = $2',
    [stage.network, last],
  )
  expect(await checkLog(kept.parts, stage.network)).toBeNull()
  expect(await kept.writer.signAll()).toBe(1)
})

test.each([
  [
    'a tile',
    'update ledger.tile set hashes = overlay(hashes placing $2 from 1) where network_id = $1 and level = 0',
  ],
  ['a root', 'update ledger.checkpoint set root = overlay(root placing $2 from 1) where network_id = $1'],
  [
    'a leaf hash',
    `update ledger.transaction set leaf_hash = overlay(leaf_hash placing $2 from 1) where network_id = $1
     and entry_index = (select max(size) - 1 from ledger.checkpoint where network_id = $1)`,
  ],
])('%s changed behind its back is found by the next process that starts', async (_, statement) => {
  await signUp(kept, stage.network)
  await giveMany(3)
  await signUp(kept, stage.network)
  await behindTheBack(statement, [stage.network, Buffer.from('00112233', 'hex')])
  await giveMany(1)
  const next = await kept.beside()
  expect(await next.writer.signAll()).toBe(0)
  expect(next.refused[0]?.code).toMatch(/tree_changed|rows_changed/)
  expect(await checkLog(next.parts, stage.network)).toMatchObject({ code: expect.stringMatching(/_changed/) })
  await next.remove()
})

test('with another secret, or a damaged memory, nothing is signed', async () => {
  await signUp(kept, stage.network)
  await giveMany(1)
  const { ledger } = town
  const stranger = {
    ...ledger,
    logKeyOf: (network: typeof stage.network) => ledger.logKeyOf(network, 'another'),
  }
  const other = await keepLog(stranger)
  expect(await other.writer.sign(stage.network)).toBeNull()
  expect(other.refused).toMatchObject([{ code: 'key_differs' }])
  await other.remove()
  expect(await checkLog(kept.parts, stage.network)).toBeNull()

  const [file] = await readdir(kept.folder)
  await writeFile(join(kept.folder, file!), 'torn')
  expect(await checkLog(kept.parts, stage.network)).toMatchObject({ code: 'memory_damaged' })
  expect((await readRefusal(ledger.db, stage.network))?.reason).toContain('put it back')
})

test('a refusal that somebody else found stays until its cause is gone', async () => {
  await giveMany(2)
  await signUp(kept, stage.network)
  await giveMany(1)
  await refuseLog(
    town.ledger.db,
    stage.network,
    new LogRefused('rows_changed', 'Found by verify.', { entry: 1n }),
  )
  const since = (await readRefusal(town.ledger.db, stage.network))!.since
  expect(await kept.writer.signAll()).toBe(0)
  expect(await kept.writer.sign(stage.network)).toBeNull()
  expect((await readRefusal(town.ledger.db, stage.network))!.since).toEqual(since)
  expect(await checkLog(kept.parts, stage.network)).toBeNull()
  expect(await kept.writer.signAll()).toBe(1)
})

async function outcomeOrHalted(): Promise<string> {
  return outcome(town, stage, give(stage, 'bakery', 'ada', 1)).catch((error: unknown) => {
    if (isLogHalted(error)) return 'halted'
    throw error
  })
}

/** The database as a backup of that time has it: later entries and checkpoints are gone. */
async function cutTo(size: number): Promise<void> {
  for (const table of ['transaction', 'leg', 'lot_move', 'governance', 'lot', 'counter_use']) {
    await behindTheBack(`delete from ledger.${table} where network_id = $1 and entry_index >= $2`, [
      stage.network,
      size,
    ])
  }
  await behindTheBack('delete from ledger.checkpoint where network_id = $1', [stage.network])
  await behindTheBack('delete from ledger.tile where network_id = $1', [stage.network])
  await behindTheBack('update ledger.head set next_index = $2 where network_id = $1', [stage.network, size])
}
