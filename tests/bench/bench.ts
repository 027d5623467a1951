import { findMedian } from './measure.ts'
import type { FigureName, Figures } from './report.ts'

/** How long and how often to measure. */
export interface Extent {
  readonly rounds: number
  /** Of each measurement in a round. */
  readonly seconds: number
  /** Transactions in the large log. */
  readonly entries: number
  /** Leaves of the large tree. */
  readonly treeSize: number
  /** Wallets for each number of lots. */
  readonly redemptions: number
}

/** One run: what was measured so far, and what was found to be off. */
export interface Bench {
  readonly extent: Extent
  /** Which of the measurements to take. */
  wants(...numbers: number[]): boolean
  readonly secret: Uint8Array
  /** For data and logs of the servers; removed at the end. */
  readonly folder: string
  /** By figure, one a round. */
  readonly rounds: Partial<Record<FigureName, number[]>>
  readonly faults: string[]
  /** Whatever else a reader of the results may want, by name. */
  readonly details: Record<string, unknown>
  /** Tells the reader what is going on. */
  say(message: string): void
}

/** Notes a figure of a round. */
export function record(bench: Bench, figures: Figures): void {
  for (const [name, value] of Object.entries(figures) as [FigureName, number][]) {
    const values = (bench.rounds[name] ??= [])
    values.push(value)
  }
}

/** The medians over the rounds. */
export function summarize({ rounds }: Bench): Figures {
  return Object.fromEntries(Object.entries(rounds).map(([name, values]) => [name, findMedian(values)]))
}
