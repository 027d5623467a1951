import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A message as it came in. */
export interface Received {
  readonly headers: IncomingHttpHeaders
  readonly text: string
  readonly body: {
    readonly type: string
    readonly data: { readonly index: number; readonly transaction: any }
  }
}

/** Somebody's own server that webhooks go to. */
export interface Receiver {
  readonly url: string
  readonly port: number
  /** Whatever came, also what was then refused. */
  readonly received: Received[]
  /** Those that were answered with 200. */
  readonly taken: Received[]
  /** How it answers: 200 unless told. */
  answer: (res: ServerResponse, received: Received) => unknown
  close(): Promise<void>
}

/** Listens on a loopback address; port 0 is any free one. */
export async function startReceiver(host = '127.0.0.1', port = 0): Promise<Receiver> {
  const received: Received[] = []
  const taken: Received[] = []
  const server = createServer((req, res) => {
    const chunks: Buffer[] = []
    req.on('data', (chunk: Buffer) => chunks.push(chunk))
    req.on('end', () => {
      const text = Buffer.concat(chunks).toString()
      const message = { headers: req.headers, text, body: JSON.parse(text) } as Received
      received.push(message)
      res.once('finish', () => void (res.statusCode === 200 && taken.push(message)))
      receiver.answer(res, message)
    })
  })
  await new Promise<void>((listening) => server.listen(port, host, listening))
  const { port: actual } = server.address() as AddressInfo
  const receiver: Receiver = {
    url: `http://${host}:${actual}/hook`,
    port: actual,
    received,
    taken,
    answer: (res) => res.end('ok'),
    close: () =>
      new Promise((closed) => {
        server.close(() => closed())
        server.closeAllConnections()
      }),
  }
  return receiver
}

/** Waits until something holds; fails after `patienceMs` with what it then was. */
export async function until(holds: () => boolean | Promise<boolean>, patienceMs = 20_000): Promise<void> {
  const deadline = performance.now() + patienceMs
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`it did not come to this in ${patienceMs} ms: ${holds}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
