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
import { setStage, type Stage, type WalletState } from '../support/stage.ts'
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

/** One call of the posting function with one batch; answers as the model gives them. */
export async function postBatch(
  pool: Pool,
  network: NetworkId,
  rows: readonly CommandRow[],
): Promise<(ModelAnswer & { entryIndex: bigint | null })[]> {
  const result = await pool.query('select * from ledger.post($1, $2)', [network, `[${rows.join()}]`])
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

/** The model's state in the words of `readState`. */
export function modelState(model: Model): {
  wallets: Record<string, WalletState>
  accounts: Record<string, Record<string, number>>
} {
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
  return { wallets, accounts }
}
