import { Agent } from 'node:http'
import type { Pool } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeApi, type ApiDescription, type Operation } from '../support/fuzz/document.ts'
import {
  draftRequest,
  listMutations,
  writeRequest,
  type Draft,
  type Mutation,
} from '../support/fuzz/mutations.ts'
import { send } from '../support/fuzz/send.ts'
import { makeWorld, type World } from '../support/fuzz/world.ts'
import { startApi, type TestApi } from '../support/api.ts'
import { rounds } from '../support/long.ts'
import { testPool } from '../support/scratch.ts'

// Requests are made from the OpenAPI document: whatever is declared is tried, and nothing has to be added here.
const requestCount = rounds(6_000, 100_000)
const atOnce = 12

let api: TestApi
let admin: Pool
let description: ApiDescription
let world: World
let digestQuery: string | undefined
const agent = new Agent({ keepAlive: true, maxSockets: atOnce })

beforeAll(async () => {
  api = await startApi()
  admin = testPool(api.adminUrl)
  description = describeApi((await api.call('get', '/openapi.json')).body)
  world = await makeWorld(api, description.resolve)
})
afterAll(async () => {
  agent.destroy()
  await admin.end()
  await api.close()
})

test(
  `${requestCount} odd requests are each refused as the document says, or answered as it says, and a refusal moves nothing`,
  { timeout: 3_600_000 },
  async () => {
    const faults: string[] = []
    const { operations } = description
    let sent = 0
    for (const [at, operation] of operations.entries()) {
      if (!(await world.isWhole())) world = await makeWorld(api, description.resolve)
      const token = await findCaller(operation)
      const share = Math.ceil((requestCount - sent) / (operations.length - at))
      const drafts = chooseMutations(operation, share).map((mutations) => () => {
        const draft = draftRequest(operation, world, token)
        for (const mutate of mutations) mutate(draft)
        return draft
      })
      for (let from = 0; from < drafts.length; from += atOnce) {
        faults.push(...(await sendTogether(drafts.slice(from, from + atOnce))))
      }
      sent += drafts.length
    }
    expect(faults.slice(0, 20)).toEqual([])
    expect(sent).toBeGreaterThanOrEqual(requestCount)
  },
)

test('every caller gets a declared answer from every route', async () => {
  const faults: string[] = []
  for (const operation of description.operations) {
    if (!(await world.isWhole())) world = await makeWorld(api, description.resolve)
    faults.push(
      ...(await sendTogether(world.callers.map((token) => () => draftRequest(operation, world, token)))),
    )
  }
  expect(faults).toEqual([])
})

/** A token with which the request as documented gets furthest. */
async function findCaller(operation: Operation): Promise<string | undefined> {
  if (operation.security.length === 0) return undefined
  for (const token of world.callers) {
    // A body that can't be right tells who may call, and does nothing.
    const draft = draftRequest(operation, world, token)
    draft.query.push('colour=red')
    draft.rawBody = operation.requestBody && '{"colour":"red"}'
    const { status } = await send(api.url, agent, writeRequest(draft))
    if (![401, 403].includes(status)) return token
  }
  return undefined
}

/** So many of an operation's mutations: all of them and then two or three at once, or some by chance. */
function chooseMutations(operation: Operation, count: number): Mutation[][] {
  const all = listMutations(operation, world, description.resolve)
  const pick = () => all[Math.floor(Math.random() * all.length)]!
  const single = shuffle(all)
    .slice(0, count)
    .map((mutation) => [mutation])
  const several = Array.from({ length: count - single.length }, () => [pick(), pick(), pick()])
  return [...single, ...several]
}

function shuffle<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, at: Math.random() }))
    .toSorted((one, other) => one.at - other.at)
    .map(({ item }) => item)
}

/** What is wrong with the answers; besides, if all are refusals, with what the ledger holds after them. */
async function sendTogether(drafts: readonly (() => Draft)[]): Promise<string[]> {
  const before = await digestLedger()
  const outcomes = await Promise.all(
    drafts.map(async (make) => {
      const draft = make()
      const wire = writeRequest(draft)
      const answer = await send(api.url, agent, wire)
      const fault = description.faultOf(draft.operation, answer)
      const shown = `${wire.method} ${wire.path.slice(0, 200)} ${JSON.stringify(wire.headers).slice(0, 400)} ${String(wire.body).slice(0, 300)}`
      return {
        refused: answer.status >= 400,
        faults: fault
          ? [`${shown}\n→ ${answer.status} ${answer.text.slice(0, 300)}\n${fault}${loggedOf(answer.text)}`]
          : [],
        shown,
      }
    }),
  )
  const faults = outcomes.flatMap((outcome) => outcome.faults)
  const after = await digestLedger()
  const changed = Object.keys(after).filter((table) => after[table] !== before[table])
  if (changed.length > 0 && outcomes.every(({ refused }) => refused)) {
    const asked = outcomes.map(({ shown }) => shown).join('\n')
    faults.push(`${changed.join(', ')} of the ledger changed with one of these refusals:\n${asked}`)
  }
  return faults
}

/** What the application logged of a request that broke. */
function loggedOf(answered: string): string {
  const requestId = /"request_id":"([\w-]+)"/.exec(answered)?.[1] ?? 'none'
  const lines = api.logged().split('\n')
  return lines.filter((line) => line.includes(requestId) && line.includes('a request failed')).join('\n')
}

/** Of each table of the ledger, a digest of its rows; of a head its index, for the clock in it goes on. */
async function digestLedger(): Promise<Record<string, string>> {
  digestQuery ??= await writeDigestQuery()
  const { rows } = await admin.query<{ digests: Record<string, string> }>(digestQuery)
  return rows[0]!.digests
}

async function writeDigestQuery(): Promise<string> {
  const { rows } = await admin.query<{ name: string }>(
    `select tablename as name from pg_tables where schemaname = 'ledger' and tablename <> 'migration'`,
  )
  const rowsOf = (table: string) =>
    table === 'head' ? '(select network_id, next_index from ledger.head)' : `ledger."${table}"`
  const digests = rows.map(
    ({ name }) =>
      `'${name}', (select coalesce(sum(hashtextextended(t::text, 0)), 0)::text from ${rowsOf(name)} t)`,
  )
  return `select jsonb_build_object(${digests.join(', ')}) as digests`
}
