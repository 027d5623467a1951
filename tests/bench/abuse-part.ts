import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Agent } from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { uuidOf } from '../../api/http/ids.ts'
import type { Db } from '../../api/tables.ts'
import { createWebhook } from '../../api/webhooks/store.ts'
import { send } from '../support/fuzz/send.ts'
import type { AbuseJob } from './abuse.ts'
import { record, type Bench } from './bench.ts'
import type { BenchDatabase } from './database.ts'
import { pickPercentile } from './measure.ts'
import { recount, refuse, startTelling, type Told } from './recount.ts'
import type { FigureName } from './report.ts'
import { startServer, type BenchServer } from './server.ts'
import { openTown, type Town } from './town.ts'

/** What goes on beside the tills: somebody means harm, or whoever webhooks go to is in trouble. */
const abuses = [
  'idle',
  'slow',
  'endless',
  'unread',
  'hooksDown',
  'hooksSlow',
  'hooksFailing',
  // Last, since what it leaves to be done would be counted to whoever comes next.
  'signIns',
] as const
export type Abuse = (typeof abuses)[number]

const figureOf: Readonly<Record<Abuse | 'none', FigureName>> = {
  none: 'tills',
  idle: 'tillsIdle',
  slow: 'tillsSlow',
  endless: 'tillsEndless',
  unread: 'tillsUnread',
  signIns: 'tillsSignIns',
  hooksDown: 'tillsHooksDown',
  hooksSlow: 'tillsHooksSlow',
  hooksFailing: 'tillsHooksFailing',
}
/** Ten tills, each at a sale every 100 ms: a busy town. */
const salesPerSecond = 100
const abuseTown = { merchants: 5, tills: 10, wallets: 1000 }

/** Measurement 10: how long a sale takes at a steady rate, alone and beside each abuse, from a process of its own. */
export async function benchAbuse(bench: Bench, database: BenchDatabase): Promise<void> {
  if (!bench.wants(10)) return
  const town = await openTown(database.db, abuseTown)
  const told = startTelling(town.network)
  const { secret, folder } = bench
  const env = { TALLY_WEBHOOK_HTTP: 'on', TALLY_WEBHOOK_NETWORKS: '127.0.0.0/8' }
  const server = await startServer({ databaseUrl: database.url, secret, folder: join(folder, 'abuse'), env })
  const details: object[] = []
  try {
    await sellSteadily(server, town, { told, seconds: 3, run: 'warm-up' })
    for (let round = 1; round <= bench.extent.rounds; round++) {
      bench.say(`tills beside abuse, round ${round} of ${bench.extent.rounds}`)
      for (const abuse of ['none', ...abuses] as const) {
        const stop =
          abuse === 'none' ? async () => {} : await startAbuse(database.db, { server, town, abuse })
        const run = `${abuse}-${round}`
        const times = await sellSteadily(server, town, { told, seconds: bench.extent.seconds * 2, run })
        await stop()
        const [p50, p99, max] = [50, 99, 100].map((percent) => pickPercentile(times, percent))
        record(bench, { [figureOf[abuse]]: p99! })
        details.push({ abuse, round, sales: times.length, p50, p99, max })
      }
    }
  } finally {
    await server.stop()
  }
  bench.details['abuse'] = details
  bench.faults.push(...(await recount(database.ledger, told)))
}

/** Starts the abuser, or the receiver and has all that is sold sent there; answers how to end it. */
async function startAbuse(
  db: Db,
  { server: { url }, town, abuse }: { server: BenchServer; town: Town; abuse: Abuse },
): Promise<() => Promise<void>> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'abuse.ts')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const endWithUs = () => child.kill()
  process.once('exit', endWithUs)
  child.stdin.end(JSON.stringify({ url, abuse, till: town.tills.at(-1)!.key } satisfies AbuseJob))
  const [said] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string]
  const receiver = said.trim()
  if (URL.canParse(receiver)) await subscribe(db, town, receiver)
  return async () => {
    await db.deleteFrom('api.webhook').where('network_id', '=', town.network).execute()
    // A receiver that is down has nothing more to do, and has ended.
    if (child.kill()) await once(child, 'exit')
    process.off('exit', endWithUs)
    // What it left open is closed by then.
    await sleep(500)
  }
}

/** Each shop hears of what it sells there, and the network of everything. */
async function subscribe(db: Db, { network, operator, tills }: Town, url: string): Promise<void> {
  const owners = new Set([null, ...tills.map(({ merchant }) => merchant)])
  for (const merchant of owners) {
    const made = { url, description: null, types: null, by: operator }
    await db.transaction().execute((tx) => createWebhook(tx, { network, merchant }, made))
  }
}

/** Sells at the steady rate; the milliseconds of each sale, from the moment at which it was due. */
async function sellSteadily(
  server: BenchServer,
  town: Town,
  { told, seconds, run }: { told: Told; seconds: number; run: string },
): Promise<number[]> {
  const agents = town.tills.map(() => new Agent({ keepAlive: true, maxSockets: 4 }))
  const started = performance.now()
  const sales = Array.from({ length: seconds * salesPerSecond }, async (_, at) => {
    const due = started + (at * 1000) / salesPerSecond
    await sleep(Math.max(0, due - performance.now()))
    const sold = { at: at % town.tills.length, key: `${run}-${at}` }
    await sell(server, town, { told, agent: agents[sold.at]!, ...sold })
    return performance.now() - due
  })
  const times = await Promise.all(sales)
  for (const agent of agents) agent.destroy()
  return times
}

async function sell(
  { url }: BenchServer,
  town: Town,
  { told, agent, at, key }: { told: Told; agent: Agent; at: number; key: string },
): Promise<void> {
  const till = town.tills[at]!
  const body = JSON.stringify({
    wallet: town.wallets[Math.floor(Math.random() * town.wallets.length)]!.shownId,
    amount_minor: 1000,
    currency: 'EUR',
    reference: key,
    occurred_at: new Date().toISOString(),
  })
  const headers = {
    authorization: `Bearer ${till.key}`,
    'content-type': 'application/json',
    'idempotency-key': key,
  }
  const { status, text } = await send(url, agent, { method: 'POST', path: '/v1/purchases', headers, body })
  if (status !== 201) return refuse(told, `HTTP ${status} ${text}`)
  const { transaction } = JSON.parse(text) as { transaction: string }
  const acknowledged = {
    merchant: till.merchant,
    key,
    transaction: uuidOf('txn', transaction) ?? transaction,
  }
  told.acknowledged.push(acknowledged)
}
