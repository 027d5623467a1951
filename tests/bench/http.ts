import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { uuidOf } from '../../api/http/ids.ts'
import type { LoadJob, LoadResult } from './load.ts'
import { refuse, type Told } from './recount.ts'
import type { BenchServer } from './server.ts'
import type { Town } from './town.ts'

/** Throughput and latencies of one run of requests. */
export interface HttpRun extends Pick<
  LoadResult,
  'p50' | 'p95' | 'p99' | 'max' | 'sent' | 'unanswered' | 'mismatched'
> {
  readonly perSecond: number
  /** Processor time a request, in microseconds. */
  readonly serverCpu: number
  readonly loadCpu: number
}

let runs = 0

/**
 * Sends so many purchases over one keep-alive connection a till, from a process of its own, and notes in `told` what was
 * answered.
 */
export async function loadPurchases(
  server: BenchServer,
  town: Town,
  { path, requests, told }: { path: string; requests: number; told: Told },
): Promise<HttpRun> {
  const before = await server.cpuSeconds()
  const result = await generate({
    url: server.url + path,
    tills: town.tills.map(({ key }) => key),
    wallets: town.wallets.map(({ shownId }) => shownId),
    requests,
    run: `run${++runs}`,
  })
  const serverCpu = (await server.cpuSeconds()) - before
  note(town, told, result)
  return {
    perSecond: result.acknowledged.length / result.seconds,
    p50: result.p50,
    p95: result.p95,
    p99: result.p99,
    max: result.max,
    sent: result.sent,
    unanswered: result.unanswered,
    mismatched: result.mismatched,
    serverCpu: (serverCpu / result.sent) * 1e6,
    loadCpu: (result.cpuSeconds / result.sent) * 1e6,
  }
}

function note(town: Town, told: Told, result: LoadResult): void {
  for (const [key, shown] of result.acknowledged) {
    const connection = Number(key.split('-')[1])
    const { merchant } = town.tills[connection]!
    told.acknowledged.push({ merchant, key, transaction: uuidOf('txn', shown) ?? shown })
  }
  told.unanswered += result.unanswered
  for (const [status, count] of Object.entries(result.answers)) {
    if (status === '201') continue
    for (let i = 0; i < count; i++) refuse(told, status)
  }
  for (let i = 0; i < result.mismatched; i++) refuse(told, 'answered with other points')
  for (const body of result.refusals) console.error(`  answered: ${body}`)
}

async function generate(job: LoadJob): Promise<LoadResult> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'load.ts')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  child.stdin.end(JSON.stringify(job))
  return JSON.parse(await text(child.stdout)) as LoadResult
}
