import { IconCheck } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import { mostPoints } from '../bill.ts'
import { timeNow } from '../clock.ts'
import type { Place, Ringing } from '../counter.tsx'
import { useKeystrokes } from '../hooks.ts'
import { finishSale, forecast, type Customer, type Sale, type SaleEnd } from '../sale.ts'
import { whatWasScanned, type Shown } from '../scanned.ts'
import { play } from '../sounds.ts'
import { useMoney, useTill, type OpenTill } from '../till-context.tsx'
import { describePerson, explain } from '../words.ts'
import { NoBand, Note, Screen } from './parts.tsx'
import { Taking } from './taking.tsx'

type Refused = Extract<SaleEnd, { is: 'refused' }>
type NoAnswer = Extract<SaleEnd, { is: 'unanswered' | 'unsaved' }>

interface Selling {
  readonly ringing: Ringing
  readonly customer: Customer
  readonly makeSale: (points: number) => Sale
  readonly onEnd: (end: SaleEnd, sale: Sale) => void
}

/** How much is to be taken, what the rest gives, and what became of it when it was sent. */
function useSelling({ ringing: { amountMinor }, customer, makeSale, onEnd }: Selling) {
  const till = useTill()
  const { counter, settings } = till
  const faceValueMinor = counter.till.network.point_face_value_minor
  const [available, setAvailable] = useState(customer.is === 'unseen' ? 0 : customer.available)
  const withoutQrMax = customer.is === 'unseen' ? null : customer.withoutQrMax
  const takeable = withoutQrMax === null ? available : Math.min(available, withoutQrMax)
  const most = mostPoints(amountMinor, { available: takeable, faceValueMinor })
  const [points, setPoints] = useState(0)
  /** What was asked for when it was refused. */
  const [asked, setAsked] = useState(0)
  const [isBusy, setBusy] = useState(false)
  const [end, setEnd] = useState<Refused | NoAnswer | null>(null)
  // Kept while it is not known what became of it: asked again, it is the same sale.
  const sent = useRef<Sale | null>(null)
  const paidMinor = amountMinor - points * faceValueMinor
  const gives = useForecast(till, { amountMinor, paidMinor, customer })

  const finish = async (taking: number) => {
    if (isBusy || amountMinor === 0) return
    const sale = sent.current ?? makeSale(taking)
    sent.current = sale
    setBusy(true)
    const ended =
      customer.is === 'practice'
        ? practise(customer.available, { sale, paidMinor: amountMinor - taking * faceValueMinor, gives })
        : await finishSale(counter, customer, sale)
    setBusy(false)
    if (ended.is !== 'unanswered') sent.current = null
    if (ended.is === 'posted' || ended.is === 'saved') return onEnd(ended, sale)
    play('no', settings.volume)
    setEnd(ended)
    setAsked(sale.points)
    // Somebody else was quicker: from now on there are so many.
    if (ended.is === 'refused' && typeof ended.problem['available'] === 'number') {
      setAvailable(ended.problem['available'])
      setPoints(0)
    }
  }
  return { points, setPoints, most, available, end, asked, isBusy, gives, paidMinor, finish }
}

/** Who it is, what the bill gives, what of it is paid in points; then Done. */
export function CustomerScreen(
  props: Selling & {
    fault: string | null
    onGo: (place: Place) => void
    onShown: (shown: Shown) => void
    onLeave: () => void
  },
) {
  const { customer, onGo } = props
  const { amountMinor } = props.ringing
  const { say } = useTill()
  const money = useMoney()
  const selling = useSelling(props)
  const { points, most, available, end, asked, isBusy, gives, paidMinor, finish } = selling
  useKeystrokes({
    scanned(text) {
      const shown = whatWasScanned(text)
      if (shown) props.onShown(shown)
    },
    typed(key) {
      if (key === 'Enter') void finish(points)
      else if (key === 'Escape') onGo({ is: 'amount' })
    },
  })
  const who = (customer.is === 'unseen' ? null : customer.person.name) ?? say('customer')
  const scan = () => onGo({ is: 'scan', whose: 'now' })
  return (
    <Screen title={who} name="customer" onBack={() => onGo({ is: 'amount' })}>
      {props.fault && <NoBand text={props.fault} />}
      {end?.is === 'unanswered' && (
        <NoBand text={say('unanswered')}>
          <button type="button" className="primary" onClick={() => void finish(points)}>
            {say('ask_again')}
          </button>
          <button type="button" onClick={props.onLeave}>
            {say('leave_it')}
          </button>
        </NoBand>
      )}
      {end?.is === 'unsaved' && <NoBand text={say('unsaved')} />}
      {end?.is === 'refused' && (
        <RefusedBand
          end={end}
          who={who}
          points={asked}
          most={most}
          onFinish={finish}
          onScan={scan}
          onGo={onGo}
        />
      )}
      <Person customer={customer} available={available} />
      <section className="bill">
        <p className="bill-line">
          <span>{say('bill')}</span>
          <strong className="number large">{money(amountMinor)}</strong>
        </p>
        {amountMinor === 0 ? (
          <Note text={say('take_no_amount')} />
        ) : (
          <>
            <p className={gives === null ? 'gives' : 'gives gives-known'}>
              {gives === null ? say('gives_unknown') : say('gives', { count: gives })}
            </p>
            <Taking
              customer={customer}
              most={most}
              points={points}
              isFixed={isBusy || end?.is === 'unanswered'}
              onPoints={selling.setPoints}
              onScan={scan}
            />
            <p className="bill-line to-pay">
              <span>{say('to_pay')}</span>
              <strong className="number figure-small">{money(paidMinor)}</strong>
            </p>
          </>
        )}
      </section>
      <div className="finish">
        <button type="button" onClick={props.onLeave}>
          {say('cancel')}
        </button>
        {amountMinor === 0 ? (
          <button type="button" className="primary" onClick={() => onGo({ is: 'amount' })}>
            {say('amount_title')}
          </button>
        ) : (
          <button
            type="button"
            className="primary"
            disabled={isBusy || end?.is === 'unanswered'}
            onClick={() => void finish(points)}
          >
            <IconCheck aria-hidden /> {say('done')}
          </button>
        )}
      </div>
    </Screen>
  )
}

function Person({ customer, available }: { customer: Customer; available: number }) {
  const { counter, say, format } = useTill()
  if (customer.is === 'unseen') return <p className="muted">{say('who_unseen')}</p>
  const today = { now: timeNow(), timeZone: counter.till.network.time_zone }
  const { facts, kind } = describePerson({ say, format }, customer.person, today)
  return (
    <section className="person">
      <p>{facts.join(' · ')}</p>
      <p className="spendable">{say('can_spend', { count: available })}</p>
      <p className="kind">{kind}</p>
    </section>
  )
}

function RefusedBand(props: {
  end: Refused
  who: string
  points: number
  most: number
  onFinish: (points: number) => Promise<void>
  onScan: () => void
  onGo: (place: Place) => void
}) {
  const { say } = useTill()
  const { code } = props.end.problem
  const { available, transaction } = props.end.problem as { available?: unknown; transaction?: unknown }
  const there = typeof available === 'number' ? Math.min(available, props.most) : 0
  const values = {
    who: props.who,
    available: typeof available === 'number' ? available : 0,
    points: props.points,
  }
  return (
    <NoBand text={explain(say, props.end.problem, values)}>
      {code === 'points_insufficient' && there > 0 && (
        <button type="button" className="primary" onClick={() => void props.onFinish(there)}>
          {say('take_less', { count: there })}
        </button>
      )}
      {(code.startsWith('qr_') || code === 'limit_reached') && (
        <button type="button" className="primary" onClick={props.onScan}>
          {say('scan_qr')}
        </button>
      )}
      {props.points > 0 &&
        ['wallet_locked', 'points_insufficient', 'qr_required', 'limit_reached'].includes(code) && (
          <button type="button" onClick={() => void props.onFinish(0)}>
            {say('give_only')}
          </button>
        )}
      {typeof transaction === 'string' && (
        <button type="button" onClick={() => props.onGo({ is: 'past', transaction })}>
          {say('see_sale')}
        </button>
      )}
    </NoBand>
  )
}

/** What the server's rule would give for what is paid in money; null until it has said so. */
function useForecast(
  { counter }: OpenTill,
  { amountMinor, paidMinor, customer }: { amountMinor: number; paidMinor: number; customer: Customer },
): number | null {
  const [gives, setGives] = useState<number | null>(null)
  const wallet = customer.is === 'known' ? customer.wallet : null
  const isUnseen = customer.is === 'unseen'
  useEffect(() => {
    let isWanted = true
    const asking = setTimeout(async () => {
      if (amountMinor === 0 || isUnseen) return setGives(null)
      const sale = { amountMinor, paidMinor, ...(wallet !== null && { wallet }) }
      const points = await forecast(counter.calls, sale)
      if (isWanted) setGives(points)
    }, 80)
    return () => {
      isWanted = false
      clearTimeout(asking)
    }
  }, [counter, amountMinor, paidMinor, wallet, isUnseen])
  return gives
}

/** What would have come of it, by the server's own forecast; nothing is sent. */
function practise(
  available: number,
  { sale, paidMinor, gives }: { sale: Sale; paidMinor: number; gives: number | null },
): SaleEnd {
  const points = gives ?? 0
  return {
    is: 'posted',
    transaction: null,
    points,
    taken: sale.points,
    toPayMinor: paidMinor,
    available: available - sale.points + points,
  }
}
