import { useCallback, useState } from 'react'
import { Waiting } from '../../../clients/web/mark.tsx'
import { answered } from '../account/snapshot.ts'
import { useAccount } from '../app-context.ts'
import { useLanguage } from '../language.tsx'
import { pathTo } from '../navigation.ts'
import { Notice } from '../parts/notice.tsx'
import { Page } from '../parts/page.tsx'
import { useAction } from '../parts/use-action.ts'
import { useAnswer } from '../parts/use-answer.ts'

/** The phones and computers that can pay from this wallet; a lost one is removed from another. */
export function DevicesScreen() {
  const { say, format } = useLanguage()
  const [{ client, membership }] = useAccount()
  const ask = useCallback(() => answered(client.GET('/v1/wallet-devices')), [client])
  const [asked, again] = useAnswer(ask)
  const [isRemoved, setRemoved] = useState(false)
  const action = useAction()
  const remove = (id: string) =>
    action.run(async () => {
      await client.DELETE('/v1/wallet-devices/{id}', { params: { path: { id } } })
      setRemoved(true)
      again()
    })
  return (
    <Page title={say('devices.title')} back={pathTo(membership.network, 'settings')}>
      <p>{say('devices.text')}</p>
      {asked.is === 'asking' && <Waiting label={say('loading')} />}
      {asked.is === 'unreachable' && <Notice kind="offline">{say('fault.load')}</Notice>}
      {action.fault && <Notice kind="bad">{action.fault}</Notice>}
      {isRemoved && <Notice kind="good">{say('devices.removed')}</Notice>}
      {asked.is === 'there' && (
        <ul className="devices">
          {asked.data.data.map((device) => {
            const name = describeDevice(device.user_agent) ?? say('devices.unknown')
            const isThis = device.id === membership.device
            return (
              <li key={device.id}>
                <div>
                  <strong>{name}</strong> {isThis && <span className="tag">{say('devices.this')}</span>}
                  <p className="muted">{say('devices.since', { day: format.fullDay(device.created_at) })}</p>
                </div>
                {!isThis && (
                  <button
                    type="button"
                    className="quiet"
                    disabled={action.isBusy}
                    aria-label={say('devices.remove-named', { device: name })}
                    onClick={() => remove(device.id)}
                  >
                    {say('devices.remove')}
                  </button>
                )}
              </li>
            )
          })}
        </ul>
      )}
    </Page>
  )
}

/** What a browser says of itself, as people would: `Safari, iPhone`. Null where it says nothing known. */
function describeDevice(userAgent: string | null): string | null {
  const find = (names: readonly (readonly [string, string])[]) =>
    names.find(([mark]) => userAgent?.includes(mark))?.[1]
  const browser = find([
    ['Edg', 'Edge'],
    ['OPR', 'Opera'],
    ['SamsungBrowser', 'Samsung Internet'],
    ['Firefox', 'Firefox'],
    ['FxiOS', 'Firefox'],
    ['CriOS', 'Chrome'],
    ['Chrome', 'Chrome'],
    ['Safari', 'Safari'],
  ])
  const system = find([
    ['iPhone', 'iPhone'],
    ['iPad', 'iPad'],
    ['Android', 'Android'],
    ['Windows', 'Windows'],
    ['Macintosh', 'Mac'],
    ['Linux', 'Linux'],
  ])
  return browser && system ? `${browser}, ${system}` : null
}
