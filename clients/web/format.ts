import { rateDecimals } from './messages.ts'

/** A network's currency, as the API tells of it. A device may still hold answers that knew no digits. */
export interface Currency {
  readonly currency: string
  readonly currency_digits?: number
}

/** How numbers, money and dates are written where the reader lives. */
export interface Format {
  /** `1,240`; of a rate or factor `1.0005`. */
  points(points: number): string
  /** `+12`, `−100` */
  signedPoints(points: number): string
  /** `£12.40` from 1240 minor units. */
  money(minor: number, currency: Currency): string
  /** `£1`: one unit of a currency. */
  moneyUnit(currency: string): string
  /** `8:30 am` or `08:30` from `08:30`. */
  clockTime(time: string): string
  /** `Monday` from 1, as ISO 8601 counts. */
  weekday(day: number): string
  /** `January` from 1. */
  month(month: number): string
  /** `today`, `tomorrow`, `yesterday`, `Friday` within a week, else `5 Dec`, or `5 Dec 2027` in another year. */
  day(time: string | Date): string
  /** `5 January`, or `5 January 2027` in another year. */
  date(time: string | Date): string
  /** `Friday, 27 November 2026` */
  fullDay(time: string | Date): string
  /** `today`, `yesterday`, `3 days ago`, `in 3 days`; in calendar days. */
  relativeDay(time: string | Date): string
  /** `14:05` */
  time(time: string | Date): string
}

const dayMs = 86_400_000

/** For one locale (BCP 47) and time zone (the device's unless told). */
export function createFormat(locale: string, timeZone?: string): Format {
  const zone = timeZone === undefined ? {} : { timeZone }
  const date = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(locale, { ...zone, ...options })
  const plain = new Intl.NumberFormat(locale, { maximumFractionDigits: rateDecimals })
  const signed = new Intl.NumberFormat(locale, { signDisplay: 'exceptZero' })
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
  const weekday = date({ weekday: 'long' })
  const short = date({ day: 'numeric', month: 'short' })
  const shortWithYear = date({ day: 'numeric', month: 'short', year: 'numeric' })
  const long = date({ day: 'numeric', month: 'long' })
  const longWithYear = date({ dateStyle: 'long' })
  const full = date({ dateStyle: 'full' })
  const clock = date({ timeStyle: 'short' })
  const utcClock = new Intl.DateTimeFormat(locale, { timeZone: 'UTC', timeStyle: 'short' })
  const utcWeekday = new Intl.DateTimeFormat(locale, { timeZone: 'UTC', weekday: 'long' })
  const utcMonth = new Intl.DateTimeFormat(locale, { timeZone: 'UTC', month: 'long' })
  const year = date({ year: 'numeric' })
  const dayNumber = (time: Date) => calendarDay(time, timeZone)
  const daysFromToday = (time: Date) => dayNumber(time) - dayNumber(new Date())
  return {
    points: (points) => plain.format(points),
    signedPoints: (points) => signed.format(points).replace('-', '−'),
    money: (minor, currency) => formatMoney(locale, minor, currency),
    moneyUnit: (currency) =>
      new Intl.NumberFormat(locale, { style: 'currency', currency, maximumFractionDigits: 0 }).format(1),
    clockTime: (time) => utcClock.format(new Date(`1970-01-01T${time}Z`)),
    // 5 January 1970 was a Monday.
    weekday: (day) => utcWeekday.format(Date.UTC(1970, 0, 4 + day)),
    month: (month) => utcMonth.format(Date.UTC(1970, month - 1)),
    day(at) {
      const time = new Date(at)
      const days = daysFromToday(time)
      if (Math.abs(days) < 2) return relative.format(days, 'day')
      if (Math.abs(days) < 7) return weekday.format(time)
      return (year.format(time) === year.format(new Date()) ? short : shortWithYear).format(time)
    },
    date(at) {
      const time = new Date(at)
      return (year.format(time) === year.format(new Date()) ? long : longWithYear).format(time)
    },
    fullDay: (at) => full.format(new Date(at)),
    relativeDay: (at) => relative.format(daysFromToday(new Date(at)), 'day'),
    time: (at) => clock.format(new Date(at)),
  }
}

function formatMoney(locale: string, minor: number, { currency, currency_digits: told }: Currency): string {
  const style = { style: 'currency', currency } as const
  // Intl's own digits are those people write, which are fewer for HUF and others than its minor unit has.
  const digits = told ?? new Intl.NumberFormat('en', style).resolvedOptions().maximumFractionDigits ?? 2
  const exact = { minimumFractionDigits: digits, maximumFractionDigits: digits }
  return new Intl.NumberFormat(locale, { ...style, ...exact }).format(minor / 10 ** digits)
}

/** Days since 1970 of the date that the calendar there shows. */
function calendarDay(time: Date, timeZone: string | undefined): number {
  const parts = new Intl.DateTimeFormat('en-CA', { ...(timeZone && { timeZone }), dateStyle: 'short' })
  return Date.parse(parts.format(time)) / dayMs
}
