import type { Balances, MerchantBalances } from './balances.ts'
import { grouped, printable } from './words.ts'

/** The books for whoever reads the terminal: the wallets in a sentence, and a line for each merchant. */
export function presentBalances({ entries, postedAt, currency, merchants, wallets }: Balances): string {
  if (entries === 0) return 'Then the log had no entry.'
  const sum = (what: 'points' | 'held' | 'debt') =>
    grouped(wallets.reduce((total, wallet) => total + wallet[what], 0n))
  const words =
    `As of entry ${entries - 1} (${postedAt}): ${grouped(wallets.length)} ${wallets.length === 1 ? 'wallet' : 'wallets'} with ${sum('points')} points, ` +
    `${sum('held')} of them held, and ${sum('debt')} owed.`
  const heads = [
    'merchant',
    'float',
    'accepted',
    'owed',
    'breakage',
    `due in ${printable(currency)}, minor units`,
  ]
  const rows = merchants.map((merchant) => [
    nameOf(merchant),
    ...[merchant.float, merchant.accepted, merchant.owed, merchant.breakage, merchant.due].map(grouped),
  ])
  return [words, '', ...align([heads, ...rows]), '', legend].join('\n')
}

const legend =
  'In points. A merchant is named by the end of its id, as entries have it; the export has no names.'

/** UUIDs (version 7) begin with the time, which is much the same for all that were admitted together. */
function nameOf({ merchant, house, left }: MerchantBalances): string {
  return `${house ? 'house' : 'shop'} …${printable(merchant.slice(-8))}${left ? ' (let go)' : ''}`
}

/** Columns as wide as what is in them: the first starts at the left, numbers end at the right. */
function align(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!)))
      .join('  '),
  )
}
