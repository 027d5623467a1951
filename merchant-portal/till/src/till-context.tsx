import { createContext, useContext } from 'react'
import type { Format } from '../../../clients/web/format.ts'
import type { Say } from '../../../clients/web/messages.ts'
import type { MessageKey } from './messages/en.ts'
import type { Counter } from './sale.ts'
import type { Settings, StaffToken } from './store.ts'

/** Who stands at the till. The token says so to the server; it is kept in memory, and with a sale that waits until that is sent. */
export interface Staff extends StaffToken {
  readonly name: string
}

/** What every screen of an open till needs. */
export interface OpenTill {
  readonly counter: Counter
  readonly say: Say<MessageKey>
  readonly format: Format
  readonly settings: Settings
  /** Null: nobody, since there was no network or nobody has a PIN. */
  readonly person: Staff | null
  /** Nothing is recorded, and nobody real is looked up. */
  readonly isTraining: boolean
}

const Context = createContext<OpenTill | null>(null)

export const TillProvider = Context.Provider

/** The open till. */
export function useTill(): OpenTill {
  const till = useContext(Context)
  if (till === null) throw new Error('there is no open till around this screen')
  return till
}

/** An amount of the network's currency, as people write it here. */
export function useMoney(): (minor: number) => string {
  const { counter, format } = useTill()
  return (minor) => format.money(minor, counter.till.network)
}
