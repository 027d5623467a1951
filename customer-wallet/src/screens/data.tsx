import { useState } from 'react'
import { answered } from '../account/snapshot.ts'
import { useAccount } from '../app-context.ts'
import { useLanguage } from '../language.tsx'
import { pathTo } from '../navigation.ts'
import { Notice } from '../parts/notice.tsx'
import { Page } from '../parts/page.tsx'
import { useAction } from '../parts/use-action.ts'
import { saveFile } from '../../../clients/web/save-file.ts'

/** All that is kept of one, to take away. */
export function DataScreen() {
  const { say } = useLanguage()
  const [{ client, membership, clock }] = useAccount()
  const [saved, setSaved] = useState<string | null>(null)
  const action = useAction()
  const get = () =>
    action.run(async () => {
      const archive = await answered(
        client.GET('/v1/customers/{id}/export', {
          params: { path: { id: membership.customer } },
          parseAs: 'blob',
        }),
      )
      const name = `${membership.network}-${clock.now().toISOString().slice(0, 10)}.zip`
      saveFile(name, archive)
      setSaved(name)
    })
  return (
    <Page title={say('data.title')} back={pathTo(membership.network, 'settings')}>
      <p>{say('data.text')}</p>
      {action.fault && <Notice kind="bad">{action.fault}</Notice>}
      {saved && <Notice kind="good">{say('data.ready', { name: saved })}</Notice>}
      <button type="button" disabled={action.isBusy} onClick={get}>
        {say('data.get')}
      </button>
    </Page>
  )
}
