import { IconChevronRight, IconPlus } from '@tabler/icons-react'
import { Mark } from '../../../clients/web/mark.tsx'
import { useApp } from '../app-context.ts'
import { useLanguage } from '../language.tsx'
import { joinPath, pathTo } from '../navigation.ts'
import { Link } from '../parts/link.tsx'
import { Page, useHeading } from '../parts/page.tsx'

/** For whoever has joined nothing on this device yet. */
export function StartScreen() {
  const { say } = useLanguage()
  const heading = useHeading(say('start.title'))
  return (
    <main className="page start">
      <Mark />
      <h1 ref={heading} tabIndex={-1}>
        {say('start.title')}
      </h1>
      <p>{say('start.text')}</p>
      <Link className="button" href={joinPath(null)}>
        {say('start.join')}
      </Link>
    </main>
  )
}

/** The networks that this device has joined, side by side. */
export function NetworksScreen() {
  const { say } = useLanguage()
  const { memberships, account } = useApp()
  return (
    <Page
      title={say('networks.title')}
      {...(memberships[0] && { back: pathTo(memberships[0].network, 'home') })}
    >
      <ul className="links">
        {memberships.map(({ network, name }) => {
          const points = account(network)?.state().snapshot?.wallet.available
          return (
            <li key={network}>
              <Link href={pathTo(network, 'home')}>
                <span>{name}</span>
                {points !== undefined && (
                  <span className="number muted">{say('points', { count: points })}</span>
                )}
                <IconChevronRight aria-hidden />
              </Link>
            </li>
          )
        })}
      </ul>
      <Link className="button quiet" href={joinPath(null)}>
        <IconPlus aria-hidden /> {say('networks.another')}
      </Link>
    </Page>
  )
}
