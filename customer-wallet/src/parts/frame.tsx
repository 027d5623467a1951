import { IconBuildingStore, IconDots, IconHistory, IconWallet } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useAccount } from '../app-context.ts'
import { useLanguage } from '../language.tsx'
import { pathTo, type NetworkScreen } from '../navigation.ts'
import { takeUpdate, useUpdate } from '../updates.ts'
import { Link } from './link.tsx'
import { News } from './news.tsx'

const tabs = [
  { screen: 'home', icon: IconWallet },
  { screen: 'history', icon: IconHistory },
  { screen: 'shops', icon: IconBuildingStore },
  { screen: 'settings', icon: IconDots },
] as const

/** Around every screen of a network: where else one can go, what just happened, and whether a newer app waits. */
export function Frame({ screen, children }: { screen: 'home' | NetworkScreen; children: ReactNode }) {
  const { say } = useLanguage()
  const [{ membership }] = useAccount()
  const hasUpdate = useUpdate()
  return (
    <div className="frame">
      <nav className="tabs" aria-label={say('nav.label')}>
        {tabs.map(({ screen: tab, icon: Icon }) => (
          <Link
            key={tab}
            href={pathTo(membership.network, tab)}
            {...(tab === screen && { 'aria-current': 'page' as const })}
          >
            <Icon aria-hidden />
            {say(`nav.${tab}`)}
          </Link>
        ))}
      </nav>
      <News />
      {hasUpdate && (
        <p className="update" role="status">
          {say('update.ready')}{' '}
          <button type="button" className="plain" onClick={takeUpdate}>
            {say('update.take')}
          </button>
        </p>
      )}
      {children}
    </div>
  )
}
