import type { z } from 'zod'

type Issue = Parameters<z.core.$ZodErrorMap>[0]

/** What a field of a JSON body or a query may be, by zod's names for it. */
const types: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a whole number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  null: 'null',
}

/** What a text of each form must be, by zod's names for them. */
const forms: Readonly<Record<string, string>> = {
  email: 'must be an e-mail address',
  url: 'must be a URL, e.g. https://example.org/',
  date: 'must be a day, e.g. 2026-11-29',
  datetime: 'must be a time in UTC that ends in Z, e.g. 2026-11-29T17:44:06Z',
  uuid: 'must be a UUID',
}

const otherwise = 'does not have the right form'

/** What is wrong with a field, for whoever wrote it, where its schema has no words of its own: an error map of zod's. */
export function sayWhatIsWrong(issue: Issue): string {
  if (issue.input === undefined) return 'is missing'
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${types[issue.expected] ?? issue.expected}, not ${nameOf(issue.input, issue.expected)}`
    case 'invalid_value':
      return `must be ${listOf(issue.values)}`
    case 'invalid_format':
      return forms[issue.format] ?? otherwise
    case 'too_small':
      return sayBound(issue.origin, issue.minimum, 'at least')
    case 'too_big':
      return sayBound(issue.origin, issue.maximum, 'at most')
    default:
      return otherwise
  }
}

function sayBound(origin: string, bound: number | bigint, side: 'at least' | 'at most'): string {
  if (origin !== 'string' && origin !== 'array') return `must be ${side} ${bound}`
  if (bound === 1 && side === 'at least') return 'must not be empty'
  const unit = origin === 'string' ? 'character' : 'item'
  return `must have ${side} ${bound} ${unit}${Number(bound) === 1 ? '' : 's'}`
}

function nameOf(value: unknown, expected: string): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  if (typeof value !== 'number') return types[typeof value] ?? typeof value
  return expected === 'int' || expected === 'number' ? 'a fraction' : 'a number'
}

/** `"a"`, `"a" or "b"`, `one of "a", "b" and "c"`. */
function listOf(values: readonly unknown[]): string {
  const written = values.map((value) => JSON.stringify(value))
  if (written.length <= 2) return written.join(' or ')
  return `one of ${written.slice(0, -1).join(', ')} and ${written.at(-1)}`
}
