import { useState } from 'react'
import { answered, type Transaction } from '../account/snapshot.ts'
import { useAccount } from '../app-context.ts'
import { useLanguage } from '../language.tsx'
import { EntryList } from '../parts/entry-list.tsx'
import { Notice } from '../parts/notice.tsx'
import { Page } from '../parts/page.tsx'
import { StandingNotice } from '../parts/standing.tsx'
import { useAction } from '../parts/use-action.ts'
import { EntryDetails } from './entry-details.tsx'

/** All that happened, or one of it in detail. */
export function HistoryScreen({ item }: { item: string | null }) {
  return item === null ? <History /> : <EntryDetails id={item} />
}

function History() {
  const { say } = useLanguage()
  const [{ client }, { snapshot }] = useAccount()
  const [older, setOlder] = useState<readonly Transaction[]>([])
  const [next, setNext] = useState<string | null | undefined>()
  const action = useAction()
  const newest = snapshot?.transactions ?? []
  const newestIds = new Set(newest.map(({ id }) => id))
  const after = next === undefined ? snapshot?.next : next
  const readOlder = () =>
    action.run(async () => {
      if (!after) return
      const page = await answered(client.GET('/v1/transactions', { params: { query: { limit: 50, after } } }))
      // With what is the newest now: some of it goes out of the newest when more comes.
      setOlder((before) => [...(before.length > 0 ? before : newest), ...page.data])
      setNext(page.next)
    })
  return (
    <Page title={say('history.title')}>
      <StandingNotice />
      {snapshot && newest.length === 0 && <p className="muted">{say('history.none')}</p>}
      <EntryList transactions={[...newest, ...older.filter(({ id }) => !newestIds.has(id))]} />
      {action.fault && <Notice kind="bad">{action.fault}</Notice>}
      {after && (
        <button type="button" className="quiet" disabled={action.isBusy} onClick={readOlder}>
          {say('history.more')}
        </button>
      )}
    </Page>
  )
}
