import type { Request, Response } from 'express'
import { z } from 'zod'
import { isStillGood, requireOneOf, type Access } from '../http/authenticate.ts'
import { Refusal } from '../http/problems.ts'
import { declareRoute, type Routes } from '../http/routes.ts'
import type { Db } from '../tables.ts'
import type { Reader } from '../transactions/visible.ts'
import { readLastIndex } from '../webhooks/store.ts'
import type { LiveLog } from './live-log.ts'
import { presentEntries } from './present-entry.ts'
import { beginStream, writeEvents, writeHeartbeat } from './stream.ts'

/** Streams at once for one credential, in each process. */
export const streamsPerCredentialMax = 5
/** All tills and people of one together, so that no shop that pairs many leaves others none. */
export const streamsPerMerchantMax = 200
/** Streams at once in a process. */
export const streamCountMax = 2_000
/** How often a listener hears that we are there, and we look whether the credential still is good. */
export const heartbeatSeconds = 10

const indexSchema = z
  .string()
  .regex(/^\d{1,15}$/, 'must be the index of an entry')
  .transform(BigInt)

const getEvents = declareRoute({
  method: 'get',
  path: '/v1/events',
  operation: 'listenToEvents',
  tag: 'Events',
  summary: 'Hear what happens as it happens',
  description:
    'Server-sent events, for `fetch` with the token (EventSource can not send one). Each is an entry of the log that ' +
    'the caller may see, as `Event`, its id the index. It goes on after `Last-Event-ID`, or `after`, or else begins ' +
    'now. It ends when the credential does: come back with a new token and the last id.',
  who: ['till', 'staff', 'operator', 'customer'],
  query: z.strictObject({ after: indexSchema.optional() }),
  answers: { 200: { description: 'Events without end.', media: 'text/event-stream' } },
})

/** What the route of live events takes. */
export interface EventParts {
  readonly access: Access
  readonly db: Db
  readonly liveLog: LiveLog
  /** Aborts when the server is about to stop. */
  readonly closing: AbortSignal
}

/** `GET /v1/events`: each role hears what it may read. */
export function eventRoutes(routes: Routes, { access, db, liveLog, closing }: EventParts): void {
  const byCredential = createTally(streamsPerCredentialMax)
  const byMerchant = createTally(streamsPerMerchantMax)
  const inProcess = createTally(streamCountMax)

  routes.on(getEvents, async (req, res) => {
    const reader = await requireOneOf(access, req, ['till', 'staff', 'customer'])
    const { query } = getEvents.parse(req)
    if (req.method === 'HEAD') {
      beginStream(res)
      res.end()
      return
    }
    const after = lastEventId(req) ?? query.after ?? (await readLastIndex(db, reader.network.id))
    const key = reader.kind === 'till' ? reader.till : reader.session
    const merchant = reader.kind === 'customer' ? undefined : reader.merchant?.uuid
    const counted = [
      [byCredential, key],
      ...(merchant === undefined ? [] : [[byMerchant, merchant] as const]),
      [inProcess, 'all'],
    ] as const
    if (counted.some(([tally, of]) => tally.isFull(of))) throw tooMany()
    for (const [tally, of] of counted) tally.add(of, 1)
    try {
      await stream({ access, db, liveLog, closing }, { req, res, reader, after })
    } finally {
      for (const [tally, of] of counted) tally.add(of, -1)
    }
  })
}

/** Counts what is open, by key. */
function createTally(most: number) {
  const open = new Map<string, number>()
  return {
    isFull: (key: string) => (open.get(key) ?? 0) >= most,
    add(key: string, change: 1 | -1) {
      const count = (open.get(key) ?? 0) + change
      if (count > 0) open.set(key, count)
      else open.delete(key)
    },
  }
}

interface Listener {
  readonly req: Request
  readonly res: Response
  readonly reader: Reader
  readonly after: bigint
}

async function stream(
  { access, db, liveLog, closing }: EventParts,
  { req, res, reader, after }: Listener,
): Promise<void> {
  const ended = new AbortController()
  const end = () => ended.abort()
  res.once('close', end)
  closing.addEventListener('abort', end, { once: true })
  beginStream(res)
  const heartbeat = setInterval(() => {
    void keepUp(access, req).then((good) => good || end(), end)
  }, heartbeatSeconds * 1000)
  try {
    let index = after
    while (!ended.signal.aborted) {
      const entries = await liveLog.entriesAfter(reader.network.id, index, ended.signal)
      if (entries.length === 0) break
      const events = await presentEntries(db, reader.network.id, { viewer: reader, entries })
      index = entries.at(-1)!.index
      if (!(await writeEvents(res, { events, index }))) break
    }
  } finally {
    clearInterval(heartbeat)
    closing.removeEventListener('abort', end)
    res.end()
  }
}

async function keepUp(access: Access, req: Request): Promise<boolean> {
  return (await isStillGood(access, req)) && (await writeHeartbeat(req.res!))
}

function lastEventId(req: Request): bigint | undefined {
  const given = req.get('last-event-id')
  if (given === undefined || given === '') return undefined
  const id = indexSchema.safeParse(given)
  if (id.success) return id.data
  throw new Refusal('request_invalid', {
    errors: [{ pointer: 'Last-Event-ID', detail: 'must be the id of an event' }],
  })
}

function tooMany(): Refusal {
  return new Refusal('too_many_requests', {
    detail: `There are too many open streams. Close one; a credential may have ${streamsPerCredentialMax}, a shop ${streamsPerMerchantMax}.`,
    headers: { 'Retry-After': String(heartbeatSeconds) },
  })
}
