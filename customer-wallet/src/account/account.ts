import { createTallystick } from '../../../clients/typescript/index.js'
import { createSession, type Session } from '../../../clients/web/session.ts'
import { fetchAndLearn, type ServerClock } from './clock.ts'
import type { Membership, WalletDatabase } from './database.ts'
import { listen } from './live.ts'
import { Refused, takeSnapshot, type Snapshot, type Transaction } from './snapshot.ts'

/** How what is shown stands to the server: not asked yet, the same, not reachable, or not signed in there. */
export type Standing = 'starting' | 'fresh' | 'offline' | 'signed_out'

/** What the screens show of one network. */
export interface AccountState {
  readonly snapshot: Snapshot | null
  readonly standing: Standing
  /** What just happened, until it is dismissed. */
  readonly news: Transaction | null
}

/** One network of this device: what is known, and how to ask for more. */
export interface Account {
  readonly membership: Membership
  readonly session: Session
  readonly client: ReturnType<typeof createTallystick>
  readonly clock: ServerClock
  state(): AccountState
  /** For `useSyncExternalStore`. */
  subscribe(onChange: () => void): () => void
  /** Asks the server for everything; what can't be reached leaves what is there. */
  refresh(): Promise<void>
  /** Hears of what happens until told to stop. */
  follow(signal: AbortSignal): void
  dismissNews(): void
}

/** What accounts share. */
export interface AccountParts {
  readonly db: WalletDatabase
  readonly clock: ServerClock
}

/** A client of this server, as whoever `session` is. */
export function clientOf(clock: ServerClock, session?: Session) {
  return createTallystick({
    url: location.origin,
    fetch: fetchAndLearn(clock),
    ...(session && { token: () => session.token() }),
  })
}

/** `snapshot`: as kept on the device. */
export function createAccount(
  { db, clock }: AccountParts,
  membership: Membership,
  { snapshot, session = sessionOf(membership.network) }: { snapshot: Snapshot | null; session?: Session },
): Account {
  let state: AccountState = { snapshot, standing: 'starting', news: null }
  const listeners = new Set<() => void>()
  const client = clientOf(clock, session)
  const change = (changed: Partial<AccountState>) => {
    state = { ...state, ...changed }
    for (const each of listeners) each()
  }

  const ask = async () => {
    try {
      if ((await session.token()) === undefined) return change({ standing: 'signed_out' })
      const taken = await takeSnapshot(client, { ...membership, at: clock.now() })
      change({ snapshot: taken, standing: 'fresh' })
      await db.put('snapshot', taken)
    } catch (error) {
      const isOver = error instanceof Refused && error.code === 'unauthenticated'
      if (isOver) session.forget()
      change({ standing: isOver ? 'signed_out' : 'offline' })
    }
  }
  const refresh = inTurns(ask)

  return {
    membership,
    session,
    client,
    clock,
    state: () => state,
    subscribe(onChange) {
      listeners.add(onChange)
      return () => listeners.delete(onChange)
    },
    refresh,
    follow(signal) {
      void listen({
        token: () => session.token(),
        onOpen: () => void refresh(),
        onEvent({ transaction }) {
          if (transaction === null) return
          change({ news: transaction })
          void refresh()
        },
        signal,
      })
    },
    dismissNews: () => change({ news: null }),
  }
}

/** A customer's session in that network. */
export function sessionOf(network: string): Session {
  return createSession({ as: 'customer', network })
}

/** Whoever asks while one is under way gets the one after it, which begins when it ends: it sees what is new by then. */
function inTurns(act: () => Promise<void>): () => Promise<void> {
  let current: Promise<void> | null = null
  let next: Promise<void> | null = null
  const begin = () => {
    current = act().finally(() => (current = null))
    return current
  }
  return () => {
    if (current === null) return begin()
    next ??= current.then(() => {
      next = null
      return begin()
    })
    return next
  }
}
