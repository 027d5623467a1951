import { useEffect, useMemo, useState } from 'react'
import type { Snapshot, Transaction } from './account/snapshot.ts'
import { useAccount, useApp } from './app-context.ts'
import { expiringSoon } from './lots.ts'
import { comingChanges, type ComingChange } from './terms.ts'

/** Something the customer is to know: points that were spent, or that end soon, or terms that get worse. */
export type NoticeItem =
  | { readonly is: 'spent'; readonly at: string; readonly transaction: Transaction; readonly points: number }
  | { readonly is: 'expiring'; readonly at: string; readonly points: number; readonly until: string }
  | { readonly is: 'terms'; readonly at: string; readonly change: ComingChange }

/** From when before their end points are told of. */
const spendings: ReadonlySet<string> = new Set(['redeem', 'capture', 'issue', 'adjust'])

/** All there is to tell: terms that get worse, the soonest first, then points that end, then what was spent, the newest first. */
export function noticesOf(snapshot: Snapshot, now: Date): readonly NoticeItem[] {
  const { transactions, wallet } = snapshot
  const spent = transactions.flatMap((transaction): NoticeItem[] => {
    // What a purchase gave besides is told as given: here, and in the letter, stands what was taken.
    const { kind, redeemed_points: points } = transaction
    if (points === 0 || !spendings.has(kind)) return []
    return [{ is: 'spent', at: transaction.posted_at, transaction, points }]
  })
  const soon = expiringSoon(wallet.lots, now)
  // It is told anew each day, until it is too late.
  const expiring: NoticeItem[] = soon ? [{ is: 'expiring', at: startOfDay(now), ...soon }] : []
  const terms = comingChanges(snapshot, now).map((change): NoticeItem => ({
    is: 'terms',
    at: change.told_at ?? '',
    change,
  }))
  return [...terms, ...expiring, ...spent]
}

function startOfDay(now: Date): string {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate()).toISOString()
}

/** The notices, those that are new, and how to mark them read. */
export function useNotices() {
  const { db } = useApp()
  const [{ membership, clock }, { snapshot }] = useAccount()
  const { network } = membership
  const [readUntil, setReadUntil] = useState<string | undefined>()
  useEffect(() => {
    void db.get('notices-read', network).then((until) => setReadUntil(until ?? ''))
  }, [db, network, snapshot])
  const items = useMemo(() => (snapshot ? noticesOf(snapshot, clock.now()) : []), [snapshot, clock])
  const isNew = (item: NoticeItem) => readUntil !== undefined && item.at > readUntil
  return {
    items,
    isNew,
    unread: items.filter(isNew).length,
    markRead: () => db.put('notices-read', clock.now().toISOString(), network),
  }
}
