import { DatabaseError, type Pool } from 'pg'
import type { Answer, CommandKind, NetworkId, RefusalCode, TransactionUuid } from './commands.ts'
import type { Points, Minor } from './points.ts'
import type { CommandRow } from './command-row.ts'

/** Hundreds, not thousands: measured to be nearly as fast, with a tenth of the latency. */
export const batchCommandsMax = 256

/** After so many commands, and twice as many each time, the statistics of tables that have grown are refreshed. */
const commandsPerRefresh = { first: 100, most: 10_000 }

const callText = `select ordinal, outcome, code, transaction_uuid, entry_index, kind, posted_at, points, redeemed_points,
  money_minor, available_after from ledger.post($1, $2)`

/** How long a batch is tried again while the database is away. */
const unavailableSecondsMax = 5

/** The database could not be reached; whether the command was posted is told by posting it again with its key. */
export class LedgerUnavailable extends Error {
  override readonly name = 'LedgerUnavailable'
}

export interface Poster {
  /** Resolves once the command's batch is committed. */
  post(network: NetworkId, row: CommandRow): Promise<Answer>
  /** Resolves when nothing is waiting or in the database any more. */
  idle(): Promise<void>
}

interface Waiting {
  readonly row: CommandRow
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: unknown) => void
}

/** What `ledger.post` answers of one command. */
export interface AnswerRow {
  ordinal: bigint
  outcome: 'posted' | 'replayed' | 'refused'
  code: RefusalCode | null
  transaction_uuid: TransactionUuid | null
  entry_index: bigint
  kind: CommandKind
  posted_at: Date
  points: bigint
  redeemed_points: bigint
  money_minor: bigint
  available_after: bigint | null
}

/**
 * Gathers commands while a batch of their network is in the database, and sends what has gathered as the next one:
 * no timers, one batch at a time per network. Several processes may do so at once; the network's head row orders them.
 */
export function createPoster(pool: Pool): Poster {
  const queues = new Map<NetworkId, Waiting[]>()
  const running = new Set<Promise<void>>()
  let sinceRefresh = 0
  let nextRefresh = commandsPerRefresh.first

  async function drain(network: NetworkId, queue: Waiting[]): Promise<void> {
    // Let whatever arrived in the same turn of the event loop join the first batch.
    await new Promise(setImmediate)
    while (queue.length > 0) {
      const batch = queue.splice(0, batchCommandsMax)
      await postBatch(pool, network, batch)
      sinceRefresh += batch.length
      if (sinceRefresh >= nextRefresh) track(refreshStatistics())
    }
    queues.delete(network)
  }

  // Beside the posting: a table that has doubled takes some hundred milliseconds, which no till should wait for.
  async function refreshStatistics(): Promise<void> {
    sinceRefresh = 0
    nextRefresh = Math.min(nextRefresh * 2, commandsPerRefresh.most)
    // Only speed depends on it, so that a failure is nobody's business here.
    await pool.query('select ledger.refresh_statistics()').catch(() => {})
  }

  function track(work: Promise<void>): void {
    const done = work.finally(() => running.delete(done))
    running.add(done)
  }

  return {
    post(network, row) {
      return new Promise<Answer>((resolve, reject) => {
        const waiting = { row, resolve, reject }
        const queue = queues.get(network)
        if (queue) {
          queue.push(waiting)
          return
        }
        const fresh = [waiting]
        queues.set(network, fresh)
        track(drain(network, fresh))
      })
    },
    async idle() {
      while (running.size > 0) await Promise.all(running)
    },
  }
}

async function postBatch(pool: Pool, network: NetworkId, batch: readonly Waiting[]): Promise<void> {
  try {
    const answers = await callPost(pool, network, batch)
    batch.forEach((waiting, i) => waiting.resolve(answers[i]!))
  } catch (error) {
    // A fault, not a refusal: find whose it is, so that its neighbours get their answers.
    if (batch.length === 1 || error instanceof LedgerUnavailable) {
      for (const waiting of batch) waiting.reject(error)
      return
    }
    for (const waiting of batch) await postBatch(pool, network, [waiting])
  }
}

async function callPost(pool: Pool, network: NetworkId, batch: readonly Waiting[]): Promise<Answer[]> {
  const rows = batch.map(({ row }) => row)
  const giveUpAt = Date.now() + unavailableSecondsMax * 1000
  for (let pause = 50; ; pause *= 2) {
    try {
      return await askToPost((query) => pool.query<AnswerRow>(query), network, rows)
    } catch (error) {
      if (!isDisconnection(error)) throw error
      if (Date.now() > giveUpAt) {
        throw new LedgerUnavailable(
          'The database does not answer. Send the command again with the same key.',
          {
            cause: error,
          },
        )
      }
      // Sent again it is harmless: what was committed is replayed, because every command has its key.
      await new Promise((resolve) => setTimeout(resolve, pause))
    }
  }
}

/** Posts a batch by `query`, in whatever transaction that is in, and only once. Answers are in the order of the rows. */
export async function askToPost(
  query: (query: { name: string; text: string; values: unknown[] }) => Promise<{ rows: AnswerRow[] }>,
  network: NetworkId,
  batch: readonly CommandRow[],
): Promise<Answer[]> {
  const { rows } = await query({ name: 'post', text: callText, values: [network, batch] })
  if (rows.length !== batch.length) throw new Error(`${batch.length} commands got ${rows.length} answers`)
  return rows.map(toAnswer)
}

/** Neither a fault of the command nor of ours: the connection is gone, or the server is starting or stopping. */
export function isDisconnection(error: unknown): boolean {
  if (error instanceof DatabaseError) return /^(08|25P0[34]|57P0[1-5]|53300)/.test(error.code ?? '')
  const { code, message } = error as NodeJS.ErrnoException
  return (
    /^(ECONN|EPIPE|ETIMEDOUT|ENOENT)/.test(code ?? '') ||
    /Connection terminated|connection error|timeout exceeded/.test(message)
  )
}

function toAnswer(row: AnswerRow): Answer {
  if (row.outcome === 'refused') {
    return {
      outcome: 'refused',
      code: row.code!,
      ...(row.available_after !== null && { available: atLeastZero(row.available_after) }),
      ...(row.transaction_uuid && { transaction: row.transaction_uuid }),
    }
  }
  return {
    outcome: row.outcome,
    transaction: row.transaction_uuid!,
    entryIndex: row.entry_index,
    kind: row.kind,
    postedAt: row.posted_at,
    points: row.points as Points,
    redeemedPoints: row.redeemed_points as Points,
    moneyMinor: row.money_minor as Minor,
    availableAfter: row.available_after as Points,
  }
}

function atLeastZero(points: bigint): Points {
  return (points > 0n ? points : 0n) as Points
}
