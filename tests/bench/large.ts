import { minor, points, post, type Command, type Ledger } from '../../ledger/index.ts'
import { record, type Bench } from './bench.ts'
import type { BenchDatabase } from './database.ts'
import { makePurchase } from './posting.ts'
import { recount, startTelling } from './recount.ts'
import { measureSizes } from './sizes.ts'
import { openTown, type Town } from './town.ts'

/** What the loading was told: acknowledged entries, each of which must be there once. */
interface Loaded {
  readonly entries: number
  readonly seconds: number
  readonly faults: readonly string[]
}

// Enough that a full batch is always waiting while another is in the database.
const loadCallers = 768
const progressEvery = 100_000
/** Every tenth visit of a customer, most of what was earned since is spent. */
const visitsPerRedemption = 10

/**
 * Fills the network's log with so many transactions, through the poster as anyone else: customers in turn, nine
 * purchases and then a redemption of four fifths of what they have. `progress` is told how many are done.
 */
async function loadLarge(
  ledger: Ledger,
  town: Town,
  { entries, progress }: { entries: number; progress: (done: number) => void },
): Promise<Loaded> {
  const { network, wallets } = town
  const balances = new Float64Array(wallets.length)
  const indexes = new BigInt64Array(entries)
  const refusals = new Map<string, number>()
  const started = performance.now()
  let given = 0
  let acknowledged = 0

  // Commands reach the poster in the order they are made, so the balances told here are those they will meet.
  const next = (): Command | null => {
    if (given === entries) return null
    const customer = given % wallets.length
    const visit = Math.floor(given++ / wallets.length)
    const purchase = { ...makePurchase(town), wallet: wallets[customer]!.id }
    if (visit % visitsPerRedemption < visitsPerRedemption - 1) {
      const amount = 300 + Math.floor(Math.random() * 5000)
      balances[customer]! += Math.floor(amount / 100)
      return { ...purchase, gives: { purchase: { amountMinor: minor(amount) } } }
    }
    const asked = Math.floor(balances[customer]! * 0.8)
    balances[customer]! -= asked
    const { key, credential, content, merchant, wallet, reference, occurredAt } = purchase
    const head = { key, credential, content, merchant, wallet, reference, occurredAt }
    return { ...head, kind: 'redeem', asked: { points: points(asked) } }
  }
  await Promise.all(
    Array.from({ length: loadCallers }, async () => {
      for (let command = next(); command; command = next()) {
        const answer = await post(ledger, network, command)
        if (answer.outcome === 'posted') indexes[acknowledged++] = answer.entryIndex
        else {
          const code = answer.outcome === 'refused' ? answer.code : answer.outcome
          refusals.set(code, (refusals.get(code) ?? 0) + 1)
        }
        if (acknowledged % progressEvery === 0) progress(acknowledged)
      }
    }),
  )
  const faults = [...refusals].map(([code, count]) => `loading: ${code}, ${count} times, without a reason`)
  const doubled = acknowledged - new Set(indexes.subarray(0, acknowledged)).size
  if (doubled > 0) faults.push(`loading: ${doubled} commands were told the entry of another`)
  return { entries: acknowledged, seconds: (performance.now() - started) / 1000, faults }
}

/** Fills a network of a database for measurement 8, and measures its size on disk (9). */
export async function openLarge(
  bench: Bench,
  { db, ledger, admin }: BenchDatabase,
  counts: Parameters<typeof openTown>[1],
): Promise<Town> {
  const { entries } = bench.extent
  const town = await openTown(db, counts)
  bench.say(`filling the large log with ${entries} transactions`)
  const progress = (done: number) => bench.say(`  ${done} are in`)
  const loaded = await loadLarge(ledger, town, { entries, progress })
  bench.faults.push(...loaded.faults)
  const sizes = await measureSizes(admin, town.network)
  if (bench.wants(9)) record(bench, { bytes: sizes.perTransaction })
  bench.details['large'] = { entries: loaded.entries, seconds: loaded.seconds, bytes: sizes }
  const told = startTelling(town.network, loaded.entries)
  bench.faults.push(...(await recount(ledger, told)))
  return town
}
