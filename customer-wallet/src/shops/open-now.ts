import type { Shop } from '../account/snapshot.ts'

/** Whether a shop is open, and until when; or when it opens next. Null: it told no hours. */
export type Opening =
  | { readonly isOpen: true; readonly until: string }
  | { readonly isOpen: false; readonly day: number; readonly from: string; readonly isToday: boolean }

/** `now` in the network's time zone; days as ISO 8601 counts them. */
export function openingAt(hours: Shop['hours'], now: Date, timeZone: string): Opening | null {
  if (hours.length === 0) return null
  const { day, time } = localTime(now, timeZone)
  const open = hours.find((each) => each.day === day && each.opens <= time && time < each.closes)
  if (open) return { isOpen: true, until: open.closes }
  const next = hours
    .map((each) => {
      const isToday = each.day === day && each.opens > time
      return { ...each, isToday, ahead: isToday ? 0 : ((each.day - day + 6) % 7) + 1 }
    })
    .toSorted((one, other) => one.ahead - other.ahead || (one.opens < other.opens ? -1 : 1))[0]!
  return { isOpen: false, day: next.day, from: next.opens, isToday: next.isToday }
}

function localTime(now: Date, timeZone: string): { day: number; time: string } {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(now)
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((each) => each.type === type)?.value ?? ''
  const days = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']
  return { day: days.indexOf(part('weekday')) + 1, time: `${part('hour')}:${part('minute')}` }
}
