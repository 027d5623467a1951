import type { Transaction } from './snapshot.ts'

/** What happened, as far as it concerns the wallet: an `Event` of the API. */
export interface LiveEvent {
  readonly transaction: Transaction | null
}

const retryMs = { first: 1000, most: 30_000 }

/** What listening takes. */
export interface Listening {
  /** A token that is good now; undefined: signed out, and listening ends. */
  readonly token: () => Promise<string | undefined>
  readonly onEvent: (event: LiveEvent) => void
  /** Called whenever the stream stands anew, since what happened meanwhile was missed. */
  readonly onOpen: () => void
  readonly signal: AbortSignal
}

/** Listens to `GET /v1/events` until told to stop, comes back after each end, with patience. */
export async function listen({ token, onEvent, onOpen, signal }: Listening): Promise<void> {
  let pause = retryMs.first
  while (!signal.aborted) {
    try {
      const credential = await token()
      if (credential === undefined) return
      const answer = await fetch('/v1/events', { headers: { Authorization: `Bearer ${credential}` }, signal })
      if (answer.ok && answer.body) {
        onOpen()
        pause = retryMs.first
        await readEvents(answer.body, onEvent)
      }
    } catch {
      // No network, or it broke: the next try tells.
    }
    await wait(pause, signal)
    pause = Math.min(pause * 2, retryMs.most)
  }
}

/** Server-sent events (HTML, section 9.2.6), as far as ours go: one line of data each. */
async function readEvents(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  onEvent: (event: LiveEvent) => void,
) {
  let left = ''
  const reader = body.pipeThrough(new TextDecoderStream()).getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    const blocks = (left + value).split('\n\n')
    left = blocks.pop() ?? ''
    for (const block of blocks) {
      const data = /^data: ?(.*)$/m.exec(block)?.[1]
      if (data) onEvent(JSON.parse(data) as LiveEvent)
    }
  }
}

function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', () => (clearTimeout(timer), done()), { once: true })
  })
}
