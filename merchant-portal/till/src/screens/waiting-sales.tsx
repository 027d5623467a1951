import { useState } from 'react'
import type { Place } from '../counter.tsx'
import type { Outbox } from '../hooks.ts'
import { forgetKept, isSentBy, tryAgain } from '../outbox.ts'
import type { RefusedSale, WaitingSale } from '../store.ts'
import { useMoney, useTill } from '../till-context.tsx'
import { explain } from '../words.ts'
import { Note, Screen } from './parts.tsx'

/** What is still to be sent, and what the server would not take: nothing is lost without somebody having seen it. */
export function WaitingSales({ outbox, onGo }: { outbox: Outbox; onGo: (place: Place) => void }) {
  const { counter, say } = useTill()
  const [isBusy, setBusy] = useState(false)
  const send = async () => {
    setBusy(true)
    await outbox.send().finally(() => setBusy(false))
  }
  const { waiting, refused } = outbox
  const isAnyOurs = waiting.some((sale) => isSentBy(counter.till, sale))
  return (
    <Screen title={say('waiting_title')} name="narrow" onBack={() => onGo({ is: 'amount' })}>
      <Note text={say(waiting.length === 0 ? 'waiting_none' : 'waiting_how')} />
      {waiting.length > 0 && !outbox.isOnline && <Note text={say('waiting_offline')} />}
      <ul className="sales">
        {waiting.map((sale) => (
          <li key={sale.key} className="sale-line">
            <Rung sale={sale} />
            {sale.does === 'look' && <span className="sale-note">{say('waiting_look')}</span>}
            {!isSentBy(counter.till, sale) && (
              <>
                <span className="sale-note">{say('elsewhere')}</span>
                <button type="button" onClick={() => void forgetKept(counter.store, sale.key)}>
                  {say('refused_seen')}
                </button>
              </>
            )}
          </li>
        ))}
      </ul>
      {isAnyOurs && (
        <button type="button" className="primary" disabled={isBusy} onClick={() => void send()}>
          {say('waiting_send')}
        </button>
      )}
      {refused.length > 0 && (
        <section>
          <h2>{say('refused_title')}</h2>
          <ul className="sales">
            {refused.map((sale) => (
              <li key={sale.key} className="refused">
                <RefusedOne sale={sale} onGo={onGo} onAgain={() => void send()} />
              </li>
            ))}
          </ul>
        </section>
      )}
    </Screen>
  )
}

function RefusedOne({
  sale,
  onGo,
  onAgain,
}: {
  sale: RefusedSale
  onGo: (place: Place) => void
  onAgain: () => void
}) {
  const { counter, say } = useTill()
  const { transaction, why, detail } = sale
  // With points taken, nobody knows whether the customer still agrees; with a transaction, the receipt is another's.
  const isWorthAnother = sale.does === 'give' && transaction === null
  return (
    <>
      <p className="sale-line">
        <Rung sale={sale} />
      </p>
      <p>{explain(say, { code: why, detail })}</p>
      <div className="row">
        {transaction !== null && (
          <button type="button" onClick={() => onGo({ is: 'past', transaction })}>
            {say('see_sale')}
          </button>
        )}
        {isWorthAnother && (
          <button type="button" onClick={() => void tryAgain(counter.store, sale).then(onAgain)}>
            {say('again')}
          </button>
        )}
        <button type="button" onClick={() => void forgetKept(counter.store, sale.key)}>
          {say('refused_seen')}
        </button>
      </div>
    </>
  )
}

/** When, how much, and for whom, as far as the till knows. */
export function Rung({ sale }: { sale: WaitingSale }) {
  const { say, format } = useTill()
  const money = useMoney()
  const { customer } = sale
  const who =
    'qr' in customer
      ? say('by_qr')
      : 'wallet' in customer
        ? say('by_wallet')
        : Object.values(customer).join('')
  return (
    <>
      <span className="number muted">
        {format.day(sale.occurredAt)} {format.time(sale.occurredAt)}
      </span>
      <span className="number">{money(sale.amountMinor)}</span>
      <span className="whom">
        {who} <small>{say('receipt_is', { receipt: sale.reference })}</small>
      </span>
    </>
  )
}
