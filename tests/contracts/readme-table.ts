import { join } from 'node:path'

export const readmeFile = join(import.meta.dirname, '../../README.md')

/** Where README.md has the gas table: what is before it, the table, what is behind. */
export const gasTable = /(<!-- gas, by npm run contracts -->\n+)([^<]*)(<!-- end of gas -->)/

/** The cells of a Markdown table, however wide they are set. */
export function cellsOf(table: string): string[][] {
  return table
    .trim()
    .split('\n')
    .filter((line) => !/^\|[\s|:-]+\|$/.test(line))
    .map((line) => line.split('|').map((cell) => cell.trim()))
}
