import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeNetwork, setRule, startApi, type TestApi, type TestNetwork } from '../support/api.ts'
import { projectFolder } from '../support/server.ts'
import { findFaults } from '../support/stage.ts'
import { startImport } from './run-import.ts'

const header = 'purchase_id,store,customer,purchased_at,amount_minor,items'
const realFile = join(projectFolder, '../shared/data/purchases-2017-h1.csv')
const hasRealFile = existsSync(realFile)
if (!hasRealFile) console.warn(`SKIPPED: the imports of real purchases, because ${realFile} is missing`)
const hasTerminal = spawnSync('script', ['-qec', 'true', '/dev/null']).status === 0
if (!hasTerminal) console.warn('SKIPPED: progress on a terminal, because `script` is missing on this machine')
const minutes = 60_000

let api: TestApi
let folder: string

beforeAll(async () => {
  api = await startApi()
  folder = await mkdtemp(join(tmpdir(), 'tallystick-import-'))
})

afterAll(async () => {
  await api.close()
  await rm(folder, { recursive: true })
})

test('a small file imports, whatever its line ends, quotes, spaces, offsets and Unicode forms', async () => {
  const network = await townWithRule()
  const file = await write([
    `\uFEFF${header}\r`,
    'a1,bakery,ada,2017-01-01T07:30:27Z,150,1\r',
    '"a2","bakery","ada",2017-01-01T09:30:27+02:00,299,2\r',
    '',
    'a3, Cafe\u0301 ,ada,2017-01-01T07:30:27.123Z,0,0',
    'a4,Caf\u00e9,bob,2017-01-02T07:30:27Z,100,1',
  ])
  const { how, result, stderr } = await importFile(network, file)
  expect(stderr).toContain('4 purchases of 2 customers at 2 merchants, worth 4 points in all')
  expect(how).toBe(0)
  expect(result).toMatchObject({ purchases: 4, issued_points: 4, merchants: 2, customers: 2, rejected: 0 })
})

test.skipIf(!hasTerminal)('on a terminal it shows how far it is, and nowhere else', async () => {
  const network = await townWithRule()
  const file = await write([header, 'a1,bakery,ada,2017-01-01T07:30:27Z,150,1'])
  const command = `exec ${process.execPath} api/import/main.ts ${args(network, file).join(' ')}`
  const onTerminal = spawn('script', ['-qec', command, '/dev/null'], {
    cwd: projectFolder,
    env: { PATH: process.env.PATH, TERM: 'xterm', ...environment() },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let shown = ''
  onTerminal.stdout.on('data', (chunk: Buffer) => (shown += chunk.toString()))
  expect(await once(onTerminal, 'close')).toEqual([0, null])
  expect(shown).toMatch(/ 0 % \| 0 purchases \| just begun/)
  expect(shown).toContain('1 purchase of 1 customer at 1 merchant, worth ')
  expect(shown).toMatch(/ 100 % \| 1 purchases \| /)
  const { how, stdout, stderr } = await importFile(network, file)
  expect(how).toBe(0)
  expect(stdout + stderr).not.toContain(' % |')
})

test('the same purchase id in two stores is two purchases, and twice in one store is one', async () => {
  const network = await townWithRule()
  const line = 'a1,bakery,ada,2017-01-01T07:30:27Z,150,1'
  const file = await write([header, line, line.replace('bakery', 'bookshop'), line])
  const { result } = await importFile(network, file)
  expect(result).toMatchObject({ purchases: 3, replayed: 1, rejected: 0, merchants: 2 })
  expect(await booksOf(network)).toEqual({ purchases: 2, points: 2, faults: [] })
})

test('bad lines go to a file of rejects with their line number and the reason, and the rest is imported', async () => {
  const network = await townWithRule()
  const good = 'ok1,bakery,ada,2017-01-01T07:30:27Z,150,1'
  const future = new Date(Date.now() + 3_600_000).toISOString()
  const bad: [line: string, reason: RegExp][] = [
    ['a,bakery,ada,2017-01-01T07:30:27Z,150', /5 columns instead of 6/],
    ['a,bakery,ada,2017-01-01T07:30:27Z,150,1,1', /7 columns instead of 6/],
    ['a,bakery,ada,2017-01-01T07:30:27Z,-150,1', /amount_minor must be a whole number/],
    ['a,bakery,ada,2017-01-01T07:30:27Z,1.50,1', /amount_minor must be a whole number/],
    ['a,bakery,ada,2017-01-01T07:30:27Z,,1', /amount_minor must be a whole number/],
    ['a,bakery,ada,2017-01-01T07:30:27Z,9007199254740992,1', /amount_minor is above/],
    ['a,bakery,ada,2017-01-01T07:30:27Z,150,many', /items must be/],
    ['a,bakery,ada,2017-02-30T07:30:27Z,150,1', /purchased_at must be an RFC 3339 time/],
    ['a,bakery,ada,2017-01-01 07:30:27,150,1', /purchased_at must be an RFC 3339 time/],
    ['a,bakery,ada,1483255827,150,1', /purchased_at must be an RFC 3339 time/],
    [`a,bakery,ada,${future},150,1`, /purchased_at is in the future/],
    [',bakery,ada,2017-01-01T07:30:27Z,150,1', /purchase_id is empty/],
    ['a,   ,ada,2017-01-01T07:30:27Z,150,1', /store is empty/],
    ['a,bakery,,2017-01-01T07:30:27Z,150,1', /customer is empty/],
    ['a,bak\u0000ery,ada,2017-01-01T07:30:27Z,150,1', /store has control characters/],
    [`a,bakery,${'x'.repeat(201)},2017-01-01T07:30:27Z,150,1`, /customer is longer than 200/],
    [`a,bakery,${'x'.repeat(5000)},2017-01-01T07:30:27Z,150,1`, /longer than 4096 bytes/],
    ['a,"bakery,ada,2017-01-01T07:30:27Z,150,1', /quotes are broken/],
    ['a,ba"kery,ada,2017-01-01T07:30:27Z,150,1', /quotes are broken/],
    ['ok1,bakery,ada,2017-01-01T07:30:27Z,151,1', /^idempotency_key_reused: /],
    ['ok1,bakery,bob,2017-01-01T07:30:27Z,150,1', /^idempotency_key_reused: /],
  ]
  const file = await write([
    header,
    good,
    ...bad.map(([line]) => line),
    'ok2,bakery,bob,2017-01-02T07:30:27Z,150,1',
  ])
  const { how, result, stderr } = await importFile(network, file)
  expect(how).toBe(0)
  expect(stderr).toContain(`Lines rejected: ${bad.length}, see ${file.replace('.csv', '')}.rejects.csv`)
  expect(result).toMatchObject({ purchases: 2, issued_points: 2, customers: 2, rejected: bad.length })
  const rejects = (await readFile(`${file.replace('.csv', '')}.rejects.csv`, 'utf8')).split('\n')
  expect(rejects).toHaveLength(bad.length + 2)
  expect(rejects[0]).toBe('line,reason,text')
  for (const [i, [line, reason]] of bad.entries()) {
    const [, number, said = '', text] = /^(\d+),"([^"]*)","(.*)"$/.exec(rejects[i + 1]!) ?? []
    expect({ line, number }).toEqual({ line, number: String(i + 3) })
    expect(said).toMatch(reason)
    expect(text).toBe(line.slice(0, 4096).replaceAll('"', '""'))
  }
  expect(await booksOf(network)).toEqual({ purchases: 2, points: 2, faults: [] })
})

test('points that come too late to be spent are told of, and no others', async () => {
  const network = await makeNetwork(api)
  await setRule(api, network, { expires_after_months: 12 })
  const today = new Date(Date.now() - 3_600_000).toISOString()
  const file = await write([
    header,
    'a1,bakery,ada,2017-01-01T07:30:27Z,300,1',
    'a2,bakery,ada,2017-01-02T07:30:27Z,20,1',
    `a3,bakery,ada,${today},500,1`,
  ])
  const told = 'worth 8 points in all, 3 of which had expired already, counted from the day of the purchase; '
  const { result, stderr } = await importFile(network, file)
  expect(stderr).toContain(told)
  const fields = ['purchases', 'issued_points', 'merchants', 'customers', 'rejected', 'replayed', 'seconds']
  expect(Object.keys(result!)).toEqual(fields)
  expect((await importFile(network, file)).stderr).toContain(told)
  const recent = await write([header, `a3,bakery,ada,${today},500,1`])
  expect((await importFile(network, recent)).stderr).toContain('worth 5 points in all; ')
})

test('a run without bad lines removes the rejects of an earlier one', async () => {
  const network = await townWithRule()
  const file = await write([header, 'a1,bakery,ada,2017-01-01T07:30:27Z,x,1'])
  await importFile(network, file)
  expect(existsSync(`${file.replace('.csv', '')}.rejects.csv`)).toBe(true)
  await writeFile(file, `${header}\na1,bakery,ada,2017-01-01T07:30:27Z,150,1\n`)
  expect((await importFile(network, file)).result).toMatchObject({ purchases: 1, rejected: 0 })
  expect(existsSync(`${file.replace('.csv', '')}.rejects.csv`)).toBe(false)
})

test('a file with another header, an empty one and a missing one are refused before anything is touched', async () => {
  const network = await townWithRule()
  const files = {
    other: await write([
      'id,store,customer,purchased_at,amount_minor,items',
      'a1,b,c,2017-01-01T07:30:27Z,1,1',
    ]),
    empty: await write([]),
    missing: join(folder, 'missing.csv'),
  }
  for (const [kind, file] of Object.entries(files)) {
    const { how, result, stderr } = await importFile(network, file)
    expect({ how, result }).toEqual({ how: 1, result: null })
    expect(stderr).toContain(kind === 'missing' ? `There is no file ${file}.` : `${file} can't be imported`)
    expect(existsSync(`${file.replace('.csv', '')}.rejects.csv`)).toBe(false)
  }
  expect(await booksOf(network)).toEqual({ purchases: 0, points: 0, faults: [] })
})

test('without an earning rule, or into a network that is not there, nothing is imported', async () => {
  const network = await makeNetwork(api)
  const file = await write([header, 'a1,bakery,ada,2017-01-01T07:30:27Z,150,1'])
  const unruled = await importFile(network, file)
  expect(unruled.how).toBe(1)
  expect(unruled.stderr).toContain(`The network ${network.slug} has no earning rule`)
  expect(unruled.stderr).toContain('PUT /v1/rules/earning')
  const { rows } = await api.ledger.pool.query(
    `select m.name from api.merchant m join api.network n using (network_id) where n.slug = $1 and not is_house`,
    [network.slug],
  )
  expect(rows).toEqual([])
  const unknown = await importFile({ slug: 'no-such-town' }, file)
  expect(unknown.how).toBe(1)
  expect(unknown.stderr).toContain('There is no network no-such-town')
})

test('two imports into one network at the same moment give each purchase once', async () => {
  const network = await townWithRule()
  const lines = Array.from(
    { length: 700 },
    (_, i) => `p${i},store${i % 7},c${i % 50},2017-01-01T07:30:27Z,${i},1`,
  )
  const file = await write([header, ...lines])
  const copy = await write([header, ...lines.toReversed()])
  const [one, other] = await Promise.all([importFile(network, file), importFile(network, copy)])
  expect([one.how, other.how]).toEqual([0, 0])
  expect(one.result!.replayed + other.result!.replayed).toBe(700)
  const points = lines.reduce((sum, _, i) => sum + Math.floor(i / 100), 0)
  expect(await booksOf(network)).toEqual({ purchases: 700, points, faults: [] })
  expect(await importCredentials(network)).toBe(1)
})

test('what is asked wrongly is answered with the usage', async () => {
  for (const args of [[], ['--network', 'town'], ['--network', 'town', '--file', 'a.csv', '--fast']]) {
    const { how, stderr } = await startImport(args, environment()).ended
    expect(how).toBe(1)
    expect(stderr).toContain('Usage: npm run import -- --network SLUG --file FILE.csv [--json]')
  }
})

test.skipIf(!hasRealFile)(
  'half a year of real purchases: killed in the middle, run again and once more, each is there once',
  { timeout: 5 * minutes },
  async () => {
    const network = await townWithRule()
    const killed = startImport(args(network, realFile), environment())
    await untilPurchases(network, 3000)
    killed.process.kill('SIGKILL')
    expect((await killed.ended).how).toBe('SIGKILL')

    const whole = { purchases: 23_301, issued_points: 101_913, merchants: 227, customers: 2208, rejected: 0 }
    const again = await importFile(network, realFile)
    expect(again).toMatchObject({ how: 0, result: whole })
    expect(again.result!.replayed).toBeGreaterThanOrEqual(3000)
    const once = await importFile(network, realFile)
    expect(once).toMatchObject({ how: 0, result: { ...whole, replayed: 23_301 } })
    expect(existsSync(`${realFile.replace('.csv', '')}.rejects.csv`)).toBe(false)
    expect(await booksOf(network)).toEqual({ purchases: 23_301, points: 101_913, faults: [] })
    expect(await importCredentials(network)).toBe(1)
  },
)

test.skipIf(!hasRealFile)(
  'Ctrl-C finishes what is in flight, says how far it got, and a second run goes on from there',
  { timeout: 5 * minutes },
  async () => {
    const network = await townWithRule()
    const file = await write((await readFile(realFile, 'utf8')).split('\n').slice(0, 8001))
    const stopped = startImport(args(network, file), environment())
    await untilPurchases(network, 1000)
    stopped.process.kill('SIGINT')
    const { how, result, stderr } = await stopped.ended
    expect(how).toBe(130)
    expect(stderr).toContain(`Stopped before the end of ${file}. Run it again to go on.`)
    expect((await booksOf(network)).purchases).toBe(result!.purchases)
    const rest = await importFile(network, file)
    expect(rest).toMatchObject({ how: 0 })
    expect(rest.result).toMatchObject({ purchases: 8000, replayed: result!.purchases, rejected: 0 })
  },
)

async function townWithRule(): Promise<TestNetwork> {
  const network = await makeNetwork(api)
  await setRule(api, network)
  return network
}

let written = 0

async function write(lines: readonly string[]): Promise<string> {
  const file = join(folder, `purchases-${++written}.csv`)
  await writeFile(file, lines.map((line) => `${line}\n`).join(''))
  return file
}

/** Beside the application of this test, which runs on the same database. */
function environment(): NodeJS.ProcessEnv {
  return { DATABASE_URL: api.adminUrl, TALLY_SECRET: Buffer.from(api.secret).toString('base64url') }
}

function args({ slug }: { slug: string }, file: string): string[] {
  return ['--network', slug, '--file', file, '--json']
}

function importFile(network: { slug: string }, file: string) {
  return startImport(args(network, file), environment()).ended
}

/** What the ledger itself has of a network. */
async function booksOf({ slug }: TestNetwork) {
  const { pool, db } = api.ledger
  const { rows } = await pool.query(
    `select n.network_id, count(t.*)::int as purchases, coalesce(sum(t.points), 0)::int as points
     from api.network n left join ledger.transaction t on t.network_id = n.network_id and t.kind = 'issue'
     where n.slug = $1 group by n.network_id`,
    [slug],
  )
  const { network_id: network, purchases, points } = rows[0]
  return { purchases, points, faults: await findFaults(db, network) }
}

async function importCredentials({ slug }: TestNetwork): Promise<number> {
  const { rows } = await api.ledger.pool.query(
    `select count(*)::int as count from ledger.credential c join api.network n using (network_id)
     where n.slug = $1 and c.kind = 'import'`,
    [slug],
  )
  return rows[0].count
}

async function untilPurchases({ slug }: TestNetwork, count: number): Promise<void> {
  for (;;) {
    const { rows } = await api.ledger.pool.query(
      `select h.next_index from ledger.head h join api.network n using (network_id) where n.slug = $1`,
      [slug],
    )
    if (Number(rows[0].next_index) > count) return
    await sleep(20)
  }
}
