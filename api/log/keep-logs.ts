import type { Logger } from 'pino'
import {
  checkLogs,
  createLogWriter,
  type LogParts,
  type LogRefused,
  type NetworkId,
} from '../../ledger/index.ts'
import { repeat } from '../repeat.ts'
import type { Db } from '../tables.ts'
import { openMissingLogs } from './store.ts'

/** A checkpoint is at most a second behind: this pause, and the time that a signature takes. */
const signPauseMs = 250
const recheckPauseMs = 10_000
/** Everyone is asked anew so often, those of refused logs at each recheck. */
const rechecksPerFullCheck = 6

export interface KeepLogs {
  readonly db: Db
  readonly logs: LogParts
  readonly publicUrl: string | undefined
  readonly log: Logger
}

/**
 * Compares every network's log with what the server itself, witnesses and chain know of it, before anything is posted or signed.
 * What is behind is neither, until that is put right.
 */
export async function checkLogsAtStart({ logs, log }: Pick<KeepLogs, 'logs' | 'log'>): Promise<void> {
  for (const { network, refused } of await checkLogs(logs)) tell(log, network, refused)
}

/** Opens, extends and signs the logs of all networks. Answers how to stop, which waits for what is under way. */
export function keepLogs({ db, logs, publicUrl, log }: KeepLogs): () => Promise<void> {
  const writer = createLogWriter(logs, {
    onRefused: (network, refused) => tell(log, network, refused),
    onError: (network, error) => log.error({ err: error, network }, 'signing a log failed'),
  })
  const onError = (error: unknown) => log.error({ err: error }, 'keeping the logs failed')
  let rechecks = 0
  const stops = [
    repeat(
      async () => {
        await openMissingLogs(db, logs.ledger, publicUrl)
        await writer.signAll()
      },
      { pauseMs: signPauseMs, onError },
    ),
    repeat(() => checkLogs(logs, { refusedOnly: ++rechecks % rechecksPerFullCheck !== 0 }), {
      pauseMs: recheckPauseMs,
      onError,
    }),
  ]
  return async () => void (await Promise.all(stops.map((stop) => stop())))
}

function tell(log: Logger, network: NetworkId, { code, message }: LogRefused): void {
  log.error({ network, code }, message)
}
