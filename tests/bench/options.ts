import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { projectFolder } from '../support/server.ts'
import type { Extent } from './bench.ts'

/** How large the log is that measurements 8 and 9 are demanded in. */
export const demandedEntries = 2_000_000

const full: Extent = {
  rounds: 3,
  seconds: 5,
  entries: demandedEntries,
  treeSize: 10_000_000,
  redemptions: 200,
}
const quick: Extent = { rounds: 2, seconds: 1.5, entries: 50_000, treeSize: 500_000, redemptions: 40 }

/** What the command line asks for. */
export interface BenchOptions {
  readonly extent: Extent
  readonly wants: (...numbers: number[]) => boolean
  /** A PostgreSQL to measure on instead of the one that came with npm: an empty database, as its superuser. */
  readonly databaseUrl: string | null
  /** Where the results are written. */
  readonly resultsFile: string
}

/** Reads the command line; throws with what to say instead. */
export function readOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      entries: { type: 'string' },
      database: { type: 'string' },
      results: { type: 'string', default: join(projectFolder, 'bench-results.json') },
    },
  })
  const only = values.only?.split(',').map((text) => parseCount('--only', text, 15))
  const extent = values.quick ? quick : full
  return {
    extent: values.entries ? { ...extent, entries: parseCount('--entries', values.entries, 1e9) } : extent,
    wants: (...numbers) => !only || numbers.some((number) => only.includes(number)),
    databaseUrl: values.database ?? null,
    resultsFile: values.results,
  }
}

function parseCount(name: string, text: string, max: number): number {
  const count = Number(text)
  if (Number.isInteger(count) && count >= 1 && count <= max) return count
  throw new Error(`${name} takes whole numbers from 1 to ${max}, not ${text}.`)
}
