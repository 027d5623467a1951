/** The middle of `values`; of an even number of them, the mean of both. */
export function findMedian(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  return Number.isInteger(middle) ? (sorted[middle - 1]! + sorted[middle]!) / 2 : sorted[Math.floor(middle)]!
}

/** The smallest value that `percent` of `values` are not above (nearest rank). */
export function pickPercentile(values: readonly number[], percent: number): number {
  const sorted = Float64Array.from(values).toSorted()
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? Number.NaN
}

/**
 * So many callers, each of which calls again as soon as it has its answer, for so many seconds; then waits for the
 * answers that are under way. Calls a second, whatever they answered.
 */
export async function countPerSecond(
  callers: number,
  seconds: number,
  call: () => Promise<void>,
): Promise<number> {
  const started = performance.now()
  const until = started + seconds * 1000
  let count = 0
  await Promise.all(
    Array.from({ length: callers }, async () => {
      while (performance.now() < until) {
        await call()
        count++
      }
    }),
  )
  return count / ((performance.now() - started) / 1000)
}
