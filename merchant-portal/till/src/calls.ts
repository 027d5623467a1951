import { createTallystick, type Problem } from '../../../clients/typescript/index.js'
import { noteServerTime } from './clock.ts'
import type { StaffToken } from './store.ts'

/** No answer within so long counts as none; the same request may then be sent again. */
const answerWithinMs = 8000

/** What became of a request. No answer: it may have arrived or not. */
export type Answer<Data> =
  | { readonly is: 'done'; readonly data: Data }
  | { readonly is: 'refused'; readonly problem: Problem }
  | { readonly is: 'unanswered' }

/** The API as this till calls it. */
export type Calls = ReturnType<typeof createCalls>

/** Calls with the till's key, in a header: no cookie, so no other page can make the browser act as the till. */
export function createCalls(key: string | null, staff: StaffToken | null = null) {
  return createTallystick({
    url: location.origin,
    ...(key !== null && { token: key }),
    async fetch(request) {
      if (staff !== null) request.headers.set('Tally-Staff', staff.token)
      const response = await fetch(new Request(request, { credentials: 'omit', cache: 'no-store' }), {
        signal: AbortSignal.timeout(answerWithinMs),
      })
      noteServerTime(response)
      return response
    },
  })
}

/** A header with an Idempotency-Key. */
export function keyed(key: string) {
  return { header: { 'Idempotency-Key': key } }
}

/** Waits for a call's answer, whatever it is. A fault of the server is no answer: nobody knows what was done. */
export async function answerOf<Data>(
  call: Promise<{ data?: Data; error?: Problem; response: Response }>,
): Promise<Answer<Data>> {
  try {
    const { data, error, response } = await call
    if (response.ok) return { is: 'done', data: data as Data }
    if (response.status >= 500 || typeof error?.code !== 'string') return { is: 'unanswered' }
    return { is: 'refused', problem: error }
  } catch {
    return { is: 'unanswered' }
  }
}
