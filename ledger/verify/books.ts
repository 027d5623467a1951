import { Accounts, type AccountRow } from './accounts.ts'
import { DigestSet } from './digest-set.ts'
import type { Move } from './entry.ts'
import { fail } from './fault.ts'
import { Lots } from './lots.ts'
import { Members, type Merchant } from './members.ts'
import { Postings } from './postings.ts'

/** What a wallet owes a merchant's `owed` account since an entry; the oldest is repaid first. */
export interface Debt {
  readonly since: number
  readonly owed: number
  remaining: number
}

/** Everything the entries so far add up to. */
export interface Books {
  readonly accounts: Accounts
  readonly members: Members
  readonly lots: Lots
  readonly postings: Postings
  /** By wallet, the oldest first. */
  readonly debts: Map<number, Debt[]>
  /** Points earned by purchases on a local day, by `dayKey`; where a rule has a daily maximum. */
  readonly earned: Map<number, number>
  /** Points that expired unspent, by merchant number of the issuer. */
  readonly breakage: Map<number, number>
  readonly ids: DigestSet
  readonly keys: DigestSet
  readonly references: DigestSet
}

/** Books before the first entry. Throws a `Fault` where the accounts contradict themselves. */
export function openBooks(rows: Iterable<AccountRow>): Books {
  const accounts = new Accounts()
  for (const row of rows) accounts.add(row)
  return {
    accounts,
    members: new Members(accounts),
    lots: new Lots(),
    postings: new Postings(),
    debts: new Map(),
    earned: new Map(),
    breakage: new Map(),
    ids: new DigestSet(),
    keys: new DigestSet(),
    references: new DigestSet(),
  }
}

/** Who takes part in a transaction, by account and merchant number. */
export interface Parties {
  readonly wallet: number
  /** Of a gift. */
  readonly receiver: number | null
  readonly merchant: Merchant | null
  /** Days since 1970. */
  readonly day: number
}

/** The key of a wallet's day in `Books.earned`. */
export function dayKey(wallet: number, day: number): number {
  return wallet * 2 ** 20 + day
}

/** The number of the lot that a move names, which is there by now. */
export function findLot({ postings, lots }: Books, { lotIndex, lotOrdinal }: Move): number {
  const first = lotIndex < postings.count ? postings.firstLot[lotIndex]! : lots.count
  const end = lotIndex + 1 < postings.count ? postings.firstLot[lotIndex + 1]! : lots.count
  const lot = first + lotOrdinal
  return lot < end ? lot : fail(`moves lot ${lotIndex}.${lotOrdinal}, which was not made`)
}
