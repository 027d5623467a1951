import { setTimeout as sleep } from 'node:timers/promises'
import { isDisconnection } from '../ledger/index.ts'

/** Resolves at the first SIGTERM or SIGINT; a second one ends the process at once. */
export function whenTold(): Promise<'SIGINT' | 'SIGTERM'> {
  return new Promise((told) => {
    let first: number | null = null
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        // npm passes on a Ctrl-C that the terminal has already sent to everyone: one press, two signals.
        if (first !== null && performance.now() - first > 500) process.exit(1)
        first ??= performance.now()
        told(signal)
      })
    }
  })
}

/** Ends the process with an error. What we say ourselves tells what to do; of anything else the place matters. */
export function fail(error: unknown): never {
  console.error(
    error instanceof Error && error.name !== 'Error' ? error.stack : String(error).replace(/^Error: /, ''),
  )
  process.exit(1)
}

/**
 * Ends the process with what it failed by. Where that is a connection that broke, an embedded PostgreSQL that ended has a
 * moment to be told of first (`lost`): it says what happened, and what to do.
 */
export async function failRun(error: unknown): Promise<never> {
  if (error instanceof Error && isDisconnection(error)) await sleep(1000)
  return fail(error)
}
