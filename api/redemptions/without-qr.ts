import type { CounterCheck, Points, Refused } from '../../ledger/index.ts'
import { Refusal, refusalOf } from '../http/problems.ts'
import type { TillIdentity } from '../identity/identities.ts'
import type { PresentedWallet } from '../qr/presented-wallet.ts'

/**
 * What guards taking points without the customer's QR: the network's daily maximum, per wallet and per till.
 * With a QR nothing does.
 */
export function guardTaking(till: TillIdentity, { qr, wallet }: PresentedWallet): CounterCheck[] {
  if (qr !== undefined) return []
  const ceiling = till.network.redeemWithoutQrDailyMax
  return [
    { name: `redeem_without_qr:wallet:${wallet}`, ceiling },
    { name: `redeem_without_qr:till:${till.credential}`, ceiling },
  ]
}

/** The ledger's refusal in words that say what the daily maximum is for. */
export function explainGuard(refused: Refused, counters: readonly CounterCheck[]): Refusal {
  const ceiling: Points | undefined = counters[0]?.ceiling
  if (refused.code !== 'limit_reached' || ceiling === undefined) return refusalOf(refused)
  if (ceiling === 0n) return new Refusal('qr_required')
  return new Refusal('limit_reached', {
    detail: `Without the customer's QR at most ${ceiling} points a day may be taken from a wallet and by a till. Scan the QR.`,
  })
}
