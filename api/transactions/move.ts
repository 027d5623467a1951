import {
  post,
  type Answer,
  type CredentialId,
  type Ledger,
  type MerchantId,
  type Minor,
  type NetworkId,
  type Points,
  type Posted,
  type ReverseCommand,
  type TransactionUuid,
  type Uuid,
  type WalletId,
} from '../../ledger/index.ts'
import { Refusal, refusalOf } from '../http/problems.ts'
import type { Db } from '../tables.ts'
import { beginMove, forgetMove } from './begun-move-store.ts'
import { writeContent } from './content.ts'
import type { MerchantHead } from './merchant-head.ts'
import { ownCredential } from './own-credential.ts'
import { listRefunds, repeatRefunds, sumRefunded, type Refund } from './refunds.ts'

/** Which purchase goes to whom, and who asked. */
export interface Move {
  readonly network: NetworkId
  readonly merchant: MerchantId
  readonly credential: CredentialId
  /** Who was switched on at the till. */
  readonly staff: CredentialId | null
  readonly key: string
  readonly target: TransactionUuid
  readonly to: { readonly id: WalletId; readonly uuid: Uuid }
  readonly reason: string
  /**
   * Entry of the newest refund that is repeated on what is recorded anew; later ones keep the purchase where it is. Null:
   * only a purchase of which nothing was refunded is moved.
   */
  readonly refundsUntil: bigint | null
}

/** A move's two transactions. */
export interface Moved {
  readonly made: Posted
  readonly reversal: Posted
  /** What `to` has got by it. */
  readonly points: Points
}

interface Parts {
  readonly db: Db
  readonly ledger: Ledger
}

/**
 * Records the sale for `to`, with what was refunded of it, then reverses what is left of it. The move is written down
 * before, and each step has a key made of the request's: one that was cut off is finished by its retry, or else in the
 * background. When a refund came in between, what was recorded anew is reversed again.
 */
export async function moveSale(parts: Parts, move: Move): Promise<Moved> {
  const sale = await findMovable(parts.db, move)
  if (sale === undefined) throw new Refusal('not_found')
  if (move.to.id === sale.wallet) throw new Refusal('same_wallet')
  await beginMove(parts.db, move)
  const moved = await postSteps(parts, move, sale)
  await forgetMove(parts.db, move)
  if (moved instanceof Refusal) throw moved
  return moved
}

/** A purchase as it was recorded, with what is needed to record it again. */
interface Sale {
  readonly wallet: WalletId
  readonly occurredAt: Date
  readonly amountMinor: Minor
  readonly eligibleAmountMinor: Minor | undefined
  /** Those that are to be repeated, the oldest first. */
  readonly refunds: readonly Refund[]
  /** There was something to pay, it took no points, and not all of it was refunded, or nothing that is not repeated. */
  readonly isMovable: boolean
}

/** A purchase of the merchant; undefined where there is none. Refuses `not_reversible` all other kinds. */
async function findMovable(
  db: Db,
  { network, merchant, target, refundsUntil }: Move,
): Promise<Sale | undefined> {
  const row = await db
    .selectFrom('ledger.transaction as sale')
    .where('sale.network_id', '=', network)
    .where('sale.transaction_uuid', '=', target)
    .where('sale.merchant_id', '=', merchant)
    .select(['sale.wallet_id', 'sale.occurred_at', 'sale.amount_minor', 'sale.eligible_minor'])
    .select(['sale.kind', 'sale.redeemed_points', 'sale.entry_index'])
    .executeTakeFirst()
  if (row === undefined) return undefined
  if (row.kind !== 'issue' || row.amount_minor === null) throw notMovable()
  const all = await listRefunds(db, network, row.entry_index)
  const refunds = all.filter(({ entryIndex }) => refundsUntil !== null && entryIndex <= refundsUntil)
  const kept = row.amount_minor - sumRefunded(refunds)
  return {
    wallet: row.wallet_id as WalletId,
    occurredAt: row.occurred_at,
    amountMinor: row.amount_minor as Minor,
    eligibleAmountMinor: (row.eligible_minor as Minor | null) ?? undefined,
    refunds,
    isMovable: kept > 0n && (row.redeemed_points ?? 0n) === 0n && refunds.length === all.length,
  }
}

/** Answers a refusal once nothing of the move is there, or not any more. */
async function postSteps({ db, ledger }: Parts, move: Move, sale: Sale): Promise<Moved | Refusal> {
  const purchase = { amountMinor: sale.amountMinor, eligibleAmountMinor: sale.eligibleAmountMinor }
  const made = await post(ledger, move.network, {
    kind: 'issue',
    ...headOf(move, 'move: new'),
    ...(!sale.isMovable && { refusal: 'not_reversible' as const }),
    wallet: move.to.id,
    occurredAt: sale.occurredAt,
    gives: { purchase },
  })
  if (made.outcome === 'refused') return made.code === 'not_reversible' ? notMovable() : refusalOf(made)
  const left = await repeatRefunds(made, sale.refunds, (asked, { entryIndex }) =>
    reverse({ db, ledger }, move, {
      ...headOf(move, `move: refund ${entryIndex}`),
      target: made.transaction,
      asked,
    }),
  )
  if (left !== undefined) {
    // All that was left of it then, not whatever is left now: more of it may have been refunded.
    const kept = { refundAmountMinor: (sale.amountMinor - sumRefunded(sale.refunds)) as Minor }
    const old = headOf(move, 'move: old')
    const reversal = await reverse({ db, ledger }, move, { ...old, target: move.target, asked: kept })
    if (reversal.outcome !== 'refused') return { made, reversal, points: left }
  }
  const undone = await reverse({ db, ledger }, move, {
    ...headOf(move, 'move: undo'),
    target: made.transaction,
    asked: 'all',
  })
  // Somebody else reversed it already: that is as good.
  if (undone.outcome === 'refused' && undone.code !== 'more_than_there_was') {
    throw new Error(`what was recorded anew could not be reversed: ${undone.code}`)
  }
  return notMovable()
}

/** Whoever began is let go of, perhaps, before it is finished: then the network itself finishes it. */
async function reverse(
  { db, ledger }: Parts,
  { network, reason }: Move,
  step: Omit<ReverseCommand, 'kind' | 'reason'>,
): Promise<Answer> {
  const command = { kind: 'reverse' as const, ...step, reason }
  const answer = await post(ledger, network, command)
  if (answer.outcome !== 'refused' || answer.code !== 'credential_revoked') return answer
  const { staff: _, ...others } = command
  const credential = await ownCredential(db, network, { kind: 'network', merchant: null })
  return await post(ledger, network, { ...others, credential })
}

function headOf({ merchant, credential, staff, key, target, to, reason }: Move, step: string): MerchantHead {
  return {
    // No header can hold a control character, so these keys are nobody else's.
    key: { scope: merchant, value: `${key}\u0001${step}` },
    content: writeContent('move', { to: to.uuid, reason, target }),
    credential,
    ...(staff !== null && { staff }),
    merchant,
  }
}

function notMovable(): Refusal {
  return new Refusal('not_reversible', {
    detail:
      'Only a purchase that took no points and was not refunded can be moved. Refund it and record it anew.',
  })
}
