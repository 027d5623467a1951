import { sql } from 'kysely'
import type { Ledger, MerchantId, NetworkId } from '../../ledger/index.ts'
import { findFaultsInBooks } from './books.ts'

/** What a load was told, to be compared with the books. */
export interface Told {
  readonly network: NetworkId
  /** Whatever was answered `posted` (or 201). */
  readonly acknowledged: {
    readonly merchant: MerchantId
    readonly key: string
    readonly transaction: string
  }[]
  /** Sent without an answer: these may be in the books or not. */
  unanswered: number
  /** Whatever else was answered, by code or status. None is expected. */
  readonly refused: Record<string, number>
}

export function startTelling(network: NetworkId): Told {
  return { network, acknowledged: [], unanswered: 0, refused: {} }
}

export function refuse(told: Told, code: string): void {
  told.refused[code] = (told.refused[code] ?? 0) + 1
}

const keysPerQuery = 10_000

/**
 * Compares all that was acknowledged with the rows of the network, which must have seen nothing else, and recounts its
 * books. Answers in words what is off: lost, doubled, invented, refused without a reason.
 */
export async function recount(ledger: Ledger, told: Told): Promise<string[]> {
  const { network, acknowledged, refused, unanswered } = told
  const faults = await findFaultsInBooks(ledger, network)
  for (const [code, count] of Object.entries(refused))
    faults.push(`refused without a reason: ${code}, ${count} times`)

  const posted = await countTransactions(ledger, network)
  const invented = posted - acknowledged.length
  if (invented < 0)
    faults.push(`${-invented} of ${acknowledged.length} acknowledged commands are not in the books`)
  if (invented > unanswered)
    faults.push(`${invented - unanswered} transactions are in the books that nobody asked for`)
  const transactions = new Set(acknowledged.map(({ transaction }) => transaction))
  if (transactions.size < acknowledged.length)
    faults.push(`${acknowledged.length - transactions.size} commands were told another's transaction`)

  const key = await ledger.keyOf(network)
  let misplaced = 0
  for (let start = 0; start < acknowledged.length; start += keysPerQuery) {
    const part = acknowledged.slice(start, start + keysPerQuery)
    const hashes = part.map(({ merchant, key: value }) => key.hash('key', `${merchant}\0${value}`))
    const { rows } = await sql<{ hash: string; uuid: string }>`
      select encode(t.key_hash, 'hex') as hash, t.transaction_uuid as uuid from ledger.transaction t
      where t.network_id = ${network} and t.key_hash = any (${hashes})`.execute(ledger.db)
    const found = new Map(rows.map(({ hash, uuid }) => [hash, uuid]))
    misplaced += part.filter(
      ({ transaction }, i) => found.get(hashes[i]!.toString('hex')) !== transaction,
    ).length
  }
  if (misplaced > 0)
    faults.push(`${misplaced} acknowledged keys don't have the transaction that was answered`)
  return faults
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
