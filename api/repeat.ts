/**
 * Does something now and again, `pauseMs` after the last time ended. An error is told to `onError` and doesn't end
 * it. Answers how to end it, which waits for what is under way.
 */
export function repeat(
  task: () => Promise<unknown>,
  { pauseMs, onError }: { pauseMs: number; onError: (error: unknown) => void },
): () => Promise<void> {
  let timer: NodeJS.Timeout | undefined
  let ended = false
  let underWay = Promise.resolve()
  const round = async () => {
    await task().catch(onError)
    if (!ended) timer = setTimeout(begin, pauseMs)
  }
  const begin = () => {
    underWay = round()
  }
  begin()
  return () => {
    ended = true
    clearTimeout(timer)
    return underWay
  }
}
