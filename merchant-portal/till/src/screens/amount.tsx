import { IconCards, IconQrcode, IconReceipt, IconUserPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { typeAmount } from '../bill.ts'
import type { Place, Ringing } from '../counter.tsx'
import { useKeystrokes } from '../hooks.ts'
import { whatWasScanned, type Shown } from '../scanned.ts'
import { useMoney, useTill } from '../till-context.tsx'
import { LastSale } from './last-sale.tsx'
import { Pad } from './pad.tsx'
import { NoBand, Screen } from './parts.tsx'
import type { Good } from './yes.tsx'

/** The amount, on a big pad; then who it is. A scanner may type at any time. */
export function Amount({
  ringing,
  last,
  fault,
  onRing,
  onGo,
  onShown,
  onNoCard,
  onFault,
  onUndone,
}: {
  ringing: Ringing
  last: Good | null
  fault: string | null
  onRing: (ringing: Ringing) => void
  onGo: (place: Place) => void
  onShown: (shown: Shown) => void
  onNoCard: () => void
  onFault: (why: string) => void
  onUndone: () => void
}) {
  const { say } = useTill()
  const money = useMoney()
  const { amountMinor, customer } = ringing
  const goOn = () => onGo(customer ? { is: 'customer' } : { is: 'scan', whose: 'now' })
  const type = (key: string) => onRing({ ...ringing, amountMinor: typeAmount(amountMinor, key) })
  useKeystrokes({
    typed: (key) => (key === 'Enter' ? goOn() : type(key)),
    scanned(text) {
      const shown = whatWasScanned(text)
      if (shown) onShown(shown)
      else onFault(say('not_ours'))
    },
  })
  const amount = money(amountMinor)
  return (
    <Screen title={<span className="for-ears">{say('amount_title')}</span>} name="amount">
      {fault && <NoBand text={fault} />}
      <p className="figure number" role="status" aria-label={say('amount_of', { amount })}>
        {amount}
      </p>
      <Pad onKey={type} />
      <div className="ways">
        {customer ? (
          <button type="button" className="primary" onClick={goOn}>
            {say('to_customer', { who: nameOf(customer) ?? say('customer') })}
          </button>
        ) : (
          <>
            <button type="button" className="primary scan" onClick={goOn}>
              <IconQrcode aria-hidden size={40} /> {say('scan')}
            </button>
            <button type="button" onClick={() => onGo({ is: 'find', whose: 'now' })}>
              <IconCards aria-hidden /> {say('find')}
            </button>
            <button type="button" onClick={() => onGo({ is: 'enrol' })}>
              <IconUserPlus aria-hidden /> {say('enrol')}
            </button>
            <button type="button" onClick={onNoCard}>
              <IconReceipt aria-hidden /> {say('no_card')}
            </button>
          </>
        )}
        <Receipt receipt={ringing.receipt} onChange={(receipt) => onRing({ ...ringing, receipt })} />
      </div>
      {last && <LastSale key={lastKey(last)} good={last} onUndone={onUndone} />}
    </Screen>
  )
}

function lastKey({ end }: Good): string {
  return end.is === 'posted' ? (end.transaction ?? '') : end.is
}

function nameOf(customer: NonNullable<Ringing['customer']>): string | null {
  return customer.is === 'unseen' ? null : customer.person.name
}

function Receipt({ receipt, onChange }: { receipt: string; onChange: (receipt: string) => void }) {
  const { say } = useTill()
  const [isOpen, setOpen] = useState(receipt !== '')
  if (!isOpen) {
    return (
      <button type="button" className="quiet" onClick={() => setOpen(true)}>
        {say('receipt')}
      </button>
    )
  }
  return (
    <div className="field receipt">
      <label>
        {say('receipt')}
        <input
          value={receipt}
          maxLength={100}
          autoComplete="off"
          aria-describedby="receipt-hint"
          onChange={(event) => onChange(event.target.value)}
          // The number is whole: what a scanner types next is the customer.
          onKeyDown={(event) => event.key === 'Enter' && event.currentTarget.blur()}
        />
      </label>
      <small id="receipt-hint">{say('receipt_hint')}</small>
    </div>
  )
}
