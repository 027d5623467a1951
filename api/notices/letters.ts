import type { Letter } from '../mail/mailer.ts'

/** Of which customer, in which network. */
interface To {
  readonly to: string
  /** The network's name. */
  readonly at: string
  /** The network's: its days and hours are told. */
  readonly timeZone: string
}

const turnOff = 'You can turn these letters off in your wallet, under More.'
const plain = new Intl.NumberFormat('en-GB')
const dayMs = 24 * 60 * 60 * 1000

/** Tells a customer that points of theirs were spent, and what to do if that was not them. */
export function spendLetter(
  { to, at, timeZone }: To,
  spend: { readonly points: bigint; readonly shop: string; readonly when: Date; readonly left: bigint },
): Letter {
  const day = dateIn(timeZone, { weekday: 'long', day: 'numeric', month: 'long' }).format(spend.when)
  const time = dateIn(timeZone, { timeStyle: 'short' }).format(spend.when)
  const { points, shop, left } = spend
  return {
    to,
    subject: `${count(points)} spent at ${shop}`,
    text:
      `${count(points)} of yours at ${at} ${points === 1n ? 'was' : 'were'} spent at ${shop}, on ${day} at ${time}. ` +
      `You have ${plain.format(left)} left.\n\n` +
      'If that was not you, lock your points in your wallet at once, under More, and tell the shop.\n\n' +
      `${turnOff}\n`,
  }
}

/** Points that end at one time, given by one shop. */
export interface Ending {
  readonly points: bigint
  readonly shop: string
  readonly expiresAt: Date
}

/** Tells a customer which of their points end soon; the soonest first. */
export function endingLetter(
  { to, at, timeZone }: To,
  { endings, now }: { readonly endings: readonly [Ending, ...Ending[]]; readonly now: Date },
): Letter {
  const [first] = endings
  const say = ({ points, expiresAt }: Omit<Ending, 'shop'>) =>
    `${count(points)} ${points === 1n ? 'ends' : 'end'} ${lastDay(expiresAt, { now, timeZone })}`
  const ofFirstDay = endings.filter((each) => say({ ...each, points: 0n }) === say({ ...first, points: 0n }))
  const points = ofFirstDay.reduce((sum, each) => sum + each.points, 0n)
  const lines = endings.map((ending) => `${say(ending)}, from ${ending.shop}.`)
  return {
    to,
    subject: `${say({ points, expiresAt: first.expiresAt })}, at ${at}`,
    text:
      `${lines.join('\n')}\n\nUntil then they are good in every shop of ${at}. Points that end first are spent first.\n\n` +
      `${turnOff}\n`,
  }
}

/** `today`, `tomorrow`, `on Friday` within a week, else `on Friday 4 December`: the last day on which they are good. */
function lastDay(expiresAt: Date, { now, timeZone }: { now: Date; timeZone: string }): string {
  // Points mostly end as a day begins: whoever came on that day would be too late.
  const last = new Date(expiresAt.getTime() - 1)
  const calendar = dateIn(timeZone, { dateStyle: 'short' }, 'en-CA')
  const days = (Date.parse(calendar.format(last)) - Date.parse(calendar.format(now))) / dayMs
  if (days <= 0) return 'today'
  if (days === 1) return 'tomorrow'
  const long = { weekday: 'long', day: 'numeric', month: 'long' } as const
  return `on ${dateIn(timeZone, days < 7 ? { weekday: 'long' } : long).format(last)}`
}

function count(points: bigint): string {
  return `${plain.format(points)} ${points === 1n ? 'point' : 'points'}`
}

function dateIn(timeZone: string, options: Intl.DateTimeFormatOptions, locale = 'en-GB') {
  return new Intl.DateTimeFormat(locale, { timeZone, ...options })
}
