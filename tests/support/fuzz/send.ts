import { request, type Agent } from 'node:http'

/** A request as it goes over the wire: nothing of it is corrected on the way. */
export interface WireRequest {
  readonly method: string
  /** With the query, escaped as it is to be sent. */
  readonly path: string
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body?: string | Buffer | undefined
}

export interface WireAnswer {
  readonly status: number
  /** The Content-Type, or ''. */
  readonly type: string
  readonly text: string
}

const patienceMs = 20_000
/** Of a live answer, which does not end by itself, the beginning is enough. */
const live = 'text/event-stream'

/** Sends a request and reads the answer. Throws when there is none. */
export function send(url: string, agent: Agent, wire: WireRequest): Promise<WireAnswer> {
  const { hostname, port } = new URL(url)
  const headers = Object.fromEntries(
    Object.entries(wire.headers).filter(([, value]) => value !== undefined),
  ) as Record<string, string>
  if (wire.body !== undefined) headers['content-length'] = String(Buffer.byteLength(wire.body))
  return new Promise((done, failed) => {
    const { method, path } = wire
    const asking = request(
      { hostname, port, agent, method, path, headers, timeout: patienceMs },
      (answer) => {
        const type = answer.headers['content-type'] ?? ''
        const status = answer.statusCode ?? 0
        if (type.startsWith(live)) {
          answer.destroy()
          return done({ status, type, text: '' })
        }
        const chunks: Buffer[] = []
        answer.on('data', (chunk: Buffer) => chunks.push(chunk))
        answer.once('error', failed)
        answer.once('end', () => done({ status, type, text: Buffer.concat(chunks).toString() }))
      },
    )
    asking.once('timeout', () => asking.destroy(new Error(`no answer to ${method} ${path.slice(0, 100)}`)))
    asking.once('error', failed)
    asking.end(wire.body)
  })
}
