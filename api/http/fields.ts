import { z } from 'zod'
import type { Minor, Points } from '../../ledger/index.ts'
import { uuidOf, type IdPrefix } from './ids.ts'

const controlCharacter = /\p{Cc}/u
const notClean = 'must be well-formed Unicode without control characters'

function isClean(text: string): boolean {
  return text.isWellFormed() && !controlCharacter.test(text)
}

/** One line of text: trimmed, NFC, 1 to `lengthMax` characters, no control characters, well-formed Unicode. */
export function text(lengthMax: number) {
  return z
    .string()
    .refine(isClean, { error: notClean, abort: true })
    .trim()
    .normalize('NFC')
    .min(1)
    .max(lengthMax)
}

/** What must stay as it was entered, a password or a code: not trimmed and not normalised, otherwise like `text`. */
export function entered(lengthMin: number, lengthMax: number) {
  return z.string().refine(isClean, { error: notClean, abort: true }).min(lengthMin).max(lengthMax)
}

/** Several lines of text, otherwise like `text`. */
export function longText(lengthMax: number) {
  return z
    .string()
    .refine((value) => isClean(value.replaceAll(/[\n\r\t]/g, '')), {
      error: 'must be well-formed Unicode without control characters but line breaks and tabs',
      abort: true,
    })
    .trim()
    .normalize('NFC')
    .min(1)
    .max(lengthMax)
}

/** What a PATCH may change: any of these fields, at least one. */
export function change<Shape extends z.ZodRawShape>(shape: Shape) {
  return z
    .strictObject(shape)
    .partial()
    .refine((named) => Object.keys(named).length > 0, {
      error: 'names nothing to change',
      when: ({ issues }) => issues.length === 0,
    })
}

/** An e-mail address, lower-cased. */
export function email() {
  return z.string().trim().toLowerCase().max(254).pipe(z.email())
}

/** A TypeID, as the UUID inside it. */
export function id(prefix: IdPrefix) {
  return z
    .string()
    .transform((value, context) => {
      const uuid = uuidOf(prefix, value)
      if (uuid !== null) return uuid
      context.addIssue({ code: 'custom', message: `must be an id that begins with ${prefix}_` })
      return z.NEVER
    })
    .meta(idMeta(prefix))
}

/** A TypeID in an answer. */
export function shownId(prefix: IdPrefix) {
  return z.string().meta(idMeta(prefix))
}

function idMeta(prefix: IdPrefix) {
  return {
    example: `${prefix}_01h455vb4pex5vsknk084sn02q`,
    pattern: `^${prefix}_[0-7][0-9a-hjkmnp-tv-z]{25}$`,
  }
}

/** Points from `least` (1 unless told) to 2^53 − 1, which is where `z.int()` ends: a JSON integer outside, a `bigint` inside. */
export function points(least = 1) {
  return z
    .int()
    .min(least)
    .transform((value) => BigInt(value) as Points)
}

/** Minor units of the network's currency from `least` (1 unless told) to 2^53 − 1, as `points`. */
export function minor(least = 1) {
  return z
    .int()
    .min(least)
    .transform((value) => BigInt(value) as Minor)
}

/** Points or minor units in an answer: `shownInteger(value)` makes one. */
export function integer() {
  return z.int()
}

/** A `bigint` as a JSON integer; throws above 2^53 − 1, which the ledger never lets a balance reach. */
export function shownInteger(value: bigint): number {
  const shown = Number(value)
  if (!Number.isSafeInteger(shown)) throw new RangeError('an amount is beyond what a JSON integer can carry')
  return shown
}

/**
 * A sum of many amounts in an answer, which no single amount bounds: beyond what a JSON integer can carry it is shown as
 * the most that one can, so that whoever posts absurd amounts spoils nobody's report.
 */
export function shownSum(value: bigint): number {
  const most = Number.MAX_SAFE_INTEGER
  return Math.max(-most, Math.min(most, Number(value)))
}

const earliest = Date.UTC(1970, 0, 1)

/** An RFC 3339 time in UTC, from 1970 on. */
export function time() {
  return z.iso
    .datetime()
    .transform((value) => new Date(value))
    .refine((value) => value.getTime() >= earliest, { error: 'must be a real time from 1970 on' })
}

/** A time in an answer: `value.toISOString()`. */
export function shownTime() {
  return z.iso.datetime()
}

/** A decimal rate above or equal to 0 as a string, e.g. `"1.5"`: at most 6 digits before the point and 6 after. */
export function decimal() {
  return z
    .string()
    .regex(/^(0|[1-9]\d{0,5})(\.\d{1,6})?$/, { error: 'must be a decimal number as a string, e.g. "1.5"' })
    .meta({ example: '1.5' })
}
