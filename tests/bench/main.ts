import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startScratch } from '../support/scratch.ts'
import { benchAbuse } from './abuse-part.ts'
import { summarize, type Bench } from './bench.ts'
import { createDatabase, openDatabase, readSettings, type BenchDatabase } from './database.ts'
import { benchHttp, httpTown } from './http-part.ts'
import { openLarge } from './large.ts'
import { benchLog } from './log-part.ts'
import { describeMachine } from './machine.ts'
import { demandedEntries, readOptions, type BenchOptions } from './options.ts'
import { benchPosting } from './posting-part.ts'
import { benchRedeeming } from './redeeming.ts'
import { benchTill } from './till-part.ts'
import { drawTable, judge } from './report.ts'
import { benchVerifying } from './verify-part.ts'
import { benchWallet } from './wallet-part.ts'

// `npm run bench`: the nine measurements of issue 2, as the tenth tills beside abuse, as 11 and 12 the log's signing and its
// proofs, as 13 the check of an export, as 14 the till's camera, as 15 the wallet, in one run, on a PostgreSQL of its own. Recounts the books, prints a table and writes bench-results.json. Exits with 1 where a demand is missed or
// the books are off.
//   -- --only 5,6      some of them
//   -- --entries N     transactions in the large log; the demand is for 2,000,000, which take minutes to post
//   -- --quick         a short look: seconds, and a small log; nothing to rely on
//   -- --database URL  on another PostgreSQL than the one that came with npm: an empty database, as its superuser
//   -- --results FILE  instead of bench-results.json

// An end by a signal is an orderly one: whatever was started ends with us.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))

const { extent, wants, databaseUrl, resultsFile } = readOptionsOrExit()
const bench: Bench = {
  extent,
  wants,
  secret: randomBytes(32),
  folder: await mkdtemp(join(tmpdir(), 'tallystick-bench-')),
  rounds: {},
  faults: [],
  details: {},
  say: (message) => console.log(`${String(Math.round(process.uptime())).padStart(4)} s  ${message}`),
}
const startedAt = new Date()
const machine = await describeMachine()
const settings = await measure()
const figures = summarize(bench)
const verdicts = judge(figures)
const { rounds, details, faults } = bench

console.log(`\n${drawTable(figures, verdicts)}\n`)
if (wants(8, 9) && extent.entries < demandedEntries) {
  console.log(`8 and 9 were measured in a log of ${extent.entries} transactions, not of ${demandedEntries}.`)
}
for (const fault of faults) console.log(`The books are off: ${fault}`)
if (faults.length === 0) console.log('The books were recounted: nothing lost, doubled, invented or refused.')
const results = {
  startedAt,
  endedAt: new Date(),
  machine,
  settings,
  extent,
  figures,
  verdicts,
  rounds,
  details,
  faults,
}
await writeFile(resultsFile, `${JSON.stringify(results, null, 2)}\n`)
process.exitCode = faults.length > 0 || verdicts.some(({ holds }) => !holds) ? 1 : 0

function readOptionsOrExit(): BenchOptions {
  try {
    return readOptions(process.argv.slice(2))
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    process.exit(2)
  }
}

/** Takes all measurements; the settings of the database they were taken on. */
async function measure(): Promise<Record<string, string>> {
  const scratch = await startScratch(databaseUrl)
  const database = openDatabase(scratch.adminUrl, bench.secret)
  try {
    const settings = await readSettings(database)
    const large = wants(8, 9) ? await measureLarge(database.url) : null
    await settle(database)
    await benchPosting(bench, database)
    await settle(database)
    await benchHttp(bench, database, large)
    await benchRedeeming(bench, database)
    await benchAbuse(bench, database)
    await benchLog(bench, database)
    await benchVerifying(bench)
    await benchTill(bench)
    await benchWallet(bench)
    await large?.database.close()
    return settings
  } finally {
    await database.close()
    await scratch.stop()
    await rm(bench.folder, { recursive: true })
  }
}

/** What the part before left to PostgreSQL, to vacuum and to write out, is done before the next is measured. */
async function settle({ admin }: BenchDatabase): Promise<void> {
  bench.say('vacuum and checkpoint')
  await admin.query('vacuum analyze')
  await admin.query('checkpoint')
}

/** The large log, in a database of its own beside the other one, so that its size can be told. */
async function measureLarge(url: string) {
  const database = openDatabase(await createDatabase(url, 'large'), bench.secret)
  return { database, town: await openLarge(bench, database, httpTown) }
}
