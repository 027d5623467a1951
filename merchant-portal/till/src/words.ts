import { createFormat, type Format } from '../../../clients/web/format.ts'
import { createSay, pickLanguage, pickLocale, type Say } from '../../../clients/web/messages.ts'
import { de } from './messages/de.ts'
import { en, type MessageKey } from './messages/en.ts'
import { kindWord, localDay, visitNumber, type PersonHere } from './kind-words.ts'
import type { PairedTill, Settings } from './store.ts'

const languages = { en, de }

/** How this till speaks and writes numbers: in the language asked for, as people do where the network is. */
export function speak(
  settings: Settings,
  network?: PairedTill['network'],
): { say: Say<MessageKey>; format: Format; locale: string } {
  const language = settings.language ?? pickLanguage<'en' | 'de'>(['en', 'de'], navigator.languages)
  const locale = pickLocale(language, navigator.languages, network?.locale)
  return {
    say: createSay(locale, languages[language]),
    format: createFormat(locale, network?.time_zone),
    locale,
  }
}

/** `14th`, by the ordinal plural category (CLDR). */
export function sayNth(say: Say<MessageKey>, count: number): string {
  const category = new Intl.PluralRules('en', { type: 'ordinal' }).select(count)
  const keys = { one: 'nth_one', two: 'nth_two', few: 'nth_few' } as const
  return say(category in keys ? keys[category as keyof typeof keys] : 'nth_other', { count })
}

/**
 * What a shopkeeper wants to know of a person at a glance, and the one thing to say. A visit is a day with a sale here:
 * whoever comes back on the same day is told of as such, and not as if it were the first time. `isSold`: the sale before
 * us is in the figures already.
 */
export function describePerson(
  { say, format }: { say: Say<MessageKey>; format: Format },
  person: PersonHere,
  { now, timeZone, isSold = false }: { now: Date; timeZone: string; isSold?: boolean },
): { facts: string[]; kind: string } {
  const today = localDay(now, timeZone)
  const nth = sayNth(say, visitNumber(person, today))
  // A day by the calendar: noon is on that day wherever it is read.
  const noon = (day: string) => new Date(`${day}T12:00:00`)
  const { visits, since, last_visit: last } = person
  const isAgain = last === today && !isSold
  const facts = [
    visits === 0 && say('who_first'),
    visits > (isAgain ? 1 : 0) && say('who_visits', { nth }),
    isAgain && say('who_again_today'),
    since !== null && !(isAgain && since === today) && say('who_since', { day: format.day(noon(since)) }),
    last !== null && last !== since && !isAgain && say('who_last', { day: format.relativeDay(noon(last)) }),
    person.birthday_week && say('who_birthday'),
  ].filter((fact) => typeof fact === 'string')
  const kind = say(`kind_${kindWord(person, today)}`, {
    nth,
    who: person.name ?? say('customer'),
    year: since?.slice(0, 4) ?? '',
  })
  return { facts, kind }
}

/** A refusal in the till's words: what happened, then what to do. */
export function explain(
  say: Say<MessageKey>,
  problem: { readonly code: string; readonly detail?: string | undefined },
  values: Readonly<Record<string, string | number>> = {},
): string {
  const key = `refused_${problem.code}`
  return key in en
    ? say(key as MessageKey, { who: say('customer'), ...values })
    : say('refused_other', { detail: problem.detail ?? problem.code })
}
