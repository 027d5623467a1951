import type { Lot } from './account/snapshot.ts'

/** From when before their end points are worth a word on the first screen: a month, counted from tomorrow. */
const soonDays = 32

/** Points that end at one time, from one or several shops. */
export interface Ending {
  /** The last moment at which they are good; null: they never end. */
  readonly until: string | null
  readonly points: number
  readonly parts: readonly { readonly issuer: string; readonly points: number }[]
}

/** Lots by when they end, soonest first, and by who gave them. */
export function endings(lots: readonly Lot[]): readonly Ending[] {
  const byEnd = Map.groupBy(
    lots.filter(({ remaining }) => remaining > 0),
    ({ expires_at }) => expires_at?.slice(0, 10) ?? '',
  )
  return [...byEnd.values()]
    .map((group) => ({
      until: lastMomentBefore(group[0]!.expires_at),
      points: group.reduce((sum, { remaining }) => sum + remaining, 0),
      parts: [...Map.groupBy(group, ({ issuer }) => issuer)].map(([issuer, part]) => ({
        issuer,
        points: part.reduce((sum, { remaining }) => sum + remaining, 0),
      })),
    }))
    .toSorted((one, other) => endOf(one) - endOf(other))
}

/** Points mostly end as a day begins, and whoever reads that day's name would come too late. */
function lastMomentBefore(time: string | null): string | null {
  return time === null ? null : new Date(Date.parse(time) - 1).toISOString()
}

function endOf({ until }: Ending): number {
  return until === null ? Infinity : Date.parse(until)
}

/** What ends next, if it does so soon; null when nothing does. */
export function expiringSoon(lots: readonly Lot[], now: Date): { points: number; until: string } | null {
  const first = endings(lots)[0]
  if (!first?.until || Date.parse(first.until) - now.getTime() > soonDays * 86_400_000) return null
  return { points: first.points, until: first.until }
}
