import { expect, test } from 'vitest'
import { takingRefusals } from '../../api/qr/presented-wallet.ts'
import { createReceiptNumber, mostPoints, typeAmount } from '../../merchant-portal/till/src/bill.ts'
import { createKeystrokes } from '../../merchant-portal/till/src/keystrokes.ts'
import { kindWord, visitNumber } from '../../merchant-portal/till/src/kind-words.ts'
import { createFormat } from '../../clients/web/format.ts'
import { createSay } from '../../clients/web/messages.ts'
import { countryOf } from '../../merchant-portal/till/src/country.ts'
import { de } from '../../merchant-portal/till/src/messages/de.ts'
import { en } from '../../merchant-portal/till/src/messages/en.ts'
import { whatWasScanned, whatWasTyped } from '../../merchant-portal/till/src/scanned.ts'
import type { PairedTill } from '../../merchant-portal/till/src/store.ts'
import { describePerson, speak } from '../../merchant-portal/till/src/words.ts'

/** What is heard of keys that come `gapMs` apart. */
function hear(keys: readonly string[], gapMs: number) {
  const heard: { typed: string[]; scanned: string[] } = { typed: [], scanned: [] }
  const keystrokes = createKeystrokes({
    typed: (key) => heard.typed.push(key),
    scanned: (text) => heard.scanned.push(text),
  })
  keys.forEach((key, i) => keystrokes.press(key, i * gapMs))
  keystrokes.flush()
  return heard
}

test('a burst that ends with Enter is a scan, and none of it is typed', () => {
  expect(hear([...'290000004711', 'Enter'], 5)).toEqual({ typed: [], scanned: ['290000004711'] })
  expect(hear([...'56'.repeat(360), 'Enter'], 30).scanned).toEqual(['56'.repeat(360)])
})

test('what fingers type is typed, however fast, in its order; Enter with it', () => {
  expect(hear(['1', '2', '4', '0', 'Enter'], 20)).toEqual({
    typed: ['1', '2', '4', '0', 'Enter'],
    scanned: [],
  })
  expect(hear([...'123456789', 'Enter'], 55).scanned).toEqual([])
  expect(hear([...'123456789', 'Enter'], 200).typed.join('')).toBe('123456789Enter')
})

test('two scans one after the other are two', () => {
  const keys = [...'2900000017', 'Enter', ...'2900000024', 'Enter']
  expect(hear(keys, 4).scanned).toEqual(['2900000017', '2900000024'])
})

test('a QR is told from a card, and a phone number from both', () => {
  expect(whatWasScanned('56'.repeat(200))).toEqual({ qr: '56'.repeat(200) })
  expect(whatWasScanned(` ${'eyJhbGciOi'.repeat(5)}.eyJz.abc_-\n`)).toMatchObject({
    qr: expect.stringMatching(/^eyJ/),
  })
  expect(whatWasScanned('2900-0000 1234')).toEqual({ card: '290000001234' })
  expect(whatWasScanned('https://example.org/')).toBeNull()
  expect(whatWasTyped('+44 20 7946 0123')).toEqual({ phone: '+44 20 7946 0123' })
  expect(whatWasTyped('ada@example.org')).toEqual({ email: 'ada@example.org' })
  expect(whatWasTyped('020')).toBeNull()
})

test('a phone number as people say it gets the code of the country that the network is in, and a card stays a card', () => {
  const typed = (text: string, locale: string, currency: string) =>
    whatWasTyped(text, countryOf({ locale, currency }))
  expect(typed('07700 900123', 'en-GB', 'GBP')).toEqual({ phone: '+447700900123' })
  expect(typed('(020) 7946-0123', 'en', 'GBP')).toEqual({ phone: '+442079460123' })
  expect(typed('030/1234567', 'de-DE', 'EUR')).toEqual({ phone: '+49301234567' })
  expect(typed('0660 1234567', 'de-AT', 'EUR')).toEqual({ phone: '+436601234567' })
  expect(typed('044 668 18 00', 'fr-CH', 'CHF')).toEqual({ phone: '+41446681800' })
  expect(typed('01 23 45 67 89', 'fr-FR', 'EUR')).toEqual({ phone: '+33123456789' })
  expect(typed('085 123 4567', 'en-IE', 'EUR')).toEqual({ phone: '+353851234567' })
  expect(typed('+44 (0)20 7946 0123', 'de-DE', 'EUR')).toEqual({ phone: '+44 20 7946 0123' })
  expect(typed('012345678905', 'en-GB', 'GBP')).toEqual({ card: '012345678905' })
  expect(typed('290000004711', 'de-DE', 'EUR')).toEqual({ card: '290000004711' })
  for (const [locale, currency] of [
    ['en', 'EUR'],
    ['en-GB', 'EUR'],
    ['it-IT', 'EUR'],
    ['en-GG', 'GBP'],
  ] as const)
    expect(countryOf({ locale, currency })).toBeNull()
})

test('the pad types as a cash register does, and never more than fits', () => {
  expect(['1', '2', '4', '0'].reduce(typeAmount, 0)).toBe(1240)
  expect(['1', '00', 'Backspace'].reduce(typeAmount, 0)).toBe(10)
  expect(typeAmount(999_999_999, '9')).toBe(999_999_999)
  expect(typeAmount(1240, 'Escape')).toBe(0)
  expect(typeAmount(1240, 'a')).toBe(1240)
})

test('no more points are offered than the bill is worth or the wallet has', () => {
  expect(mostPoints(1009, { available: 240, faceValueMinor: 10 })).toBe(100)
  expect(mostPoints(1009, { available: 60, faceValueMinor: 10 })).toBe(60)
  expect(mostPoints(9, { available: 60, faceValueMinor: 10 })).toBe(0)
})

test('receipt numbers can be read out, and differ', () => {
  const numbers = Array.from({ length: 100 }, createReceiptNumber)
  expect(numbers.filter((number) => !/^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$/.test(number))).toEqual(
    [],
  )
  expect(new Set(numbers).size).toBe(100)
})

test('the kind word is the dearest that fits, counting this visit once', () => {
  const today = '2026-11-21'
  const person = { name: 'Ada', visits: 13, since: '2026-03-05', last_visit: '2026-11-17' }
  expect(kindWord(person, today)).toBe('again')
  expect(kindWord({ ...person, birthday_week: true }, today)).toBe('birthday')
  expect(kindWord({ ...person, visits: 0, since: null, last_visit: null }, today)).toBe('first_visit')
  expect(kindWord({ ...person, visits: 9 }, today)).toBe('round_visit')
  expect(kindWord({ ...person, visits: 10, last_visit: today }, today)).toBe('round_visit')
  expect(kindWord({ ...person, visits: 10 }, today)).toBe('again')
  expect(kindWord({ ...person, last_visit: '2026-08-01' }, today)).toBe('missed')
  expect(kindWord({ ...person, since: '2024-11-21' }, today)).toBe('years')
  expect(kindWord({ ...person, since: '2026-10-01' }, today)).toBe('regular')
  expect([visitNumber(person, today), visitNumber({ ...person, last_visit: today }, today)]).toEqual([14, 13])
})

test('whoever comes a second time on a day is told of as such: it is no first visit', () => {
  const now = new Date('2026-11-21T15:00:00Z')
  const speech = { say: createSay('en-GB', en), format: createFormat('en-GB', 'Europe/London') }
  const facts = (person: object, isSold = false) => {
    const here = { name: 'Ada', visits: 1, since: '2026-11-21', last_visit: '2026-11-21', ...person }
    return describePerson(speech, here, { now, timeZone: 'Europe/London', isSold }).facts
  }
  const regular = { visits: 14, since: '2026-03-05' }
  expect(facts({ visits: 0, since: null, last_visit: null })).toEqual(['first visit'])
  expect(facts({})).toEqual(['here earlier today'])
  expect(facts(regular)).toEqual([
    '14th visit',
    'here earlier today',
    expect.stringContaining('here since 5 Mar'),
  ])
  // Once it is sold, that very sale is the visit.
  expect(facts({}, true)[0]).toBe('1st visit')
  expect(facts(regular, true)[0]).toBe('14th visit')
  expect(facts({ ...regular, last_visit: '2026-11-17' })[0]).toBe('15th visit')
})

test('the till writes times as people do where the shops are, whatever the tablet is set to', () => {
  const settings = { volume: 0, language: 'en' } as const
  const timeAt = (locale: string, time_zone: string) =>
    speak(settings, { locale, time_zone } as PairedTill['network']).format.time('2026-11-27T14:05:00Z')
  expect(timeAt('en-GB', 'Europe/London')).toBe('14:05')
  expect(timeAt('de-AT', 'Europe/Vienna')).toBe('15:05')
  expect(timeAt('en-US', 'America/New_York')).toMatch(/^9:05\sAM$/)
})

test('whatever the server may say to a sale, the till says in its own words what to do', () => {
  const wordless = [
    ...takingRefusals,
    'currency_mismatch',
    'idempotency_key_reused',
    'issuing_limit_reached',
    'not_found',
    'occurred_at_out_of_range',
    'rule_missing',
    // Told on a screen of its own.
  ].filter((code) => code !== 'credential_revoked' && !(`refused_${code}` in en))
  expect(wordless).toEqual([])
})

test('every message is there in German too, with the same values to fill in', () => {
  const values = (message: (typeof de)[keyof typeof de]) =>
    [...new Set([...JSON.stringify(message).matchAll(/\{(\w+)\}/g)].map(([, name]) => name))]
      .filter((name) => name !== 'who')
      .toSorted()
  const wrong = (Object.keys(en) as (keyof typeof en)[]).filter(
    (key) => values(en[key]).join() !== values(de[key]).join(),
  )
  expect(wrong).toEqual([])
})
