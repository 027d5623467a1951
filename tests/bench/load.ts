import autocannon, { type Client } from 'autocannon'
import { text } from 'node:stream/consumers'
import { pickPercentile } from './measure.ts'

// The load generator: a process of its own. Takes a `LoadJob` as JSON on standard input, answers a `LoadResult` on
// standard output. Every request has an Idempotency-Key and a receipt number of its own.

export interface LoadJob {
  /** Whole address of the route, e.g. `http://127.0.0.1:3000/v1/purchases`. */
  readonly url: string
  /** Keys of tills: each has a keep-alive connection of its own. */
  readonly tills: readonly string[]
  readonly wallets: readonly string[]
  /** How many requests in all; each is sent once, and its answer waited for. */
  readonly requests: number
  /** How many of them first, while this process and its connections are cold: they are in the books, but not measured. */
  readonly leadIn: number
  /** What the Idempotency-Keys of this run begin with. */
  readonly run: string
}

export interface LoadResult {
  readonly sent: number
  readonly answers: Record<string, number>
  /** Sent, but the connection broke or nothing came within 10 s. */
  readonly unanswered: number
  /** Answered 201, but not with the points of the amount, or not readable. */
  readonly mismatched: number
  /** From the last answer of the lead-in to the last of all. */
  readonly seconds: number
  /** Answers in that time. */
  readonly measured: number
  /** Milliseconds from request to answer, of those. */
  readonly p50: number
  readonly p95: number
  readonly p99: number
  readonly max: number
  /** Processor time of the load generator. */
  readonly cpuSeconds: number
  /** Idempotency-Key and transaction of every 201. */
  readonly acknowledged: readonly (readonly [key: string, transaction: string])[]
  /** Bodies of the first few answers other than 201. */
  readonly refusals: readonly string[]
}

const job = JSON.parse(await text(process.stdin)) as LoadJob
process.stdout.write(JSON.stringify(await run(job)))

async function run({ url, tills, wallets, requests, leadIn, run }: LoadJob): Promise<LoadResult> {
  const answers: Record<string, number> = {}
  const acknowledged: [string, string][] = []
  const refusals: string[] = []
  const latencies: number[] = []
  let leading = leadIn
  let sent = 0
  let mismatched = 0
  let started = 0
  let ended = 0

  const connect = (client: Client, till: string, connection: number) => {
    let count = 0
    let key = ''
    let points = 0
    client.on('response', (_status, _bytes, milliseconds) => {
      if (leading > 0) leading--
      else latencies.push(milliseconds)
      if (leading === 0) started ||= performance.now()
    })
    client.setRequests([
      {
        method: 'POST',
        path: new URL(url).pathname,
        setupRequest(request) {
          sent++
          key = `${run}-${connection}-${++count}`
          const amount = 300 + Math.floor(Math.random() * 5000)
          points = Math.floor(amount / 100)
          const body = {
            wallet: wallets[Math.floor(Math.random() * wallets.length)],
            amount_minor: amount,
            currency: 'EUR',
            reference: `receipt-${key}`,
            occurred_at: new Date().toISOString(),
          }
          return {
            ...request,
            headers: {
              authorization: `Bearer ${till}`,
              'content-type': 'application/json',
              'idempotency-key': key,
            },
            body: JSON.stringify(body),
          }
        },
        onResponse(status, body) {
          ended = performance.now()
          answers[status] = (answers[status] ?? 0) + 1
          if (status !== 201) {
            if (refusals.length < 5) refusals.push(body)
            return
          }
          const answer = JSON.parse(body) as { transaction?: string; points?: number }
          if (typeof answer.transaction !== 'string' || answer.points !== points) mismatched++
          acknowledged.push([key, String(answer.transaction)])
        },
      },
    ])
  }

  let connected = 0
  await autocannon({
    url,
    connections: tills.length,
    amount: requests,
    timeout: 10,
    setupClient: (client) => connect(client, tills[connected]!, connected++),
  })
  const answered = Object.values(answers).reduce((sum, count) => sum + count, 0)
  const { user, system } = process.cpuUsage()
  return {
    sent,
    answers,
    unanswered: sent - answered,
    mismatched,
    seconds: (ended - started) / 1000,
    measured: latencies.length,
    p50: pickPercentile(latencies, 50),
    p95: pickPercentile(latencies, 95),
    p99: pickPercentile(latencies, 99),
    max: pickPercentile(latencies, 100),
    cpuSeconds: (user + system) / 1e6,
    acknowledged,
    refusals,
  }
}
