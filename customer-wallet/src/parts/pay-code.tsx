import { useAccount } from '../app-context.ts'
import { useLanguage } from '../language.tsx'
import { writeDigits } from '../pay/digits.ts'
import { QrPicture } from '../pay/qr-picture.tsx'
import { useQrToken } from '../pay/use-qr-token.ts'

/** The QR that pays now. What a till takes makes the next one. */
export function PayCode() {
  const { say } = useLanguage()
  const [account, { news }] = useAccount()
  const token = useQrToken(account, news?.id)
  return (
    <div className="qr-place">
      {token && <QrPicture text={writeDigits(token)} label={say('pay.label')} />}
    </div>
  )
}
