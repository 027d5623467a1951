/** Runs tasks, so many at once; the others wait in the order in which they came, urgent ones before all others. */
export interface Turns {
  /** Undefined, and the task is not run: too many wait already. An urgent task always gets its turn. */
  take<T>(task: () => Promise<T>, options?: { readonly isUrgent?: boolean }): Promise<T> | undefined
}

/** @param waitingMax most tasks that wait, urgent ones not counted */
export function createTurns(count: number, waitingMax: number): Turns {
  const urgent: (() => void)[] = []
  const waiting: (() => void)[] = []
  let free = count
  const run = async <T>(task: () => Promise<T>, line: (() => void)[]): Promise<T> => {
    if (free > 0) free -= 1
    else await new Promise<void>((begin) => line.push(begin))
    try {
      return await task()
    } finally {
      const next = urgent.shift() ?? waiting.shift()
      // A turn is handed on, so that nobody who comes at this moment slips in between.
      if (next === undefined) free += 1
      else next()
    }
  }
  return {
    take(task, { isUrgent = false } = {}) {
      if (!isUrgent && waiting.length >= waitingMax) return undefined
      return run(task, isUrgent ? urgent : waiting)
    },
  }
}
