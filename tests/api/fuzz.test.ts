import { Agent } from 'node:http'
import type { Pool } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeApi, type ApiDescription, type Operation } from '../support/fuzz/document.ts'
import {
  draftRequest,
  listMutations,
  listSpoiltTexts,
  writeRequest,
  type Draft,
  type Mutation,
  type Mutations,
} from '../support/fuzz/mutations.ts'
import { send, type WireRequest } from '../support/fuzz/send.ts'
import { fuzzCallers, makeWorld, type World } from '../support/fuzz/world.ts'
import { startApi, type TestApi } from '../support/api.ts'
import { openDigests } from '../support/digest-tables.ts'
import { rounds } from '../support/long.ts'
import { testPool } from '../support/scratch.ts'
import { rights } from './rights-table.ts'

// Requests are made from the OpenAPI document: whatever is declared is tried, and nothing has to be added here.
const requestCount = rounds(7_500, 100_000)
const atOnce = 24
let api: TestApi
let admin: Pool
let description: ApiDescription
let world: World
let digestTables: () => Promise<Record<string, string>>
/** As the tables stood after the last exchange, while nothing else is asked. */
let digests: Record<string, string> | undefined
const agent = new Agent({ keepAlive: true, maxSockets: atOnce })

beforeAll(async () => {
  api = await startApi()
  admin = testPool(api.adminUrl)
  digestTables = await openDigests(admin)
  description = describeApi((await api.call('get', '/openapi.json')).body)
  world = await makeWorld(api, description.resolve)
})
afterAll(async () => {
  agent.destroy()
  await admin.end()
  await api.close()
})

test(
  `${requestCount} bad and odd requests, every kind of fault in every field, are each refused or answered as the document says; what it does not allow is never taken, and a refusal moves nothing`,
  { timeout: 3_600_000 },
  async () => {
    const faults: string[] = []
    const operations = listOperations()
    const sample: World['sample'] = (name, schema) => world.sample(name, schema)
    const mutations = operations.map((each) => listMutations(each, sample, description.resolve))
    const badCount = mutations.reduce((count, { bad }) => count + bad.length, 0)
    const oddCountOfEach = Math.ceil((requestCount - badCount) / operations.length)
    let sent = 0
    for (const [at, operation] of operations.entries()) {
      await ensureWorld()
      const drafts = chooseMutations(mutations[at]!, oddCountOfEach).map((mutations) => () => {
        const draft = draftRequest(operation, world, tokenFor(operation))
        for (const mutate of mutations) mutate(draft)
        return draft
      })
      const found: string[] = []
      for (let from = 0; from < drafts.length; from += atOnce) {
        if (operation.method === 'delete') await ensureWorld()
        found.push(...(await sendTogether(drafts.slice(from, from + atOnce))))
      }
      // A few of each route say more than many of one.
      faults.push(...found.slice(0, 3))
      sent += drafts.length
    }
    expect(faults).toEqual([])
    expect(sent).toBeGreaterThanOrEqual(requestCount)
  },
)

test('no field and no query parameter takes a control character', async () => {
  const taken: string[] = []
  for (const operation of listOperations()) {
    for (const { pointer, mutate } of listSpoiltTexts(operation, description.resolve)) {
      // Whatever a scanner read is read as a QR first: that it is none says more (tests/api/qr.test.ts).
      if (pointer === '#/qr') continue
      const draft = draftRequest(operation, world, tokenFor(operation))
      mutate(draft)
      const wire = writeRequest(draft)
      const { text } = await send(api.url, agent, wire)
      const { errors = [] } = JSON.parse(text) as { errors?: { pointer: string }[] }
      const isNamed = errors.some((each) => each.pointer === pointer)
      if (!isNamed) taken.push(`${pointer} of ${show(wire)}\n→ ${text}`)
    }
  }
  digests = undefined
  expect(taken).toEqual([])
}, 600_000)

test('every caller gets a declared answer from every route', async () => {
  const faults: string[] = []
  for (const operation of description.operations) {
    await ensureWorld()
    const tokens = [undefined, ...Object.values(world.tokens)]
    faults.push(...(await sendTogether(tokens.map((token) => () => draftRequest(operation, world, token)))))
  }
  expect(faults).toEqual([])
}, 600_000)

test('the requests that faults are put into get past the door, and most of them through', async () => {
  let through = 0
  for (const operation of listOperations()) {
    await ensureWorld()
    const wire = writeRequest(draftRequest(operation, world, tokenFor(operation)))
    const { status, text } = await send(api.url, agent, wire)
    digests = undefined
    expect(status, `${operation.operationId}: ${text}`).not.toBe(403)
    if (status < 300) through++
  }
  expect(through).toBeGreaterThan(description.operations.length * 0.6)
}, 600_000)

/** What deletes comes last: what it leaves is not there any more. */
function listOperations(): Operation[] {
  return description.operations.toSorted(
    (one, other) => Number(one.method === 'delete') - Number(other.method === 'delete'),
  )
}

/** Makes another world when the one there is was asked to end. */
async function ensureWorld(): Promise<void> {
  if (await world.isWhole()) return
  world = await makeWorld(api, description.resolve)
  digests = undefined
}

/** A token of somebody who may ask for it, so that it isn't for want of rights that a fault is refused. */
function tokenFor(operation: Operation): string | undefined {
  const shape = (call: string) => call.replace(/\?.*/, '').replaceAll(/\{\w+\}/g, '{}')
  const called = shape(`${operation.method.toUpperCase()} ${operation.path}`)
  const { may, hidden } = rights.find(({ call }) => shape(call) === called)!
  if (may === 'anyone') return undefined
  const caller = fuzzCallers.find((each) => (may || hidden)!.split(' ').includes(each))
  return world.tokens[caller!]
}

/** All that is bad, and so much that is odd: one thing each as long as there are some, then three at once. */
function chooseMutations({ bad, odd }: Mutations, oddCount: number): Mutation[][] {
  const pick = () => odd[Math.floor(Math.random() * odd.length)]!
  const single = [...bad, ...shuffle(odd).slice(0, oddCount)].map((mutation) => [mutation])
  const several = Array.from({ length: bad.length + oddCount - single.length }, () => [
    pick(),
    pick(),
    pick(),
  ])
  return [...single, ...several]
}

function shuffle<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, at: Math.random() }))
    .toSorted((one, other) => one.at - other.at)
    .map(({ item }) => item)
}

/** What is wrong with the answers, and with what is stored after them if they are refusals. */
async function sendTogether(drafts: readonly (() => Draft)[]): Promise<string[]> {
  const requests = drafts.map((make) => {
    const draft = make()
    const { operation, mustBeRefused = false } = draft
    const wire = writeRequest(draft)
    return { operation, wire, isBad: mustBeRefused || !description.takes(operation, wire.body) }
  })
  const { refused, changed, faults } = await exchange(requests)
  if (changed.length === 0 || refused.length === 0) return faults
  // What was accepted may have changed that: what was refused is, once more and by itself, and must not.
  const again = refused.length === requests.length ? { refused, changed } : await exchange(refused)
  if (again.changed.length === 0 || again.refused.length < refused.length) return faults
  const asked = refused.map(({ wire }) => show(wire)).join('\n')
  return [...faults, `${again.changed.join(', ')} changed with one of these refusals:\n${asked}`]
}

interface Asked {
  readonly operation: Operation
  readonly wire: WireRequest
  /** Whether it must be refused. */
  readonly isBad: boolean
}

/** Sends requests at the same moment: those that were refused, the tables that changed, what is wrong with answers. */
async function exchange(requests: readonly Asked[]) {
  const before = digests ?? (await digestTables())
  const refused: Asked[] = []
  const faults = await Promise.all(
    requests.map(async (request) => {
      const { operation, wire, isBad } = request
      const answer = await send(api.url, agent, wire)
      if (answer.status >= 400) refused.push(request)
      const isTaken = isBad && answer.status < 400
      const fault = isTaken ? 'is not allowed, and was taken' : description.faultOf(operation, answer)
      const answered = `${answer.status} ${answer.text.slice(0, 300)}`
      return fault ? [`${show(wire)}\n→ ${answered}\n${fault}${loggedOf(answer.text)}`] : []
    }),
  )
  const after = await digestTables()
  digests = after
  const changed = Object.keys(after).filter((table) => after[table] !== before[table])
  return { refused, changed, faults: faults.flat() }
}

function show({ method, path, headers, body }: WireRequest): string {
  return `${method} ${path.slice(0, 200)} ${JSON.stringify(headers).slice(0, 400)} ${String(body).slice(0, 300)}`
}

/** What the application logged of a request that broke. */
function loggedOf(answered: string): string {
  const requestId = /"request_id":"([\w-]+)"/.exec(answered)?.[1] ?? 'none'
  const lines = api.logged().split('\n')
  return lines.filter((line) => line.includes(requestId) && line.includes('a request failed')).join('\n')
}
