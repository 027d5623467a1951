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

/** Being forgotten: what that means comes first, and it can be stopped until its day. */
export function EraseScreen() {
  const { say, format } = useLanguage()
  const [{ client, membership }, { snapshot }] = useAccount()
  const [isUnderstood, setUnderstood] = useState(false)
  const [isStopped, setStopped] = useState(false)
  const path = { id: membership.customer }
  const ask = useCallback(
    () =>
      answered(client.GET('/v1/customers/{id}/erasure', { params: { path: { id: membership.customer } } })),
    [client, membership],
  )
  const [asked, again] = useAnswer(ask)
  const action = useAction({ consequences_changed: 'erase.changed' })
  const told = asked.is === 'there' ? asked.data : null
  const erase = (points: number) =>
    action.run(async () => {
      setStopped(false)
      const query = { acknowledged_points: String(points) }
      await answered(client.DELETE('/v1/customers/{id}', { params: { path, query } })).finally(again)
    })
  const stop = () =>
    action.run(async () => {
      await client.DELETE('/v1/customers/{id}/erasure', { params: { path } })
      setStopped(true)
      setUnderstood(false)
      again()
    })
  const day = told ? format.fullDay(told.erased_at) : ''
  const amount = told && snapshot ? format.money(told.worth_minor, snapshot.directory) : ''
  return (
    <Page title={say('erase.title')} back={pathTo(membership.network, 'settings')}>
      {asked.is === 'asking' && <Waiting label={say('loading')} />}
      {asked.is === 'unreachable' && <Notice kind="offline">{say('fault.load')}</Notice>}
      {action.fault && <Notice kind="bad">{action.fault}</Notice>}
      {isStopped && <Notice kind="good">{say('erase.stopped')}</Notice>}
      {told?.state === 'asked' && (
        <>
          <Notice>{say('erase.asked', { day })}</Notice>
          <button type="button" disabled={action.isBusy} onClick={stop}>
            {say('erase.stop')}
          </button>
        </>
      )}
      {told && told.state !== 'asked' && (
        <>
          <h2>{say('erase.means')}</h2>
          <ul>
            <li>
              {told.points_that_expire > 0
                ? say('erase.points', { count: told.points_that_expire, amount })
                : say('erase.no-points')}
            </li>
            <li>{say('erase.when', { day })}</li>
            <li>{say('erase.books')}</li>
          </ul>
          <label className="check">
            <input
              type="checkbox"
              checked={isUnderstood}
              onChange={(event) => setUnderstood(event.target.checked)}
            />
            {say('erase.understood', { day })}
          </label>
          <button
            type="button"
            className="bad"
            disabled={!isUnderstood || action.isBusy}
            onClick={() => erase(told.points_that_expire)}
          >
            {say('erase.do')}
          </button>
        </>
      )}
    </Page>
  )
}
