import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Stands between a browser and the server, as a bad line or a proxy does. */
export interface CuttingProxy {
  readonly url: string
  /** What happens to exports in the middle: the connection breaks, or ends as if that were all. */
  cut: 'breaks' | 'ends' | null
  close(): Promise<void>
}

/** Passes everything on to the server at `url`, but of exports only the first `bytes` while `cut` says so. */
export async function startCuttingProxy(url: string, bytes: number): Promise<CuttingProxy> {
  const server = createServer((req, res) => {
    const { method, headers } = req
    const asked = request(url + req.url, { method: method ?? 'GET', headers }, (answer) => {
      if (proxy.cut === null || req.url !== '/v1/export') {
        res.writeHead(answer.statusCode ?? 502, answer.rawHeaders)
        return void answer.pipe(res)
      }
      passSome(answer, res, { bytes, breaks: proxy.cut === 'breaks' })
    })
    asked.once('error', () => res.destroy())
    req.pipe(asked)
  })
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done))
  const proxy: CuttingProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut: null,
    close: () =>
      new Promise((done) => {
        server.close(() => done())
        server.closeAllConnections()
      }),
  }
  return proxy
}

function passSome(
  answer: IncomingMessage,
  res: ServerResponse,
  { bytes, breaks }: { bytes: number; breaks: boolean },
): void {
  const { 'content-type': type } = answer.headers
  res.writeHead(200, breaks ? answer.headers : { 'content-type': type, connection: 'close' })
  let left = bytes
  answer.on('data', (chunk: Buffer) => {
    const some = chunk.subarray(0, left)
    left -= some.length
    if (some.length > 0) res.write(some)
    if (left > 0) return
    answer.destroy()
    if (breaks) setTimeout(() => res.destroy(), 50)
    else res.end()
  })
}
