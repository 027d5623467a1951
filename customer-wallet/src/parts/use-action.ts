import { useState } from 'react'
import { Refused } from '../account/snapshot.ts'
import { useLanguage } from '../language.tsx'
import type { MessageKey } from '../messages/en.ts'

/** What a button does that asks the server: whether it is under way, and in words why it did not work. */
export interface Action {
  readonly isBusy: boolean
  readonly fault: string | null
  run(act: () => Promise<void>): void
}

/** `refusals`: words for the codes that can be expected here; others get the general ones. */
export function useAction(refusals: Readonly<Partial<Record<string, MessageKey>>> = {}): Action {
  const { say } = useLanguage()
  const [isBusy, setBusy] = useState(false)
  const [fault, setFault] = useState<string | null>(null)
  const explain = (error: unknown) => {
    if (!(error instanceof Refused)) return say('fault.offline')
    const known = refusals[error.code] ?? general[error.code]
    return known ? say(known) : say('fault.other', { code: error.code })
  }
  return {
    isBusy,
    fault,
    run(act) {
      if (isBusy) return
      setBusy(true)
      setFault(null)
      act()
        .catch((error: unknown) => setFault(explain(error)))
        .finally(() => setBusy(false))
    },
  }
}

const general: Readonly<Partial<Record<string, MessageKey>>> = {
  too_many_requests: 'fault.too-many',
  unauthenticated: 'fault.signed-out',
  unavailable: 'fault.unavailable',
}
