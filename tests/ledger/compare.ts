import fc from 'fast-check'
import type { Pool } from 'pg'
import { uuidv7 } from 'uuidv7'
import type { CommandRow } from '../../ledger/command-row.ts'
import {
  points,
  registerCredential,
  type CredentialId,
  type Ledger,
  type NetworkId,
} from '../../ledger/index.ts'
import { dayZero, readState, setStage, type Stage, type WalletState } from '../support/stage.ts'
import { merchantNames, walletNames } from './history.ts'
import type { Model, ModelAnswer, Rules } from './model.ts'

export interface ComparedStage extends Stage {
  readonly approver: CredentialId
}

/** A network that has the model's rules. */
export async function setComparedStage(ledger: Ledger, rules: Rules): Promise<ComparedStage> {
  const stage = await setStage(ledger, {
    merchants: merchantNames,
    wallets: walletNames,
    graceDays: rules.graceDays,
    issuingLimits: rules.limits,
    rule: {
      pointsPerCurrencyUnit: String(rules.pointsPerUnit),
      dailyMaxPerWallet: rules.dailyMax === null ? null : points(rules.dailyMax),
    },
  })
  const approver = await ledger.db
    .transaction()
    .execute((tx) =>
      registerCredential(tx, stage.network, { uuid: uuidv7(), kind: 'person', merchant: null, by: null }),
    )
  return { ...stage, approver }
}

export const anyRules: fc.Arbitrary<Rules> = fc.record({
  graceDays: fc.integer({ min: 1, max: 5 }),
  pointsPerUnit: fc.constantFrom(1, 0.5, 3),
  dailyMax: fc.option(fc.integer({ min: 0, max: 60 })),
  limits: fc.record({ cafe: fc.integer({ min: 20, max: 300 }) }, { requiredKeys: [] }),
})

/** The seed of this run's random histories: a new one each time, or TALLY_TEST_SEED to play them again. */
export function drawSeed(): number {
  const seed = Number(process.env.TALLY_TEST_SEED ?? Math.floor(Math.random() * 2 ** 31))
  console.log(`random histories: seed ${seed} (TALLY_TEST_SEED=${seed} plays them again)`)
  return seed
}

export type RealAnswer = ModelAnswer & { readonly entryIndex: bigint | null }

/** One call of the posting function with one batch; answers as the model gives them. */
export async function postBatch(
  pool: Pool,
  network: NetworkId,
  rows: readonly CommandRow[],
): Promise<RealAnswer[]> {
  const result = await pool.query('select * from ledger.post($1, $2)', [network, rows])
  return result.rows.map((row) =>
    row.outcome === 'refused'
      ? { outcome: row.outcome, code: row.code, entryIndex: null }
      : {
          outcome: row.outcome,
          points: Number(row.points),
          redeemed: Number(row.redeemed_points),
          money: Number(row.money_minor),
          after: Number(row.available_after),
          entryIndex: row.entry_index,
        },
  )
}

export interface ComparedState {
  readonly wallets: Record<string, WalletState>
  readonly accounts: Record<string, Record<string, number>>
  /** Those above 0, `take ada 3`: by what, wallet and day. */
  readonly counters: Record<string, number>
}

/** The real ledger's state: wallets, lots, accounts, counters. */
export async function realState(ledger: Ledger, stage: Stage): Promise<ComparedState> {
  const { rows } = await ledger.pool.query<{ name: string; day: string; points: bigint }>(
    'select name, day, points from ledger.counter where network_id = $1 and points > 0',
    [stage.network],
  )
  const walletsById = new Map(Object.entries(stage.wallets).map(([name, id]) => [String(id), name]))
  const counters = rows.map(({ name, day, points: count }) => {
    const [what, wallet] = name.split(':')
    return [`${what} ${walletsById.get(wallet!)} ${(Date.parse(day) - dayZero) / 86_400_000}`, Number(count)]
  })
  return { ...(await readState(ledger, stage)), counters: Object.fromEntries(counters) }
}

/** The model's state in the same words. */
export function modelState(model: Model): ComparedState {
  const wallets: Record<string, WalletState> = {}
  for (const name of walletNames) {
    const lots = model.spendable(name)
    const available = model.available(name)
    wallets[name] = {
      available: Math.max(0, available),
      held: lots.reduce((sum, lot) => sum + lot.held, 0),
      debt: Math.max(0, -available),
      lots: lots.map((lot) => [lot.issuer, lot.left, lot.expires]),
    }
  }
  const accounts: Record<string, Record<string, number>> = {}
  for (const [kind, byMerchant] of Object.entries(model.accounts)) {
    for (const [name, balance] of Object.entries(byMerchant)) {
      if (balance !== 0) (accounts[kind] ??= {})[name] = balance
    }
  }
  const counters = Object.fromEntries(Object.entries(model.counters).filter(([, count]) => count > 0))
  return { wallets, accounts, counters }
}
