import type { Books, Parties } from './books.ts'
import { checkSameParties } from './check-posting.ts'
import { parseDecimal, pointsFor } from './earning.ts'
import type { TransactionEntry, TransactionKind } from './entry.ts'
import { fail } from './fault.ts'

const reversible: ReadonlySet<TransactionKind | null> = new Set<TransactionKind>([
  'issue',
  'redeem',
  'capture',
  'goodwill',
  'adjust',
])

/**
 * A reversal is of a transaction of the same wallet and merchant, takes and gives back no more than is left of it, and,
 * where goods came back, exactly what the rule that gave the points would not have given for what was kept.
 */
export function checkReversal(books: Books, t: TransactionEntry, parties: Parties): void {
  const { postings, members } = books
  const { target } = t
  if (target === null || target >= t.index || !reversible.has(postings.kind(target))) {
    fail('reverses nothing that can be reversed')
  }
  checkSameParties(postings, target, parties)
  const undone = postings.undoneOf(target)
  const points = postings.points.get(target) - undone.points
  const redeemed = postings.redeemed.get(target) - undone.redeemed
  if (t.points > points) fail(`takes back ${t.points} of the ${points} points left of entry ${target}`)
  const givesBack = t.redeemed ?? 0
  if (givesBack > redeemed) fail(`gives back ${givesBack} of the ${redeemed} points left of entry ${target}`)
  const bill = postings.amountMinor(target)
  if (bill === null && t.points > 0 && givesBack > 0) fail('takes and gives back at once, without a bill')
  if (bill !== null && t.amountMinor !== null) checkRefund(books, t, { target, bill })
  else if (
    t.amountMinor !== null &&
    BigInt(t.amountMinor) < BigInt(givesBack) * members.face(postings.price[target]!)
  ) {
    // Without a bill a payment is worth its points; what is no whole point stays for the next refund.
    const whole = BigInt(undone.amountMinor + t.amountMinor) / members.face(postings.price[target]!)
    if (whole < BigInt(undone.redeemed + givesBack)) {
      fail(`gives back ${givesBack} points for goods worth ${t.amountMinor}`)
    }
  }
}

/** Goods came back: money first, then points, all of it cumulative. */
function checkRefund(
  { postings, members }: Books,
  t: TransactionEntry,
  { target, bill }: { target: number; bill: number },
): void {
  const undone = postings.undoneOf(target)
  const face = members.face(postings.price[target]!)
  const refunded = undone.amountMinor + t.amountMinor!
  if (refunded > bill) fail(`refunds ${t.amountMinor} of the ${bill - undone.amountMinor} left of the bill`)
  const given = postings.points.get(target)
  const redeemed = postings.redeemed.get(target)
  const money = bill - Number(BigInt(redeemed) * face)
  const kept = money - Math.min(refunded, money)
  let take = 0n
  if (given > 0) {
    const factor = postings.factor.get(target)
    const eligible = BigInt(postings.eligible.get(target) ?? money)
    const deserved = pointsFor(
      members.rule(postings.rule[target]!),
      money === 0 ? 0 : Number((eligible * BigInt(kept)) / BigInt(money)),
      {
        factor: factor === undefined ? null : parseDecimal(factor),
        currencyDigits: members.currencyDigits,
      },
    )
    const stays = deserved < BigInt(given) ? deserved : BigInt(given)
    take = atLeast0(BigInt(given - undone.points) - stays)
  }
  let give = 0n
  if (redeemed > 0) {
    const worth = BigInt(refunded - (money - kept)) / face
    const back = refunded === bill || worth > BigInt(redeemed) ? BigInt(redeemed) : worth
    give = atLeast0(back - BigInt(undone.redeemed))
  }
  if (BigInt(t.points) !== take || BigInt(t.redeemed ?? 0) !== give) {
    fail(
      `takes back ${t.points} and gives back ${t.redeemed ?? 0} points for goods worth ${t.amountMinor}, ` +
        `where the rule of entry ${target} takes ${take} and gives ${give}`,
    )
  }
  const inMoney = money - kept - Math.min(undone.amountMinor, money)
  if (t.moneyMinor !== inMoney) fail(`refunds ${t.moneyMinor} in money, where ${inMoney} is due`)
}

function atLeast0(value: bigint): bigint {
  return value > 0n ? value : 0n
}
