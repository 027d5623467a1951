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
  spend: {
    readonly points: bigint
    readonly shop: string | null
    readonly when: Date
    readonly left: bigint
  },
): Letter {
  const day = dateIn(timeZone, { weekday: 'long', day: 'numeric', month: 'long' }).format(spend.when)
  const time = dateIn(timeZone, { timeStyle: 'short' }).format(spend.when)
  const { points, shop, left } = spend
  const were = points === 1n ? 'was' : 'were'
  const what =
    shop === null
      ? `${count(points)} ${were} given to somebody else from your wallet at ${at}`
      : `${count(points)} of yours at ${at} ${were} spent at ${shop}`
  return {
    to,
    subject: shop === null ? `${count(points)} given to somebody else` : `${count(points)} spent at ${shop}`,
    text:
      `${what}, on ${day} at ${time}. You have ${plain.format(left)} left.\n\n` +
      `If that was not you, lock your points in your wallet at once, under More, and tell ${shop === null ? 'one of the shops' : 'the shop'}.\n\n` +
      `${turnOff}\n`,
  }
}

/** Tells a customer of the spends of an hour that were too many for a letter each. */
export function gatheredSpendsLetter(
  { to, at, timeZone }: To,
  spends: {
    readonly count: number
    readonly points: bigint
    readonly left: bigint
    readonly hour: { readonly from: Date; readonly to: Date }
  },
): Letter {
  const time = dateIn(timeZone, { timeStyle: 'short' })
  const { hour, points, left } = spends
  const times = `${plain.format(spends.count)} more ${spends.count === 1 ? 'payment or gift' : 'payments or gifts'}`
  return {
    to,
    subject: `${times} within an hour, ${count(points)} in all`,
    text:
      `There ${spends.count === 1 ? 'was' : 'were'} ${times} from your wallet at ${at} between ` +
      `${time.format(hour.from)} and ${time.format(hour.to)}, besides those that you had a letter about: ` +
      `${count(points)} in all. You had ${plain.format(left)} left after that. Look at your wallet to see each.\n\n` +
      'If that was not you, lock your points in your wallet at once, under More, and tell one of the shops.\n\n' +
      `${turnOff}\n`,
  }
}

/** Which letters were turned off. */
export interface LettersOff {
  readonly spends: boolean
  readonly endings: boolean
}

/** The last letter before there are none: somebody else may have turned them off. */
export function lettersOffLetter({ to, at }: Omit<To, 'timeZone'>, off: LettersOff): Letter {
  const about = [off.spends && 'payments', off.endings && 'points that end soon']
    .filter(Boolean)
    .join(' and ')
  return {
    to,
    subject: `Letters about ${about} were turned off`,
    text:
      `Letters about ${about} at ${at} were turned off in your wallet.\n\n` +
      'Was it not you? Then somebody else is signed in as you: lock your points and sign out everywhere in your ' +
      'wallet at once, under More, and turn the letters on again.\n',
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
