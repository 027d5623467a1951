import { createServer, type RequestListener } from 'node:http'

export interface Serving {
  /** Where it listens, e.g. `http://127.0.0.1:3000`. */
  readonly url: string
  /** Takes no more connections; answers the requests in flight, for at most 10 s; resolves when all is closed. */
  stop(): Promise<void>
}

const answerLimitMs = 10_000

/** Serves HTTP. Throws when the port is taken, saying what to do. Port 0 is any free one. */
export async function serve(
  listener: RequestListener,
  { port, host }: { port: number; host: string },
): Promise<Serving> {
  const server = createServer(listener)
  await new Promise<void>((done, failed) => {
    server.once('error', (error: NodeJS.ErrnoException) => failed(explain(error, port, host)))
    server.listen(port, host, done)
  })
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

function explain(error: NodeJS.ErrnoException, port: number, host: string): Error {
  if (error.code === 'EADDRINUSE') {
    return new Error(`Port ${port} on ${host} is taken. Stop what listens there, or name another with PORT.`)
  }
  return new Error(
    `Can't listen on port ${port} of ${host}: ${error.message}. Name others with PORT and HOST.`,
  )
}
