import {
  lockHead,
  postWithin,
  type Answer,
  type CredentialId,
  type Ledger,
  type MerchantId,
  type Minor,
  type NetworkId,
  type NetworkKey,
  type Points,
  type Posted,
  type Refused,
  type ReverseCommand,
  type TransactionUuid,
  type Uuid,
  type WalletId,
} from '../../ledger/index.ts'
import { recordAudit, type AuditSource } from '../audit/record.ts'
import { typeId } from '../http/ids.ts'
import { Refusal, refusalOf } from '../http/problems.ts'
import type { Db, Tx } from '../tables.ts'
import { beginMove, forgetMove } from './begun-move-store.ts'
import { writeContent } from './content.ts'
import type { MerchantHead } from './merchant-head.ts'
import { noteMovedSale } from './moved-sale-store.ts'
import { ownCredentialWithin } from './own-credential.ts'
import { inTurn } from './post-recorded.ts'
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
  /** Whether it may leave debt with whoever had spent the points: for those who answer for the shop's money. */
  readonly mayLeaveDebt: boolean
}

/** Refunds that are repeated at most: everybody else who posts waits for them. */
const refundsMax = 50

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
  /** Who is on record for it in the audit trail; null: a till, which the log itself names. */
  readonly audit: AuditSource | null
}

/**
 * Reverses what is left of the sale, and records it for `to` with what was refunded of it: all in one, or nothing. In this
 * order a shop at its issuing limit has room for it, unless the points were spent. The move is written down before: one
 * that was cut off is finished by its retry, or else in the background.
 */
export async function moveSale({ db, ledger, audit }: Parts, move: Move): Promise<Moved> {
  const seen = await findMovable(db, move)
  if (seen === undefined) throw new Refusal('not_found')
  if (move.to.id === seen.wallet) throw new Refusal('same_wallet')
  await beginMove(db, move)
  const key = await ledger.keyOf(move.network)
  const posted = inTurn({ db, network: move.network }, (tx) => postAlone({ tx, key, audit }, move))
  const moved = await posted.catch(async (error: unknown) => {
    if (error instanceof Refusal) await forgetMove(db, move)
    throw error
  })
  if (moved instanceof Refusal) throw moved
  return moved
}

async function postAlone(within: Within, move: Move): Promise<Moved | Refusal> {
  await lockHead(within.tx, move.network)
  // Read again: refunds that came meanwhile are known now, and no more come in between.
  const sale = await findMovable(within.tx, move)
  if (sale === undefined) throw new Error('a purchase was there, and is gone')
  return await postSteps(within, move, sale)
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
  db: Db | Tx,
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
    isMovable:
      kept > 0n &&
      (row.redeemed_points ?? 0n) === 0n &&
      refunds.length === all.length &&
      refunds.length <= refundsMax,
  }
}

interface Within {
  readonly tx: Tx
  readonly key: NetworkKey
  readonly audit: AuditSource | null
}

/** Throws a refusal where nothing of the move is to be kept; answers one where that itself had to be posted. */
async function postSteps(within: Within, move: Move, sale: Sale): Promise<Moved | Refusal> {
  const known = await record(within, move, { sale, refusal: 'not_reversible' })
  if (known.outcome === 'refused' && known.code !== 'not_reversible') throw refusalOf(known)
  const moved =
    known.outcome === 'refused'
      ? await postAll(within, move, sale)
      : await finishHalf(within, move, { made: known, sale })
  await forgetMove(within.tx, move)
  if (moved instanceof Refusal) return moved
  const { made, reversal } = moved
  await noteMovedSale(within.tx, move.network, {
    made: made.transaction,
    reversal: reversal.transaction,
    to: move.to.id,
  })
  await recordMove(within, move, moved)
  return moved
}

/** With the move itself, so that neither is there without the other; not when it was done before. */
async function recordMove({ tx, audit }: Within, move: Move, { made, reversal }: Moved): Promise<void> {
  if (audit === null || (made.outcome === 'replayed' && reversal.outcome === 'replayed')) return
  await recordAudit(tx, audit, {
    subjects: [
      ...[made.transaction, reversal.transaction, move.target].map((moved) => typeId('txn', moved)),
      typeId('wal', move.to.uuid),
    ],
    // Owners read all that concerns their shop, and where customers are when they collect is none of that.
    merchant: audit.actor?.kind === 'customer' ? null : move.merchant,
  })
}

/** The old one is taken back first: the shop then has room for the new one. */
async function postAll(within: Within, move: Move, sale: Sale): Promise<Moved> {
  const reversal = await reverseOld(within, move, sale)
  if (reversal.outcome === 'refused') throw notMovable()
  // Where it takes nothing, the debt was there before.
  const leavesDebt = reversal.points > 0n && reversal.availableAfter < 0n
  if (leavesDebt && !move.mayLeaveDebt) throw spentAlready()
  const made = await record(within, move, { sale })
  if (made.outcome === 'refused') throw explain(made)
  const points = await repeatRefundsOn(within, move, { made, sale })
  if (points === undefined) throw notMovable()
  return { made, reversal, points }
}

/**
 * Recorded anew it is already: the move is done, and asked for again, or it was begun by an earlier version, which recorded
 * anew in a transaction of its own. Where the rest can not follow, that is taken back.
 */
async function finishHalf(
  within: Within,
  move: Move,
  { made, sale }: { made: Posted; sale: Sale },
): Promise<Moved | Refusal> {
  const points = await repeatRefundsOn(within, move, { made, sale })
  if (points !== undefined) {
    const reversal = await reverseOld(within, move, sale)
    if (reversal.outcome !== 'refused') return { made, reversal, points }
  }
  await takeBack(within, move, made)
  return notMovable()
}

/** `refusal`: only to learn whether it was recorded anew before. */
function record(
  within: Within,
  move: Move,
  { sale, refusal }: { sale: Sale; refusal?: 'not_reversible' },
): Promise<Answer> {
  return postWithin(within, move.network, {
    kind: 'issue',
    ...headOf(move, 'move: new'),
    ...(refusal && { refusal }),
    wallet: move.to.id,
    occurredAt: sale.occurredAt,
    gives: { purchase: { amountMinor: sale.amountMinor, eligibleAmountMinor: sale.eligibleAmountMinor } },
  })
}

function reverseOld(within: Within, move: Move, sale: Sale): Promise<Answer> {
  return reverse(within, move.network, {
    ...headOf(move, 'move: old'),
    // Done before, it is answered all the same.
    ...(!sale.isMovable && { refusal: 'not_reversible' as const }),
    target: move.target,
    // All that was left of it then, not whatever is left now: more of it may have been refunded.
    asked: { refundAmountMinor: (sale.amountMinor - sumRefunded(sale.refunds)) as Minor },
    reason: move.reason,
  })
}

function repeatRefundsOn(within: Within, move: Move, { made, sale }: { made: Posted; sale: Sale }) {
  return repeatRefunds(made, sale.refunds, (asked, { entryIndex }) =>
    reverse(within, move.network, {
      ...headOf(move, `move: refund ${entryIndex}`),
      target: made.transaction,
      asked,
      reason: move.reason,
    }),
  )
}

async function takeBack(within: Within, move: Move, made: Posted): Promise<void> {
  const undone = await reverse(within, move.network, {
    ...headOf(move, 'move: undo'),
    target: made.transaction,
    asked: 'all',
    // Not what staff wrote: that is about somebody else as well.
    reason: 'The sale was changed while it was moved, and is where it was',
  })
  // Somebody else reversed it already: that is as good.
  if (undone.outcome === 'refused' && undone.code !== 'more_than_there_was') {
    throw new Error(`what was recorded anew could not be reversed: ${undone.code}`)
  }
}

/** Whoever began is let go of, perhaps, before it is finished: then the network itself finishes it. */
async function reverse(
  within: Within,
  network: NetworkId,
  step: Omit<ReverseCommand, 'kind'>,
): Promise<Answer> {
  const command = { kind: 'reverse' as const, ...step }
  const answer = await postWithin(within, network, command)
  if (answer.outcome !== 'refused' || answer.code !== 'credential_revoked') return answer
  const { staff: _, ...others } = command
  const credential = await ownCredentialWithin(within.tx, network, { kind: 'network', merchant: null })
  return await postWithin(within, network, { ...others, credential })
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

/** Why it could not be recorded anew. */
function explain(refused: Refused): Refusal {
  if (refused.code !== 'issuing_limit_reached') return refusalOf(refused)
  return new Refusal('issuing_limit_reached', {
    detail:
      'Nothing was moved: recorded anew, the sale takes more room within the shop’s issuing limit than taking it back ' +
      'makes, since its points were spent or the limit was lowered. Ask the operator to raise the limit, then send it again.',
  })
}

/** Or one sale would give its points as often as it is moved after they were spent. */
function spentAlready(): Refusal {
  return new Refusal('forbidden', {
    detail:
      'Nothing was moved: points of this sale were spent, and moving it would leave that customer in debt. A manager or ' +
      'the owner can move it.',
  })
}

function notMovable(): Refusal {
  return new Refusal('not_reversible', {
    detail:
      'Only a purchase that took no points and was not refunded can be moved. Refund it and record it anew.',
  })
}
