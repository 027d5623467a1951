import { request as requestHttp, type RequestOptions } from 'node:http'
import { request as requestHttps } from 'node:https'
import { isIPv6, type LookupFunction } from 'node:net'
import type { DeliveryError } from './tables.ts'
import { resolveTarget, type TargetRules } from './target.ts'

/** From resolving the name to the answer's headers. */
export const answerTimeoutMs = 10_000
const answerBytesMax = 64 * 1024

/** A message to an endpoint. */
export interface Message {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** What came of sending: the answer's status, or why there was none. */
export type Sent =
  { readonly status: number; readonly error: null } | { readonly status: null; readonly error: DeliveryError }

/** Posts a message. Follows no redirect, and reads no more of the answer than it takes to be polite. Never throws. */
export async function sendMessage(message: Message, rules: TargetRules): Promise<Sent> {
  const signal = AbortSignal.timeout(answerTimeoutMs)
  let address: string | null
  try {
    address = await orAborted(resolveTarget(message.url, rules), signal)
  } catch {
    return { status: null, error: signal.aborted ? 'timed_out' : 'name_unknown' }
  }
  if (address === null) return { status: null, error: 'address_refused' }
  try {
    return { status: await post(message, address, signal), error: null }
  } catch (error) {
    return { status: null, error: signal.aborted ? 'timed_out' : errorOf(error) }
  }
}

/** Lets a connection go to this address, whatever its name stands for by now. */
export function alwaysTo(address: string): LookupFunction {
  return (_hostname, { all }, answer) => {
    const family = isIPv6(address) ? 6 : 4
    if (all) answer(null, [{ address, family }])
    else answer(null, address, family)
  }
}

function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return Promise.race([
    promise,
    new Promise<never>((_done, failed) => {
      signal.addEventListener('abort', () => failed(signal.reason as Error), { once: true })
    }),
  ])
}

function post({ url, headers, body }: Message, address: string, signal: AbortSignal): Promise<number> {
  const options: RequestOptions = {
    method: 'POST',
    lookup: alwaysTo(address),
    // A connection of its own: one kept from before would not be to this address.
    agent: false,
    signal,
    headers: {
      ...headers,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      'user-agent': 'Tallystick-Webhooks/1',
    },
  }
  return new Promise((done, failed) => {
    const request = url.startsWith('https:') ? requestHttps : requestHttp
    const sending = request(url, options, (answer) => {
      let bytes = 0
      answer.on('data', (chunk: Buffer) => {
        bytes += chunk.length
        if (bytes > answerBytesMax) answer.destroy()
      })
      // What counts is the status; how the rest of the answer ends does not.
      answer.on('error', () => {})
      done(answer.statusCode ?? 0)
    })
    sending.on('error', failed)
    sending.end(body)
  })
}

/** Node's codes for certificates that don't hold. */
const notTrusted = /^(ERR_TLS|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|ERR_SSL)/

function errorOf(error: unknown): DeliveryError {
  const code = String((error as NodeJS.ErrnoException).code)
  return notTrusted.test(code) ? 'not_trusted' : 'unreachable'
}
