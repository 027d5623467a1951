import type { Letter } from '../mail/mailer.ts'
import { isGerman, writeFor, type DatedReader, type Reader } from '../mail/writing.ts'

const turnOff = 'You can turn these letters off in your wallet, under More.'
const turnOffGerman = 'Diese Briefe kannst du in deiner Wallet, unter Mehr, abbestellen.'
const english = { one: 'point', other: 'points' }
const german = { one: 'Punkt', other: 'Punkte' }
const longDay = { weekday: 'long', day: 'numeric', month: 'long' } as const
const dayMs = 24 * 60 * 60 * 1000

/** Points of a customer that were spent. */
interface ToldSpend {
  readonly points: bigint
  /** Null: a gift. */
  readonly shop: string | null
  /** The shop took them back: nothing was paid. */
  readonly isCorrection: boolean
  readonly when: Date
  readonly left: bigint
}

/** Tells a customer that points of theirs were spent, and what to do if that was not them. */
export function spendLetter(reader: DatedReader, spend: ToldSpend): Letter {
  return isGerman(reader) ? spendInGerman(reader, spend) : spendInEnglish(reader, spend)
}

function spendInEnglish(reader: DatedReader, { points, shop, isCorrection, when, left }: ToldSpend): Letter {
  const { to, at } = reader
  const { number, count, date } = writeFor(reader)
  const day = date(when, longDay)
  const time = date(when, { timeStyle: 'short' })
  const spent = count(points, english)
  const were = points === 1n ? 'was' : 'were'
  const how = isCorrection ? `taken back by ${shop}` : `spent at ${shop}`
  const what =
    shop === null
      ? `${spent} ${were} given to somebody else from your wallet at ${at}`
      : `${spent} of yours at ${at} ${were} ${how}`
  const subject = shop === null ? `${spent} given to somebody else` : `${spent} ${how}`
  const begin = `${what}, on ${day} at ${time}. You have ${number(left)} left.\n\n`
  if (isCorrection)
    return { to, subject, text: `${begin}If that is not right, ask the shop.\n\n${turnOff}\n` }
  return {
    to,
    subject,
    text:
      begin +
      `If that was not you, lock your points in your wallet at once, under More, and tell ${shop === null ? 'one of the shops' : 'the shop'}.\n\n` +
      `${turnOff}\n`,
  }
}

function spendInGerman(reader: DatedReader, { points, shop, isCorrection, when, left }: ToldSpend): Letter {
  const { to, at } = reader
  const { count, date } = writeFor(reader)
  const day = date(when, longDay)
  const time = date(when, { timeStyle: 'short' })
  const spent = count(points, german)
  const paid = shop === null ? 'verschenkt' : `bei ${shop} ausgegeben`
  const how = isCorrection ? `von ${shop} zurückgenommen` : paid
  const subject = `${spent} ${how}`
  const begin =
    `${spent} aus deiner Wallet bei ${at} ${points === 1n ? 'wurde' : 'wurden'} am ${day}, um ${time} ${how}. ` +
    `Du hast noch ${count(left, german)}.\n\n`
  if (isCorrection) {
    return { to, subject, text: `${begin}Wenn das nicht stimmt, frag den Laden.\n\n${turnOffGerman}\n` }
  }
  return {
    to,
    subject,
    text:
      begin +
      'Wenn du das nicht warst, sperr deine Punkte sofort in deiner Wallet, unter Mehr, und sag ' +
      `${shop === null ? 'einem der Läden' : 'dem Laden'} Bescheid.\n\n${turnOffGerman}\n`,
  }
}

/** Spends of one hour. */
interface ToldSpends {
  readonly count: number
  readonly points: bigint
  readonly left: bigint
  readonly hour: { readonly from: Date; readonly to: Date }
}

/** Tells a customer of the spends of an hour that were too many for a letter each. */
export function gatheredSpendsLetter(reader: DatedReader, spends: ToldSpends): Letter {
  return isGerman(reader) ? gatheredInGerman(reader, spends) : gatheredInEnglish(reader, spends)
}

function gatheredInEnglish(reader: DatedReader, spends: ToldSpends): Letter {
  const { to, at } = reader
  const { number, count, date } = writeFor(reader)
  const time = (of: Date) => date(of, { timeStyle: 'short' })
  const { hour, left } = spends
  const points = count(spends.points, english)
  const times = count(spends.count, { one: 'more payment or gift', other: 'more payments or gifts' })
  return {
    to,
    subject: `${times} within an hour, ${points} in all`,
    text:
      `There ${spends.count === 1 ? 'was' : 'were'} ${times} from your wallet at ${at} between ` +
      `${time(hour.from)} and ${time(hour.to)}, besides those that you had a letter about: ` +
      `${points} in all. You had ${number(left)} left after that. Look at your wallet to see each.\n\n` +
      'If that was not you, lock your points in your wallet at once, under More, and tell one of the shops.\n\n' +
      `${turnOff}\n`,
  }
}

function gatheredInGerman(reader: DatedReader, spends: ToldSpends): Letter {
  const { to, at } = reader
  const { count, date } = writeFor(reader)
  const time = (of: Date) => date(of, { timeStyle: 'short' })
  const { hour, left } = spends
  const points = count(spends.points, german)
  const times = count(spends.count, { one: 'Zahlung oder Geschenk', other: 'Zahlungen oder Geschenke' })
  return {
    to,
    subject: `Noch ${times} in einer Stunde, zusammen ${points}`,
    text:
      `Aus deiner Wallet bei ${at} gab es zwischen ${time(hour.from)} und ${time(hour.to)} noch ${times} außer denen, ` +
      `über die du schon Briefe hast: zusammen ${points}. Danach hattest du noch ${count(left, german)}. ` +
      'In deiner Wallet siehst du alles einzeln.\n\n' +
      'Wenn du das nicht warst, sperr deine Punkte sofort in deiner Wallet, unter Mehr, und sag einem der Läden ' +
      `Bescheid.\n\n${turnOffGerman}\n`,
  }
}

/** Which letters were turned off. */
export interface LettersOff {
  readonly spends: boolean
  readonly endings: boolean
}

/** The last letter before there are none: somebody else may have turned them off. */
export function lettersOffLetter(reader: Reader, off: LettersOff): Letter {
  const { to, at } = reader
  if (isGerman(reader)) {
    const about = [off.spends && 'Zahlungen', off.endings && 'Punkte, die bald verfallen']
      .filter(Boolean)
      .join(' und ')
    return {
      to,
      subject: `Abbestellt: Briefe über ${about}`,
      text:
        `In deiner Wallet bei ${at} wurden Briefe abbestellt: die über ${about}.\n\n` +
        'Warst du das nicht? Dann ist jemand anderes in deiner Wallet angemeldet: Sperr dort, unter Mehr, sofort deine ' +
        'Punkte, entferne alle Handys und Computer, die nicht deine sind, und schalte die Briefe wieder ein.\n',
    }
  }
  const about = [off.spends && 'payments', off.endings && 'points that end soon']
    .filter(Boolean)
    .join(' and ')
  return {
    to,
    subject: `Letters about ${about} were turned off`,
    text:
      `Letters about ${about} at ${at} were turned off in your wallet.\n\n` +
      'Was it not you? Then somebody else is signed in as you: in your wallet, under More, lock your points at once, ' +
      'remove every phone and computer that is not yours, and turn the letters on again.\n',
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
  reader: DatedReader,
  { endings, now }: { readonly endings: readonly [Ending, ...Ending[]]; readonly now: Date },
): Letter {
  const { to, at } = reader
  const { count } = writeFor(reader)
  const dayOf = ({ expiresAt }: Ending) => lastDay(expiresAt, now, reader)
  const [first] = endings
  const day = dayOf(first)
  const points = endings.filter((each) => dayOf(each) === day).reduce((sum, each) => sum + each.points, 0n)
  if (isGerman(reader)) {
    const end = (ended: bigint) => (ended === 1n ? 'verfällt' : 'verfallen')
    const lines = endings.map(
      (each) => `${count(each.points, german)} von ${each.shop} ${end(each.points)} ${dayOf(each)}.`,
    )
    return {
      to,
      subject: `${count(points, german)} bei ${at} ${end(points)} ${day}`,
      text:
        `${lines.join('\n')}\n\nBis dahin gelten sie in allen Läden von ${at}. Was am frühesten verfällt, wird zuerst ` +
        `ausgegeben.\n\n${turnOffGerman}\n`,
    }
  }
  const say = (ended: bigint) => `${count(ended, english)} ${ended === 1n ? 'ends' : 'end'}`
  const lines = endings.map((each) => `${say(each.points)} ${dayOf(each)}, from ${each.shop}.`)
  return {
    to,
    subject: `${say(points)} ${day}, at ${at}`,
    text:
      `${lines.join('\n')}\n\nUntil then they are good in every shop of ${at}. Points that end first are spent first.\n\n` +
      `${turnOff}\n`,
  }
}

/** `today`, `tomorrow`, `on Friday` within a week, else `on Friday 4 December`: the last day on which they are good. */
function lastDay(expiresAt: Date, now: Date, reader: DatedReader): string {
  // Points mostly end as a day begins: whoever came on that day would be too late.
  const last = new Date(expiresAt.getTime() - 1)
  const { timeZone } = reader
  const calendar = new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' })
  const days = (Date.parse(calendar.format(last)) - Date.parse(calendar.format(now))) / dayMs
  const words = isGerman(reader)
    ? { today: 'heute', tomorrow: 'morgen', on: 'am' }
    : { today: 'today', tomorrow: 'tomorrow', on: 'on' }
  if (days <= 0) return words.today
  if (days === 1) return words.tomorrow
  return `${words.on} ${writeFor(reader).date(last, days < 7 ? { weekday: 'long' } : longDay)}`
}
