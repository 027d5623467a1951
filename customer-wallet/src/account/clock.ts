/** The server's time, as far as this device can know it. */
export interface ServerClock {
  now(): Date
  /** Learns from an answer's `Date` (RFC 9110 section 6.6.1), which is whole seconds. */
  learn(date: string | null, askedAt: number, answeredAt: number): void
  readonly offsetMs: number
}

/** `Date` is cut to whole seconds, so smaller differences tell nothing. */
const toleranceMs = 1500

/** `offsetMs`: as it was last known. `onChange` is told of a new one. */
export function createServerClock(offsetMs: number, onChange: (offsetMs: number) => void): ServerClock {
  let offset = offsetMs
  return {
    now: () => new Date(Date.now() + offset),
    get offsetMs() {
      return offset
    },
    learn(date, askedAt, answeredAt) {
      const told = Date.parse(date ?? '')
      // An answer that took long says little about now.
      if (Number.isNaN(told) || answeredAt - askedAt > 5000) return
      const measured = told + 500 - (askedAt + answeredAt) / 2
      if (Math.abs(measured - offset) <= toleranceMs) return
      offset = Math.abs(measured) <= toleranceMs ? 0 : measured
      onChange(offset)
    },
  }
}

/** `fetch` that lets the clock learn from every answer. */
export function fetchAndLearn(clock: ServerClock): (request: Request) => Promise<Response> {
  return async (request) => {
    const askedAt = Date.now()
    const response = await fetch(request)
    clock.learn(response.headers.get('date'), askedAt, Date.now())
    return response
  }
}
