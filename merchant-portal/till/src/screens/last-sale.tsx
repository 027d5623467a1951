import { IconArrowBackUp } from '@tabler/icons-react'
import { useRef, useState } from 'react'
import { refund } from '../sale.ts'
import { play } from '../sounds.ts'
import { useMoney, useTill } from '../till-context.tsx'
import { explain } from '../words.ts'
import { NoBand } from './parts.tsx'
import { sayGood, type Good } from './yes.tsx'

/** The sale just made, and its undoing: a slip is noticed at once or not at all. */
export function LastSale({ good, onUndone }: { good: Good; onUndone: () => void }) {
  const { counter, say, settings } = useTill()
  const money = useMoney()
  const [fault, setFault] = useState<string | null>(null)
  const [undone, setUndone] = useState<string | null>(null)
  const isBusy = useRef(false)
  const { end } = good
  const who = good.customer && good.customer.is !== 'unseen' ? good.customer.person.name : null

  const undo = async () => {
    if (end.is !== 'posted' || isBusy.current) return
    if (end.transaction === null) return onUndone()
    isBusy.current = true
    const asked = { transaction: end.transaction, amountMinor: null, reason: say('undo_reason') }
    const answer = await refund(counter, asked)
    isBusy.current = false
    if (answer.is === 'done') {
      play('yes', settings.volume)
      const { refund_money_minor: back, wallet } = answer.data
      const available = wallet.available
      return setUndone(say('undone', { money: money(back), who: who ?? say('customer'), available }))
    }
    play('no', settings.volume)
    setFault(answer.is === 'refused' ? explain(say, answer.problem) : say('unanswered'))
  }

  if (undone) {
    return (
      <p className="last" role="status">
        {undone}
      </p>
    )
  }
  return (
    <section className="last" aria-label={say('last_sale')}>
      <p>
        <span className="muted">{say('last_sale')}</span> {sayGood(say, good).join(' · ')}
      </p>
      {end.is === 'posted' && (
        <button type="button" onClick={() => void undo()}>
          <IconArrowBackUp aria-hidden /> {say('undo')}
        </button>
      )}
      {fault && <NoBand text={fault} />}
    </section>
  )
}
