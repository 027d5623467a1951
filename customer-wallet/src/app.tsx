import { lazy, Suspense, useEffect, useMemo, useRef, useState, type ReactNode } from 'react'
import { Waiting } from '../../clients/web/mark.tsx'
import { createAccount, type Account, type AccountParts } from './account/account.ts'
import { forgetMembership, writeSetting, type Membership, type Settings } from './account/database.ts'
import type { Snapshot } from './account/snapshot.ts'
import { AccountContext, AppContext, useAccount, useApp, type App } from './app-context.ts'
import { LanguageAt, LanguageContext, loadLanguage, useLanguage, type Language } from './language.tsx'
import { go, joinPath, pathTo, readPlace, usePath, type NetworkScreen, type Place } from './navigation.ts'
import { claimIn } from './claim.ts'
import { Boundary } from './parts/boundary.tsx'
import { Frame } from './parts/frame.tsx'
import { HomeScreen } from './screens/home.tsx'
import { JoinScreen } from './screens/join.tsx'
import { NetworksScreen, StartScreen } from './screens/start.tsx'

/** What was read from the device before the first screen. */
export interface Kept extends AccountParts {
  readonly memberships: readonly Membership[]
  readonly snapshots: readonly Snapshot[]
  readonly settings: Partial<Settings>
  readonly language: Language
}

/** The whole app. */
export function AppRoot({ kept }: { kept: Kept }) {
  const [language, setLanguage] = useState(kept.language)
  const [memberships, setMemberships] = useState(kept.memberships)
  const accounts = useRef(new Map<string, Account>())

  useEffect(() => {
    document.documentElement.lang = language.code
  }, [language])

  const app: App = useMemo(() => {
    const { db, clock } = kept
    return {
      db,
      clock,
      memberships,
      account(network) {
        const membership = memberships.find((each) => each.network === network)
        if (membership === undefined) return undefined
        const known = accounts.current.get(network)
        if (known) return known
        const snapshot = kept.snapshots.find((each) => each.network === network) ?? null
        const made = createAccount({ db, clock }, membership, { snapshot })
        accounts.current.set(network, made)
        return made
      },
      add(membership, session) {
        const { network } = membership
        accounts.current.set(network, createAccount({ db, clock }, membership, { snapshot: null, session }))
        setMemberships((before) => [...before.filter((each) => each.network !== network), membership])
      },
      async remove(network) {
        await forgetMembership(db, network)
        accounts.current.delete(network)
        setMemberships((before) => before.filter((each) => each.network !== network))
      },
      async chooseLanguage(code) {
        await writeSetting(db, 'language', code)
        setLanguage(await loadLanguage(code))
      },
    }
  }, [kept, memberships])

  return (
    <LanguageContext value={language}>
      <AppContext value={app}>
        <Boundary>
          <Screens lastNetwork={kept.settings.lastNetwork} />
        </Boundary>
      </AppContext>
    </LanguageContext>
  )
}

function Screens({ lastNetwork }: { lastNetwork: string | undefined }) {
  const path = usePath()
  const place = useMemo(() => readPlace(path), [path])
  const { memberships } = useApp()
  const first = memberships.find(({ network }) => network === lastNetwork) ?? memberships[0]
  if (place.screen === 'start') {
    return first ? <Elsewhere to={pathTo(first.network, 'home')} /> : <StartScreen />
  }
  if (place.screen === 'networks') return <NetworksScreen />
  if (place.screen === 'join') {
    const isMember = memberships.some(({ network }) => network === place.network)
    // A receipt's link, opened by whoever has joined already.
    if (isMember && place.network !== null && claimIn(location.hash)) {
      return <Elsewhere to={pathTo(place.network, 'claim') + location.hash} />
    }
    return <JoinScreen key={place.network} network={place.network} />
  }
  return <NetworkScreens place={place} />
}

/** Somewhere else is meant. */
function Elsewhere({ to }: { to: string }) {
  useEffect(() => go(to, { replace: true }), [to])
  return null
}

type NetworkPlace = Extract<Place, { item: string | null }>

function NetworkScreens({ place }: { place: NetworkPlace }) {
  const { db, account: accountOf } = useApp()
  const { say } = useLanguage()
  const { network, screen } = place
  const account = accountOf(network)
  useEffect(() => {
    if (account) void writeSetting(db, 'lastNetwork', account.membership.network)
  }, [account, db])
  useFollowing(account)

  // A link to a network that this device has not joined yet joins it first.
  if (account === undefined) return <Elsewhere to={joinPath(network) + location.hash} />
  return (
    <AccountContext value={account}>
      <InItsLanguage>
        <Frame screen={screen}>
          <Suspense fallback={<Waiting label={say('loading')} />}>{screenAt(place)}</Suspense>
        </Frame>
      </InItsLanguage>
    </AccountContext>
  )
}

function InItsLanguage({ children }: { children: ReactNode }) {
  const [, { snapshot }] = useAccount()
  return <LanguageAt place={snapshot?.directory.locale}>{children}</LanguageAt>
}

/** Hears of what happens while the app is looked at; asks for everything when it comes back. */
function useFollowing(account: Account | undefined): void {
  useEffect(() => {
    if (account === undefined) return
    let listening = new AbortController()
    const attend = () => {
      listening.abort()
      if (document.visibilityState !== 'visible') return
      listening = new AbortController()
      void account.refresh()
      account.follow(listening.signal)
    }
    attend()
    document.addEventListener('visibilitychange', attend)
    addEventListener('online', attend)
    return () => {
      listening.abort()
      document.removeEventListener('visibilitychange', attend)
      removeEventListener('online', attend)
    }
  }, [account])
}

const screens: Readonly<Record<NetworkScreen, React.ComponentType<{ item: string | null }>>> = {
  pay: lazy(() => import('./screens/pay.tsx').then((all) => ({ default: all.PayScreen }))),
  points: lazy(() => import('./screens/points.tsx').then((all) => ({ default: all.PointsScreen }))),
  history: lazy(() => import('./screens/history.tsx').then((all) => ({ default: all.HistoryScreen }))),
  shops: lazy(() => import('./screens/shops.tsx').then((all) => ({ default: all.ShopsScreen }))),
  give: lazy(() => import('./screens/give.tsx').then((all) => ({ default: all.GiveScreen }))),
  receive: lazy(() => import('./screens/receive.tsx').then((all) => ({ default: all.ReceiveScreen }))),
  claim: lazy(() => import('./screens/claim.tsx').then((all) => ({ default: all.ClaimScreen }))),
  notices: lazy(() => import('./screens/notices.tsx').then((all) => ({ default: all.NoticesScreen }))),
  settings: lazy(() => import('./screens/more.tsx').then((all) => ({ default: all.MoreScreen }))),
  profile: lazy(() => import('./screens/profile.tsx').then((all) => ({ default: all.ProfileScreen }))),
  devices: lazy(() => import('./screens/devices.tsx').then((all) => ({ default: all.DevicesScreen }))),
  consents: lazy(() => import('./screens/consents.tsx').then((all) => ({ default: all.ConsentsScreen }))),
  data: lazy(() => import('./screens/data.tsx').then((all) => ({ default: all.DataScreen }))),
  erase: lazy(() => import('./screens/erase.tsx').then((all) => ({ default: all.EraseScreen }))),
  responsible: lazy(() =>
    import('./screens/responsible.tsx').then((all) => ({ default: all.ResponsibleScreen })),
  ),
  help: lazy(() => import('./screens/help.tsx').then((all) => ({ default: all.HelpScreen }))),
}

function screenAt({ screen, item }: NetworkPlace): ReactNode {
  if (screen === 'home') return <HomeScreen />
  const Screen = screens[screen]
  return <Screen item={item} />
}
