import type { Lot } from './account/snapshot.ts'

/** From when before their end points are worth a word on the first screen. */
const soonDays = 31

/** Points that end at one time, from one or several shops. */
export interface Ending {
  /** Null: never. */
  readonly expiresAt: string | null
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
      expiresAt: group[0]!.expires_at,
      points: group.reduce((sum, { remaining }) => sum + remaining, 0),
      parts: [...Map.groupBy(group, ({ issuer }) => issuer)].map(([issuer, part]) => ({
        issuer,
        points: part.reduce((sum, { remaining }) => sum + remaining, 0),
      })),
    }))
    .toSorted((one, other) => endOf(one) - endOf(other))
}

function endOf({ expiresAt }: Ending): number {
  return expiresAt === null ? Infinity : Date.parse(expiresAt)
}

/** What ends next, if it does so soon; null when nothing does. */
export function expiringSoon(lots: readonly Lot[], now: Date): { points: number; expiresAt: string } | null {
  const first = endings(lots)[0]
  if (!first?.expiresAt || Date.parse(first.expiresAt) - now.getTime() > soonDays * 86_400_000) return null
  return { points: first.points, expiresAt: first.expiresAt }
}
