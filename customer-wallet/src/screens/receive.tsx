import { useState } from 'react'
import { useAccount } from '../app-context.ts'
import { useLanguage } from '../language.tsx'
import { pathTo } from '../navigation.ts'
import { Page } from '../parts/page.tsx'
import { QrPicture } from '../../../clients/web/qr-picture.tsx'

/** A QR by which another gives points to this wallet: a link whose last part no server sees. */
export function ReceiveScreen() {
  const { say } = useLanguage()
  const [{ membership }] = useAccount()
  const [isCopied, setCopied] = useState(false)
  const link = `${location.origin}/wallet/give/${membership.network}#${membership.wallet}`
  const copy = () => void navigator.clipboard.writeText(link).then(() => setCopied(true))
  return (
    <Page title={say('receive.title')} back={pathTo(membership.network, 'home')}>
      <p>{say('receive.text')}</p>
      <div className="pay-large">
        <div className="qr-place">
          <QrPicture text={link} label={say('receive.label')} />
        </div>
      </div>
      <button type="button" className="quiet" onClick={copy}>
        {say('receive.copy')}
      </button>
      <p role="status">{isCopied && say('receive.copied')}</p>
    </Page>
  )
}
