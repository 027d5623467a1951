/**
 * Does something now and again, `pauseMs` after the last time ended. An error is told to `onError` and doesn't end
 * it. Answers how to end it, which waits for what is under way; a task that takes long ends early by its `signal`.
 */
export function repeat(
  task: (signal: AbortSignal) => Promise<unknown>,
  { pauseMs, onError }: { pauseMs: number; onError: (error: unknown) => void },
): () => Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const ending = new AbortController()
  let underWay = Promise.resolve()
  const round = async () => {
    await task(ending.signal).catch((error: unknown) => {
      // Only what ended because it was told to is no error.
      if (!(ending.signal.aborted && error instanceof Error && error.name === 'AbortError')) onError(error)
    })
    if (!ending.signal.aborted) timer = setTimeout(begin, pauseMs)
  }
  const begin = () => {
    underWay = round()
  }
  begin()
  return () => {
    ending.abort()
    clearTimeout(timer)
    return underWay
  }
}
