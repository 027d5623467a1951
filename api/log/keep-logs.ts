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
export const signPauseMs = 500
const recheckPauseMs = 10_000
const errorPauseMs = 5_000
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
  const told = new Map<NetworkId, string>()
  const onRefused = (network: NetworkId, refused: LogRefused) => {
    if (told.get(network) !== refused.code) tell(log, network, refused)
    told.set(network, refused.code)
  }
  let quietUntil = 0
  const onError = (error: unknown) => {
    // What fails at each look, as while the database is away, need not fill the log.
    quietUntil = Date.now() + errorPauseMs
    log.error({ err: error }, 'keeping the logs failed')
  }
  const writer = createLogWriter(logs, { onRefused, onError: (_network, error) => onError(error) })
  let rechecks = 0
  const sign = async () => {
    if (Date.now() < quietUntil) return
    await openMissingLogs(db, logs.ledger, publicUrl)
    await writer.signAll()
  }
  const recheck = async () => {
    const refused = await checkLogs(logs, { refusedOnly: ++rechecks % rechecksPerFullCheck !== 0 })
    for (const each of refused) onRefused(each.network, each.refused)
    const still = new Set(refused.map(({ network }) => network))
    for (const network of told.keys()) if (!still.has(network)) told.delete(network)
  }
  const stops = [
    repeat(sign, { pauseMs: signPauseMs, onError }),
    repeat(recheck, { pauseMs: recheckPauseMs, onError }),
  ]
  return async () => void (await Promise.all(stops.map((stop) => stop())))
}

function tell(log: Logger, network: NetworkId, { code, message }: LogRefused): void {
  log.error({ network, code }, message)
}
