import { record, type Bench } from './bench.ts'
import type { BenchDatabase } from './database.ts'
import { measurePoster, measureSingles } from './posting.ts'
import { recount, startTelling } from './recount.ts'
import { measureTpcb, openTpcb, recountTpcb } from './tpcb.ts'
import { openTown } from './town.ts'

const wallets = 5000
const warmUpSeconds = 2

/** Measurements 1 to 4, in turn in each round. */
export async function benchPosting(bench: Bench, database: BenchDatabase): Promise<void> {
  if (!bench.wants(1, 2, 3, 4)) return
  const { pool, db, ledger, admin } = database
  const { seconds } = bench.extent
  const hot = await openTown(db, { merchants: 1, tills: 64, wallets })
  const wide = await openTown(db, { merchants: 1000, tills: 1000, wallets })
  const toldHot = startTelling(hot.network)
  const toldWide = startTelling(wide.network)
  const tpcbDone = { count: 0 }
  await openTpcb(admin)

  const measurements = [
    async (seconds: number) => ({ poster: await measurePoster(ledger, hot, { told: toldHot, seconds }) }),
    async (seconds: number) => ({
      posterWide: await measurePoster(ledger, wide, { told: toldWide, seconds }),
    }),
    async (seconds: number) => ({
      singles: await measureSingles(ledger, hot, { pool, told: toldHot, seconds }),
    }),
    async (seconds: number) => ({ tpcb: await measureTpcb(admin, { done: tpcbDone, seconds }) }),
  ].filter((_, i) => bench.wants(i + 1))
  for (const measure of measurements) await measure(Math.min(seconds, warmUpSeconds))
  for (let round = 1; round <= bench.extent.rounds; round++) {
    bench.say(`posting, round ${round} of ${bench.extent.rounds}`)
    for (const measure of measurements) record(bench, await measure(seconds))
  }
  bench.say('recounting the books of posting')
  bench.faults.push(
    ...(await recount(ledger, toldHot)),
    ...(await recount(ledger, toldWide)),
    ...(await recountTpcb(admin, tpcbDone.count)),
  )
}
