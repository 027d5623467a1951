import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readMerchantBalances, readWalletAsOf, type MerchantId, type WalletId } from '../../ledger/index.ts'
import { rounds } from '../support/long.ts'
import { dayToDate, setClock, type Stage } from '../support/stage.ts'
import { anyRules, drawSeed, postBatch, setComparedStage } from './compare.ts'
import { historyOf, toRealRow } from './history.ts'
import { openTown, type Town } from './town.ts'

let town: Town

beforeAll(async () => {
  town = await openTown()
})

afterAll(() => town.close())

/** Posts a random history to a network of its own. */
async function playHistory(seed: number): Promise<Stage> {
  const [rules] = fc.sample(anyRules, { numRuns: 1, seed })
  const [days] = fc.sample(historyOf(30), { numRuns: 1, seed })
  const stage = await setComparedStage(town.ledger, rules!)
  const key = await town.ledger.keyOf(stage.network)
  let day = 0
  await setClock(town.admin, stage.network, dayToDate(0))
  for (const batch of days!) {
    if (batch.days > 0) await setClock(town.admin, stage.network, dayToDate((day += batch.days)))
    const rows = batch.commands.map((command) => toRealRow(key, stage, stage.approver, command))
    await postBatch(town.ledger.pool, stage.network, rows)
  }
  return stage
}

interface LegRow {
  entry_index: bigint
  points: bigint
  debit_account: number
  credit_account: number
}

test('balances as of any entry are what the legs up to it add up to', { timeout: 600_000 }, async () => {
  const first = drawSeed()
  for (let seed = first; seed < first + rounds(3, 100); seed++) {
    const stage = await playHistory(seed)
    const { pool, db } = town.ledger
    const of = [stage.network]
    const { rows: legs } = await pool.query<LegRow>(
      `select entry_index, points, debit_account, credit_account from ledger.leg
       where network_id = $1 and not pending order by entry_index, ordinal`,
      of,
    )
    const { rows: holds } = await pool.query<{
      hold_index: bigint
      ended_index: bigint | null
      points: bigint
      wallet_id: number
    }>('select hold_index, ended_index, points, wallet_id from ledger.hold where network_id = $1', of)
    const { rows: merchants } = await pool.query(
      `select merchant_id, float_account, accepted_account, owed_account from ledger.merchant
       where network_id = $1 and not house`,
      of,
    )
    const { rows: heads } = await pool.query<{ next_index: bigint }>(
      'select next_index from ledger.head where network_id = $1',
      of,
    )
    const balances = new Map<number, bigint>()
    const balance = (account: number) => balances.get(account) ?? 0n
    const waiting = [...legs]
    for (let index = 0n; index < heads[0]!.next_index; index++) {
      for (let leg = waiting[0]; leg && leg.entry_index === index; leg = waiting[0]) {
        balances.set(leg.debit_account, balance(leg.debit_account) - leg.points)
        balances.set(leg.credit_account, balance(leg.credit_account) + leg.points)
        waiting.shift()
      }
      for (const wallet of Object.values(stage.wallets)) {
        const held = holds
          .filter(
            (h) => h.wallet_id === wallet && h.hold_index <= index && (h.ended_index ?? index + 1n) > index,
          )
          .reduce((sum, h) => sum + h.points, 0n)
        expect(await readWalletAsOf(db, stage.network, wallet, index)).toEqual({
          posted: balance(wallet),
          held,
        })
      }
      for (const m of merchants) {
        expect(await readMerchantBalances(db, stage.network, m.merchant_id as MerchantId, index)).toEqual({
          float: balance(m.float_account),
          accepted: balance(m.accepted_account),
          owed: balance(m.owed_account),
        })
      }
    }
    expect(waiting).toEqual([])
    for (const m of merchants) {
      const now = await readMerchantBalances(db, stage.network, m.merchant_id as MerchantId)
      expect(now).toEqual(
        await readMerchantBalances(db, stage.network, m.merchant_id as MerchantId, heads[0]!.next_index),
      )
    }
  }
})

test('before its first entry, and for what is not there, nothing is made up', async () => {
  const stage = await town.stage()
  const { db } = town.ledger
  expect(await readWalletAsOf(db, stage.network, stage.wallets.ada!, 0n)).toEqual({ posted: 0n, held: 0n })
  expect(await readWalletAsOf(db, stage.network, 999_999 as WalletId, 0n)).toEqual({ posted: 0n, held: 0n })
  expect(await readMerchantBalances(db, stage.network, 999_999 as MerchantId)).toBeNull()
})
