import { createContext, use } from 'react'
import { createFormat, type Format } from '../../clients/web/format.ts'
import { createSay, pickLanguage, pickLocale, type Say } from '../../clients/web/messages.ts'
import { en, type MessageKey } from './messages/en.ts'

/** The languages there are; the first one counts where none fits. */
export const languages = { en: 'English', de: 'Deutsch' } as const
export type LanguageCode = keyof typeof languages

/** How the app speaks now. */
export interface Language {
  readonly code: LanguageCode
  readonly say: Say<MessageKey>
  readonly format: Format
}

/** Loads a language: the one that was chosen, or the first of the device's that there is. */
export async function loadLanguage(chosen: string | undefined): Promise<Language> {
  const wanted = [...(chosen ? [chosen] : []), ...navigator.languages]
  const code = pickLanguage(Object.keys(languages) as [LanguageCode, ...LanguageCode[]], wanted)
  const messages = code === 'de' ? (await import('./messages/de.ts')).de : en
  // Where the device says which English or German, its dates and numbers follow.
  const locale = pickLocale(code, navigator.languages)
  return { code, say: createSay(locale, messages), format: createFormat(locale) }
}

/** The language of what is inside. */
export const LanguageContext = createContext<Language | null>(null)

/** How to say things here. */
export function useLanguage(): Language {
  const language = use(LanguageContext)
  if (language === null) throw new Error('there is no LanguageContext around')
  return language
}
