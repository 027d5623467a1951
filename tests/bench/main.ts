import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startScratch } from '../support/scratch.ts'
import { projectFolder } from '../support/server.ts'
import { summarize, type Bench, type Extent } from './bench.ts'
import { createDatabase, openDatabase, readSettings } from './database.ts'
import { benchHttp, httpTown } from './http-part.ts'
import { openLarge } from './large.ts'
import { describeMachine } from './machine.ts'
import { benchPosting } from './posting-part.ts'
import { benchRedeeming } from './redeeming.ts'
import { drawTable, judge } from './report.ts'

// `npm run bench`: the nine measurements of issue 2 in one run, on a PostgreSQL of its own. Recounts the books, prints a
// table and writes bench-results.json. Exits with 1 where a demand is missed or the books are off.
//   -- --only 5,6      some of them
//   -- --quick         a short look: few seconds, a small log; no measurement to rely on
//   -- --entries N     transactions in the large log, 2,000,000 when left out

const fullEntries = 2_000_000
const full: Extent = { rounds: 3, seconds: 5, entries: fullEntries, redemptions: 200 }
const quick: Extent = { rounds: 2, seconds: 1.5, entries: 50_000, redemptions: 40 }

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    entries: { type: 'string' },
    rounds: { type: 'string' },
    results: { type: 'string', default: join(projectFolder, 'bench-results.json') },
  },
})
const extent = { ...(options.quick ? quick : full) }
if (options.entries) extent.entries = Number(options.entries)
if (options.rounds) extent.rounds = Number(options.rounds)
const only = options.only?.split(',').map(Number)

const startedAt = new Date()
const machine = await describeMachine()
const scratch = await startScratch()
const bench: Bench = {
  extent,
  wants: (...numbers) => !only || numbers.some((number) => only.includes(number)),
  secret: randomBytes(32),
  folder: await mkdtemp(join(tmpdir(), 'tallystick-bench-')),
  rounds: {},
  faults: [],
  details: {},
  say: (message) => console.log(`${String(Math.round(process.uptime())).padStart(4)} s  ${message}`),
}
const database = openDatabase(scratch.adminUrl, bench.secret)
let settings: Record<string, string>
try {
  settings = await readSettings(database)
  const large = bench.wants(8, 9)
    ? openDatabase(await createDatabase(database.admin, database.url, 'large'), bench.secret)
    : null
  const largeTown = large && (await openLarge(bench, large, httpTown))
  await benchPosting(bench, database)
  await benchHttp(bench, database, large && largeTown && { database: large, town: largeTown })
  await benchRedeeming(bench, database)
  await large?.close()
} finally {
  await database.close()
  await scratch.stop()
  await rm(bench.folder, { recursive: true })
}

const figures = summarize(bench)
const verdicts = judge(figures)
console.log(`\n${drawTable(figures, verdicts)}\n`)
if (extent.entries < fullEntries && bench.wants(8, 9)) {
  console.log(`8 and 9 were measured in a log of ${extent.entries} transactions, not ${fullEntries}.`)
}
for (const fault of bench.faults) console.log(`The books are off: ${fault}`)
if (bench.faults.length === 0)
  console.log('The books were recounted: nothing lost, doubled, invented or refused.')
await writeFile(
  options.results,
  `${JSON.stringify({ startedAt, endedAt: new Date(), machine, settings, extent, figures, verdicts, rounds: bench.rounds, details: bench.details, faults: bench.faults }, null, 2)}\n`,
)
process.exitCode = bench.faults.length > 0 || verdicts.some(({ holds }) => !holds) ? 1 : 0
