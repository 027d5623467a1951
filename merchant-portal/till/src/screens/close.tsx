import { useEffect, useState } from 'react'
import { Waiting } from '../../../../clients/web/mark.tsx'
import { answerOf, type Calls } from '../calls.ts'
import { timeNow } from '../clock.ts'
import type { Place } from '../counter.tsx'
import type { Outbox } from '../hooks.ts'
import { localDay } from '../kind-words.ts'
import { useMoney, useTill } from '../till-context.tsx'
import { NoBand, Note, Screen } from './parts.tsx'

type Report = Exclude<Extract<Awaited<ReturnType<typeof readDay>>, { is: 'done' }>['data'], string>

async function readDay(calls: Calls, day: string) {
  return await answerOf(calls.GET('/v1/reports/day', { params: { query: { day } } }))
}

/** Close of day: what this till took and gave, by the server's books. */
export function Close({ outbox, onGo }: { outbox: Outbox; onGo: (place: Place) => void }) {
  const { counter, say, format } = useTill()
  const money = useMoney()
  const today = localDay(timeNow(), counter.till.network.time_zone)
  const [day, setDay] = useState(today)
  const [report, setReport] = useState<Report | 'unanswered'>()
  useEffect(() => {
    let isWanted = true
    setReport(undefined)
    const read = async () => {
      const answer = await readDay(counter.calls, day)
      // As text it would be the table for spreadsheets, which was not asked for.
      if (isWanted)
        setReport(answer.is === 'done' && typeof answer.data !== 'string' ? answer.data : 'unanswered')
    }
    void read()
    return () => {
      isWanted = false
    }
  }, [counter, day])
  const waiting = outbox.waiting.length
  return (
    <Screen title={say('day_title')} name="narrow close" onBack={() => onGo({ is: 'amount' })}>
      <p className="muted">
        {counter.till.merchant.name} · {counter.till.name}
      </p>
      <label>
        {say('day_pick')}
        <input
          type="date"
          value={day}
          max={today}
          required
          onChange={(event) => event.target.value && setDay(event.target.value)}
        />
      </label>
      {waiting > 0 && <Note isAccent text={say('day_waiting', { count: waiting })} />}
      {report === undefined && <Waiting label={say('loading')} />}
      {report === 'unanswered' && <NoBand text={say('day_no_network')} />}
      {report && report !== 'unanswered' && (
        <>
          <dl className="totals">
            <Figure name={say('day_sales')} value={format.points(report.totals.sales)} />
            <Figure name={say('day_money')} value={money(report.totals.money_minor)} />
            <Figure name={say('day_given')} value={format.points(report.totals.points_given)} />
            <Figure name={say('day_taken')} value={format.points(report.totals.points_taken)} />
            <Figure name={say('day_refunds')} value={format.points(report.totals.refunds)} />
            <Figure name={say('day_refunded')} value={money(report.totals.refunded_minor)} />
          </dl>
          <button type="button" onClick={() => print()}>
            {say('print')}
          </button>
        </>
      )}
    </Screen>
  )
}

function Figure({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd className="number">{value}</dd>
    </div>
  )
}
