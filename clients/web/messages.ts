/** One message: text with `{names}`, or such texts by plural category (CLDR), chosen by `{count}`. */
export type Message = string | ({ readonly other: string } & Partial<Record<Intl.LDMLPluralRule, string>>)

/** A language's messages, by key. */
export type Messages = Readonly<Record<string, Message>>

/** What stands for a message's `{names}`. A number is written as the language writes it. */
export type MessageValues = Readonly<Record<string, string | number>>

/** Says the message with that key; `count` also chooses its plural form. */
export type Say<Key extends string = string> = (key: Key, values?: MessageValues) => string

/** A rate's sixth decimal is the last that counts. */
export const rateDecimals = 6

/** Speaks `locale` (BCP 47) from its messages. */
export function createSay<Key extends string>(
  locale: string,
  messages: Readonly<Record<Key, Message>>,
): Say<Key> {
  const plural = new Intl.PluralRules(locale, { maximumFractionDigits: rateDecimals })
  const number = new Intl.NumberFormat(locale, { maximumFractionDigits: rateDecimals })
  const pick = (message: Message, count: unknown) => {
    if (typeof message === 'string') return message
    return (typeof count === 'number' ? message[plural.select(count)] : undefined) ?? message.other
  }
  return (key, values = {}) =>
    pick(messages[key], values['count']).replaceAll(/\{(\w+)\}/g, (whole, name: string) => {
      const value = values[name]
      return typeof value === 'number' ? number.format(value) : (value ?? whole)
    })
}

/** Of the languages there are (the first one counts when none fits) the one that `wanted` names first. */
export function pickLanguage<Language extends string>(
  available: readonly [Language, ...Language[]],
  wanted: readonly string[],
): Language {
  for (const want of wanted) {
    const found = available.find((language) => language === want.split('-')[0]?.toLowerCase())
    if (found) return found
  }
  return available[0]
}

/**
 * How to write dates, times and numbers in `language`: as they do where the network is, if its locale (`place`) names a
 * region; else as the first of the `wanted` tags (BCP 47) that is a region's kind of that language; else as the language
 * itself does. A tag that isn't one is passed over: browsers under the C locale say "en-US@posix".
 */
export function pickLocale(language: string, wanted: readonly string[], place?: string): string {
  const { language: spoken, region } = place === undefined ? {} : new Intl.Locale(place)
  if (place !== undefined && region !== undefined)
    return spoken === language ? place : `${language}-${region}`
  const isLocale = (tag: string) => {
    try {
      return Intl.getCanonicalLocales(tag).length === 1
    } catch {
      return false
    }
  }
  return wanted.find((tag) => tag.split('-')[0]?.toLowerCase() === language && isLocale(tag)) ?? language
}
