import type { Response } from 'express'
import type { Event } from './present-entry.ts'

/** How long a listener may take in nothing before the connection is closed; they come back where they were. */
const drainTimeoutMs = 30_000

/** Begins an answer of server-sent events (HTML standard, section 9.2). */
export function beginStream(res: Response): void {
  // Proxies must pass on each event as it comes.
  res.status(200).set('Content-Type', 'text/event-stream').set('X-Accel-Buffering', 'no').flushHeaders()
}

/** Writes events, and where the listener then is in the log. Waits for a slow one; false: it is gone or too slow. */
export async function writeEvents(
  res: Response,
  { events, index }: { readonly events: readonly Event[]; readonly index: bigint },
): Promise<boolean> {
  const parts = events.map(
    (event) => `id: ${event.index}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`,
  )
  // An id alone is no event, but moves the place from which a listener comes back.
  return await write(res, `${parts.join('')}id: ${index}\n\n`)
}

/** Keeps proxies from taking the connection for dead. */
export async function writeHeartbeat(res: Response): Promise<boolean> {
  return await write(res, ': still here\n\n')
}

async function write(res: Response, text: string): Promise<boolean> {
  if (res.writableEnded || res.destroyed) return false
  if (res.write(text)) return true
  return await new Promise((done) => {
    const end = (drained: boolean) => {
      clearTimeout(timer)
      res.off('drain', onDrain).off('close', onClose)
      done(drained)
    }
    const onDrain = () => end(true)
    const onClose = () => end(false)
    const timer = setTimeout(onClose, drainTimeoutMs)
    res.once('drain', onDrain).once('close', onClose)
  })
}
