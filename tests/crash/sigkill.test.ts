import { randomInt } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { uuidOf } from '../../api/http/ids.ts'
import { createDb, createPool, type NetworkId } from '../../ledger/index.ts'
import { rounds } from '../support/long.ts'
import {
  makeDataFolder,
  readRunning,
  removeDataFolder,
  signalGroup,
  startServer,
  type StartedServer,
} from '../support/server.ts'
import { findFaults } from '../support/stage.ts'
import { openShops, send, startSelling, type Sent, type Shops } from './shop-load.ts'

const operator = { email: 'operator@example.org', password: 'correct horse battery staple' }
const callers = 16

let dataFolder: string
let server: StartedServer
let url: string
let shops: Shops
/** Everything sent so far, in all rounds. */
const all: Sent[] = []
/** How many had been posted though nobody was told. */
let postedUnheard = 0

beforeAll(async () => {
  dataFolder = await makeDataFolder()
  await start()
  shops = await openShops(url, operator, 20)
})

afterAll(async () => {
  console.log(`killed ${plan.length} times: ${all.length} sent, ${postedUnheard} posted without an answer`)
  signalGroup(server, 'SIGKILL')
  await server.ended
  await removeDataFolder(dataFolder)
})

async function start(): Promise<void> {
  server = startServer({
    env: {
      TALLY_DATA: dataFolder,
      TALLY_OPERATOR_EMAIL: operator.email,
      TALLY_OPERATOR_PASSWORD: operator.password,
    },
  })
  url = await server.ready
}

/** Asks the database behind the API's back. */
async function query<T extends object>(statement: string): Promise<T[]> {
  const pool = adminPool((await readRunning(dataFolder)).url)
  try {
    return (await pool.query<T>(statement)).rows
  } finally {
    await pool.end()
  }
}

function adminPool(databaseUrl: string) {
  return createPool(databaseUrl, { max: 1, applicationName: 'tallystick tests', onIdleError: () => {} })
}

const victims = {
  'the server': async () => server.process.pid!,
  PostgreSQL: async () => {
    const [row] = await query<{ pid: number }>(
      `select split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int as pid`,
    )
    return row!.pid
  },
  // PostgreSQL then ends all its other sessions, and recovers, while the server goes on.
  'one session of PostgreSQL': async () => {
    const [row] = await query<{ pid: number }>(`select pid from pg_stat_activity
      where application_name = 'tallystick' and backend_type = 'client backend'
      order by state = 'active' desc, random() limit 1`)
    return row!.pid
  },
}

const names = Object.keys(victims) as (keyof typeof victims)[]
const plan = Array.from({ length: rounds(20, 200) }, (_, i) => ({
  round: i + 1,
  victim: names[i % names.length]!,
}))

test.each(plan)(
  'round $round: $victim is killed while tills are selling, and nothing is lost or doubled',
  { timeout: 60_000 },
  async ({ victim }) => {
    // After a round that failed the next is one of its own.
    if (server.process.exitCode !== null) await start()
    const pid = await victims[victim]()
    const selling = startSelling(url, shops, callers)
    await sleep(randomInt(150, 500))
    process.kill(pid, 'SIGKILL')
    if (victim === 'one session of PostgreSQL') {
      await sleep(300)
    } else {
      await server.ended
    }
    await selling.stop()
    if (victim !== 'one session of PostgreSQL') await start()
    all.push(...selling.sent)
    expect(selling.sent.filter((sent) => sent.answer?.status === 201).length).toBeGreaterThan(0)
    await waitUntilReady()

    const before = await postedIds()
    const unanswered = all.filter((sent) => !sent.answer)
    // Every acknowledged one is there; beyond those there are at most the unanswered ones.
    expect(acknowledged().filter((id) => !before.has(id))).toEqual([])
    const unheard = before.size - acknowledged().length
    expect(unheard).toBeLessThanOrEqual(unanswered.length)
    postedUnheard += unheard

    while (unanswered.some((sent) => !sent.answer)) {
      await Promise.all(unanswered.filter((sent) => !sent.answer).map((sent) => send(url, sent)))
    }
    // Sent again until answered, each is there once, and nothing else is.
    expect([...(await postedIds())].toSorted()).toEqual(acknowledged().toSorted())
    expect(refusals()).toEqual([])
    expect(await available()).toEqual(expectedAvailable())
    expect(await faults()).toEqual([])
  },
)

/** A session that was killed takes the database away for a moment, and never the server. */
async function waitUntilReady(): Promise<void> {
  const deadline = Date.now() + 20_000
  for (;;) {
    const isReady = await fetch(`${url}/readyz`).then(
      (response) => response.ok,
      () => false,
    )
    if (isReady) return
    if (server.process.exitCode !== null || Date.now() > deadline) {
      throw new Error(`the server is not ready again; it said:\n${server.said()}`)
    }
    await sleep(20)
  }
}

/** UUIDs of all purchases and redemptions in the ledger. */
async function postedIds(): Promise<Set<string>> {
  const rows = await query<{ transaction_uuid: string }>('select transaction_uuid from ledger.transaction')
  const ids = rows.map((row) => row.transaction_uuid)
  expect(new Set(ids).size).toBe(ids.length)
  return new Set(ids)
}

/** UUIDs of the transactions that tills have heard of. */
function acknowledged(): string[] {
  return all.flatMap(({ answer }) =>
    answer?.status === 201 ? [uuidOf('txn', answer.body.transaction) ?? 'no id'] : [],
  )
}

/** What was refused for any other reason than too few points. */
function refusals(): unknown[] {
  return all.filter(
    ({ answer }) =>
      answer?.status !== 201 &&
      (answer?.body as { code?: string } | undefined)?.code !== 'points_insufficient',
  )
}

/** What each wallet can spend, by what the tills were told. */
function expectedAvailable(): Record<string, number> {
  const sums = Object.fromEntries(shops.wallets.map((wallet) => [wallet, 0]))
  for (const { path, wallet, answer } of all) {
    if (answer?.status !== 201) continue
    sums[wallet]! += path === '/v1/purchases' ? answer.body.points : -answer.body.points
  }
  return sums
}

async function available(): Promise<Record<string, number>> {
  const answers = shops.wallets.map(async (wallet, i) => {
    const till = shops.tills[i % shops.tills.length]
    const response = await fetch(`${url}/v1/wallets/${wallet}`, {
      headers: { authorization: `Bearer ${till}` },
    })
    const body = (await response.json()) as { available: number }
    return [wallet, body.available]
  })
  return Object.fromEntries(await Promise.all(answers))
}

async function faults(): Promise<string[]> {
  const pool = adminPool((await readRunning(dataFolder)).url)
  const db = createDb(pool)
  try {
    const { network_id } = await db
      .selectFrom('ledger.network')
      .select('network_id')
      .executeTakeFirstOrThrow()
    return await findFaults(db, network_id as NetworkId)
  } finally {
    await db.destroy()
  }
}
