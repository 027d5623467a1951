import { fail } from './fault.ts'

// The log's entries as ledger/sql/functions/entry.sql writes them (format 1), read again without the database.

export const transactionKinds = [
  'issue',
  'redeem',
  'hold',
  'capture',
  'void',
  'time-out',
  'gift',
  'expire',
  'reverse',
  'adjust',
  'goodwill',
] as const
export type TransactionKind = (typeof transactionKinds)[number]

/** Moves `amount` > 0 points from one account to another, named by their ids. */
export interface Leg {
  readonly amount: number
  readonly credit: string
  readonly debit: string
  /** Set aside, not moved yet. */
  readonly pending: boolean
}

export interface NewLot {
  /** Microseconds since 1970; null: never. */
  readonly expiresAt: bigint | null
  readonly issuer: string
  readonly points: number
  readonly price: number
  readonly wallet: string
}

/** What happened to a lot: to what is left of it, and to what is set aside of that. */
export interface Move {
  readonly held: number
  /** The leg these points went with; null where they were only set aside or freed. */
  readonly leg: number | null
  readonly lotIndex: number
  readonly lotOrdinal: number
  readonly points: number
}

export interface TransactionEntry {
  readonly index: number
  readonly network: string
  readonly kind: TransactionKind
  readonly id: string
  /** As in the text: RFC 3339 in UTC with six digits, so that texts compare as times do. */
  readonly postedAt: string
  readonly occurredAt: string
  readonly endsAt: string | null
  /** The network's local day of `occurredAt`, YYYY-MM-DD. */
  readonly day: string
  readonly wallet: string
  readonly receiver: string | null
  readonly merchant: string | null
  readonly credential: string | null
  readonly staff: string | null
  readonly approver: string | null
  readonly points: number
  readonly redeemed: number | null
  readonly availableAfter: number
  readonly amountMinor: number | null
  readonly moneyMinor: number | null
  readonly eligibleMinor: number | null
  readonly rule: number | null
  readonly factor: string | null
  readonly price: number
  readonly target: number | null
  readonly key: string | null
  readonly reference: string | null
  readonly series: string | null
  readonly legs: readonly Leg[]
  readonly lots: readonly NewLot[]
  readonly moves: readonly Move[]
}

/** An entry that moves no points: a member, a right or a rule changed. Facts are plain words. */
export interface GovernanceEntry {
  readonly index: number
  readonly network: string
  readonly kind: 'governance'
  readonly event: string
  readonly postedAt: string
  readonly credential: string | null
  readonly facts: Readonly<Record<string, string>>
}

type Texts = Readonly<Record<string, string>>

const texts =
  'amount_minor approver available_after content credential day eligible_minor ends_at factor format id index key ' +
  'kind merchant money_minor network occurred_at points posted_at price reason receiver redeemed_points reference ' +
  'rule series staff target wallet'
const transactionKeys: ReadonlySet<string> = new Set([...texts.split(' '), 'legs', 'lots', 'moves'])
const lists: ReadonlySet<string> = new Set(['legs', 'lots', 'moves'])
const legKeys: ReadonlySet<string> = new Set(['amount', 'credit', 'debit', 'pending'])
const lotKeys: ReadonlySet<string> = new Set(['expires_at', 'issuer', 'ordinal', 'points', 'price', 'wallet'])
const moveKeys: ReadonlySet<string> = new Set(['held', 'leg', 'lot', 'points'])
const kinds: ReadonlySet<string> = new Set(transactionKinds)

/** Reads one line. Throws a `Fault` where it isn't an entry, or not in its one canonical form (RFC 8785). */
export function parseEntry(line: string): TransactionEntry | GovernanceEntry {
  let raw: Record<string, unknown>
  try {
    raw = JSON.parse(line) as typeof raw
  } catch {
    fail('is not JSON')
  }
  if (typeof raw !== 'object' || raw === null || JSON.stringify(raw) !== line || !/^[ -~]*$/.test(line)) {
    fail('is not canonical JSON (RFC 8785)')
  }
  if (raw['format'] !== '1') fail(`has format ${String(raw['format'])}, which this program does not know`)
  if (raw['kind'] === 'governance') return toGovernance(raw)
  if (!kinds.has(raw['kind'] as string)) {
    fail(`is of kind ${String(raw['kind'])}, which this program does not know`)
  }
  checkKeys(raw, transactionKeys, lists)
  return toTransaction(raw as Texts, raw)
}

function toTransaction(t: Texts, raw: Record<string, unknown>): TransactionEntry {
  return {
    index: toCount(t, 'index'),
    network: required(t, 'network'),
    kind: t['kind'] as TransactionKind,
    id: required(t, 'id'),
    postedAt: toTime(t, 'posted_at'),
    occurredAt: toTime(t, 'occurred_at'),
    endsAt: t['ends_at'] === undefined ? null : toTime(t, 'ends_at'),
    day: required(t, 'day'),
    wallet: required(t, 'wallet'),
    receiver: t['receiver'] ?? null,
    merchant: t['merchant'] ?? null,
    credential: t['credential'] ?? null,
    staff: t['staff'] ?? null,
    approver: t['approver'] ?? null,
    points: toCount(t, 'points'),
    redeemed: t['redeemed_points'] === undefined ? null : toCount(t, 'redeemed_points'),
    availableAfter: toNumber(t, 'available_after'),
    amountMinor: t['amount_minor'] === undefined ? null : toCount(t, 'amount_minor'),
    moneyMinor: t['money_minor'] === undefined ? null : toCount(t, 'money_minor'),
    eligibleMinor: t['eligible_minor'] === undefined ? null : toCount(t, 'eligible_minor'),
    rule: t['rule'] === undefined ? null : toCount(t, 'rule'),
    factor: t['factor'] ?? null,
    price: toCount(t, 'price'),
    target: t['target'] === undefined ? null : toCount(t, 'target'),
    key: t['key'] ?? null,
    reference: t['reference'] ?? null,
    series: t['series'] ?? null,
    legs: toList(raw['legs'] ?? fail('says nothing of its legs'), legKeys, toLeg),
    lots: raw['lots'] === undefined ? [] : toList(raw['lots'], lotKeys, toLot),
    moves: raw['moves'] === undefined ? [] : toList(raw['moves'], moveKeys, toMove),
  }
}

function toGovernance(raw: Record<string, unknown>): GovernanceEntry {
  checkKeys(raw, null, null)
  const facts = raw as Texts
  return {
    index: toCount(facts, 'index'),
    network: required(facts, 'network'),
    kind: 'governance',
    event: required(facts, 'event'),
    postedAt: toTime(facts, 'posted_at'),
    credential: facts['credential'] ?? null,
    facts,
  }
}

/** Keys ascend (RFC 8785 section 3.2.3) and are known; what isn't a list is a text. */
function checkKeys(
  object: Record<string, unknown>,
  known: ReadonlySet<string> | null,
  lists: ReadonlySet<string> | null,
): void {
  let before = ''
  for (const key in object) {
    if (key <= before) fail('is not canonical JSON (RFC 8785): its keys are out of order')
    if (known && !known.has(key)) fail(`says ${key}, which this program does not know`)
    if (lists?.has(key) ? !Array.isArray(object[key]) : typeof object[key] !== 'string') {
      fail(`has a wrong type of ${key}`)
    }
    before = key
  }
}

function toList<T>(raw: unknown, known: ReadonlySet<string>, read: (one: Texts, place: number) => T): T[] {
  return (raw as unknown[]).map((one, place) => {
    if (typeof one !== 'object' || one === null) fail('has a list of something else than objects')
    checkKeys(one as Record<string, unknown>, known, null)
    return read(one as Texts, place)
  })
}

function toLeg(leg: Texts): Leg {
  if (leg['pending'] !== undefined && leg['pending'] !== 'true') fail('has a leg that is pending by halves')
  const amount = toCount(leg, 'amount')
  if (amount === 0) fail('has a leg of 0 points')
  return {
    amount,
    credit: required(leg, 'credit'),
    debit: required(leg, 'debit'),
    pending: leg['pending'] === 'true',
  }
}

function toLot(lot: Texts, place: number): NewLot {
  if (lot['ordinal'] !== String(place)) fail('numbers its lots out of order')
  const points = toCount(lot, 'points')
  if (points === 0) fail('has a lot of 0 points')
  return {
    expiresAt: lot['expires_at'] === undefined ? null : toMicros(toTime(lot, 'expires_at')),
    issuer: required(lot, 'issuer'),
    points,
    price: toCount(lot, 'price'),
    wallet: required(lot, 'wallet'),
  }
}

function toMove(move: Texts): Move {
  const name = required(move, 'lot')
  const dot = name.indexOf('.')
  const made = { index: name.slice(0, Math.max(dot, 0)), ordinal: name.slice(dot + 1) }
  return {
    held: toNumber(move, 'held'),
    leg: move['leg'] === undefined ? null : toCount(move, 'leg'),
    lotIndex: toCount(made, 'index'),
    lotOrdinal: toCount(made, 'ordinal'),
    points: toNumber(move, 'points'),
  }
}

function required(t: Texts, key: string): string {
  return t[key] ?? fail(`says no ${key}`)
}

/** Whole, and below 2^53: the ledger moves no more at once. */
function toNumber(t: Texts, key: string): number {
  const text = required(t, key)
  const value = Number(text)
  if (!Number.isSafeInteger(value) || String(value) !== text) fail(`has ${key} ${text}, not a whole number`)
  return value
}

function toCount(t: Texts, key: string): number {
  const value = toNumber(t, key)
  return value >= 0 ? value : fail(`has ${key} ${value}, below 0`)
}

function toTime(t: Texts, key: string): string {
  const text = required(t, key)
  const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/.test(text) && isReal(text)
  return isTime ? text : fail(`has ${key} ${text}, not a time`)
}

/**
 * Whether a time of the form YYYY-MM-DDTHH:MM:SS, or a day alone, is one: no thirteenth month, no 30th of February, no 24
 * o'clock. By its digits: `Date` takes a sixth of all the verifier's time for it.
 */
export function isReal(time: string): boolean {
  const month = digits(time, 5)
  const day = digits(time, 8)
  if (month < 1 || month > 12 || day < 1 || day > lastDay(digits(time, 0) * 100 + digits(time, 2), month))
    return false
  return time.length === 10 || (digits(time, 11) < 24 && digits(time, 14) < 60 && digits(time, 17) < 60)
}

function lastDay(year: number, month: number): number {
  if (month !== 2) return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
}

/** The number that two digits are. */
function digits(text: string, at: number): number {
  return text.charCodeAt(at) * 10 + text.charCodeAt(at + 1) - 528
}

/** A time of an entry as microseconds since 1970. */
export function toMicros(time: string): bigint {
  return BigInt(Date.parse(`${time.slice(0, 23)}Z`)) * 1000n + BigInt(time.slice(23, 26))
}
