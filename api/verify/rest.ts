import { setTimeout as pauseFor } from 'node:timers/promises'

/** A tenth of the time is worked, so that tills go on: at 10,000 entries a second of work, 10 million take three hours. */
const restPerWork = 9
/** No longer than this, however long a piece of work took. */
const restMsMax = 5 * 60_000
/** Well within the hour after which another process takes a check over. */
const renewalMs = 10 * 60_000

/** The time as a test has it; else the machine's. */
interface Time {
  readonly now: () => number
  /** Rejects with an AbortError as soon as `signal` says so. */
  readonly pause: (ms: number, signal: AbortSignal | undefined) => Promise<unknown>
}

const machineTime: Time = {
  now: () => performance.now(),
  pause: (ms, signal) => pauseFor(ms, undefined, { signal }),
}

/**
 * A rest after each piece of work, in proportion to what it took; `renew` is called now and again, before a rest and after
 * it. Ends with an AbortError as soon as `signal` says so.
 */
export function createRest(
  renew: () => Promise<void>,
  { signal, now, pause }: { readonly signal?: AbortSignal | undefined } & Partial<Time> = {},
): () => Promise<void> {
  const time = { now: now ?? machineTime.now, pause: pause ?? machineTime.pause }
  let began = time.now()
  let renewed = began
  const renewInTime = async () => {
    if (time.now() - renewed < renewalMs) return
    await renew()
    renewed = time.now()
  }
  return async () => {
    const worked = time.now() - began
    await renewInTime()
    await time.pause(Math.min(worked * restPerWork, restMsMax), signal)
    await renewInTime()
    began = time.now()
  }
}
