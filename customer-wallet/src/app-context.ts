import { createContext, use, useSyncExternalStore } from 'react'
import type { Account, AccountParts, AccountState } from './account/account.ts'
import type { Membership } from './account/database.ts'
import type { Session } from '../../clients/web/session.ts'

/** What the screens share. */
export interface App extends AccountParts {
  readonly memberships: readonly Membership[]
  /** The account of a network on this device; undefined: not joined here. */
  account(network: string): Account | undefined
  /** Takes up a network that was just joined. */
  add(membership: Membership, session: Session): void
  /** Forgets a network on this device. */
  remove(network: string): Promise<void>
  chooseLanguage(code: string): Promise<void>
}

export const AppContext = createContext<App | null>(null)

/** What the screens share. */
export function useApp(): App {
  const app = use(AppContext)
  if (app === null) throw new Error('there is no AppContext around')
  return app
}

export const AccountContext = createContext<Account | null>(null)

/** The network whose screen this is, and how it stands. */
export function useAccount(): readonly [Account, AccountState] {
  const account = use(AccountContext)
  if (account === null) throw new Error('there is no AccountContext around')
  return [account, useSyncExternalStore(account.subscribe, account.state)]
}
