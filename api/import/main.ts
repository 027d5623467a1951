import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import cliProgress from 'cli-progress'
import {
  createDb,
  createLedger,
  createPool,
  explainArguments,
  explainFile,
  giveHelp,
  listEarningRules,
  stopPosting,
  type LedgerTables,
  type NetworkId,
} from '../../ledger/index.ts'
import { readConfig, type Config } from '../config.ts'
import { openDatabase } from '../database.ts'
import { isDatabaseAway } from '../database-away.ts'
import { fail, whenTold } from '../process.ts'
import { openSecret } from '../secret.ts'
import type { ApiTables, Db } from '../tables.ts'
import { importFile, nothingImported, type Imported } from './import-file.ts'
import { ensureImportCredential, lockImport } from './import-lock.ts'
import { createParties } from './parties.ts'
import { findHeaderFault } from './parse-purchase.ts'
import { readLines } from './read-lines.ts'
import { openRejects } from './rejects.ts'

// `npm run import`. What a person reads goes to stderr, the result to stdout.

const usage = 'Usage: npm run import -- --network SLUG --file FILE.csv [--json]'

const databaseStopped =
  'The database stopped, maybe because its server was told to. What was imported so far is in: run the same command again ' +
  'to go on, beside the server or without it.'

interface Wish {
  readonly network: string
  readonly file: string
  readonly json: boolean
}

/** What a shell says of a process that the signal ended. */
const exitCodes = { SIGINT: 130, SIGTERM: 143 } as const
/** What is in flight is finished first. */
const stopping = new AbortController()
void whenTold().then((signal) => stopping.abort(exitCodes[signal]))
try {
  const wish = readArguments()
  await demandHeader(wish.file)
  const done = await run(wish, readConfig())
  report(wish, done)
  process.exit(stopping.signal.aborted ? stopping.signal.reason : 0)
} catch (error) {
  fail(isDatabaseAway(error) ? new Error(databaseStopped, { cause: error }) : error)
}

interface Done {
  readonly imported: Imported
  readonly rejectsPath: string
  readonly seconds: number
}

async function run({ network: slug, file }: Wish, config: Config): Promise<Done> {
  const database = await openDatabase(config, { log: say, warn: say, join: true, mustExist: true })
  const pool = createPool(database.url, {
    role: 'tally_api',
    max: 4,
    applicationName: 'tallystick import',
    onIdleError: () => {},
  })
  try {
    const db = createDb<ApiTables & LedgerTables>(pool)
    const ledger = createLedger({ pool, secret: await openSecret(config) })
    const network = await demandNetwork(db, slug)
    const { signal } = stopping
    const unlock = await lockImport(ledger, network, {
      signal,
      onWait: () => say('Another import into this network is under way. Waiting for its end.'),
    })
    const started = performance.now()
    const rejects = await openRejects(file)
    const imported = nothingImported()
    const hideProgress = await showProgress(file, imported)
    try {
      const credential = await ensureImportCredential(db, network)
      const findParties = createParties(db, { network, credential })
      await importFile({ ledger, network, credential, findParties, rejects }, file, { imported, signal })
    } finally {
      hideProgress()
      await stopPosting(ledger)
      await rejects.close()
      unlock()
    }
    return { imported, rejectsPath: rejects.path, seconds: (performance.now() - started) / 1000 }
  } finally {
    await pool.end()
    await database.stop()
  }
}

function readArguments(): Wish {
  giveHelp(usage)
  try {
    const { values } = parseArgs({
      options: { network: { type: 'string' }, file: { type: 'string' }, json: { type: 'boolean' } },
    })
    const { network, file, json = false } = values
    if (network && file) return { network, file, json }
  } catch (error) {
    throw new Error(`${explainArguments(error)}\n${usage}`, { cause: error })
  }
  throw new Error(usage)
}

/** Throws when the file can't be read or is of another kind; before anything is touched. */
async function demandHeader(file: string): Promise<void> {
  try {
    const { value } = await readLines(createReadStream(file)).next()
    const fault = findHeaderFault(value)
    if (fault) throw new Error(fault)
  } catch (error) {
    if ('code' in (error as Error)) throw explainFile(file, error)
    throw new Error(`${file} can't be imported. ${(error as Error).message}`, { cause: error })
  }
}

/** Throws when there is no such network, or no rule to give points by. */
async function demandNetwork(db: Db, slug: string): Promise<NetworkId> {
  const rows = await db.selectFrom('api.network').select(['network_id', 'slug']).orderBy('slug').execute()
  const network = rows.find((row) => row.slug === slug)?.network_id
  if (network === undefined) {
    const there = rows.length > 0 ? rows.map((row) => row.slug).join(', ') : 'none'
    throw new Error(
      `There is no network ${slug}; there are: ${there}. Nothing was imported. The deployment's operator, signed in without ` +
        'a network, makes one with POST /v1/networks: docs/production.md shows how.',
    )
  }
  if ((await listEarningRules(db, network)).length === 0) {
    throw new Error(
      `The network ${slug} has no earning rule, so purchases would give nothing. Nothing was imported. Its operator ` +
        `makes one with PUT /v1/rules/earning, e.g.\n` +
        `{"points_per_currency_unit": "1", "rounding": "down", "expires_after_months": null}`,
    )
  }
  return network
}

/** On a terminal, how much of the file is done; answers how to end that. */
async function showProgress(file: string, imported: Imported): Promise<() => void> {
  if (!process.stderr.isTTY) return () => {}
  const bar = new cliProgress.SingleBar({
    format: '{bar} {percentage} % | {purchases} purchases | {eta_formatted}',
    formatTime: (seconds, options, roundTo) =>
      Number.isFinite(seconds)
        ? `${cliProgress.Format.TimeFormat(seconds, options, roundTo)} to go`
        : 'just begun',
    stream: process.stderr,
    hideCursor: true,
  })
  bar.start((await stat(file)).size, 0, { purchases: 0 })
  const update = () => bar.update(imported.bytes, { purchases: imported.purchases })
  const updating = setInterval(update, 100)
  return () => {
    clearInterval(updating)
    update()
    bar.stop()
  }
}

function report({ json, file }: Wish, { imported, rejectsPath, seconds }: Done): void {
  const result = {
    purchases: imported.purchases,
    issued_points: Number(imported.issuedPoints),
    merchants: imported.merchants.size,
    customers: imported.customers.size,
    rejected: imported.rejected,
    replayed: imported.replayed,
    seconds: Number(seconds.toFixed(3)),
  }
  const words =
    `${count(result.purchases, 'purchase')} of ${count(result.customers, 'customer')} at ` +
    `${count(result.merchants, 'merchant')}, worth ${count(result.issued_points, 'point')} in all` +
    `${describeOverdue(imported)}; new: ${result.purchases - result.replayed}, ` +
    `there already: ${result.replayed}. ` +
    `Lines rejected: ${result.rejected}${result.rejected > 0 ? `, see ${rejectsPath}` : ''}. ${result.seconds} s.`
  if (stopping.signal.aborted) say(`Stopped before the end of ${file}. Run it again to go on.`)
  if (json) say(words)
  console.log(json ? JSON.stringify(result) : words)
}

/** "1 purchase", "2 purchases" */
function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`
}

/** Nobody is to look for points that came too late to be spent. */
function describeOverdue({ overduePoints }: Imported): string {
  return overduePoints === 0n
    ? ''
    : `, ${overduePoints} of which had expired already, counted from the day of the purchase`
}

function say(message: string): void {
  console.error(message)
}
