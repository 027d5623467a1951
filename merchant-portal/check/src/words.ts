import { createFormat, type Format } from '../../../clients/web/format.ts'
import { createSay, pickLanguage, pickLocale, type Say } from '../../../clients/web/messages.ts'
import { de } from './messages/de.ts'
import { en, type MessageKey } from './messages/en.ts'

export interface Words {
  readonly say: Say<MessageKey>
  readonly format: Format
  /** `3 seconds ago`, `2 hours ago` */
  ago(time: string | number): string
  /** `in 12 minutes`, rounded up */
  after(seconds: number): string
  /** `12.4 MB` */
  bytes(bytes: number): string
}

/** Of decimal prefixes (ISO 80000-1), as disks are sold. */
const sizes = [
  ['gigabyte', 1e9],
  ['megabyte', 1e6],
  ['kilobyte', 1e3],
  ['byte', 1],
] as const

const units = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const

/** Speaks as the browser asks; writes dates and numbers as people do where the network is, once its `place` is known. */
export function speak(place?: string): Words {
  const language = pickLanguage(['en', 'de'], navigator.languages)
  const locale = pickLocale(language, navigator.languages, place)
  document.documentElement.lang = language
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'always' })
  return {
    say: createSay(locale, { en, de }[language]),
    format: createFormat(locale),
    ago(time) {
      const seconds = Math.max(0, (Date.now() - new Date(time).getTime()) / 1000)
      const [unit, length] = units.find(([, length]) => seconds >= length) ?? units[3]
      return relative.format(-Math.floor(seconds / length), unit)
    },
    after(seconds) {
      const [unit, length] = units.find(([, length]) => seconds >= length) ?? units[3]
      return relative.format(Math.ceil(seconds / length), unit)
    },
    bytes(bytes) {
      const [unit, length] = sizes.find(([, length]) => bytes >= length) ?? sizes[3]
      const digits = {
        minimumFractionDigits: length > 1e3 ? 1 : 0,
        maximumFractionDigits: length > 1e3 ? 1 : 0,
      }
      return new Intl.NumberFormat(locale, { style: 'unit', unit, ...digits }).format(bytes / length)
    },
  }
}
