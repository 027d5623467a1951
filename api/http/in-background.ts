import type { Logger } from 'pino'

/** Does something that the answer neither waits for nor depends on, so that its time tells callers nothing. */
export type InBackground = (task: () => Promise<void>) => void

/** Work beside answers; what fails goes to the log. */
export function createInBackground(log: Logger): InBackground {
  return (task) => {
    task().catch((error: unknown) => log.error({ err: error }, 'work beside an answer failed'))
  }
}
