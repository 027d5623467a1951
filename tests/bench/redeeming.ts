import { uuidv7 } from 'uuidv7'
import { openWallets, points, post, type Ledger, type WalletId } from '../../ledger/index.ts'
import { record, type Bench } from './bench.ts'
import type { BenchDatabase } from './database.ts'
import { findMedian } from './measure.ts'
import { recount, refuse, startTelling, type Told } from './recount.ts'
import { openTown, type Town } from './town.ts'

const lotCounts = [1, 5, 50] as const
type LotCount = (typeof lotCounts)[number]

const pointsPerLot = 10
const day = 86_400_000

/** Measurement 7. */
export async function benchRedeeming(bench: Bench, { db, ledger }: BenchDatabase): Promise<void> {
  if (!bench.wants(7)) return
  bench.say('redeeming')
  const town = await openTown(db, { merchants: 8, tills: 8, wallets: 1 })
  const told = startTelling(town.network)
  const times = await measureRedeeming(ledger, town, { told, wallets: bench.extent.redemptions })
  record(bench, { redeem1: times[1], redeem5: times[5], redeem50: times[50] })
  bench.faults.push(...(await recount(ledger, told)))
}

/**
 * Milliseconds that one redemption takes which uses 1, 5 and 50 lots whole: medians over so many fresh wallets each,
 * one caller, the three kinds in turn.
 */
async function measureRedeeming(
  ledger: Ledger,
  town: Town,
  { told, wallets: count }: { told: Told; wallets: number },
): Promise<Record<LotCount, number>> {
  const wallets = new Map<number, WalletId[]>()
  for (const lots of lotCounts) wallets.set(lots, await prepareWallets(ledger, town, { told, count, lots }))
  const times: Record<LotCount, number[]> = { 1: [], 5: [], 50: [] }
  for (let i = 0; i < count; i++) {
    for (const lots of lotCounts) {
      const started = performance.now()
      await redeem(ledger, town, { told, wallet: wallets.get(lots)![i]!, asked: lots * pointsPerLot })
      times[lots].push(performance.now() - started)
    }
  }
  return { 1: findMedian(times[1]), 5: findMedian(times[5]), 50: findMedian(times[50]) }
}

/** Wallets with so many lots, of all merchants in turn, each with an expiry of its own. */
async function prepareWallets(
  ledger: Ledger,
  town: Town,
  { told, count, lots }: { told: Told; count: number; lots: number },
): Promise<WalletId[]> {
  const uuids = Array.from({ length: count }, () => uuidv7())
  const wallets = await ledger.db.transaction().execute((tx) => openWallets(tx, town.network, uuids))
  const now = Date.now()
  for (let lot = 0; lot < lots; lot++) {
    const { merchant, credential } = town.tills[lot % town.tills.length]!
    await Promise.all(
      wallets.map(async (wallet) => {
        const key = `bonus-${wallet}-${lot}`
        const expiresAt = new Date(now + (100 + ((lot * 7) % 50)) * day)
        const answer = await post(ledger, town.network, {
          kind: 'issue',
          key: { scope: merchant, value: key },
          credential,
          content: key,
          merchant,
          wallet,
          gives: { bonus: { points: points(pointsPerLot), expiresAt } },
        })
        if (answer.outcome === 'posted') {
          told.acknowledged.push({ merchant, key, transaction: answer.transaction })
        } else refuse(told, answer.outcome === 'refused' ? answer.code : answer.outcome)
      }),
    )
  }
  return wallets
}

async function redeem(
  ledger: Ledger,
  town: Town,
  { told, wallet, asked }: { told: Told; wallet: WalletId; asked: number },
): Promise<void> {
  const { merchant, credential } = town.tills[0]!
  const key = `redemption-${wallet}`
  const answer = await post(ledger, town.network, {
    kind: 'redeem',
    key: { scope: merchant, value: key },
    credential,
    content: key,
    merchant,
    wallet,
    reference: { value: key },
    asked: { points: points(asked) },
  })
  if (answer.outcome === 'posted') told.acknowledged.push({ merchant, key, transaction: answer.transaction })
  else refuse(told, answer.outcome === 'refused' ? answer.code : answer.outcome)
}
