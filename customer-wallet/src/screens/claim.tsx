import { useCallback } from 'react'
import { Waiting } from '../../../clients/web/mark.tsx'
import { answered, Refused } from '../account/snapshot.ts'
import { useAccount } from '../app-context.ts'
import { claimIn } from '../claim.ts'
import { useLanguage } from '../language.tsx'
import { pathTo } from '../navigation.ts'
import { Link } from '../parts/link.tsx'
import { Notice } from '../parts/notice.tsx'
import { Page } from '../parts/page.tsx'
import { useAnswer } from '../parts/use-answer.ts'

/** Collects the points of the receipt whose link was opened. */
export function ClaimScreen() {
  const { say } = useLanguage()
  const [{ client, membership, refresh }] = useAccount()
  const code = claimIn(location.hash) ?? ''
  // Null: nothing waits under this code.
  const ask = useCallback(async () => {
    try {
      const { points } = await answered(client.POST('/v1/claims/collections', { body: { code } }))
      void refresh()
      return points
    } catch (error) {
      if (error instanceof Refused) return null
      throw error
    }
  }, [client, code, refresh])
  const [asked, again] = useAnswer(ask)
  return (
    <Page title={say('claim.title')}>
      {asked.is === 'asking' && <Waiting label={say('loading')} />}
      {asked.is === 'unreachable' && (
        <>
          <Notice kind="offline">{say('offline.need')}</Notice>
          <button type="button" onClick={again}>
            {say('try-again')}
          </button>
        </>
      )}
      {asked.is === 'there' && (
        <>
          {asked.data === null || asked.data === 0 ? (
            <Notice kind="bad">{say('claim.gone')}</Notice>
          ) : (
            <Notice kind="good">{say('claim.collected', { count: asked.data })}</Notice>
          )}
          <Link className="button" href={pathTo(membership.network, 'home')}>
            {say('done')}
          </Link>
        </>
      )}
    </Page>
  )
}
