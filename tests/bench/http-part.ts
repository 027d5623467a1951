import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { record, type Bench } from './bench.ts'
import type { BenchDatabase } from './database.ts'
import { loadPurchases, noteRefusals, noteRun, type HttpRun } from './http.ts'
import { ceilingPath, purchasesPath } from './paths.ts'
import { countTransactions, listRefusals, recount, startTelling, type Told } from './recount.ts'
import type { Figures } from './report.ts'
import { startServer, type BenchServer } from './server.ts'
import { openTown, type Town } from './town.ts'

/** Tills are limited to 200 requests a second each; with one a connection none comes near. */
export const httpTown = { merchants: 8, tills: 64, wallets: 5000 }
const warmUpRequests = 10_000
/** Seconds. */
const lagMost = 1
const lagSampleMs = 500
const signedMsMax = 15 * 60_000

/** A network, the database it is in, and the server that answers for it. */
interface Place {
  readonly database: BenchDatabase
  readonly town: Town
  readonly server: BenchServer
  readonly told: Told
}

interface Measurement {
  readonly number: number
  readonly place: Place
  readonly path: string
  readonly figuresOf: (run: HttpRun) => Figures
}

/**
 * Measurements 5, 6 and 8, in turn in each round; 8 in a network with a large log, on a server process of its own.
 */
export async function benchHttp(
  bench: Bench,
  database: BenchDatabase,
  large: { readonly database: BenchDatabase; readonly town: Town } | null,
): Promise<void> {
  if (!bench.wants(5, 6, 8)) return
  const town = await openTown(database.db, httpTown)
  const places: Place[] = []
  try {
    const small = await openPlace(bench, { database, town, name: 'small' })
    places.push(small)
    const measurements: Measurement[] = [
      { number: 5, place: small, path: purchasesPath, figuresOf: purchaseFigures },
      { number: 6, place: small, path: ceilingPath, figuresOf: (run) => ({ ceiling: run.perSecond }) },
    ]
    if (large !== null) {
      const place = await openPlace(bench, { ...large, name: 'large' })
      places.push(place)
      measurements.push({ number: 8, place, path: purchasesPath, figuresOf: largeFigures })
    }
    await takeTurns(
      bench,
      measurements.filter(({ number }) => bench.wants(number)),
    )
  } finally {
    for (const { server } of places) await server.stop()
  }
  bench.say('recounting the books of HTTP')
  for (const { database, told } of places) bench.faults.push(...(await recount(database.ledger, told)))
}

async function openPlace(
  { secret, folder }: Bench,
  { database, town, name }: { database: BenchDatabase; town: Town; name: string },
): Promise<Place> {
  const { ledger, url: databaseUrl } = database
  const before = await countTransactions(ledger, town.network)
  const server = await startServer({ databaseUrl, secret, folder: join(folder, name) })
  return { database, town, server, told: startTelling(town.network, before) }
}

async function takeTurns(bench: Bench, measurements: readonly Measurement[]): Promise<void> {
  const { rounds, seconds } = bench.extent
  const requests = new Map<Measurement, number>()
  bench.say('waiting until the servers have signed what was posted without them')
  await Promise.all([...new Set(measurements.map(({ place }) => place.server))].map(untilSigned))
  bench.say('warming up the servers')
  for (const pass of ['code', 'rate']) {
    for (const measurement of measurements) {
      const { perSecond } = await run(bench, measurement, warmUpRequests)
      if (pass === 'rate') requests.set(measurement, Math.ceil(perSecond * seconds))
    }
  }
  const details: object[] = []
  for (let round = 1; round <= rounds; round++) {
    bench.say(`HTTP, round ${round} of ${rounds}`)
    for (const measurement of measurements) {
      const {
        acknowledged,
        refusals: _,
        ...figures
      } = await run(bench, measurement, requests.get(measurement)!)
      record(bench, measurement.figuresOf({ acknowledged, refusals: [], ...figures }))
      details.push({ measurement: measurement.number, round, acknowledged: acknowledged.length, ...figures })
    }
  }
  bench.details['http'] = details
}

/**
 * Waits until a server has signed what was posted while there was none, millions of entries: one that is up never has
 * more to sign than a second's postings.
 */
async function untilSigned({ url }: BenchServer): Promise<void> {
  const until = Date.now() + signedMsMax
  for (;;) {
    if (Date.now() > until) throw new Error('The log was not signed to its end in time.')
    const metrics = await (await fetch(`${url}/metrics`)).text()
    const lags = Array.from(metrics.matchAll(/^tallystick_log_lag_seconds\{.*\} (.+)$/gm), ([, seconds]) =>
      Number(seconds),
    )
    if (lags.length > 0 && lags.every((lag) => lag < lagMost)) return
    await sleep(lagSampleMs)
  }
}

async function run(bench: Bench, { place, path }: Measurement, requests: number): Promise<HttpRun> {
  const { server, town, told } = place
  const result = await loadPurchases(server, town, { path, requests })
  if (path === purchasesPath) noteRun(told, town, result)
  else {
    // Nothing of it is in the books; all of it must have been answered.
    const toldHere = startTelling(town.network)
    noteRefusals(toldHere, result)
    bench.faults.push(...listRefusals(toldHere))
  }
  return result
}

function purchaseFigures({ perSecond, p50, p95, p99 }: HttpRun): Figures {
  return { purchases: perSecond, purchasesP50: p50, purchasesP95: p95, purchasesP99: p99 }
}

function largeFigures({ perSecond, p50, p95, p99 }: HttpRun): Figures {
  return { purchasesLarge: perSecond, largeP50: p50, largeP95: p95, largeP99: p99 }
}
