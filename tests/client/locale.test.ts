import { expect, test } from 'vitest'
import { createFormat } from '../../clients/web/format.ts'
import { createSay, pickLocale } from '../../clients/web/messages.ts'

test('a browser whose language is no language tag is spoken to all the same', () => {
  expect(pickLocale('en', ['en-US@posix', 'C'])).toBe('en')
  expect(pickLocale('en', ['en-US@posix', 'en-GB'])).toBe('en-GB')
  expect(pickLocale('de', ['en-GB', 'de-AT'])).toBe('de-AT')
  const say = createSay(pickLocale('en', ['en-US@posix']), {
    points: { one: '{count} point', other: '{count} points' },
  })
  expect([say('points', { count: 1 }), say('points', { count: 2 })]).toEqual(['1 point', '2 points'])
})

test('dates, times and amounts are written as where the shops are, in the reader’s language', () => {
  const written = (language: string, device: string, place: string) => {
    const format = createFormat(pickLocale(language, [device], place), 'UTC')
    return [
      format.clockTime('09:00'),
      format.fullDay('2026-11-27T12:00:00Z'),
      format.money(124_050, { currency: 'EUR', currency_digits: 2 }),
    ]
  }
  const british = ['09:00', expect.stringMatching(/^Friday,? 27 November 2026$/), '€1,240.50']
  expect(written('en', 'en-US', 'en-GB')).toEqual(british)
  const american = ['9:00 AM', 'Friday, November 27, 2026', '€1,240.50']
  expect(written('en', 'en-GB', 'en-US').map((text) => text.replace('\u202F', ' '))).toEqual(american)
  expect(written('de', 'de-DE', 'en-GB')[1]).toBe('Freitag, 27. November 2026')
  // English in Vienna: by the clock and with the commas of the place.
  const [time, , money] = written('en', 'en-US', 'de-AT')
  expect([time, money]).toEqual(['09:00', expect.stringMatching(/1.240,50/)])
  // A network that names no place: as the device does.
  expect(written('en', 'en-GB', 'en')).toEqual(british)
  expect(written('de', 'de-AT', 'en')[0]).toBe('09:00')
})
