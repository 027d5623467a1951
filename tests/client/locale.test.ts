import { expect, test } from 'vitest'
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
