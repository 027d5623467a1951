import { useEffect, useRef, useState } from 'react'
import { timeNow } from './clock.ts'
import { createReceiptNumber, typeAmount } from './bill.ts'
import type { Outbox } from './hooks.ts'
import { identify, sellToNobody, type Customer, type Sale, type SaleEnd } from './sale.ts'
import type { Shown } from './scanned.ts'
import { Amount } from './screens/amount.tsx'
import { Close } from './screens/close.tsx'
import { CustomerScreen } from './screens/customer.tsx'
import { Enrol } from './screens/enrol.tsx'
import { Find } from './screens/find.tsx'
import { Header } from './screens/header.tsx'
import { History } from './screens/history.tsx'
import { PastSale } from './screens/past-sale.tsx'
import { Scan } from './screens/scan.tsx'
import { SettingsScreen } from './screens/settings.tsx'
import { WaitingSales } from './screens/waiting-sales.tsx'
import { Yes, type Good } from './screens/yes.tsx'
import { play } from './sounds.ts'
import type { Settings } from './store.ts'
import { useTill } from './till-context.tsx'
import { explain } from './words.ts'

/** Which screen is shown; `whose`: the sale before us, or one that was rung up for the wrong customer. */
export type Place =
  | { readonly is: 'amount' | 'customer' | 'enrol' | 'history' | 'close' | 'waiting' | 'settings' }
  | { readonly is: 'scan' | 'find'; readonly whose: 'now' | PastSaleId }
  | { readonly is: 'past'; readonly transaction: PastSaleId; readonly to?: Customer }

type PastSaleId = string

/** What is being rung up. */
export interface Ringing {
  readonly amountMinor: number
  /** Of the shop's register; empty: the till makes one. */
  readonly receipt: string
  readonly customer: Customer | null
}

/** Why something was not done; `code`: of the server's refusal, where it was that. */
interface Fault {
  readonly text: string
  readonly code: string | null
}

const nothing: Ringing = { amountMinor: 0, receipt: '', customer: null }

/**
 * An open till: the screens, and how one leads to the next. Long, since it names each of them once; nothing else is
 * decided here.
 */
export function CounterScreens(props: {
  outbox: Outbox
  onSettings: (changed: Settings) => void
  onTraining: (isOn: boolean) => void
  onShut: () => void
  onUnpair: () => void
}) {
  const till = useTill()
  const { outbox } = props
  const [place, go] = useState<Place>({ is: 'amount' })
  const [ringing, ring] = useState(nothing)
  const [fault, setFault] = useState<Fault | null>(null)
  const [yes, setYes] = useState<Good | null>(null)
  const [last, setLast] = useState<Good | null>(null)
  const asking = useRef(false)

  // Practice begins and ends with an empty counter.
  useEffect(() => {
    ring(nothing)
    setLast(null)
  }, [till.isTraining])

  const goTo = (next: Place) => {
    setFault(null)
    go(next)
  }
  const next = () => {
    ring(nothing)
    goTo({ is: 'amount' })
  }
  const refuse = (text: string, code: string | null = null) => {
    play('no', till.settings.volume)
    setFault({ text, code })
  }
  const faultText = fault?.text ?? null

  const show = async (shown: Shown, whose: 'now' | PastSaleId = 'now') => {
    // A camera reads the same QR many times.
    if (asking.current) return
    asking.current = true
    const found = await findCustomer(till, shown).finally(() => (asking.current = false))
    if (found.is === 'unanswered') void outbox.send()
    if (found.is === 'unanswered' && whose !== 'now') return refuse(till.say('find_no_network'))
    if (found.is === 'refused') return refuse(explain(till.say, found.problem), found.problem.code)
    const customer: Customer = found.is === 'done' ? found.data : { is: 'unseen', shown }
    if (whose !== 'now') return goTo({ is: 'past', transaction: whose, to: customer })
    ring((before) => ({ ...before, customer }))
    goTo({ is: 'customer' })
  }

  const finish = (end: SaleEnd, sale: Sale, claim: string | null = null) => {
    if (end.is !== 'posted') void outbox.send()
    if (end.is !== 'posted' && end.is !== 'saved') return
    const good: Good = { end, customer: ringing.customer, amountMinor: sale.amountMinor, claim }
    play('yes', till.settings.volume)
    setYes(good)
    setLast(good)
    next()
  }

  /** Whoever has no card gets a code for later. */
  const sellWithoutCustomer = async () => {
    if (till.isTraining) return refuse(till.say('claim_practice'))
    if (ringing.amountMinor === 0) return refuse(till.say('take_no_amount'))
    if (asking.current) return
    asking.current = true
    const sale = makeSale(ringing, 0)
    const sold = await sellToNobody(till.counter, sale).finally(() => (asking.current = false))
    if (sold.is === 'unanswered') void outbox.send()
    if (sold.is === 'unanswered') return refuse(till.say('claim_no_network'))
    if (sold.is === 'refused') return refuse(explain(till.say, sold.problem))
    const { end, code } = sold.data
    if (end.is === 'refused') return refuse(explain(till.say, end.problem))
    if (end.is === 'unsaved') return refuse(till.say('unsaved'))
    setFault(null)
    finish(end, sale, code)
  }

  if (yes) {
    return (
      <Yes
        good={yes}
        onNext={() => setYes(null)}
        onKey={(key) => ring((before) => ({ ...before, amountMinor: typeAmount(before.amountMinor, key) }))}
        onShown={(shown) => void show(shown)}
      />
    )
  }
  return (
    <>
      <Header outbox={outbox} place={place} onGo={goTo} onShut={props.onShut} onTraining={props.onTraining} />
      {place.is === 'amount' && (
        <Amount
          ringing={ringing}
          last={last}
          onRing={ring}
          onGo={goTo}
          onShown={(shown) => void show(shown)}
          onNoCard={() => void sellWithoutCustomer()}
          onFault={refuse}
          fault={faultText}
          onUndone={() => setLast(null)}
        />
      )}
      {place.is === 'scan' && (
        <Scan
          fault={faultText}
          onBack={() => goTo(backFrom(place.whose))}
          onFind={() => goTo({ is: 'find', whose: place.whose })}
          onShown={(shown) => void show(shown, place.whose)}
          onFault={refuse}
        />
      )}
      {place.is === 'find' && (
        <Find
          isMove={place.whose !== 'now'}
          fault={faultText}
          refusal={fault?.code ?? null}
          onBack={() => goTo(backFrom(place.whose))}
          onScan={() => goTo({ is: 'scan', whose: place.whose })}
          onEnrol={() => goTo({ is: 'enrol' })}
          onShown={(shown) => void show(shown, place.whose)}
          onFault={refuse}
        />
      )}
      {place.is === 'enrol' && (
        <Enrol
          fault={faultText}
          onBack={() => goTo({ is: 'amount' })}
          onFault={refuse}
          onEnrolled={(shown) => void show(shown)}
        />
      )}
      {place.is === 'customer' && ringing.customer && (
        <CustomerScreen
          key={keyOf(ringing.customer)}
          ringing={ringing}
          customer={ringing.customer}
          makeSale={(points) => makeSale(ringing, points)}
          onGo={goTo}
          onShown={(shown) => void show(shown)}
          onLeave={() => {
            void outbox.send()
            next()
          }}
          onEnd={finish}
          fault={faultText}
        />
      )}
      {place.is === 'history' && <History onGo={goTo} />}
      {place.is === 'past' && (
        <PastSale key={place.transaction} transaction={place.transaction} to={place.to ?? null} onGo={goTo} />
      )}
      {place.is === 'close' && <Close outbox={outbox} onGo={goTo} />}
      {place.is === 'waiting' && <WaitingSales outbox={outbox} onGo={goTo} />}
      {place.is === 'settings' && (
        <SettingsScreen outbox={outbox} onGo={goTo} onSettings={props.onSettings} onUnpair={props.onUnpair} />
      )}
    </>
  )
}

/** Who is shown anew begins with a screen of their own. */
function keyOf(customer: Customer): string {
  if (customer.is === 'known') return customer.identification
  return customer.is === 'unseen' ? JSON.stringify(customer.shown) : customer.is
}

function backFrom(whose: 'now' | PastSaleId): Place {
  return whose === 'now' ? { is: 'amount' } : { is: 'past', transaction: whose }
}

function makeSale({ amountMinor, receipt }: Ringing, points: number): Sale {
  return {
    key: crypto.randomUUID(),
    reference: receipt.trim() || createReceiptNumber(),
    amountMinor,
    points,
    occurredAt: timeNow().toISOString(),
  }
}

/** Who that is. In training it is always the same invented person, and the server is not asked. */
function findCustomer({ isTraining, counter, say }: ReturnType<typeof useTill>, shown: Shown) {
  if (!isTraining) return identify(counter.calls, shown)
  const person = { name: say('practice_name'), visits: 13, since: '2026-03-05', last_visit: '2026-11-17' }
  const data = { is: 'practice', person, available: 240, isLocked: false, withoutQrMax: null } as const
  return Promise.resolve({ is: 'done', data } as const)
}
