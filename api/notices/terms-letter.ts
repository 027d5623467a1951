import { currencyDigits } from '../../ledger/index.ts'
import type { Letter } from '../mail/mailer.ts'
import { isGerman, writeFor, writtenLocale, type DatedReader } from '../mail/writing.ts'
import type { TermsChange } from '../rules/coming-terms.ts'
import type { WorseTerms } from './terms-store.ts'

/** A customer who is told of money, in their network's currency. */
export interface TermsReader extends DatedReader {
  readonly currency: string
}

/** Tells a customer which terms get worse, from which day, and what stays; in the network's language. */
export function worseTermsLetter(reader: TermsReader, terms: Omit<WorseTerms, 'toldAt'>): Letter {
  const write = writeTerms(reader)
  const start = write.start(terms.effectiveFrom)
  const shop = terms.shop?.name ?? ''
  const say = isGerman(reader) ? inGerman : inEnglish
  const lines = terms.changes.map((change) => `- ${say(change, { ...write, shop })}\n`).join('')
  const { to, at } = reader
  if (isGerman(reader)) {
    return {
      to,
      subject: `${at}: neue Bedingungen ab ${start}`,
      text:
        `Die Bedingungen für Punkte bei ${at} ändern sich. Ab ${start}:\n\n${lines}\n` +
        'Punkte, die du vor diesem Tag bekommen hast, behältst du, und sie verfallen nicht früher.\n\n' +
        (terms.shop === null
          ? 'Diesen Brief bekommen alle, die mitmachen, auch wer andere Briefe abbestellt hat.\n'
          : `Diesen Brief bekommen alle, die bei ${shop} eingekauft haben, auch wer andere Briefe abbestellt hat.\n`),
    }
  }
  return {
    to,
    subject: `${at}: new terms from ${start}`,
    text:
      `The terms for points at ${at} change. From ${start}:\n\n${lines}\n` +
      'Points that you were given before that day stay yours, and end no sooner.\n\n' +
      (terms.shop === null
        ? 'Everybody who takes part gets this letter, whatever other letters they turned off.\n'
        : `Everybody who has bought at ${shop} gets this letter, whatever other letters they turned off.\n`),
  }
}

type Words = ReturnType<typeof writeTerms> & { readonly shop: string }

function inEnglish(
  { field, before, after }: TermsChange,
  { number, count, money, unit, shop }: Words,
): string {
  const points = (value: TermsChange['after']) => count(value, { one: 'point', other: 'points' })
  switch (field) {
    case 'points_per_currency_unit':
      return `${points(after)} for each ${unit} instead of ${number(before)}.`
    case 'rounding':
      return after === 'down'
        ? 'Parts of a point are left off.'
        : 'Half a point or more counts as one, less as none.'
    case 'expires_after_months': {
      const good = `New points are good for ${count(after, { one: 'month', other: 'months' })}`
      return before === null
        ? `${good}. Until now they have no end.`
        : `${good} instead of ${number(before)}.`
    }
    case 'daily_max_per_wallet':
      return `At most ${points(after)} a day${before === null ? '' : ` instead of ${number(before)}`}.`
    case 'min_spend_minor':
      return `Points only for ${money(after)} or more at once${Number(before) > 0 ? ` instead of ${money(before)}` : ''}.`
    case 'multipliers':
      return 'Fewer extra points: at some times or in some shops there are less of them, or none.'
    case 'factor':
      return Number(after) === 1
        ? `${shop} gives the usual points instead of ${number(before)} times as many.`
        : `${shop} gives ${number(after)} times the usual points instead of ${number(before)} times.`
  }
}

function inGerman(
  { field, before, after }: TermsChange,
  { number, count, money, unit, shop }: Words,
): string {
  const points = (value: TermsChange['after']) => count(value, { one: 'Punkt', other: 'Punkte' })
  switch (field) {
    case 'points_per_currency_unit':
      return `${points(after)} je ${unit} Einkauf statt ${number(before)}.`
    case 'rounding':
      return after === 'down'
        ? 'Teile eines Punktes fallen weg.'
        : 'Ein halber Punkt und mehr zählt als einer, weniger als keiner.'
    case 'expires_after_months': {
      const good = `Neue Punkte gelten ${count(after, { one: 'Monat', other: 'Monate' })}`
      return before === null ? `${good}. Bisher verfallen sie nicht.` : `${good} statt ${number(before)}.`
    }
    case 'daily_max_per_wallet':
      return `Höchstens ${points(after)} am Tag${before === null ? '' : ` statt ${number(before)}`}.`
    case 'min_spend_minor':
      return `Punkte gibt es erst ab ${money(after)} Einkauf${Number(before) > 0 ? ` statt ab ${money(before)}` : ''}.`
    case 'multipliers':
      return 'Weniger Extrapunkte: Zu manchen Zeiten oder in manchen Läden gibt es weniger oder keine.'
    case 'factor':
      return Number(after) === 1
        ? `${shop} gibt die üblichen Punkte statt der ${number(before)}-fachen.`
        : `${shop} gibt die ${number(after)}-fachen Punkte statt der ${number(before)}-fachen.`
  }
}

function writeTerms(reader: TermsReader) {
  const { number, count, date } = writeFor(reader)
  const { currency, timeZone } = reader
  const locale = writtenLocale(reader)
  const inCurrency = { style: 'currency', currency } as const
  const digits = currencyDigits(currency)
  const exact = { minimumFractionDigits: digits, maximumFractionDigits: digits }
  return {
    number: (value: TermsChange['after']) => number(Number(value)),
    count: (value: TermsChange['after'], nouns: Parameters<typeof count>[1]) => count(Number(value), nouns),
    money: (minor: TermsChange['after']) =>
      new Intl.NumberFormat(locale, { ...inCurrency, ...exact }).format(Number(minor) / 10 ** digits),
    unit: new Intl.NumberFormat(locale, { ...inCurrency, maximumFractionDigits: 0 }).format(1),
    /** The day; with the time, unless it begins with the day. */
    start(at: Date): string {
      const clock = new Intl.DateTimeFormat('en-GB', { timeZone, timeStyle: 'short' }).format(at)
      return date(at, { dateStyle: 'long', ...(clock !== '00:00' && { timeStyle: 'short' }) })
    },
  }
}
