import { useEffect } from 'react'
import { useAccount } from '../app-context.ts'
import { useLanguage } from '../language.tsx'
import { pathTo } from '../navigation.ts'
import { Notice } from '../parts/notice.tsx'
import { Page } from '../parts/page.tsx'
import { PayCode } from '../parts/pay-code.tsx'
import { StandingNotice } from '../parts/standing.tsx'

/** The QR as large as the screen allows; the screen stays on. */
export function PayScreen() {
  const { say } = useLanguage()
  const [{ membership }, { snapshot, standing }] = useAccount()
  useScreenOn()
  const isLocked = snapshot?.wallet.locked === true
  return (
    <Page title={say('pay.title')} back={pathTo(membership.network, 'home')}>
      {standing === 'offline' ? <Notice kind="offline">{say('pay.offline')}</Notice> : <StandingNotice />}
      {isLocked && <Notice>{say('pay.locked')}</Notice>}
      {!isLocked && standing !== 'signed_out' && (
        <div className="pay-large">
          <PayCode />
          <p>{say('pay.hint')}</p>
          {snapshot && (
            <p className="pay-balance number">{say('points', { count: snapshot.wallet.available })}</p>
          )}
        </div>
      )}
    </Page>
  )
}

/** Keeps the screen from going dark, where the device lets us; a page in the background loses that, and asks again. */
function useScreenOn(): void {
  useEffect(() => {
    let asked: Promise<WakeLockSentinel | null> | undefined
    const ask = () => {
      if (!document.hidden) asked = navigator.wakeLock?.request('screen').catch(() => null)
    }
    ask()
    document.addEventListener('visibilitychange', ask)
    return () => {
      document.removeEventListener('visibilitychange', ask)
      void asked?.then((lock) => lock?.release())
    }
  }, [])
}
