/** Runs tasks, so many at once; the others wait in the order in which they came. */
export interface Turns {
  /** Undefined, and the task is not run, where too many wait already or its turn came too late. */
  take<T extends {}>(task: () => Promise<T>): Promise<T | undefined>
}

/** How many may wait, and for how long; without limit unless told. */
export interface WaitingLimits {
  readonly waitingMax?: number
  readonly waitMsMax?: number
}

/** Turns for `count` tasks at once. */
export function createTurns(
  count: number,
  { waitingMax = Infinity, waitMsMax = Infinity }: WaitingLimits = {},
): Turns {
  const waiting: (() => void)[] = []
  let free = count
  return {
    async take(task) {
      if (waiting.length >= waitingMax) return undefined
      const came = performance.now()
      if (free > 0) free -= 1
      else await new Promise<void>((begin) => waiting.push(begin))
      try {
        return performance.now() - came > waitMsMax ? undefined : await task()
      } finally {
        const next = waiting.shift()
        // A turn is handed on, so that nobody who comes at this moment slips in between.
        if (next === undefined) free += 1
        else next()
      }
    },
  }
}
