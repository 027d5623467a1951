import { useEffect, useState } from 'react'
import type { Account } from '../account/account.ts'
import { makeQrToken, qrRenewSeconds } from './qr-token.ts'

/** A QR's text, and when it was begun, as `performance.now()` tells it. */
export interface ShownQr {
  readonly token: string
  readonly begunAt: number
}

/** The QR to show now: renewed in time, and when the app comes back from the background. Null while the first is made. */
export function useQrToken({ membership, clock }: Account, isUsed: unknown): ShownQr | null {
  const [shown, setShown] = useState<ShownQr | null>(null)
  useEffect(() => {
    let isCurrent = true
    const renew = async () => {
      const begunAt = performance.now()
      const token = await makeQrToken(membership, clock.now())
      if (isCurrent) setShown({ token, begunAt })
    }
    const renewWhenBack = () => {
      if (document.visibilityState === 'visible') void renew()
    }
    void renew()
    const timer = setInterval(() => void renew(), qrRenewSeconds * 1000)
    document.addEventListener('visibilitychange', renewWhenBack)
    return () => {
      isCurrent = false
      clearInterval(timer)
      document.removeEventListener('visibilitychange', renewWhenBack)
    }
    // One that a till has taken is good for nothing more: the next is made at once.
  }, [membership, clock, isUsed])
  return shown
}
