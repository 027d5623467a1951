import { readEntriesAfter, type LogEntry, type NetworkId } from '../../ledger/index.ts'
import { repeat } from '../repeat.ts'
import type { Db } from '../tables.ts'

const lookPauseMs = 200
const entriesAtOnce = 200
/** How far back those who keep up may be; whoever is further reads for themselves. */
const recentCountMax = 1000

/** The logs of networks as they grow, read once for all who listen in this process. */
export interface LiveLog {
  /** The entries after `after`, the oldest first, as soon as there are any; none when `signal` aborts. */
  entriesAfter(network: NetworkId, after: bigint, signal: AbortSignal): Promise<readonly LogEntry[]>
}

interface Tail {
  last: bigint
  recent: LogEntry[]
  readonly waiting: Set<() => void>
}

/** Looks into the logs only while somebody waits for them. */
export function createLiveLog(db: Db, onError: (error: unknown) => void): LiveLog {
  const tails = new Map<NetworkId, Tail>()
  let stop: (() => Promise<void>) | null = null

  const look = async () => {
    const waitedFor = [...tails].filter(([, { waiting }]) => waiting.size > 0).map(([network]) => network)
    if (waitedFor.length === 0) {
      void stop?.()
      stop = null
      tails.clear()
      return
    }
    for (const { network, last } of await readHeads(db, waitedFor)) {
      const tail = tails.get(network)
      if (tail && last > tail.last) await follow(db, network, tail)
    }
  }

  /** At the log's own head: whoever is the first may ask for what comes after any number, the others wait for the next. */
  const begin = async (network: NetworkId) => {
    const [head] = await readHeads(db, [network])
    if (!head) throw new Error(`network ${network} has no log`)
    if (!tails.has(network)) tails.set(network, { last: head.last, recent: [], waiting: new Set() })
  }

  return {
    async entriesAfter(network, after, signal) {
      for (;;) {
        if (signal.aborted) return []
        const tail = tails.get(network)
        const entries = tail && recentAfter(tail, after)
        if (entries === undefined) {
          const read = await readEntriesAfter(db, network, after, entriesAtOnce)
          if (read.length > 0) return read
        } else if (entries.length > 0) return entries
        const waited = tails.get(network)
        if (waited === undefined) {
          await begin(network)
          continue
        }
        const woken = next(waited, signal)
        // Only now: the first look comes at once, and where nobody waits it is the last.
        stop ??= repeat(look, { pauseMs: lookPauseMs, onError })
        await woken
      }
    },
  }
}

async function readHeads(db: Db, networks: readonly NetworkId[]) {
  const heads = await db
    .selectFrom('ledger.head')
    .select(['network_id', 'next_index'])
    .where('network_id', 'in', networks)
    .execute()
  return heads.map((head) => ({ network: head.network_id as NetworkId, last: head.next_index - 1n }))
}

async function follow(db: Db, network: NetworkId, tail: Tail): Promise<void> {
  const entries = await readEntriesAfter(db, network, tail.last, entriesAtOnce)
  tail.last = entries.at(-1)?.index ?? tail.last
  tail.recent = [...tail.recent, ...entries].slice(-recentCountMax)
  const waiting = [...tail.waiting]
  tail.waiting.clear()
  for (const wake of waiting) wake()
}

/** Undefined: what follows `after` is not at hand. */
function recentAfter({ recent, last }: Tail, after: bigint): LogEntry[] | undefined {
  if (after >= last) return []
  const first = recent[0]
  return first !== undefined && first.index <= after + 1n
    ? recent.filter(({ index }) => index > after)
    : undefined
}

function next({ waiting }: Tail, signal: AbortSignal): Promise<void> {
  return new Promise((woken) => {
    if (signal.aborted) return woken()
    const wake = () => {
      waiting.delete(wake)
      signal.removeEventListener('abort', wake)
      woken()
    }
    waiting.add(wake)
    signal.addEventListener('abort', wake, { once: true })
  })
}
