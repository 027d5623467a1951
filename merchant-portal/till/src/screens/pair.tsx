import { useState, type FormEvent } from 'react'
import type { Say } from '../../../../clients/web/messages.ts'
import { Mark } from '../../../../clients/web/mark.tsx'
import { answerOf, createCalls } from '../calls.ts'
import type { Outbox } from '../hooks.ts'
import type { MessageKey } from '../messages/en.ts'
import type { PairedTill } from '../store.ts'
import { useTill } from '../till-context.tsx'
import { explain } from '../words.ts'
import { NoBand } from './parts.tsx'
import { Rung } from './waiting-sales.tsx'

/** Turns a tablet into a till by the code that a manager was given. */
export function Pair({ say, onPaired }: { say: Say<MessageKey>; onPaired: (till: PairedTill) => void }) {
  const [fault, setFault] = useState<string | null>(null)
  const [isBusy, setBusy] = useState(false)
  const pair = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const code = String(new FormData(event.currentTarget).get('code')).trim()
    setBusy(true)
    const paired = await pairTablet(code)
    setBusy(false)
    if (typeof paired !== 'string') return onPaired(paired)
    if (paired === 'unanswered') setFault(say('pair_no_network'))
    else setFault(paired === 'code_wrong' ? say('pair_wrong') : explain(say, { code: paired }))
  }
  return (
    <main className="screen narrow">
      <p className="pair-mark">
        <Mark />
      </p>
      <h1>{say('pair_title')}</h1>
      <p>{say('pair_how')}</p>
      <form onSubmit={(event) => void pair(event)}>
        <label>
          {say('pair_code')}
          <input
            name="code"
            className="number"
            autoComplete="off"
            autoCapitalize="characters"
            required
            minLength={8}
            maxLength={20}
          />
        </label>
        {fault && <NoBand text={fault} />}
        <button className="primary" disabled={isBusy}>
          {say('pair_go')}
        </button>
      </form>
    </main>
  )
}

/** The till that the code made of this tablet, or why not: a refusal's code, or `unanswered`. */
async function pairTablet(code: string): Promise<PairedTill | string> {
  if (code.length < 8) return 'code_wrong'
  const paired = await answerOf(createCalls(null).POST('/v1/pairings', { body: { code } }))
  if (paired.is !== 'done') return paired.is === 'refused' ? paired.problem.code : paired.is
  const { key } = paired.data
  const self = await answerOf(createCalls(key).GET('/v1/tills/self'))
  if (self.is !== 'done') return self.is === 'refused' ? self.problem.code : self.is
  return { ...self.data, key }
}

/** The server knows the key no more; what waits is still here, to be seen and noted down. */
export function KeyEnded({ outbox, onPairAgain }: { outbox: Outbox; onPairAgain: () => void }) {
  const { say } = useTill()
  const kept = [...outbox.waiting, ...outbox.refused]
  return (
    <main className="screen narrow">
      <h1>{say('key_ended_title')}</h1>
      <NoBand text={say('key_ended')} />
      <button type="button" className="primary" onClick={onPairAgain}>
        {say('pair_again')}
      </button>
      {kept.length > 0 && (
        <section>
          <h2>{say('waiting_title')}</h2>
          <ul className="sales">
            {kept.map((sale) => (
              <li key={sale.key} className="sale-line">
                <Rung sale={sale} />
              </li>
            ))}
          </ul>
        </section>
      )}
    </main>
  )
}
