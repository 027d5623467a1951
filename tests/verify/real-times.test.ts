import { expect, test } from 'vitest'
import { isReal } from '../../ledger/verify/entry.ts'

// The verifier tells real times by their digits; `Date` is what it is held against.

test('a time or a day is real if it is one to Date, for every month and year and what lies beyond', () => {
  const wrong: string[] = []
  for (const year of ['0000', '0004', '1900', '1970', '2000', '2023', '2024', '2100', '2400', '9999']) {
    for (let month = 0; month <= 19; month++) {
      for (let day = 0; day <= 39; day++) {
        const text = `${year}-${two(month)}-${two(day)}`
        if (isReal(text) !== isDate(text, 'T00:00:00.000Z')) wrong.push(text)
      }
    }
  }
  for (let value = 0; value < 100; value++) {
    for (const clock of [`${two(value)}:59:59`, `23:${two(value)}:59`, `23:59:${two(value)}`]) {
      const text = `2024-02-29T${clock}`
      if (isReal(`${text}.999999Z`) !== isDate(text, '.999Z')) wrong.push(text)
    }
  }
  expect(wrong).toEqual([])
})

function two(value: number): string {
  return String(value).padStart(2, '0')
}

function isDate(text: string, rest: string): boolean {
  const parsed = Date.parse(text + rest)
  return !Number.isNaN(parsed) && new Date(parsed).toISOString() === text + rest
}
