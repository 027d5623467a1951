import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  createLogMemory,
  createLogWriter,
  openLog,
  readCheckpoint,
  readLog,
  readNodesOf,
  type LogWriter,
  type NetworkId,
} from '../../ledger/index.ts'
import { signPauseMs } from '../../api/log/keep-logs.ts'
import { growTiles } from '../../ledger/log/grow.ts'
import { digest } from '../../ledger/log/digest.ts'
import { growTree, verifyInclusion } from '../../ledger/proofs/merkle.ts'
import { proveInclusion } from '../../ledger/proofs/prove.ts'
import { record, type Bench } from './bench.ts'
import type { BenchDatabase } from './database.ts'
import { pickPercentile } from './measure.ts'
import { measurePoster } from './posting.ts'
import { recount, startTelling } from './recount.ts'
import { openTown } from './town.ts'

const wallets = 5000
/** Often enough to meet the worst, seldom enough to cost the posting nothing that is told. */
const lagSampleMs = 100
const proofs = 400
const leavesAtOnce = 65_536

/** Measurement 11: posting with the log's writer beside it, and how far that is behind; 12: proofs out of a large tree. */
export async function benchLog(bench: Bench, database: BenchDatabase): Promise<void> {
  if (bench.wants(11)) await benchSigning(bench, database)
  if (bench.wants(12)) await benchProofs(bench, database)
}

async function benchSigning(bench: Bench, { db, ledger }: BenchDatabase): Promise<void> {
  const { seconds, rounds } = bench.extent
  const town = await openTown(db, { merchants: 1, tills: 64, wallets })
  const told = startTelling(town.network)
  const memory = createLogMemory(join(bench.folder, 'log'))
  const events = {
    onRefused: (_: NetworkId, { message }: Error) => void bench.faults.push(`signing: ${message}`),
    onError: (_: NetworkId, error: unknown) => void bench.faults.push(`signing: ${error}`),
  }
  const writer = createLogWriter({ ledger, memory, seenElsewhere: [] }, events)
  await openLog(ledger, town.network, 'bench.example.org/log')
  const measure = (seconds: number) => measurePoster(ledger, town, { told, seconds })
  await measure(Math.min(seconds, 2))
  while (await writer.sign(town.network));
  for (let round = 1; round <= rounds; round++) {
    bench.say(`posting beside the log's writer, round ${round} of ${rounds}`)
    // In turn, and the other way round in every second round: whatever grows must favour neither.
    const unsigned = async () => record(bench, { posterUnsigned: await measure(seconds) })
    const signed = async () =>
      record(bench, await measureBeside({ ledger, writer }, town.network, () => measure(seconds)))
    for (const each of round % 2 === 0 ? [signed, unsigned] : [unsigned, signed]) {
      await each()
      while (await writer.sign(town.network));
    }
  }
  bench.faults.push(...(await recount(ledger, told)))
}

/** Posts while the log is signed as the server does, and sees how old the oldest entry is that no checkpoint covers. */
async function measureBeside(
  { ledger, writer }: { ledger: BenchDatabase['ledger']; writer: LogWriter },
  network: NetworkId,
  post: () => Promise<number>,
): Promise<{ posterSigned: number; signLag: number }> {
  const ended = new AbortController()
  const sign = async () => {
    while (!ended.signal.aborted) {
      await writer.signAll()
      await sleep(signPauseMs)
    }
  }
  const lags: number[] = []
  const look = async () => {
    const log = (await readLog(ledger.db, network))!
    while (!ended.signal.aborted) {
      const signed = (await readCheckpoint(ledger.db, log))?.size ?? 0
      const first = await ledger.db
        .selectFrom('ledger.transaction')
        .select('posted_at')
        .where('network_id', '=', network)
        .where('entry_index', '=', BigInt(signed))
        .executeTakeFirst()
      lags.push(first ? Date.now() - first.posted_at.getTime() : 0)
      await sleep(lagSampleMs)
    }
  }
  const beside = [sign(), look()]
  const posterSigned = await post()
  ended.abort()
  await Promise.all(beside)
  return { posterSigned, signLag: Math.max(...lags) }
}

/** Proofs of leaves by chance; the tree's leaves are random, since its entries are not read for them. */
async function benchProofs(bench: Bench, { db, ledger, admin }: BenchDatabase): Promise<void> {
  const { network } = await openTown(db, { merchants: 1, tills: 1, wallets: 1 })
  await openLog(ledger, network, 'bench.example.org/proofs')
  const log = (await readLog(db, network))!
  const size = bench.extent.treeSize
  bench.say(`growing a tree of ${size} leaves`)
  const client = await admin.connect()
  await client.query("set session_replication_role = 'replica'")
  await client.query('update ledger.head set next_index = $2 where network_id = $1', [network, size])
  client.release(true)
  const tree = growTree(0, [], digest)
  const leaves = new Map<number, Buffer>()
  while (tree.size() < size) {
    const from = tree.size()
    const added = Array.from({ length: Math.min(leavesAtOnce, size - from) }, () => randomBytes(32))
    leaves.set(from, added[0]!)
    const tiles = await growTiles(tree, added)
    await admin.query('select ledger.extend_log($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)', [
      network,
      log.generation,
      from,
      tree.size(),
      Buffer.from(tree.root()),
      randomBytes(64),
      tiles.map(({ level }) => level),
      tiles.map(({ index }) => index),
      tiles.map(({ offset }) => offset),
      tiles.map(({ hashes }) => Buffer.concat(hashes)),
    ])
  }
  const known = [...leaves]
  const times: number[] = []
  for (let i = 0; i < proofs; i++) {
    const [index, hash] = known[Math.floor(Math.random() * known.length)]!
    const random = Math.floor(Math.random() * size)
    const started = performance.now()
    const checkpoint = (await readCheckpoint(db, log))!
    await proveInclusion(readNodesOf(db, log, checkpoint.size), random, checkpoint.size)
    times.push(performance.now() - started)
    const path = await proveInclusion(readNodesOf(db, log, checkpoint.size), index, checkpoint.size)
    if (!verifyInclusion({ index, hash }, checkpoint, path))
      bench.faults.push(`the proof of leaf ${index} is wrong`)
  }
  record(bench, { proofP50: pickPercentile(times, 50), proofP99: pickPercentile(times, 99) })
}
