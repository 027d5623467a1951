/** Whom a letter to a customer goes to, and how their network writes. */
export interface Reader {
  readonly to: string
  /** The network's name. */
  readonly at: string
  /** The network's, BCP 47. */
  readonly locale: string
}

/** A reader who is told days or hours: the network's. */
export interface DatedReader extends Reader {
  readonly timeZone: string
}

/** Numbers, nouns and dates, as people write them where a network is. */
export interface Writing {
  /** `1,240` */
  number(value: number | bigint): string
  /** `1 point`, `1,240 points` */
  count(value: number | bigint, nouns: { readonly one: string; readonly other: string }): string
  /** In the network's time zone. */
  date(at: Date, options: Intl.DateTimeFormatOptions): string
}

/** The language of a network's letters to customers: German where its locale is, English elsewhere. */
export function isGerman({ locale }: Pick<Reader, 'locale'>): boolean {
  return new Intl.Locale(locale).language === 'de'
}

/** How numbers and dates are written in a network's letters (BCP 47). */
export function writtenLocale(reader: Pick<Reader, 'locale'>): string {
  return isGerman(reader) ? reader.locale : englishAt(reader.locale)
}

/** How a network's letters write, in the language that they are in. */
export function writeFor(reader: Pick<DatedReader, 'locale' | 'timeZone'>): Writing {
  const locale = writtenLocale(reader)
  // Rates and factors have so many decimals.
  const numbers = new Intl.NumberFormat(locale, { maximumFractionDigits: 6 })
  const plural = new Intl.PluralRules(locale, { maximumFractionDigits: 6 })
  const { timeZone } = reader
  return {
    number: (value) => numbers.format(value),
    count: (value, nouns) =>
      `${numbers.format(value)} ${plural.select(Number(value)) === 'one' ? nouns.one : nouns.other}`,
    date: (at, options) => new Intl.DateTimeFormat(locale, { timeZone, ...options }).format(at),
  }
}

/** As people there write it; elsewhere than where they speak English, as in Britain. */
function englishAt(locale: string): string {
  const { language, region } = new Intl.Locale(locale)
  return language === 'en' && region !== undefined ? locale : 'en-GB'
}
