import { randomUUID } from 'node:crypto'
import { createServer, STATUS_CODES, type RequestListener, type Server } from 'node:http'
import { createServer as createProbe, type Server as Listening } from 'node:net'
import type { Duplex } from 'node:stream'
import { presentProblem, problems, Refusal, type ProblemCode } from './http/problems.ts'

export interface Serving {
  /** Where it listens, e.g. `http://127.0.0.1:3000`. */
  readonly url: string
  /** Takes no more connections; answers the requests in flight, for at most 10 s; resolves when all is closed. */
  stop(): Promise<void>
}

const answerLimitMs = 10_000

/** How slowly one may ask. A connection that says nothing, or never comes to an end, is closed and costs no one. */
export const askingLimits = {
  /** From connecting, or from the first byte, to the end of the headers. */
  headersTimeout: 15_000,
  /** The whole request, with its body: 64 KiB at the slowest mobile network. */
  requestTimeout: 30_000,
  /** Longer than the minute for which proxies keep connections, so that it is not we who close one in use. */
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 1_000,
} as const

/** Open connections of a process, where the system allows it as many open files; more are closed at once. */
export const connectionCountMax = 20_000

/** An HTTP server with limits on how slowly one may ask, that refuses in the same words as the application. */
export function createHttpServer(listener: RequestListener): Server {
  const server = createServer(askingLimits, listener)
  server.maxConnections = connectionCountMax
  // RFC 9110 section 10.1.1: what a client expects that is not `100-continue` may be ignored.
  server.on('checkExpectation', listener)
  server.on('clientError', refuseUnread)
  return server
}

const unreadCodes: Readonly<Record<string, ProblemCode>> = {
  HPE_HEADER_OVERFLOW: 'headers_too_large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request_too_slow',
}

/** Answers what could not be read as a request, and so never reached the application. */
function refuseUnread(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy()
  const code = unreadCodes[error.code ?? ''] ?? 'request_malformed'
  const { status } = problems[code]
  const body = JSON.stringify(presentProblem(new Refusal(code), randomUUID()))
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: application/problem+json\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  )
}

/** Serves HTTP. Throws when the port is taken, saying what to do. Port 0 is any free one. */
export async function serve(
  listener: RequestListener,
  { port, host }: { port: number; host: string },
): Promise<Serving> {
  const server = createHttpServer(listener)
  await listen(server, { port, host })
  const address = server.address()
  const actualPort = address && typeof address === 'object' ? address.port : port
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${actualPort}`,
    stop: () =>
      new Promise((done) => {
        // A connection kept alive becomes idle only once its request has been answered.
        const closing = setInterval(() => server.closeIdleConnections(), 20)
        const limit = setTimeout(() => server.closeAllConnections(), answerLimitMs)
        server.close(() => {
          clearInterval(closing)
          clearTimeout(limit)
          done()
        })
      }),
  }
}

/** Throws as `serve` does where the port is taken: before a first start makes what it shows once. */
export async function demandFreePort({ port, host }: { port: number; host: string }): Promise<void> {
  const probe = createProbe()
  await listen(probe, { port, host })
  await new Promise((done) => probe.close(done))
}

async function listen(server: Listening, { port, host }: { port: number; host: string }): Promise<void> {
  await new Promise<void>((done, failed) => {
    server.once('error', (error: NodeJS.ErrnoException) => failed(explain(error, port, host)))
    server.listen(port, host, done)
  })
}

function explain(error: NodeJS.ErrnoException, port: number, host: string): Error {
  if (error.code === 'EADDRINUSE') {
    return new Error(`Port ${port} on ${host} is taken. Stop what listens there, or name another with PORT.`)
  }
  return new Error(
    `Can't listen on port ${port} of ${host}: ${error.message}. Name others with PORT and HOST.`,
  )
}
