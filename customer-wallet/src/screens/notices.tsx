import { useEffect, useRef } from 'react'
import { useAccount } from '../app-context.ts'
import { useLanguage } from '../language.tsx'
import { pathTo } from '../navigation.ts'
import { useNotices, type NoticeItem } from '../notices.ts'
import { ChangeWords } from '../parts/coming-terms.tsx'
import { Link } from '../parts/link.tsx'
import { Page } from '../parts/page.tsx'
import { StandingNotice } from '../parts/standing.tsx'
import { useTelling } from '../parts/use-telling.ts'

/** What the customer is to know: every payment with their points, points about to end, and terms that get worse. */
export function NoticesScreen() {
  const { say } = useLanguage()
  const [{ membership }] = useAccount()
  const { items, isNew, markRead } = useNotices()
  const reading = useRef(markRead)
  reading.current = markRead
  // What was seen here is no longer new the next time.
  useEffect(() => () => void reading.current(), [])
  return (
    <Page title={say('notices.title')} back={pathTo(membership.network, 'home')}>
      <StandingNotice />
      {items.length === 0 && <p className="muted">{say('notices.none')}</p>}
      <ul className="notices">
        {items.map((item) => (
          <li key={keyOf(item)} className={item.is}>
            <NoticeWords item={item} />
            {isNew(item) && <span className="tag">{say('notices.new')}</span>}
          </li>
        ))}
      </ul>
    </Page>
  )
}

function keyOf(item: NoticeItem): string {
  if (item.is === 'spent') return item.transaction.id
  if (item.is === 'expiring') return 'expiring'
  const { merchant, effective_from: from, field } = item.change
  return `${merchant} ${from} ${field}`
}

function NoticeWords({ item }: { item: NoticeItem }) {
  const { say, format } = useLanguage()
  const { shopName } = useTelling()
  const [{ membership }] = useAccount()
  const { network } = membership
  if (item.is === 'terms') return <ChangeWords change={item.change} />
  if (item.is === 'expiring') {
    return (
      <Link href={pathTo(network, 'points')}>
        {say('notices.expiring', { count: item.points, when: format.day(item.until) })}
      </Link>
    )
  }
  const { transaction, points } = item
  return (
    <div>
      <Link href={pathTo(network, 'history', transaction.id)}>
        {say(transaction.kind === 'adjust' ? 'notices.corrected' : 'notices.spent', {
          count: points,
          shop: shopName(transaction.merchant),
        })}
      </Link>
      <p className="muted">
        {format.fullDay(item.at)}, {format.time(item.at)}
      </p>
      <Link href={pathTo(network, 'settings')}>{say('notices.not-you')}</Link>
    </div>
  )
}
