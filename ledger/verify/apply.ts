import { dayKey, findLot, type Books, type Parties } from './books.ts'
import { sumOf, type CheckedLeg } from './check-legs.ts'
import type { TransactionEntry } from './entry.ts'
import { fail } from './fault.ts'

// Applies a transaction whose facts, legs and order were checked, and checks what must hold of lots, debts and floors.

/** Changes the books by what the transaction says. */
export function applyTransaction(
  books: Books,
  t: TransactionEntry,
  { parties, legs }: { parties: Parties; legs: readonly CheckedLeg[] },
): void {
  checkIssuingLimit(books, { parties, legs })
  applyLegs(books, t, { parties, legs })
  makeLots(books, t, { parties, legs })
  applyMoves(books, t, { parties, legs })
  books.postings.note(t, {
    merchant: parties.merchant?.number ?? -1,
    wallet: parties.wallet,
    day: parties.day,
  })
  if (t.kind === 'reverse') noteReversal(books, t, parties)
  else if (t.rule !== null && books.members.rule(t.rule).dailyMaxPerWallet !== null && t.points > 0) {
    const key = dayKey(parties.wallet, parties.day)
    books.earned.set(key, (books.earned.get(key) ?? 0) + t.points)
  }
}

function checkIssuingLimit(
  { accounts }: Books,
  { parties, legs }: { parties: Parties; legs: readonly CheckedLeg[] },
): void {
  const given = sumOf(legs, 'give')
  const limit = parties.merchant?.issuingLimit ?? null
  if (given === 0 || limit === null) return
  const after = accounts.posted[parties.merchant!.accounts.float]! - BigInt(given)
  if (after < -limit) {
    fail(`brings its merchant's points outstanding to ${-after}, above the issuing limit of ${limit}`)
  }
}

function applyLegs(
  books: Books,
  t: TransactionEntry,
  { parties, legs }: { parties: Parties; legs: readonly CheckedLeg[] },
): void {
  const { accounts, members, postings, breakage } = books
  for (const leg of legs) {
    const balances = leg.pending ? accounts.pending : accounts.posted
    balances[leg.debit]! -= BigInt(leg.amount)
    balances[leg.credit]! += BigInt(leg.amount)
    if (leg.role === 'debt') {
      const debts = books.debts.get(parties.wallet) ?? []
      books.debts.set(parties.wallet, [...debts, { since: t.index, owed: leg.credit, remaining: leg.amount }])
      accounts.debt[parties.wallet]! += leg.amount
    }
    if (leg.role === 'expire') {
      const issuer = members.merchants.find(({ accounts }) => accounts.float === leg.credit)!.number
      breakage.set(issuer, (breakage.get(issuer) ?? 0) + leg.amount)
    }
  }
  if (t.kind === 'capture' || t.kind === 'void' || t.kind === 'time-out') {
    const held = BigInt(postings.points.get(t.target!))
    accounts.pending[parties.wallet]! += held
    accounts.pending[parties.merchant!.accounts.accepted]! -= held
    postings.openHolds.delete(t.target!)
  }
  repayDebts(books, { wallet: parties.receiver ?? parties.wallet, legs })
}

/** Points that enter a wallet repay its debts, the oldest first. */
function repayDebts(
  { accounts, debts }: Books,
  { wallet, legs }: { wallet: number; legs: readonly CheckedLeg[] },
): void {
  const repaid = sumOf(legs, 'repay')
  if (repaid === 0) return
  const byCreditor = new Map<number, number>()
  for (const { role, debit, amount } of legs) {
    if (role === 'repay') byCreditor.set(debit, (byCreditor.get(debit) ?? 0) + amount)
  }
  let left = repaid
  for (const debt of debts.get(wallet) ?? []) {
    const piece = Math.min(left, debt.remaining)
    debt.remaining -= piece
    left -= piece
    byCreditor.set(debt.owed, (byCreditor.get(debt.owed) ?? 0) - piece)
  }
  if (left > 0) fail(`repays ${repaid} points, ${left} more than the wallet owes`)
  if ([...byCreditor.values()].some((points) => points !== 0)) fail('repays other debts than the oldest')
  debts.set(
    wallet,
    debts.get(wallet)!.filter((debt) => debt.remaining > 0),
  )
  accounts.debt[wallet]! -= repaid
}

/** New lots are what their legs bring: of a purchase its merchant's; of a gift just like those that were given. */
function makeLots(
  books: Books,
  t: TransactionEntry,
  { parties, legs }: { parties: Parties; legs: readonly CheckedLeg[] },
): void {
  const { accounts, members, lots } = books
  const into = parties.receiver ?? parties.wallet
  const given = sumOf(legs, 'give')
  if (given > 0) {
    const [lot] = t.lots
    if (t.lots.length !== 1 || lot?.points !== given || lot.issuer !== t.merchant || lot.price !== t.price) {
      fail('gives points that are not one lot of its own merchant')
    }
  } else if (t.kind === 'gift') checkSameKind(books, t)
  else if (t.lots.length > 0 && sumOf(legs, 'back') === 0) fail('makes a lot, and gives no points')
  for (const lot of t.lots) {
    if (accounts.findWallet(lot.wallet) !== into) fail('makes a lot for another wallet')
    lots.add({ ...lot, entry: t.index, wallet: into, issuer: members.merchant(lot.issuer).number })
    accounts.inLots[into]! += lot.points
  }
}

function checkSameKind(books: Books, t: TransactionEntry): void {
  const { lots, members } = books
  const due = new Map<string, number>()
  const add = (what: string, points: number) => due.set(what, (due.get(what) ?? 0) + points)
  for (const move of t.moves) {
    if (move.leg !== 0) continue
    const lot = findLot(books, move)
    add(`${lots.issuer[lot]} ${lots.price[lot]} ${lots.expiresAt[lot]}`, -move.points)
  }
  for (const lot of t.lots) {
    const expiresAt = lot.expiresAt ?? 2n ** 63n - 1n
    add(`${members.merchant(lot.issuer).number} ${lot.price} ${expiresAt}`, -lot.points)
  }
  if ([...due.values()].some((points) => points !== 0)) {
    fail('gives away lots that arrive with another issuer, expiry, price or number of points')
  }
}

/** Every leg's points are points of lots, and every move is part of a leg or of a hold. */
function applyMoves(
  books: Books,
  t: TransactionEntry,
  { parties, legs }: { parties: Parties; legs: readonly CheckedLeg[] },
): void {
  const { accounts, lots, postings } = books
  const moved = legs.map(() => 0)
  // What of each lot entered the wallet here, and so may repay debts at once.
  const entered = legs.some(({ role }) => role === 'repay') ? enteredLots(books, t, legs) : null
  for (const move of t.moves) {
    const lot = findLot(books, move)
    const leg = move.leg === null ? null : (legs[move.leg] ?? fail('moves a lot with a leg it does not have'))
    checkMove(t, move, leg)
    if (leg) moved[move.leg!]! += move.points
    if (leg?.role === 'repay') checkRepayment(books, { lot, move, leg, entered: entered! })
    lots.move(lot, move.points, move.held)
    accounts.inLots[lots.wallet[lot]!]! += move.points
    accounts.held[lots.wallet[lot]!]! += move.held
    if (leg?.role === 'take' && t.kind !== 'reverse') postings.use(lot, -move.points)
    if (t.kind === 'hold') postings.use(lot, move.held)
  }
  const made = t.lots.reduce((sum, lot) => sum + lot.points, 0)
  for (const [ordinal, { role, amount }] of legs.entries()) {
    const inLots = role === 'back' ? moved[ordinal]! + made : -moved[ordinal]!
    const expected = role === 'give' || role === 'debt' || t.kind === 'hold' ? 0 : amount
    if (inLots !== expected) fail(`has a leg of ${amount} points, with ${inLots} points of lots`)
  }
  checkWallet(books, t, parties.wallet)
  if (parties.receiver !== null) checkWallet(books, t, parties.receiver)
  const available = accounts.posted[parties.wallet]! + accounts.pending[parties.wallet]!
  if (available !== BigInt(t.availableAfter)) {
    fail(`says ${t.availableAfter} points are available after it, where there are ${available}`)
  }
}

function checkMove(
  t: TransactionEntry,
  { points, held }: { points: number; held: number },
  leg: CheckedLeg | null,
): void {
  const ends = t.kind === 'capture' || t.kind === 'void' || t.kind === 'time-out'
  const good = !leg
    ? points === 0 && (t.kind === 'hold' ? held > 0 : ends && held < 0)
    : leg.role === 'back'
      ? points > 0 && held === 0
      : points < 0 && held === (t.kind === 'capture' && leg.role === 'take' ? points : 0)
  if (!good) fail('moves a lot in a way that its kind does not')
}

function enteredLots(books: Books, t: TransactionEntry, legs: readonly CheckedLeg[]): Map<number, number> {
  const entered = new Map<number, number>()
  const first = books.postings.firstLot[t.index]!
  for (const [ordinal, { points }] of t.lots.entries()) entered.set(first + ordinal, points)
  for (const move of t.moves) {
    const back = move.leg !== null && legs[move.leg]?.role === 'back'
    const points = back ? move.points : move.leg === null && move.held < 0 ? -move.held : 0
    if (points === 0) continue
    const lot = findLot(books, move)
    entered.set(lot, (entered.get(lot) ?? 0) + points)
  }
  return entered
}

/** A debt is repaid by what just entered: to the creditor's float if it issued that, else as if redeemed there. */
function checkRepayment(
  { accounts, lots, members }: Books,
  {
    lot,
    move,
    leg,
    entered,
  }: { lot: number; move: { points: number }; leg: CheckedLeg; entered: Map<number, number> },
): void {
  const left = (entered.get(lot) ?? 0) + move.points
  if (left < 0) fail(`repays a debt with ${lots.name(lot)}, which did not just enter the wallet`)
  entered.set(lot, left)
  const issuer = members.merchants[lots.issuer[lot]!]!.accounts
  const isOwn = issuer.owed === leg.debit
  if (isOwn !== (leg.credit === accounts.siblings(leg.debit)!.float)) {
    fail(`repays a debt with ${lots.name(lot)} to the wrong account`)
  }
}

/** A wallet has in lots what it has in points; what it owes it has not. */
function checkWallet({ accounts }: Books, t: TransactionEntry, wallet: number): void {
  const inLots = accounts.inLots[wallet]!
  const held = accounts.held[wallet]!
  const debt = accounts.debt[wallet]!
  if (accounts.posted[wallet]! !== BigInt(inLots - debt) || accounts.pending[wallet]! !== BigInt(-held)) {
    fail(
      `leaves wallet ${accounts.uuids[wallet]} with ${accounts.posted[wallet]} points and ` +
        `${-accounts.pending[wallet]!} set aside, but ${inLots} and ${held} in lots and ${debt} owed`,
    )
  }
  if (debt > 0 && inLots > held) fail(`leaves a debt of ${debt} points beside ${inLots - held} free ones`)
  if (debt === 0 && inLots < held) fail(`leaves wallet ${accounts.uuids[wallet]} below 0 (${t.kind})`)
}

function noteReversal({ postings, members, earned }: Books, t: TransactionEntry, { wallet }: Parties): void {
  const target = t.target!
  const undone = postings.undoneOf(target)
  postings.undone.set(target, {
    points: undone.points + t.points,
    redeemed: undone.redeemed + (t.redeemed ?? 0),
    amountMinor: undone.amountMinor + (t.amountMinor ?? 0),
  })
  const rule = postings.rule[target]!
  if (rule > 0 && members.rule(rule).dailyMaxPerWallet !== null) {
    const key = dayKey(wallet, postings.day[target]!)
    earned.set(key, (earned.get(key) ?? 0) - t.points)
  }
}
