import { useEffect, useState } from 'react'
import { Waiting } from '../../../../clients/web/mark.tsx'
import { typeAmount } from '../bill.ts'
import { answerOf, keyed, type Answer } from '../calls.ts'
import type { Place } from '../counter.tsx'
import { useKeystrokes } from '../hooks.ts'
import { askOnce, refund, type Customer } from '../sale.ts'
import { play } from '../sounds.ts'
import { useMoney, useTill } from '../till-context.tsx'
import { explain } from '../words.ts'
import { kindKey, type Transaction } from './history.tsx'
import { Pad } from './pad.tsx'
import { NoBand, Note, Screen } from './parts.tsx'

/** One transaction of before: refunded in whole or part, or moved to the customer whose it was. */
export function PastSale(props: { transaction: string; to: Customer | null; onGo: (place: Place) => void }) {
  const { counter, say, format } = useTill()
  const money = useMoney()
  const [sale, setSale] = useState<Transaction>()
  const [outcome, setOutcome] = useState<Outcome | null>(null)
  const [isPart, setPart] = useState(false)
  const [receipt, setReceipt] = useState<string>()
  const change = useChanges(props, setOutcome)

  useEffect(() => {
    const read = async () => {
      const params = { path: { id: props.transaction } }
      const answer = await answerOf(counter.calls.GET('/v1/transactions/{id}', { params }))
      if (answer.is === 'done') return setSale(answer.data)
      const why = answer.is === 'refused' ? explain(say, answer.problem) : say('history_no_network')
      setOutcome({ isGood: false, text: why })
    }
    void read()
    // Read anew when something came of it: more of it is refunded then.
  }, [counter, props.transaction, outcome?.isGood])
  useEffect(() => {
    void counter.store.get('receipts', props.transaction).then((kept) => setReceipt(kept?.reference))
  }, [counter, props.transaction])
  useEffect(() => {
    if (props.to?.is === 'known') void change.move(props.to)
    // Once for each person who was shown.
  }, [props.to])

  const back = () => props.onGo({ is: 'history' })
  const title =
    sale && sale.amount_minor !== null
      ? say('sale_title', { money: money(sale.amount_minor) })
      : say('was_issue')
  const isReversible = sale && ['issue', 'redeem', 'capture'].includes(sale.kind)
  return (
    <Screen title={title} name="narrow" onBack={back}>
      {!sale && !outcome && <Waiting label={say('loading')} />}
      {outcome && (outcome.isGood ? <GoodNews text={outcome.text} /> : <NoBand text={outcome.text} />)}
      {sale && (
        <ul className="facts">
          <li>
            {say(kindKey(sale.kind))} ·{' '}
            {say('sale_when', { day: format.fullDay(sale.occurred_at), time: format.time(sale.occurred_at) })}
          </li>
          {receipt !== undefined && <li>{say('receipt_is', { receipt })}</li>}
          {sale.points > 0 && <li>{say('points_given', { count: sale.points })}</li>}
          {sale.redeemed_points > 0 && <li>{say('points_taken', { count: sale.redeemed_points })}</li>}
          {sale.taken_back_points > 0 && <li>{say('already_back', { count: sale.taken_back_points })}</li>}
        </ul>
      )}
      {isReversible && !isPart && !outcome?.isGood && (
        <div className="stack">
          <button type="button" className="primary" onClick={() => void change.refund(null)}>
            {say('refund_all')}
          </button>
          {sale.amount_minor !== null && (
            <button type="button" onClick={() => setPart(true)}>
              {say('refund_part')}
            </button>
          )}
          {sale.kind === 'issue' && (
            <button type="button" onClick={() => props.onGo({ is: 'scan', whose: props.transaction })}>
              {say('wrong_customer')}
            </button>
          )}
        </div>
      )}
      {isPart && !outcome?.isGood && (
        <PartOfIt
          onCancel={() => setPart(false)}
          onRefund={(amountMinor) => void change.refund(amountMinor)}
        />
      )}
    </Screen>
  )
}

interface Outcome {
  readonly isGood: boolean
  readonly text: string
}

function GoodNews({ text }: { text: string }) {
  return (
    <p className="good-band" role="status">
      {text}
    </p>
  )
}

/** What can be done to it, each once however often it is pressed; says what came of it. */
function useChanges({ transaction }: { transaction: string }, tell: (outcome: Outcome) => void) {
  const { counter, say, settings } = useTill()
  const money = useMoney()
  const end = <Data,>(answer: Answer<Data>, words: (data: Data) => string) => {
    const isGood = answer.is === 'done'
    play(isGood ? 'yes' : 'no', settings.volume)
    if (answer.is === 'done') tell({ isGood, text: words(answer.data) })
    else tell({ isGood, text: answer.is === 'refused' ? explain(say, answer.problem) : say('unanswered') })
  }
  return {
    async refund(amountMinor: number | null) {
      end(
        await refund(counter, { transaction, amountMinor, reason: say('refund_reason') }),
        ({ refund_money_minor: back, refund_points: given, taken_points: taken, wallet }) =>
          [
            say('refund_done', { money: money(back) }),
            ...(given > 0 ? [say('refund_points_back', { count: given })] : []),
            ...(taken > 0 ? [say('refund_points_taken', { count: taken })] : []),
            ...(wallet.debt > 0 ? [say('refund_debt', { count: wallet.debt })] : []),
          ].join(' '),
      )
    },
    async move(to: Extract<Customer, { is: 'known' }>) {
      const body = { to: to.wallet, reason: say('move_reason') }
      const answer = await askOnce(counter.store, `move ${transaction} ${to.wallet}`, (key) => {
        const params = { ...keyed(key), path: { id: transaction } }
        return answerOf(counter.calls.POST('/v1/transactions/{id}/moves', { params, body }))
      })
      end(answer, ({ points }) => say('moved', { count: points, who: to.person.name ?? say('customer') }))
    },
  }
}

function PartOfIt({ onCancel, onRefund }: { onCancel: () => void; onRefund: (amountMinor: number) => void }) {
  const { say } = useTill()
  const money = useMoney()
  const [amountMinor, setAmount] = useState(0)
  useKeystrokes({ typed: (key) => setAmount(typeAmount(amountMinor, key)), scanned: () => {} })
  return (
    <section className="part">
      <Note text={say('refund_part_label')} />
      <p className="figure number" role="status">
        {money(amountMinor)}
      </p>
      <Pad onKey={(key) => setAmount(typeAmount(amountMinor, key))} />
      <div className="finish">
        <button type="button" onClick={onCancel}>
          {say('cancel')}
        </button>
        <button
          type="button"
          className="primary"
          disabled={amountMinor === 0}
          onClick={() => onRefund(amountMinor)}
        >
          {say('refund_go', { money: money(amountMinor) })}
        </button>
      </div>
    </section>
  )
}
