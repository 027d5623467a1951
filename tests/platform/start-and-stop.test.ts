import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { request, type ServerResponse } from 'node:http'
import { connect, createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { serve } from '../../api/serve.ts'
import { startEmbedded } from '../../ledger/index.ts'
import { createTestDatabase } from '../support/database.ts'
import {
  makeDataFolder,
  projectFolder,
  readRunning,
  removeDataFolder,
  signalGroup,
  startServer,
  type StartedServer,
  type StartOptions,
} from '../support/server.ts'

let dataFolder: string
let started: StartedServer[] = []

beforeEach(async () => {
  dataFolder = await makeDataFolder()
})

afterEach(async () => {
  const all = started
  started = []
  for (const server of all) signalGroup(server, 'SIGKILL')
  for (const server of all) await server.ended
  await removeDataFolder(dataFolder)
})

// Of the database and its tables. `npm start` also makes the demonstration unless told not to, as it is here; that it
// takes a few seconds more is for tests/demo/demonstration.test.ts to say.
test('a first start on an empty folder is ready within 15 seconds without the demonstration, and says where to go', async () => {
  const before = performance.now()
  const url = await start().ready
  expect(performance.now() - before).toBeLessThan(15_000)
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  expect((await fetch(`${url}/healthz`)).status).toBe(200)
})

test('what was committed is there after a restart', async () => {
  const first = start()
  await first.ready
  await query('create table public.kept as select 42 as answer')
  first.process.kill('SIGTERM')
  expect(await first.ended).toBe(0)
  await start().ready
  expect(await query('select answer from public.kept')).toEqual([{ answer: 42 }])
})

test('after SIGKILL of the server the next start comes up by itself with all that was committed', async () => {
  const first = start()
  await first.ready
  await query('create table public.kept as select 42 as answer')
  first.process.kill('SIGKILL')
  await first.ended
  await start().ready
  expect(await query('select answer from public.kept')).toEqual([{ answer: 42 }])
})

test('after SIGKILL of PostgreSQL the server ends with a clear message, and the next start recovers', async () => {
  const first = start()
  await first.ready
  await query('create table public.kept as select 42 as answer')
  const [row] = await query(`select split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int as pid`)
  process.kill(row?.pid as number, 'SIGKILL')
  expect(await first.ended).toBe(1)
  expect(first.said()).toMatch(/PostgreSQL ended by SIGKILL; see .*postgres\.log\. Start again/)
  await start().ready
  expect(await query('select answer from public.kept')).toEqual([{ answer: 42 }])
})

test('the operator’s password is shown, and the till’s code printed, once a start has come to its end; later starts name the operator', async () => {
  const killed = start({ env: { TALLY_DEMO: 'on', LOG_LEVEL: 'info' } })
  while (!killed.said().includes('making the demonstration')) await sleep(20)
  killed.process.kill('SIGKILL')
  await killed.ended
  expect(killed.said()).not.toContain('Sign in as')

  const next = start({ env: { TALLY_DEMO: 'on' } })
  const url = await next.ready
  while (!next.said().includes('npm run demo')) await sleep(20)
  const [, email, password] = /Sign in as (\S+) with (\S+) \(shown only/.exec(next.said()) ?? []
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify({ email, password, network: 'riverside' })
  expect((await fetch(`${url}/v1/sessions`, { method: 'POST', headers, body })).status).toBe(201)
  expect(next.said()).toContain('(good once')

  // With PORT as it is by default the command still knows where this server is.
  const demo = await runDemo()
  expect(demo.out).toContain(`The till, at ${url}/till/: enter`)
  expect(await runDemo('--help')).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^Usage: npm run demo/),
  })
  expect((await runDemo('-n')).out).toContain('npm run demo takes no -n. Nothing was changed.')
  next.process.kill('SIGKILL')
  await next.ended
  expect(await runDemo()).toMatchObject({ code: 1, out: expect.stringContaining("The server isn't running") })

  const last = start({ env: { TALLY_DEMO: 'on' } })
  await last.ready
  while (!last.said().includes('npm run demo')) await sleep(20)
  expect(last.said()).toContain(`Sign in as the operator, ${email}, with the password you chose`)
  expect(last.said()).not.toContain('36 customers')
}, 240_000)

test('a second start on the same data is refused, says why, and leaves the first alone', async () => {
  const first = start()
  const url = await first.ready
  const second = start()
  expect(await second.ended).toBe(1)
  expect(second.said()).toContain(`Process ${first.process.pid} already runs on the data in`)
  expect((await fetch(`${url}/healthz`)).status).toBe(200)
})

test('of several starts at the same moment after a crash exactly one wins', async () => {
  const crashed = start()
  await crashed.ready
  crashed.process.kill('SIGKILL')
  await crashed.ended
  const outcomes = await Promise.all(
    Array.from({ length: 4 }, () => start()).map(async (server) => {
      const outcome = await Promise.race([server.ready.then(() => 'ready'), server.ended])
      return outcome
    }),
  )
  expect(outcomes.toSorted()).toEqual([1, 1, 1, 'ready'])
})

test('a port that is taken is named, and PostgreSQL does not stay behind', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const address = taken.address()
  const port = address && typeof address === 'object' ? address.port : 0
  const server = start({ env: { PORT: String(port) } })
  expect(await server.ended).toBe(1)
  expect(server.said()).toContain(`Port ${port} on 127.0.0.1 is taken.`)
  taken.close()
  await start().ready
})

test('faults of the configuration are all listed at once and nothing is started', async () => {
  const server = start({ env: { PORT: 'many', LOG_LEVEL: 'loud' } })
  expect(await server.ended).toBe(1)
  expect(server.said()).toMatch(/PORT: .*\n.*LOG_LEVEL: /)
  await expect(readRunning(dataFolder)).rejects.toThrow('ENOENT')
})

describe.each(['npm start', 'node'] as const)('told to stop, %s ends with exit code 0', (how) => {
  test.each(['SIGTERM', 'SIGINT'] as const)('on %s', async (signal) => {
    const server = start({ npm: how === 'npm start' })
    await server.ready
    server.process.kill(signal)
    expect(await server.ended).toBe(0)
    await expect(readRunning(dataFolder)).rejects.toThrow('ENOENT')
    expect(await readdir(dataFolder)).not.toContain('server-address')
    expect(server.said()).not.toContain('"level"')
  })
})

test('Ctrl-C at a terminal, which reaches npm and all below it, ends with exit code 0', async () => {
  const server = start({ npm: true })
  await server.ready
  signalGroup(server, 'SIGINT')
  expect(await server.ended).toBe(0)
})

test('a second signal ends it at once, however long a request takes', async () => {
  const server = start()
  const { hostname, port } = new URL(await server.ready)
  const slow = connect(Number(port), hostname)
  slow.write(
    'POST /v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{',
  )
  slow.on('error', () => {})
  await once(slow, 'connect')
  server.process.kill('SIGTERM')
  await sleep(700)
  expect(server.process.exitCode).toBeNull()
  server.process.kill('SIGTERM')
  expect(await server.ended).toBe(1)
  await start().ready
})

test('several processes start on one given database at the same moment', async () => {
  const given = await createTestDatabase()
  try {
    const env = { DATABASE_URL: given.url, DATABASE_ADMIN_URL: given.adminUrl, TALLY_SECRET: 'A'.repeat(43) }
    const urls = await Promise.all(
      [start({ env }), start({ env }), start({ env })].map((server) => server.ready),
    )
    expect(new Set(urls).size).toBe(3)
    for (const url of urls) expect((await fetch(`${url}/readyz`)).status).toBe(200)
  } finally {
    await given.drop()
  }
})

test('a program beside a running server joins its database, and leaves it alone at the end', async () => {
  const url = await start().ready
  const joined = await startEmbedded({ dataFolder, join: true, log: () => {} })
  expect(joined.url).toBe((await readRunning(dataFolder)).url)
  await joined.stop()
  expect((await fetch(`${url}/readyz`)).status).toBe(200)
})

test('a request in flight is answered before the server closes, and later ones are refused', async () => {
  const { promise: arrived, resolve: arrive } = Promise.withResolvers<ServerResponse>()
  const serving = await serve((_req, res) => arrive(res), { port: 0, host: '127.0.0.1' })
  const response = fetch(serving.url)
  const inFlight = await arrived
  const stopped = serving.stop()
  await expect(fetch(serving.url)).rejects.toThrow('fetch failed')
  inFlight.end('done')
  expect(await (await response).text()).toBe('done')
  await stopped
})

test('a connection that is kept alive does not hold up the end', async () => {
  const serving = await serve((_req, res) => void res.end('done'), { port: 0, host: '127.0.0.1' })
  const sent = request(serving.url, { headers: { connection: 'keep-alive' } }).end()
  const [response] = await once(sent, 'response')
  response.resume()
  const before = performance.now()
  await serving.stop()
  expect(performance.now() - before).toBeLessThan(1_000)
})

function start({ env = {}, ...options }: Partial<StartOptions> = {}): StartedServer {
  const server = startServer({ env: { TALLY_DATA: dataFolder, ...env }, ...options })
  started.push(server)
  return server
}

/** `npm run demo`, without npm; what it says, on both streams. */
function runDemo(...args: string[]): Promise<{ code: number | null; out: string }> {
  return new Promise((ended) => {
    const options = { cwd: projectFolder, env: { TALLY_DATA: dataFolder } }
    const child = execFile(process.execPath, ['api/demo/main.ts', ...args], options, (_, out, words) =>
      ended({ code: child.exitCode, out: out + words }),
    )
  })
}

async function query(statement: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: (await readRunning(dataFolder)).url })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows
  } finally {
    await client.end()
  }
}
