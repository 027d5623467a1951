import { randomInt } from 'node:crypto'
import type { Pool } from 'pg'
import { toRow } from '../../ledger/command-row.ts'
import { minor, post, type Answer, type IssueCommand, type Ledger } from '../../ledger/index.ts'
import { countPerSecond } from './measure.ts'
import { refuse, type Told } from './recount.ts'
import type { Town } from './town.ts'

/** How many callers, or connections, at once. */
export const callers = 64

let made = 0

/** A purchase of 3.00 to 52.99 by some wallet at some till, with a key and a receipt number of its own. */
export function makePurchase({ tills, wallets }: Town): IssueCommand {
  const value = `purchase-${++made}`
  const { merchant, credential } = tills[randomInt(tills.length)]!
  return {
    kind: 'issue',
    key: { scope: merchant, value },
    credential,
    content: `a purchase as the API would write it down, ${value}`,
    merchant,
    wallet: wallets[randomInt(wallets.length)]!.id,
    reference: { value: `receipt-${value}` },
    occurredAt: new Date(),
    gives: { purchase: { amountMinor: minor(randomInt(300, 5300)) } },
  }
}

/** Purchases a second through the poster, which batches them. */
export async function measurePoster(
  ledger: Ledger,
  town: Town,
  { told, seconds }: { told: Told; seconds: number },
): Promise<number> {
  return countPerSecond(callers, seconds, async () => {
    const command = makePurchase(town)
    note(told, command, await post(ledger, town.network, command))
  })
}

/** The same purchases by the same SQL function, each in a transaction of its own. `pool`: a connection per caller. */
export async function measureSingles(
  ledger: Ledger,
  town: Town,
  { pool, told, seconds }: { pool: Pool; told: Told; seconds: number },
): Promise<number> {
  const key = await ledger.keyOf(town.network)
  return countPerSecond(callers, seconds, async () => {
    const command = makePurchase(town)
    const { rows } = await pool.query<{ outcome: string; code: string; transaction_uuid: string }>({
      name: 'single',
      text: 'select outcome, code, transaction_uuid from ledger.post($1, $2)',
      values: [town.network, [toRow(key, command)]],
    })
    const [row] = rows
    if (row?.outcome === 'posted') acknowledge(told, command, row.transaction_uuid)
    else refuse(told, row?.code ?? row?.outcome ?? 'no answer')
  })
}

function note(told: Told, command: IssueCommand, answer: Answer): void {
  if (answer.outcome === 'posted') acknowledge(told, command, answer.transaction)
  else refuse(told, answer.outcome === 'refused' ? answer.code : answer.outcome)
}

function acknowledge(told: Told, { merchant, key }: IssueCommand, transaction: string): void {
  told.acknowledged.push({ merchant, key: key!.value, transaction })
}
