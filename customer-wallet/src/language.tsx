import { createContext, use, useMemo, type ReactNode } from 'react'
import { createFormat, type Format } from '../../clients/web/format.ts'
import { createSay, pickLanguage, pickLocale, type Message, type Say } from '../../clients/web/messages.ts'
import { en, type MessageKey } from './messages/en.ts'

/** The languages there are; the first one counts where none fits. */
export const languages = { en: 'English', de: 'Deutsch' } as const
export type LanguageCode = keyof typeof languages

/** How the app speaks now. */
export interface Language {
  readonly code: LanguageCode
  readonly say: Say<MessageKey>
  readonly format: Format
  /** The same, with dates and numbers as people write them there. `place`: a network's locale (BCP 47). */
  at(place: string): Language
}

/** Loads a language: the one that was chosen, or the first of the device's that there is. */
export async function loadLanguage(chosen: string | undefined): Promise<Language> {
  const wanted = [...(chosen ? [chosen] : []), ...navigator.languages]
  const code = pickLanguage(Object.keys(languages) as [LanguageCode, ...LanguageCode[]], wanted)
  const messages = code === 'de' ? (await import('./messages/de.ts')).de : en
  return createLanguage(code, messages)
}

function createLanguage(
  code: LanguageCode,
  messages: Readonly<Record<MessageKey, Message>>,
  place?: string,
): Language {
  const locale = pickLocale(code, navigator.languages, place)
  return {
    code,
    say: createSay(locale, messages),
    format: createFormat(locale),
    at: (there) => createLanguage(code, messages, there),
  }
}

/** The language of what is inside. */
export const LanguageContext = createContext<Language | null>(null)

/** How to say things here. */
export function useLanguage(): Language {
  const language = use(LanguageContext)
  if (language === null) throw new Error('there is no LanguageContext around')
  return language
}

/** Inside, dates, times and numbers are written as people do at the network's `place` (its locale), once that is known. */
export function LanguageAt({ place, children }: { place: string | undefined; children: ReactNode }) {
  const language = useLanguage()
  const there = useMemo(() => (place === undefined ? language : language.at(place)), [language, place])
  return <LanguageContext value={there}>{children}</LanguageContext>
}
