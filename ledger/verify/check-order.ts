import { findLot, type Books, type Parties } from './books.ts'
import type { CheckedLeg } from './check-legs.ts'
import { toMicros, type Move, type TransactionEntry } from './entry.ts'
import { fail } from './fault.ts'

// Which lots a transaction uses, and in which order: looked at before anything of it is applied.

/** A lot that may be used next, and how much of it. */
interface Candidate {
  readonly lot: number
  readonly points: number
}

const dayMicros = 86_400_000_000n

/** What a leg, or a hold, uses must be the next lots in order, each whole but for the last. */
export function checkOrder(
  books: Books,
  t: TransactionEntry,
  { parties, legs }: { parties: Parties; legs: readonly CheckedLeg[] },
): void {
  const { wallet } = parties
  for (const [ordinal, leg] of legs.entries()) {
    const moves = t.kind === 'hold' ? t.moves : t.moves.filter((move) => move.leg === ordinal)
    switch (leg.role) {
      case 'take':
        if (t.kind === 'capture') expectLots(books, moves, { from: usesOf(books, t), amount: leg.amount })
        else if (t.kind !== 'reverse') {
          expectLots(books, moves, { from: freeLots(books, wallet), amount: leg.amount })
        }
        break
      case 'gift':
        expectLots(books, moves, { from: freeLots(books, wallet), amount: leg.amount })
        break
      case 'expire':
        for (const move of moves) checkExpired(books, t, { move, parties, leg })
        break
      case 'back':
        checkGivenBack(books, t, { moves, amount: leg.amount })
        break
      case 'give':
      case 'own':
      case 'debt':
      case 'repay':
        break
    }
  }
  if (t.kind === 'reverse') checkTakenBack(books, t, { parties, legs })
  if (t.kind === 'capture' || t.kind === 'void' || t.kind === 'time-out') checkFreed(books, t)
}

function expectLots(
  books: Books,
  moves: readonly Move[],
  { from, amount }: { from: Iterable<Candidate>; amount: number },
): void {
  let left = amount
  let place = 0
  for (const { lot, points } of from) {
    if (left === 0) break
    const piece = Math.min(left, points)
    const move = moves[place++]
    const used = move ? Math.max(-move.points, move.held) : 0
    if (!move || findLot(books, move) !== lot || used !== piece) {
      const found = move ? `${used} points of lot ${move.lotIndex}.${move.lotOrdinal}` : 'nothing more'
      fail(`uses ${found}, where ${piece} points of ${books.lots.name(lot)} are next in order`)
    }
    left -= piece
  }
  if (left > 0) fail(`uses ${amount} points, ${left} more than there are free`)
  if (place < moves.length) fail('uses more lots than its points need')
}

/** What is free in a wallet's lots: soonest-expiring first, then oldest. */
function* freeLots({ lots }: Books, wallet: number): Iterable<Candidate> {
  for (let lot = lots.firstFree(lots.first(wallet)); lot >= 0; lot = lots.firstFree(lots.next(lot))) {
    yield { lot, points: lots.free(lot) }
  }
}

/** The lots that its hold set aside, in their order. */
function usesOf({ postings }: Books, t: TransactionEntry): readonly Candidate[] {
  return postings.usesOf(t.target!)
}

/** A lot expires whole, once its time has come or its wallet is closed, to its issuer's float. */
function checkExpired(
  books: Books,
  t: TransactionEntry,
  { move, parties, leg }: { move: Move; parties: Parties; leg: CheckedLeg },
): void {
  const { lots, accounts, members } = books
  const lot = findLot(books, move)
  const name = lots.name(lot)
  if (lots.wallet[lot] !== parties.wallet) fail(`expires ${name}, which is another wallet's`)
  if (lots.expiresAt[lot]! > toMicros(t.postedAt) && !accounts.isClosed(parties.wallet)) {
    fail(`expires ${name} before its time`)
  }
  if (-move.points !== lots.free(lot))
    fail(`expires ${-move.points} of the ${lots.free(lot)} points free in ${name}`)
  if (members.merchants[lots.issuer[lot]!]!.accounts.float !== leg.credit) {
    fail(`expires ${name} to another merchant than its issuer`)
  }
}

/** Taken back are the very lot, then the shop's own, then others'; only what is missing then is a debt. */
function checkTakenBack(
  books: Books,
  t: TransactionEntry,
  { parties, legs }: { parties: Parties; legs: readonly CheckedLeg[] },
): void {
  const { lots } = books
  const own = parties.merchant!.number
  const takes = new Map(legs.map((leg, ordinal) => [ordinal, leg.role]))
  const moves = t.moves.filter(({ leg }) => leg !== null && ['own', 'take'].includes(takes.get(leg)!))
  for (const move of moves) {
    const isOwn = lots.issuer[findLot(books, move)] === own
    if (isOwn !== (takes.get(move.leg!) === 'own')) {
      fail(`takes back lot ${move.lotIndex}.${move.lotOrdinal} with the wrong leg`)
    }
  }
  const free = [...freeLots(books, parties.wallet)]
  const rank = ({ lot }: Candidate) => (lots.entry[lot] === t.target ? 0 : lots.issuer[lot] === own ? 1 : 2)
  const debt = legs.find((leg) => leg.role === 'debt')?.amount ?? 0
  const from = free.toSorted((a, b) => rank(a) - rank(b))
  expectLots(books, moves, { from, amount: t.points - debt })
  if (debt > 0 && free.reduce((sum, { points }) => sum + points, 0) !== t.points - debt) {
    fail(`makes a debt of ${debt} points, though the wallet has points`)
  }
}

/**
 * Given back are the very lots that were used, the last used first; an expired one as a new lot of the same issuer and
 * price, with the network's days of grace.
 */
function checkGivenBack(
  books: Books,
  t: TransactionEntry,
  { moves, amount }: { moves: readonly Move[]; amount: number },
): void {
  const { lots, members, postings } = books
  const at = toMicros(t.postedAt)
  const grace = at + BigInt(members.graceDays) * dayMicros
  const due = new Map<string, number>()
  const add = (what: string, points: number) => due.set(what, (due.get(what) ?? 0) + points)
  let skip = postings.undoneOf(t.target!).redeemed
  let left = amount
  for (const { lot, points } of postings.usesOf(t.target!).toReversed()) {
    const skipped = Math.min(skip, points)
    const piece = Math.min(left, points - skipped)
    skip -= skipped
    left -= piece
    if (piece === 0) continue
    if (lots.expiresAt[lot]! > at) add(lots.name(lot), piece)
    else add(`${members.merchants[lots.issuer[lot]!]!.uuid} ${lots.price[lot]} ${grace}`, piece)
  }
  for (const move of moves) add(`lot ${move.lotIndex}.${move.lotOrdinal}`, -move.points)
  for (const lot of t.lots) add(`${lot.issuer} ${lot.price} ${lot.expiresAt}`, -lot.points)
  if (left > 0 || [...due.values()].some((points) => points !== 0)) {
    fail(`gives back other lots than those that entry ${t.target} used, the last used first`)
  }
}

/** What a hold set aside and its end does not use is free again. */
function checkFreed(books: Books, t: TransactionEntry): void {
  const held = new Map(usesOf(books, t).map(({ lot, points }) => [lot, points]))
  for (const move of t.moves) {
    if (move.held === 0) continue
    const lot = findLot(books, move)
    held.set(lot, (held.get(lot) ?? 0) + move.held)
  }
  if ([...held.values()].some((points) => points !== 0)) {
    fail(`frees or uses other lots than those that hold ${t.target} set aside`)
  }
}
