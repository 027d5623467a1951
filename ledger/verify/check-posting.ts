import type { Books, Parties } from './books.ts'
import { isReal, toMicros, type TransactionEntry, type TransactionKind } from './entry.ts'
import { fail } from './fault.ts'
import type { Merchant } from './members.ts'

// Who posted what and when: members in good standing, times within their bounds, nothing twice.

const minute = 60_000_000n
const daysAhead = 7n * 24n * 60n * minute
const ofThemselves: ReadonlySet<TransactionKind> = new Set(['expire', 'time-out'])
const withoutMerchant: ReadonlySet<TransactionKind> = new Set(['gift', 'expire'])
const opensSomething: ReadonlySet<TransactionKind> = new Set([
  'issue',
  'goodwill',
  'redeem',
  'hold',
  'adjust',
])
/** The day that days of receipts are counted from in the database's index of them. */
const receiptDayZero = Date.UTC(2000, 0, 1) / 86_400_000

/** Who takes part, once everything that doesn't depend on points is found to be in order. */
export function checkPosting(books: Books, t: TransactionEntry): Parties {
  const { accounts, members } = books
  const parties: Parties = {
    wallet: accounts.findWallet(t.wallet),
    receiver: t.receiver === null ? null : accounts.findWallet(t.receiver),
    merchant: t.merchant === null ? null : members.merchant(t.merchant),
    day: toDay(t.day),
  }
  const { wallet, receiver, merchant } = parties
  if (!merchant && !withoutMerchant.has(t.kind)) fail('names no merchant')
  if ((receiver === null) === (t.kind === 'gift'))
    fail(receiver === null ? 'is a gift to nobody' : 'has a receiver')
  if (receiver === wallet) fail('is a gift to its giver')
  if (opensSomething.has(t.kind)) {
    if (merchant?.left) fail(`is by merchant ${merchant.uuid}, who had left`)
    if (accounts.isClosed(wallet)) fail(`is for wallet ${t.wallet}, which was closed`)
  }
  if (t.kind === 'gift' && (accounts.isClosed(wallet) || accounts.isClosed(receiver!))) {
    fail('is a gift from or to a wallet that was closed')
  }
  checkCredentials(books, t, merchant)
  checkUnique(books, t, parties.day)
  return parties
}

function checkCredentials({ members }: Books, t: TransactionEntry, merchant: Merchant | null): void {
  const credential = t.credential === null ? null : members.credential(t.credential)
  if (credential?.merchant && credential.merchant !== merchant?.uuid) {
    fail(`is by credential ${t.credential}, which belongs to another merchant`)
  }
  if (t.staff !== null) members.credential(t.staff)
  const approver = t.approver === null ? null : members.credential(t.approver)
  if (t.kind === 'adjust') {
    if (credential?.kind !== 'person' || approver?.kind !== 'person' || t.approver === t.credential) {
      fail('is an adjustment without two people')
    }
  }
  if (t.occurredAt === t.postedAt) return
  const late = toMicros(t.postedAt) - toMicros(t.occurredAt)
  if (late < -5n * minute) fail(`says it occurred at ${t.occurredAt}, after it was posted`)
  if (late > daysAhead && credential?.kind !== 'import') {
    fail(`says it occurred at ${t.occurredAt}, more than 7 days before it was posted`)
  }
}

function checkUnique(books: Books, t: TransactionEntry, day: number): void {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(t.id)) fail(`has id ${t.id}, not a UUID`)
  // The last 8 bytes of a UUID are the random ones.
  if (!books.ids.add(word(t.id.slice(19).replace('-', ''), 0), word(t.id, 28))) {
    fail(`has id ${t.id}, as an earlier one has`)
  }
  if (t.key === null) {
    if (!ofThemselves.has(t.kind)) fail('has no idempotency key')
  } else {
    checkHash(t.key, 'key')
    if (!books.keys.add(word(t.key, 0), word(t.key, 8))) {
      fail(`has idempotency key ${t.key}, as an earlier one has`)
    }
  }
  if ((t.reference === null) !== (t.series === null)) fail('has a reference or a series without the other')
  if (t.reference === null) return
  checkHash(t.reference, 'reference')
  if (!/^(?:0|-?[1-9]\d{0,18})$/.test(t.series!)) fail(`has series ${t.series}, not a whole number`)
  const place = BigInt(t.series!) + BigInt(day - receiptDayZero)
  const [high, low] = [Number(BigInt.asUintN(32, place >> 32n)), Number(BigInt.asUintN(32, place))]
  if (!books.references.add(word(t.reference, 0) ^ high, word(t.reference, 8) ^ low)) {
    fail(`has the shop's reference ${t.reference}, as an earlier one of its series and day has`)
  }
}

/** The wallet and merchant are those of the transaction it points to. */
export function checkSameParties(postings: Books['postings'], target: number, parties: Parties): void {
  if (postings.wallet[target] !== parties.wallet) fail(`points to entry ${target}, which is another wallet's`)
  if (postings.merchant[target] !== (parties.merchant?.number ?? -1)) {
    fail(`points to entry ${target}, which is another merchant's`)
  }
}

function checkHash(text: string, what: string): void {
  if (!/^[0-9a-f]{32}$/.test(text)) fail(`has ${what} ${text}, not a hash of 16 bytes`)
}

/** The 32 bits that eight hexadecimal digits from there on are. */
function word(hex: string, from: number): number {
  return Number.parseInt(hex.slice(from, from + 8), 16)
}

/** Days since 1970 of YYYY-MM-DD. */
function toDay(text: string): number {
  const isDay = /^\d{4}-\d\d-\d\d$/.test(text) && isReal(text)
  return isDay ? Date.parse(text) / 86_400_000 : fail(`has day ${text}, not a day`)
}
