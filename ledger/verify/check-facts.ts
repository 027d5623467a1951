import { dayKey, type Books, type Parties } from './books.ts'
import { sumOf, type CheckedLeg } from './check-legs.ts'
import { checkSameParties } from './check-posting.ts'
import { checkReversal } from './check-reversal.ts'
import { isEqual, multiply, parseDecimal, pointsFor, type Decimal, type EarningRule } from './earning.ts'
import type { TransactionEntry } from './entry.ts'
import { fail } from './fault.ts'
import type { Merchant } from './members.ts'

// What a transaction says of itself agrees with its legs, with its target and with the rule it goes by.

const hourMs = 3_600_000
const one: Decimal = { digits: 1n, scale: 0 }

/** Checks the facts of a transaction against its legs and the books before it. */
export function checkFacts(
  books: Books,
  t: TransactionEntry,
  { parties, legs }: { parties: Parties; legs: readonly CheckedLeg[] },
): void {
  const given = sumOf(legs, 'give')
  const taken = sumOf(legs, 'take')
  books.members.face(t.price)
  if ((t.endsAt !== null) !== (t.kind === 'hold')) fail('has or lacks an end that only holds have')
  switch (t.kind) {
    case 'issue':
    case 'goodwill':
    case 'adjust':
      expect(t, { points: given, redeemed: taken })
      if (given > 0 && taken > 0 && t.rule === null)
        fail('gives and takes points at once, and is no purchase')
      if (given + taken === 0 && t.rule === null) fail('moves no points, and is no purchase')
      break
    case 'redeem':
      expect(t, { points: 0, redeemed: taken })
      break
    case 'hold':
      expect(t, { points: taken, redeemed: 0 })
      break
    case 'capture':
    case 'void':
    case 'time-out':
      checkEndOfHold(books, t, { parties, taken })
      break
    case 'gift':
      expect(t, { points: sumOf(legs, 'gift'), redeemed: 0 })
      break
    case 'expire':
      expect(t, { points: sumOf(legs, 'expire'), redeemed: 0 })
      break
    case 'reverse':
      expect(t, { points: sumOf(legs, 'own', 'take', 'debt'), redeemed: sumOf(legs, 'back') })
      checkReversal(books, t, parties)
      return
  }
  if (t.target !== null && !['capture', 'void', 'time-out'].includes(t.kind)) fail('has a target')
  if (['redeem', 'hold', 'gift', 'expire'].includes(t.kind) && legs.length === 0) fail('moves no points')
  if (t.rule !== null) checkPurchase(books, t, parties)
}

function expect(t: TransactionEntry, legs: { points: number; redeemed: number }): void {
  const redeemed = t.redeemed ?? 0
  if (t.points !== legs.points || redeemed !== legs.redeemed) {
    fail(
      `says ${t.points} points and ${redeemed} redeemed, but its legs move ${legs.points} and ${legs.redeemed}`,
    )
  }
}

/** A hold ends once, for its own wallet and merchant, with at most what was held. */
function checkEndOfHold(
  { postings }: Books,
  t: TransactionEntry,
  { parties, taken }: { parties: Parties; taken: number },
): void {
  const target = t.target
  if (target === null || target >= t.index || postings.kind(target) !== 'hold') fail('ends no hold')
  const endsAt = postings.openHolds.get(target)
  if (endsAt === undefined) fail(`ends hold ${target}, which had ended`)
  if (t.kind === 'time-out' && t.postedAt < endsAt)
    fail(`times hold ${target} out before its end (${endsAt})`)
  checkSameParties(postings, target, parties)
  const held = postings.points.get(target)
  expect(t, t.kind === 'capture' ? { points: 0, redeemed: taken } : { points: held, redeemed: 0 })
  if (taken > held) fail(`captures ${taken} of the ${held} points that hold ${target} set aside`)
  if (t.kind === 'capture' && taken === 0) fail('captures nothing')
}

/** A purchase gives what the rule in force gives for its bill: no more, and less only by a daily maximum. */
function checkPurchase(books: Books, t: TransactionEntry, { wallet, merchant, day }: Parties): void {
  const { members } = books
  const rule = members.rule(t.rule!)
  if (t.kind !== 'issue' || t.amountMinor === null) fail('goes by a rule and is no purchase')
  const inForce = members.ruleAt(t.occurredAt)
  if (inForce !== rule) fail(`goes by rule ${t.rule}, where rule ${inForce?.version} was in force`)
  const money = t.moneyMinor ?? t.amountMinor
  const paid = BigInt(t.redeemed ?? 0) * members.face(t.price)
  if (BigInt(t.amountMinor) !== BigInt(money) + paid) {
    fail(`has a bill of ${t.amountMinor}, of which ${money} in money and ${paid} in points`)
  }
  const eligible = t.eligibleMinor ?? money
  if (eligible > money) fail(`earns on ${eligible}, more than the ${money} paid in money`)
  const factor = checkFactor(rule, t, merchant!)
  const full = pointsFor(rule, eligible, { factor, currencyDigits: members.currencyDigits })
  const before = books.earned.get(dayKey(wallet, day)) ?? 0
  const most = rule.dailyMaxPerWallet === null ? null : BigInt(Math.max(0, rule.dailyMaxPerWallet - before))
  const due = most !== null && most < full ? most : full
  if (BigInt(t.points) !== due) fail(`gives ${t.points} points, where rule ${rule.version} gives ${due}`)
  if (t.points > 0) checkExpiry(rule, t, day)
}

/**
 * What the rate was multiplied by. Of a rule's own multipliers the log has only the hash: then the factor stands as it
 * is told.
 */
function checkFactor(rule: EarningRule, t: TransactionEntry, merchant: Merchant): Decimal | null {
  const told = t.factor === null ? null : (parseDecimal(t.factor) ?? fail(`has factor ${t.factor}`))
  if (rule.hasMultipliers) return told
  const own = merchant.factors.reduce<(typeof merchant.factors)[number] | null>(
    (found, next) =>
      next.effectiveFrom <= t.occurredAt && (!found || next.effectiveFrom >= found.effectiveFrom)
        ? next
        : found,
    null,
  )
  if (!isEqual(told ?? one, multiply(one, own?.factor ?? one))) {
    fail(`has factor ${t.factor ?? '1'}, which is not its merchant's`)
  }
  return told
}

/**
 * The lot lives for the rule's months from the end of the sale's local day. Which moment a local day ends is up to the
 * network's time zone; more than 16 hours off UTC there is none.
 */
function checkExpiry(rule: EarningRule, t: TransactionEntry, day: number): void {
  const expiresAt = t.lots[0]?.expiresAt ?? null
  if (rule.expiresAfterMonths === null || expiresAt === null) {
    if (rule.expiresAfterMonths === null && expiresAt === null) return
    fail(`gives points that ${expiresAt === null ? 'never ' : ''}expire, unlike rule ${rule.version}`)
  }
  const begin = new Date((day + 1) * 24 * hourMs)
  const month = begin.getUTCMonth() + rule.expiresAfterMonths
  // A month without that day ends at its last.
  const lastDay = new Date(Date.UTC(begin.getUTCFullYear(), month + 1, 0)).getUTCDate()
  const due = Date.UTC(begin.getUTCFullYear(), month, Math.min(begin.getUTCDate(), lastDay))
  if (Math.abs(Number(expiresAt / 1000n) - due) > 16 * hourMs) {
    fail(`gives points that expire at another time than ${rule.expiresAfterMonths} months after its day`)
  }
}
