import type { Transaction } from '../account/snapshot.ts'
import type { Language } from '../language.tsx'
import { changeOf } from './change.ts'

/** What telling of a transaction takes. */
export interface Telling extends Language {
  /** One's own. */
  readonly wallet: string
  readonly shopName: (merchant: string | null) => string
  /** An amount of the network's currency. */
  readonly money: (minor: number, currency: string) => string
}

/** Who it was with, in a word or two. */
export function titleOf({ say, shopName, wallet }: Telling, transaction: Transaction): string {
  if (transaction.kind === 'gift') {
    return say(transaction.to_wallet === wallet ? 'history.gift-received' : 'history.gift-given')
  }
  return transaction.merchant === null ? say('history.network') : shopName(transaction.merchant)
}

/** What it was, in a few words. */
export function kindOf({ say, money }: Telling, transaction: Transaction): string {
  const { kind, amount_minor, currency, redeemed_points } = transaction
  if (kind === 'issue') {
    if (amount_minor === null) return say('history.bonus')
    const amount = money(amount_minor, currency)
    return redeemed_points > 0
      ? say('history.purchase-paid', { amount, count: redeemed_points })
      : say('history.purchase', { amount })
  }
  if (kind === 'hold') return say('history.hold', { count: transaction.points || redeemed_points })
  return say(`history.${kind}`)
}

/** The change of the balance, as people write it: `+12`, `−100`, `0`. */
export function changeInWords({ format, wallet }: Telling, transaction: Transaction): string {
  return format.signedPoints(changeOf(transaction, wallet))
}
