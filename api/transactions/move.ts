import {
  post,
  type Command,
  type Ledger,
  type Minor,
  type NetworkId,
  type Posted,
  type TransactionUuid,
  type WalletId,
} from '../../ledger/index.ts'
import { Refusal, refusalOf } from '../http/problems.ts'
import type { Db } from '../tables.ts'
import type { MerchantCaller } from './merchant-caller.ts'
import { merchantHead } from './merchant-head.ts'

/** A purchase as it was recorded, with what is needed to record it again. */
export interface Sale {
  readonly transaction: TransactionUuid
  readonly wallet: WalletId
  readonly occurredAt: Date
  readonly amountMinor: Minor
  readonly eligibleAmountMinor: Minor | undefined
  /** It took no points, and nothing of it was refunded. */
  readonly isWhole: boolean
}

/** A purchase of the caller's merchant; undefined where there is none. Refuses `not_reversible` all other kinds. */
export async function findMovable(
  db: Db,
  { network, merchant }: MerchantCaller,
  transaction: TransactionUuid,
): Promise<Sale | undefined> {
  const row = await db
    .selectFrom('ledger.transaction as sale')
    .where('sale.network_id', '=', network.id)
    .where('sale.transaction_uuid', '=', transaction)
    .where('sale.merchant_id', '=', merchant.id)
    .select(['sale.wallet_id', 'sale.occurred_at', 'sale.amount_minor', 'sale.eligible_minor'])
    .select(['sale.kind', 'sale.redeemed_points'])
    .select((is) =>
      is
        .exists(
          is
            .selectFrom('ledger.transaction as refund')
            .select('refund.entry_index')
            .whereRef('refund.network_id', '=', 'sale.network_id')
            .whereRef('refund.target_index', '=', 'sale.entry_index'),
        )
        .as('refunded'),
    )
    .executeTakeFirst()
  if (row === undefined) return undefined
  if (row.kind !== 'issue' || row.amount_minor === null) throw notMovable()
  return {
    transaction,
    wallet: row.wallet_id as WalletId,
    occurredAt: row.occurred_at,
    amountMinor: row.amount_minor as Minor,
    eligibleAmountMinor: (row.eligible_minor as Minor | null) ?? undefined,
    isWhole: (row.redeemed_points ?? 0n) === 0n && row.refunded === false,
  }
}

interface Move {
  readonly sale: Sale
  readonly to: WalletId
  readonly key: string
  readonly content: string
  readonly reason: string
}

/**
 * Records the sale for `to`, then reverses it. Each step has a key made of the request's, so a request that was cut off
 * is finished by its retry. When a refund came in between, what was recorded anew is reversed again.
 */
export async function moveSale(
  ledger: Ledger,
  staff: MerchantCaller,
  { sale, to, key, content, reason }: Move,
): Promise<{ made: Posted; reversal: Posted }> {
  if (to === sale.wallet) throw new Refusal('same_wallet')
  const network = staff.network.id
  // No header can hold a control character, so these keys are nobody else's.
  const head = (step: string) => merchantHead(staff, { key: `${key}\u0001${step}`, content })
  const purchase = { amountMinor: sale.amountMinor, eligibleAmountMinor: sale.eligibleAmountMinor }
  const made = await post(ledger, network, {
    kind: 'issue',
    ...head('move: new'),
    ...(!sale.isWhole && { refusal: 'not_reversible' as const }),
    wallet: to,
    occurredAt: sale.occurredAt,
    gives: { purchase },
  })
  if (made.outcome === 'refused') throw made.code === 'not_reversible' ? notMovable() : refusalOf(made)
  const undo = (step: string, target: TransactionUuid): Command => {
    return { kind: 'reverse', ...head(step), target, asked: 'all', reason }
  }
  const reversal = await post(ledger, network, undo('move: old', sale.transaction))
  if (reversal.outcome !== 'refused') return { made, reversal }
  await undoNew(ledger, network, undo('move: undo', made.transaction))
  throw notMovable()
}

async function undoNew(ledger: Ledger, network: NetworkId, command: Command): Promise<void> {
  const undone = await post(ledger, network, command)
  // Somebody else reversed it already: that is as good.
  if (undone.outcome === 'refused' && undone.code !== 'more_than_there_was') throw refusalOf(undone)
}

function notMovable(): Refusal {
  return new Refusal('not_reversible', {
    detail:
      'Only a purchase that took no points and was not refunded can be moved. Refund it and record it anew.',
  })
}
