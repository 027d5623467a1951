import { parse } from 'csv-parse/sync'
import { z } from 'zod'
import { amountMax, type Minor } from '../../ledger/index.ts'
import type { Line } from './read-lines.ts'

/** The first line of every file, column by column. */
export const columns = ['purchase_id', 'store', 'customer', 'purchased_at', 'amount_minor', 'items'] as const

/** A purchase as a shop's own records tell it. */
export interface ImportedPurchase {
  readonly id: string
  /** The shop's name for itself; a merchant's external reference. */
  readonly store: string
  /** The shop's name for the customer; a customer's external reference. */
  readonly customer: string
  readonly purchasedAt: Date
  readonly amountMinor: Minor
}

/** A good line is a purchase; of a bad one it says what is wrong. */
export type ParsedLine = { readonly purchase: ImportedPurchase } | { readonly fault: string }

/** Clocks differ a little; the ledger allows as much. */
const futureSecondsMax = 5 * 60
const timeForm = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/

const record = z.object({
  purchase_id: name(100),
  store: name(100),
  customer: name(200),
  purchased_at: z
    .string()
    .refine((value) => timeForm.test(value) && z.iso.datetime({ offset: true }).safeParse(value).success, {
      error: 'must be an RFC 3339 time, e.g. 2017-01-01T07:30:27Z',
      abort: true,
    })
    .transform((value) => new Date(value))
    .refine((value) => value.getTime() >= 0, { error: 'is before 1970' })
    .refine((value) => value.getTime() <= Date.now() + futureSecondsMax * 1000, {
      error: 'is in the future',
    }),
  amount_minor: z
    .string()
    .regex(/^\d+$/, { error: 'must be a whole number of minor units, 0 or more', abort: true })
    .transform((value) => BigInt(value) as Minor)
    .refine((value) => value <= amountMax, { error: 'is above 2^53 − 1' }),
  items: z.string().regex(/^\d{1,9}$/, { error: 'must be a whole number' }),
})

/** What is wrong with a file's first line; null when it names the columns. */
export function findHeaderFault(line: Line | undefined): string | null {
  const found = line && line.fault === null ? splitLine(line.text) : null
  if (Array.isArray(found) && found.join() === columns.join()) return null
  return (
    `Its first line must be: ${columns.join()}\n` +
    `It is: ${line ? JSON.stringify(line.text.slice(0, 200)) : 'empty'}`
  )
}

/** Reads one line as a purchase. */
export function parsePurchase({ text, fault }: Line): ParsedLine {
  if (fault) return { fault: `the line ${fault}` }
  const fields = splitLine(text)
  if (typeof fields === 'string') return { fault: fields }
  if (fields.length !== columns.length) {
    return { fault: `there are ${fields.length} columns instead of ${columns.length}` }
  }
  const read = record.safeParse(Object.fromEntries(columns.map((column, i) => [column, fields[i]])))
  if (!read.success) {
    return { fault: read.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`).join('; ') }
  }
  const { purchase_id: id, store, customer, purchased_at: purchasedAt, amount_minor: amountMinor } = read.data
  return { purchase: { id, store, customer, purchasedAt, amountMinor } }
}

/**
 * The fields of a line, or what is wrong with its quotes. Line by line, because a quote that is never closed would
 * otherwise swallow the rest of the file; no column may hold a line break anyway.
 */
function splitLine(text: string): string[] | string {
  try {
    const [fields = []] = parse(text, { trim: true, record_delimiter: '\n' })
    return fields
  } catch {
    return 'its quotes are broken'
  }
}

/** One line of text without control characters, trimmed, in one Unicode form (NFC). */
function name(lengthMax: number) {
  return z
    .string()
    .regex(/^\P{Cc}*$/u, { error: 'has control characters', abort: true })
    .trim()
    .normalize('NFC')
    .min(1, { error: 'is empty' })
    .max(lengthMax, { error: `is longer than ${lengthMax} characters` })
}
