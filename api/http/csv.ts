import { stringify } from 'csv-stringify/sync'

export type CsvRow = Readonly<Record<string, string | number | boolean | null>>

/**
 * Rows as CSV (RFC 4180, UTF-8) with a header. No cell is a formula to a spreadsheet: text that begins like one gets an
 * apostrophe before it (OWASP, CSV Injection).
 */
export function writeCsv(columns: readonly string[], rows: readonly CsvRow[]): string {
  return stringify([...rows], {
    columns: [...columns],
    header: true,
    escape_formulas: true,
    record_delimiter: 'windows',
    cast: { boolean: String },
  })
}
