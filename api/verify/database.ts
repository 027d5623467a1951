import { parseArgs } from 'node:util'
import { SingleBar } from 'cli-progress'
import {
  checkRows,
  countEntries,
  createDb,
  createPool,
  type LedgerTables,
  type RowsChecked,
} from '../../ledger/index.ts'
import { readConfig } from '../config.ts'
import { openDatabase } from '../database.ts'
import { fail } from '../process.ts'
import type { ApiTables, Db } from '../tables.ts'

// `npm run verify -- --database`: whether anything in this server's database was changed behind its back, beside a running
// server or without. What a person reads on the way goes to stderr, the result to stdout.

const usage = 'Usage: npm run verify -- --database [--network SLUG] [--json]'
const exitCodes = { whole: 0, diverged: 30 } as const

try {
  const { network, json } = readArguments()
  const checked = await run(network)
  const whole = Object.values(checked).every(({ faults }) => faults.length === 0)
  if (json) console.log(JSON.stringify({ verdict: whole ? 'whole' : 'diverged', networks: checked }))
  else {
    console.log(whole ? 'Whole.' : 'Diverged.')
    for (const [slug, { entries, faults }] of Object.entries(checked)) {
      const words = faults.length === 0 ? 'as posted, and all balances are what they give.' : 'looked at:'
      console.log(
        [`${slug}: ${countEntries(entries)} ${words}`, ...faults.map((fault) => `  ${fault}`)].join('\n'),
      )
    }
  }
  process.exit(exitCodes[whole ? 'whole' : 'diverged'])
} catch (error) {
  fail(error)
}

function readArguments(): { network: string | null; json: boolean } {
  try {
    const { values } = parseArgs({
      options: {
        database: { type: 'boolean' },
        network: { type: 'string' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    })
    if (values.help) {
      console.log(usage)
      process.exit(0)
    }
    return { network: values.network ?? null, json: values.json ?? false }
  } catch (error) {
    console.error(`${(error as Error).message}\n${usage}`)
    process.exit(2)
  }
}

/** Checks one network, or all of them, by slug. */
async function run(slug: string | null): Promise<Record<string, RowsChecked>> {
  const say = (words: string) => console.error(words)
  const database = await openDatabase(readConfig(), { log: say, warn: say, join: true, mustExist: true })
  const pool = createPool(database.url, {
    role: 'tally_api',
    max: 2,
    applicationName: 'tallystick verify',
    onIdleError: () => {},
  })
  try {
    const db = createDb<ApiTables & LedgerTables>(pool)
    const networks = (await listNetworks(db)).filter((network) => slug === null || network.slug === slug)
    if (networks.length === 0) {
      // Most likely another database than was meant: nothing is no reason to call it whole.
      throw new Error(
        slug === null ? 'This database has no network to check.' : `There is no network ${slug}.`,
      )
    }
    const checked: Record<string, RowsChecked> = {}
    for (const network of networks) checked[network.slug] = await checkNetwork(db, network)
    return checked
  } finally {
    await pool.end()
    await database.stop()
  }
}

type ListedNetwork = Awaited<ReturnType<typeof listNetworks>>[number]

function listNetworks(db: Db) {
  return db
    .selectFrom('api.network as n')
    .innerJoin('ledger.head as h', 'h.network_id', 'n.network_id')
    .select(['n.network_id', 'n.slug', 'h.next_index'])
    .orderBy('n.slug')
    .execute()
}

async function checkNetwork(db: Db, { network_id, slug, next_index }: ListedNetwork): Promise<RowsChecked> {
  if (!process.stderr.isTTY) return checkRows(db, network_id)
  const bar = new SingleBar({
    format: `{bar} {percentage} % | {value} of {total} entries of ${slug} | {eta_formatted} to go`,
    stream: process.stderr,
  })
  bar.start(Number(next_index), 0)
  try {
    return await checkRows(db, network_id, { onEntries: (done) => bar.update(done) })
  } finally {
    bar.stop()
  }
}
