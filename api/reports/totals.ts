import type { DayRow } from './day-store.ts'

/** A day in one line: what customers got and gave, in points and money. */
export interface DayTotals {
  readonly sales: number
  readonly refunds: number
  /** Given for purchases, as goodwill and corrections, less what refunds took back. */
  readonly pointsGiven: bigint
  /** Taken as payment, less what refunds gave back. */
  readonly pointsTaken: bigint
  /** Bills, less what points paid. */
  readonly money: bigint
  /** Money given back. */
  readonly refunded: bigint
}

/** Sums up a day. A hold takes nothing until it is captured. */
export function sumDay(rows: readonly DayRow[]): DayTotals {
  const given = rows.filter(({ kind }) => kind === 'issue' || kind === 'goodwill' || kind === 'adjust')
  const taken = rows.filter(({ kind }) => ['issue', 'redeem', 'capture', 'adjust'].includes(kind))
  const sold = rows.filter(({ kind }) => kind === 'issue')
  const undone = rows.filter(({ kind }) => kind === 'reverse')
  return {
    sales: countOf(sold),
    refunds: countOf(undone),
    pointsGiven: add(given.map(({ points }) => points)) - add(undone.map(({ points }) => points)),
    pointsTaken: add(taken.map(({ redeemed }) => redeemed)) - add(undone.map(({ redeemed }) => redeemed)),
    money: add(sold.map(({ money }) => money)),
    refunded: add(undone.map(({ money }) => money)),
  }
}

function add(values: readonly bigint[]): bigint {
  return values.reduce((total, value) => total + value, 0n)
}

function countOf(rows: readonly DayRow[]): number {
  return rows.reduce((total, { count }) => total + count, 0)
}
