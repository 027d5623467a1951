import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import { createKeystrokes, scannerGapMs } from './keystrokes.ts'
import { onOutboxChange, sendWaiting } from './outbox.ts'
import type { PairedTill, RefusedSale, TillStore, WaitingSale } from './store.ts'

/** How often what waits is tried again. */
const tryEveryMs = 15_000

/** Hears keys typed anywhere but in a field, and what a scanner types. */
export function useKeystrokes(heard: {
  typed?: (key: string) => void
  scanned: (text: string) => void
}): void {
  const latest = useRef(heard)
  // Before the screen is seen, so that no key pressed on sight of it is lost.
  useLayoutEffect(() => {
    latest.current = heard
  })
  useLayoutEffect(() => {
    let isForButton = false
    const keystrokes = createKeystrokes({
      typed: (key) => {
        // Keys that were held back come several at once: each must see what the one before it changed.
        if (key !== 'Enter' || !isForButton) flushSync(() => latest.current.typed?.(key))
      },
      scanned: (text) => latest.current.scanned(text),
    })
    let flushing: ReturnType<typeof setTimeout> | undefined
    const press = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement
      if (event.ctrlKey || event.metaKey || event.altKey || isField(target)) return
      clearTimeout(flushing)
      // Enter presses the button that has the focus; only the end of a scan is not for it.
      isForButton = target.closest('button:enabled, a, summary') !== null
      if (keystrokes.press(event.key, event.timeStamp)) {
        event.preventDefault()
        event.stopPropagation()
      }
      flushing = setTimeout(() => keystrokes.flush(), scannerGapMs)
    }
    document.addEventListener('keydown', press, true)
    return () => {
      clearTimeout(flushing)
      document.removeEventListener('keydown', press, true)
    }
  }, [])
}

function isField(element: HTMLElement): boolean {
  return element.closest('input:not([type=range], [type=checkbox], [type=radio]), textarea, select') !== null
}

/** What waits to be sent and what was refused, as it is now, in whichever tab it changed. */
export interface Outbox {
  readonly waiting: readonly WaitingSale[]
  readonly refused: readonly RefusedSale[]
  /** False: the last try found no network. */
  readonly isOnline: boolean
  /** False: the server does not know the key any more. */
  readonly isKeyGood: boolean
  /** Tries now. */
  send(): Promise<void>
}

/** Sends what waits whenever the network may be back, and tells how it stands. */
export function useOutbox(store: TillStore, till: PairedTill): Outbox {
  const [kept, setKept] = useState<Pick<Outbox, 'waiting' | 'refused'>>({ waiting: [], refused: [] })
  const [isOnline, setOnline] = useState(navigator.onLine)
  const [isKeyGood, setKeyGood] = useState(true)
  const asked = useRef(0)
  const send = async () => {
    asked.current++
    const sent = await sendWaiting(store, till).finally(() => asked.current--)
    if (sent === 'all sent') setOnline(navigator.onLine)
    if (sent === 'no network') setOnline(false)
    setKeyGood(sent !== 'key not good')
  }
  useEffect(() => {
    let isShown = true
    const read = async () => {
      const [waiting, refused] = await Promise.all([store.getAll('waiting'), store.getAll('refused')])
      if (isShown) setKept({ waiting, refused })
    }
    void read()
    void send()
    const stopHearing = onOutboxChange(() => void read())
    const goOnline = () => void send()
    const goOffline = () => setOnline(false)
    // Not on top of a round that goes on: a server that is too slow is not to be asked without a pause.
    const trying = setInterval(() => {
      if (asked.current === 0) void send()
    }, tryEveryMs)
    addEventListener('online', goOnline)
    addEventListener('offline', goOffline)
    return () => {
      isShown = false
      stopHearing()
      clearInterval(trying)
      removeEventListener('online', goOnline)
      removeEventListener('offline', goOffline)
    }
    // The store and the till are those of this page for as long as it is paired.
  }, [store, till])
  return { ...kept, isOnline, isKeyGood, send }
}
