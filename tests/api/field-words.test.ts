import { expect, test } from 'vitest'
import { z } from 'zod'
import { time } from '../../api/http/fields.ts'
import { sayWhatIsWrong } from '../../api/http/field-words.ts'

// Whoever wrote a request reads these: they say what a field must be, never that it is “invalid”.

const every = z.strictObject({
  text: z.string(),
  count: z.int().min(1).max(5),
  isOn: z.boolean(),
  one: z.literal('a'),
  either: z.enum(['x', 'y']),
  several: z.enum(['x', 'y', 'z']),
  list: z.array(z.string()).min(1).max(2),
  object: z.strictObject({ name: z.string() }),
  code: z.string().min(3).max(4),
  letter: z.string().min(1).max(1),
  email: z.email(),
  url: z.url(),
  day: z.iso.date(),
  at: time(),
  form: z.string().regex(/^a$/),
})

function wordsOf(body: unknown): Record<string, string> {
  const issues = every.safeParse(body, { error: sayWhatIsWrong }).error?.issues ?? []
  return Object.fromEntries(issues.map(({ path, message }) => [path.join('.'), message]))
}

test('what is missing is told to be missing, whatever it is', () => {
  const words = wordsOf({})
  expect(Object.keys(words)).toEqual(Object.keys(every.shape))
  expect(new Set(Object.values(words))).toEqual(new Set(['is missing']))
})

test('of the wrong type or size: what it must be', () => {
  expect(
    wordsOf({
      text: 1,
      count: 1.5,
      isOn: 'true',
      one: 'b',
      either: 'z',
      several: null,
      list: [],
      object: [],
      code: 'ab',
      letter: '',
      email: 'ada',
      url: 'example.org',
      day: '2026-02-30',
      at: '2026-11-29T17:44:06+01:00',
      form: 'b',
    }),
  ).toEqual({
    text: 'must be text, not a number',
    count: 'must be a whole number, not a fraction',
    isOn: 'must be true or false, not text',
    one: 'must be "a"',
    either: 'must be "x" or "y"',
    several: 'must be one of "x", "y" and "z"',
    list: 'must not be empty',
    object: 'must be an object, not a list',
    code: 'must have at least 3 characters',
    letter: 'must not be empty',
    email: 'must be an e-mail address',
    url: 'must be a URL, e.g. https://example.org/',
    day: 'must be a day, e.g. 2026-11-29',
    at: 'must be a time in UTC that ends in Z, e.g. 2026-11-29T17:44:06Z',
    form: 'does not have the right form',
  })
  expect(
    wordsOf({ text: null, count: 0, isOn: 1, list: ['a', 'b', 'c'], code: 'abcde', letter: 'ab' }),
  ).toMatchObject({
    text: 'must be text, not null',
    count: 'must be at least 1',
    isOn: 'must be true or false, not a number',
    list: 'must have at most 2 items',
    code: 'must have at most 4 characters',
    letter: 'must have at most 1 character',
  })
  expect(wordsOf({ count: 2 ** 60 })).toMatchObject({ count: 'must be at most 5' })
  expect(wordsOf([])).toEqual({ '': 'must be an object, not a list' })
})
