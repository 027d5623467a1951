/** Runs tasks, at most `count` at once; the others wait in the order in which they came. */
export function createTurns(count: number): <T>(task: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = []
  let free = count
  return async (task) => {
    if (free > 0) free -= 1
    else await new Promise<void>((begin) => waiting.push(begin))
    try {
      return await task()
    } finally {
      const next = waiting.shift()
      // A turn is handed on, so that nobody who comes at this moment slips in between.
      if (next === undefined) free += 1
      else next()
    }
  }
}
