import { IconCheck, IconClock, IconPrinter } from '@tabler/icons-react'
import { useEffect } from 'react'
import { QrPicture } from '../../../../clients/web/qr-picture.tsx'
import type { Say } from '../../../../clients/web/messages.ts'
import type { MessageKey } from '../messages/en.ts'
import type { Customer, SaleEnd } from '../sale.ts'
import { useKeystrokes } from '../hooks.ts'
import { whatWasScanned, type Shown } from '../scanned.ts'
import { localDay, visitNumber, type PersonHere } from '../kind-words.ts'
import { useMoney, useTill, type OpenTill } from '../till-context.tsx'
import { describePerson } from '../words.ts'
import { timeNow } from '../clock.ts'

/** A sale that went well. */
export interface Good {
  readonly end: Extract<SaleEnd, { is: 'posted' | 'saved' }>
  readonly customer: Customer | null
  readonly amountMinor: number
  /** The code that the points wait under; null: somebody has them. */
  readonly claim: string | null
}

const shownForMs = 1500
/** Money to be asked for is read, not only seen. */
const shownWithMoneyMs = 4000

/** Yes, over the whole screen; then the next sale. Who is quicker goes on by the next amount's first key, or a scan. */
export function Yes({
  good,
  onNext,
  onKey,
  onShown,
}: {
  good: Good
  onNext: () => void
  onKey: (key: string) => void
  onShown: (shown: Shown) => void
}) {
  const till = useTill()
  const { say, format } = till
  const money = useMoney()
  const { end } = good
  const hasTaken = end.is === 'posted' && end.taken > 0
  useEffect(() => {
    // A code is photographed or printed first.
    if (good.claim !== null) return
    const waiting = setTimeout(onNext, hasTaken ? shownWithMoneyMs : shownForMs)
    return () => clearTimeout(waiting)
    // The screen is mounted anew for each sale.
  }, [])
  useKeystrokes({
    typed(key) {
      // On the way to a button.
      if (key === 'Tab' || key === 'Shift') return
      onNext()
      onKey(key)
    },
    scanned(text) {
      const shown = whatWasScanned(text)
      onNext()
      if (shown) onShown(shown)
    },
  })
  const { summary, details, facts } = describeGood(till, good)
  return (
    <main className={end.is === 'saved' ? 'yes yes-saved' : 'yes'} onClick={onNext}>
      <div role="status">
        <p className="yes-sign">
          {end.is === 'saved' ? <IconClock aria-hidden size={72} /> : <IconCheck aria-hidden size={72} />}
        </p>
        {end.is === 'posted' && (
          <p className="figure number" aria-hidden>
            {[end.taken > 0 ? -end.taken : null, end.points > 0 || end.taken === 0 ? end.points : null]
              .filter((each) => each !== null)
              .map((each) => (each === 0 ? '0' : format.signedPoints(each)))
              .join('  ')}
          </p>
        )}
        <h1>{summary}</h1>
        <p className="for-ears">{details}</p>
        {facts && <p>{facts}</p>}
        {hasTaken && <p className="yes-pay">{say('yes_to_pay', { money: money(end.toPayMinor) })}</p>}
      </div>
      {good.claim !== null && <Claim code={good.claim} />}
      <button type="button" className="yes-next" onClick={onNext}>
        {say('yes_go_on')}
      </button>
    </main>
  )
}

/** The points’ way to whoever joins later, to be photographed or printed; its letters are in the heading. */
function Claim({ code }: { code: string }) {
  const { counter, say } = useTill()
  const link = `${location.origin}/wallet/join/${counter.till.network.slug}#claim=${code}`
  return (
    <section className="claim" aria-label={say('claim_label')}>
      <QrPicture text={link} label={say('claim_label')} />
      <p>{say('claim_how')}</p>
      <button
        type="button"
        className="yes-next"
        onClick={(event) => {
          // Anywhere else a touch goes on.
          event.stopPropagation()
          print()
        }}
      >
        <IconPrinter aria-hidden /> {say('print')}
      </button>
    </section>
  )
}

/** What a look should tell, what the figures say in words, and who it was. */
function describeGood({ counter, say, format }: OpenTill, good: Good) {
  const lines = sayGood(say, good)
  const { customer, end } = good
  const person = customer && customer.is !== 'unseen' ? customer.person : null
  const now = timeNow()
  const timeZone = counter.till.network.time_zone
  const today = localDay(now, timeZone)
  // The first sale of the day makes it a visit.
  const isSold = person?.last_visit !== today
  const after = person && isSold ? withVisit(person, today) : person
  return {
    summary: end.is === 'saved' ? lines[0] : lines.at(-1),
    details: end.is === 'saved' ? '' : lines.slice(0, -1).join('. '),
    facts:
      end.is === 'saved'
        ? lines[1]
        : after && describePerson({ say, format }, after, { now, timeZone, isSold }).facts.join(' · '),
  }
}

function withVisit(person: PersonHere, today: string): PersonHere {
  return { ...person, visits: visitNumber(person, today), since: person.since ?? today, last_visit: today }
}

/** What happened, the weightiest first. */
export function sayGood(say: Say<MessageKey>, { end, customer, claim }: Good): string[] {
  if (claim !== null) {
    const points = end.is === 'posted' ? [say('claim_waits', { count: end.points, code: claim })] : []
    return end.is === 'saved' ? [say('claim_saved', { code: claim }), say('yes_saved_more')] : points
  }
  if (end.is === 'saved') return [say('yes_saved'), say('yes_saved_more')]
  const who = (customer && customer.is !== 'unseen' ? customer.person.name : null) ?? say('customer')
  const lines = []
  if (end.taken > 0) lines.push(say('yes_taken', { count: end.taken, who }))
  if (end.points > 0 || end.taken === 0) lines.push(say('yes_given', { count: end.points, who }))
  return [...lines, say('yes_has', { count: end.available, who })]
}
