import { IconArrowsMaximize, IconBell, IconGift, IconLock, IconSwitchHorizontal } from '@tabler/icons-react'
import { Waiting } from '../../../clients/web/mark.tsx'
import type { Snapshot } from '../account/snapshot.ts'
import { useAccount } from '../app-context.ts'
import { useLanguage } from '../language.tsx'
import { expiringSoon } from '../lots.ts'
import { networksPath, pathTo } from '../navigation.ts'
import { useNotices } from '../notices.ts'
import { ComingTerms } from '../parts/coming-terms.tsx'
import { EntryList } from '../parts/entry-list.tsx'
import { Link } from '../parts/link.tsx'
import { Notice } from '../parts/notice.tsx'
import { useHeading } from '../parts/page.tsx'
import { PayCode } from '../parts/pay-code.tsx'
import { StandingNotice } from '../parts/standing.tsx'

const recentCount = 4

/** What one has, the QR to pay with, and what happened lately. */
export function HomeScreen() {
  const { say } = useLanguage()
  const [{ membership }, { snapshot, standing }] = useAccount()
  const heading = useHeading(membership.name)
  return (
    <main className="home">
      <header className="home-head">
        <h1 ref={heading} tabIndex={-1}>
          {membership.name}
        </h1>
        <Link className="icon-link" href={networksPath} aria-label={say('networks.title')}>
          <IconSwitchHorizontal aria-hidden />
          <span>{say('home.networks')}</span>
        </Link>
        <NoticesLink />
      </header>
      <StandingNotice />
      {snapshot ? (
        <Balance snapshot={snapshot} />
      ) : (
        standing === 'starting' && <Waiting label={say('loading')} />
      )}
      <PayPart />
      {snapshot && <Lately snapshot={snapshot} />}
    </main>
  )
}

function NoticesLink() {
  const { say, format } = useLanguage()
  const [{ membership }] = useAccount()
  const { unread } = useNotices()
  return (
    <Link className="icon-link" href={pathTo(membership.network, 'notices')}>
      <IconBell aria-hidden />
      <span>{say('home.notices')}</span>
      {unread > 0 && <span className="unseen">{say('home.new-notices', { count: unread })}</span>}
      {unread > 0 && (
        <span className="badge" aria-hidden>
          {format.points(unread)}
        </span>
      )}
    </Link>
  )
}

function Balance({ snapshot: { wallet, directory } }: { snapshot: Snapshot }) {
  const { say, format } = useLanguage()
  const [{ membership, clock }] = useAccount()
  const { available, held, debt } = wallet
  const soon = expiringSoon(wallet.lots, clock.now())
  const worth = format.money(available * directory.point_face_value_minor, directory)
  return (
    <section className="balance" aria-label={say('home.balance')}>
      <p className="figure number">
        {format.points(available)} <span className="unit">{say('points-unit', { count: available })}</span>
      </p>
      <p className="muted">{say('worth', { amount: worth })}</p>
      {soon && (
        <p className="expiring">
          <Link href={pathTo(membership.network, 'points')}>
            {say('home.expiring', { count: soon.points, when: format.day(soon.until) })}
          </Link>
        </p>
      )}
      {held > 0 && <p className="muted">{say('home.held', { count: held })}</p>}
      {debt > 0 && <p className="muted">{say('home.debt', { count: debt })}</p>}
      <ComingTerms />
    </section>
  )
}

function PayPart() {
  const { say } = useLanguage()
  const [{ membership }, { snapshot, standing }] = useAccount()
  if (standing === 'signed_out') return null
  if (snapshot?.wallet.locked) {
    return (
      <section className="pay-part">
        <Notice>
          <IconLock aria-hidden className="inline-icon" /> {say('pay.locked')}{' '}
          <Link href={pathTo(membership.network, 'settings')}>{say('pay.unlock')}</Link>
        </Notice>
      </section>
    )
  }
  return (
    <section className="pay-part">
      <PayCode />
      <Link className="pay-caption" href={pathTo(membership.network, 'pay')} aria-label={say('pay.open')}>
        {say('pay.show')} <IconArrowsMaximize aria-hidden />
      </Link>
      <Link className="button quiet" href={pathTo(membership.network, 'give')}>
        <IconGift aria-hidden /> {say('home.give')}
      </Link>
    </section>
  )
}

function Lately({ snapshot: { transactions } }: { snapshot: Snapshot }) {
  const { say } = useLanguage()
  const [{ membership }] = useAccount()
  return (
    <section className="lately">
      <h2>{say('home.recent')}</h2>
      {transactions.length === 0 && <p className="muted">{say('home.nothing-yet')}</p>}
      <EntryList transactions={transactions.slice(0, recentCount)} />
      {transactions.length > recentCount && (
        <Link href={pathTo(membership.network, 'history')}>{say('home.all')}</Link>
      )}
    </section>
  )
}
