import { useEffect } from 'react'
import { useAccount } from '../app-context.ts'
import { useLanguage } from '../language.tsx'
import { writeDigits } from '../pay/digits.ts'
import { QrPicture } from '../../../clients/web/qr-picture.tsx'
import { useQrToken } from '../pay/use-qr-token.ts'

/** The QR that pays now. What a till takes makes the next one. */
export function PayCode() {
  const { say } = useLanguage()
  const [account, { news }] = useAccount()
  const shown = useQrToken(account, news?.id)
  useEffect(() => {
    // The bench reads it: from beginning a QR to drawing it.
    if (shown) performance.measure('wallet: QR drawn', { start: shown.begunAt })
  }, [shown])
  return (
    <div className="qr-place">
      {shown && <QrPicture text={writeDigits(shown.token)} label={say('pay.label')} />}
    </div>
  )
}
