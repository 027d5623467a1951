import { randomBytes } from 'node:crypto'
import { createServer, request, type RequestListener, type ServerResponse } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Abuse } from './abuse-part.ts'

// Somebody who means harm, or a receiver of webhooks in trouble: a process of its own. Takes an `AbuseJob` as JSON on
// standard input, says when it is at it (a receiver, where), and goes on until it is ended; a connection that the server
// closes is opened again.

export interface AbuseJob {
  readonly url: string
  readonly abuse: Abuse
  /** The key of a till: what is refused at the door costs less than what is let in. */
  readonly till: string
}

const { url, abuse, till } = JSON.parse(await text(process.stdin)) as AbuseJob
const { hostname, port } = new URL(url)
const purchase = `POST /v1/purchases HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${till}\r\nContent-Type: application/json\r\n`

/** What each does; answers what to say then. */
const abuses: Record<Abuse, () => Promise<unknown>> = {
  idle: () => startMany(1000, () => keepOpen('', () => {})),
  slow: () => startMany(500, () => keepOpen(`${purchase}Content-Length: 60000\r\n\r\n{`, drip)),
  endless: () => startMany(20, () => keepOpen(`${purchase}Transfer-Encoding: chunked\r\n\r\n`, pour)),
  unread: () =>
    startMany(50, () => keepOpen('GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(5), ignore)),
  signIns: () => startMany(100, guessOn),
  hooksDown: async () => await receive(null),
  hooksSlow: async () => await receive((_, res) => setTimeout(() => res.end(), 3000)),
  hooksFailing: async () => await receive(failEverySecond()),
}
process.stdout.write(`${(await abuses[abuse]()) ?? 'ready'}\n`)

async function startMany(count: number, start: () => Promise<void>): Promise<void> {
  await Promise.all(Array.from({ length: count }, start))
}

/** A connection that says `opening` and goes on as `goOn` does; opened again whenever it is closed. */
async function keepOpen(opening: string, goOn: (socket: Socket) => unknown): Promise<void> {
  const socket = connect(Number(port), hostname)
  socket.on('error', () => {})
  socket.once('close', () => setTimeout(() => void keepOpen(opening, goOn), 1_000))
  await Promise.race([
    new Promise((done) => socket.once('connect', done)),
    new Promise((done) => socket.once('close', done)),
  ])
  socket.write(opening)
  socket.resume()
  goOn(socket)
}

/** A byte now and then. */
function drip(socket: Socket): void {
  const dripping = setInterval(() => socket.write('x'), 500)
  socket.once('close', () => clearInterval(dripping))
}

/** As much as the connection takes. */
function pour(socket: Socket): void {
  const chunk = `4000\r\n${'x'.repeat(0x4000)}\r\n`
  const pouring = () => {
    while (socket.writable && socket.write(chunk));
  }
  socket.on('drain', pouring)
  pouring()
}

/** Reads nothing of what comes, and opens another connection after some seconds. */
function ignore(socket: Socket): void {
  socket.pause()
  setTimeout(() => socket.destroy(), 5_000)
}

/** Where it is listened for webhooks; null: and nobody does any more. */
async function receive(answer: RequestListener | null): Promise<string> {
  const server = createServer((req, res) => req.resume().once('end', () => answer?.(req, res)))
  await new Promise<void>((listening) => server.listen(0, hostname, listening))
  const receiver = `http://${hostname}:${(server.address() as AddressInfo).port}/hook`
  if (answer === null) server.close()
  return receiver
}

function failEverySecond(): RequestListener {
  let count = 0
  return (_, res: ServerResponse) => res.writeHead(++count % 2 === 0 ? 200 : 500).end()
}

/** One guess after the other, each for another person and from another address (all of 127.0.0.0/8 is this machine). */
async function guessOn(): Promise<void> {
  void (async () => {
    for (;;) await guess().catch(() => sleep(100))
  })()
}

async function guess(): Promise<void> {
  const [second, third, fourth] = randomBytes(3)
  const body = JSON.stringify({
    email: `${randomBytes(6).toString('hex')}@example.org`,
    password: 'a good guess',
  })
  await new Promise<void>((done, failed) => {
    const asking = request(
      {
        hostname,
        port,
        method: 'POST',
        path: '/v1/sessions',
        localAddress: `127.${second! % 200}.${third!}.${(fourth! % 250) + 1}`,
        headers: { 'content-type': 'application/json', 'content-length': body.length },
      },
      (answer) => answer.resume().once('close', done),
    )
    asking.once('error', failed)
    asking.end(body)
  })
}
