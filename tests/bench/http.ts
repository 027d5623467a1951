import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { uuidOf } from '../../api/http/ids.ts'
import type { LoadJob, LoadResult } from './load.ts'
import { refuse, type Told } from './recount.ts'
import type { BenchServer } from './server.ts'
import type { Town } from './town.ts'

/** One run of requests. */
export interface HttpRun extends LoadResult {
  /** Requests answered. */
  readonly perSecond: number
  /** Processor time of the server a request, in microseconds. */
  readonly serverMicroseconds: number
}

/** Of each connection: about a second, by which the load generator's code is compiled. */
const leadInPerConnection = 40
let runs = 0

/** Sends so many purchases to a route, over one keep-alive connection a till, from a process of its own. */
export async function loadPurchases(
  server: BenchServer,
  town: Town,
  { path, requests }: { readonly path: string; readonly requests: number },
): Promise<HttpRun> {
  const leadIn = town.tills.length * leadInPerConnection
  const before = await server.cpuSeconds()
  const result = await generate({
    url: server.url + path,
    tills: town.tills.map(({ key }) => key),
    wallets: town.wallets.map(({ shownId }) => shownId),
    requests: requests + leadIn,
    leadIn,
    run: `run${++runs}`,
  })
  const cpuSeconds = (await server.cpuSeconds()) - before
  return {
    ...result,
    perSecond: result.measured / result.seconds,
    serverMicroseconds: (cpuSeconds / result.sent) * 1e6,
  }
}

async function generate(job: LoadJob): Promise<LoadResult> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'load.ts')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  child.stdin.end(JSON.stringify(job))
  return JSON.parse(await text(child.stdout)) as LoadResult
}

/** Notes what a run was answered, to be compared with the books. */
export function noteRun(told: Told, town: Town, run: HttpRun): void {
  for (const [key, shown] of run.acknowledged) {
    const connection = Number(key.split('-')[1])
    const { merchant } = town.tills[connection]!
    told.acknowledged.push({ merchant, key, transaction: uuidOf('txn', shown) ?? shown })
  }
  noteRefusals(told, run)
}

/** Notes what a run was refused, could not send or did not understand. */
export function noteRefusals(told: Told, run: HttpRun): void {
  told.unanswered += run.unanswered
  for (const [status, count] of Object.entries(run.answers)) {
    if (status !== '201') refuse(told, `HTTP ${status} ${run.refusals.join(' ')}`, count)
  }
  if (run.unanswered > 0) refuse(told, 'no answer', run.unanswered)
  if (run.mismatched > 0) refuse(told, 'an answer with other points', run.mismatched)
}
