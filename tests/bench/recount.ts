import { sql } from 'kysely'
import type { Ledger, MerchantId, NetworkId } from '../../ledger/index.ts'
import { findFaultsInBooks } from './books.ts'

/** What a load was told, to be compared with the books. */
export interface Told {
  readonly network: NetworkId
  /** Transactions that were in the books before. */
  readonly before: number
  /** Whatever was answered `posted`, or 201. */
  readonly acknowledged: {
    readonly merchant: MerchantId
    readonly key: string
    readonly transaction: string
  }[]
  /** Sent without an answer: these may be in the books or not. */
  unanswered: number
  /** Whatever else was answered. Nothing else is expected, so each is a fault. */
  readonly refused: Map<string, number>
}

/** Nothing told yet of a network with so many transactions. */
export function startTelling(network: NetworkId, before = 0): Told {
  return { network, before, acknowledged: [], unanswered: 0, refused: new Map() }
}

/** Notes a refusal. */
export function refuse(told: Told, why: string, count = 1): void {
  told.refused.set(why, (told.refused.get(why) ?? 0) + count)
}

/**
 * Compares all that was acknowledged with the rows of the network, which must have seen nothing else since, and recounts
 * its books. Answers in words what is off: lost, doubled, invented, refused without a reason.
 */
export async function recount(ledger: Ledger, told: Told): Promise<string[]> {
  const { network, before, acknowledged, unanswered } = told
  const faults = [...listRefusals(told), ...(await findFaultsInBooks(ledger, network))]
  const surplus = (await countTransactions(ledger, network)) - before - acknowledged.length
  if (surplus < 0) faults.push(`${-surplus} acknowledged commands are not in the books`)
  if (surplus > unanswered) faults.push(`${surplus - unanswered} transactions are in the books unasked`)
  const transactions = new Set(acknowledged.map(({ transaction }) => transaction))
  if (transactions.size < acknowledged.length) {
    faults.push(
      `${acknowledged.length - transactions.size} commands were answered with another's transaction`,
    )
  }
  const misplaced = await countMisplaced(ledger, told)
  if (misplaced > 0)
    faults.push(`${misplaced} acknowledged keys don't have the transaction that was answered`)
  return faults.map((fault) => `network ${network}: ${fault}`)
}

/** In words what was refused. */
export function listRefusals({ refused }: Told): string[] {
  return [...refused].map(([why, count]) => `refused without a reason, ${count} times: ${why}`)
}

const keysPerQuery = 10_000

/** How many keys the database does not know, or has with another transaction than was answered. */
async function countMisplaced(ledger: Ledger, { network, acknowledged }: Told): Promise<number> {
  const key = await ledger.keyOf(network)
  let misplaced = 0
  for (let start = 0; start < acknowledged.length; start += keysPerQuery) {
    const part = acknowledged.slice(start, start + keysPerQuery)
    const hashes = part.map(({ merchant, key: value }) =>
      Buffer.from(key.hash('key', `merchant ${merchant}\0${value}`), 'hex'),
    )
    const { rows } = await sql<{ hash: string; uuid: string }>`
      select encode(t.key_hash, 'hex') as hash, t.transaction_uuid as uuid from ledger.transaction t
      where t.network_id = ${network} and t.key_hash = any (${hashes})`.execute(ledger.db)
    const found = new Map(rows.map(({ hash, uuid }) => [hash, uuid]))
    misplaced += part.filter(
      ({ transaction }, i) => found.get(hashes[i]!.toString('hex')) !== transaction,
    ).length
  }
  return misplaced
}

/** How many transactions a network has. */
export async function countTransactions({ db }: Ledger, network: NetworkId): Promise<number> {
  const { count } = await db
    .selectFrom('ledger.transaction')
    .select((is) => is.fn.countAll<bigint>().as('count'))
    .where('network_id', '=', network)
    .executeTakeFirstOrThrow()
  return Number(count)
}
