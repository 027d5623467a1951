import type { Answer, Minor, NetworkId, Points, Posted, ReverseCommand } from '../../ledger/index.ts'
import type { Db } from '../tables.ts'

/** What was given back of a purchase before. */
export interface Refund {
  readonly entryIndex: bigint
  /** What the goods were worth; null where points alone were taken back. */
  readonly amountMinor: Minor | null
  /** Taken back. */
  readonly points: Points
}

/** What was refunded of a purchase, the oldest first. */
export async function listRefunds(db: Db, network: NetworkId, sale: bigint): Promise<Refund[]> {
  const rows = await db
    .selectFrom('ledger.transaction')
    .select(['entry_index', 'amount_minor', 'points'])
    .where('network_id', '=', network)
    .where('target_index', '=', sale)
    .orderBy('entry_index')
    .execute()
  return rows.map((row) => ({
    entryIndex: row.entry_index,
    amountMinor: row.amount_minor as Minor | null,
    points: row.points as Points,
  }))
}

/** Goods worth so much came back in all. */
export function sumRefunded(refunds: readonly Refund[]): bigint {
  return refunds.reduce((sum, { amountMinor }) => sum + (amountMinor ?? 0n), 0n)
}

/**
 * Refunds the same of a purchase that was recorded anew, step by step. Answers the points that are left of it; undefined
 * as soon as a step is refused.
 */
export async function repeatRefunds(
  made: Posted,
  refunds: readonly Refund[],
  reverse: (asked: ReverseCommand['asked'], refund: Refund) => Promise<Answer>,
): Promise<Points | undefined> {
  let left: bigint = made.points
  for (const refund of refunds) {
    const asked = askedAgain(refund, left)
    if (asked === null) continue
    const answer = await reverse(asked, refund)
    if (answer.outcome === 'refused') return undefined
    left -= answer.points
  }
  return left as Points
}

/** Recorded anew it may have given fewer points, where the customer had reached the most of a day: null, nothing to take. */
function askedAgain({ amountMinor, points }: Refund, left: bigint): ReverseCommand['asked'] | null {
  if (amountMinor !== null) return { refundAmountMinor: amountMinor }
  const taken = points < left ? points : left
  return taken === 0n ? null : { points: taken as Points }
}
