import { useState, type FormEvent } from 'react'
import { countryOf } from '../country.ts'
import { useKeystrokes } from '../hooks.ts'
import { whatWasScanned, whatWasTyped, type Shown } from '../scanned.ts'
import { useTill } from '../till-context.tsx'
import { NoBand, Screen } from './parts.tsx'

/** A customer by phone, e-mail address or card. */
export function Find({
  isMove,
  fault,
  refusal,
  onBack,
  onScan,
  onEnrol,
  onShown,
  onFault,
}: {
  isMove: boolean
  fault: string | null
  /** The code of the refusal that `fault` tells of. */
  refusal: string | null
  onBack: () => void
  onScan: () => void
  onEnrol: () => void
  onShown: (shown: Shown) => void
  onFault: (why: string) => void
}) {
  const { counter, say } = useTill()
  const [text, setText] = useState('')
  const country = countryOf(counter.till.network)
  const lacksCode = country === null && /^\(?0/.test(text.trim()) && refusal === 'not_found'
  useKeystrokes({
    scanned: (scanned) => take(whatWasScanned(scanned)),
    typed: (key) => key === 'Escape' && onBack(),
  })
  const take = (shown: Shown | null) => (shown ? onShown(shown) : onFault(say('find_unclear')))
  const submit = (event: FormEvent) => {
    event.preventDefault()
    take(whatWasTyped(text, country))
  }
  return (
    <Screen title={say(isMove ? 'move_title' : 'find_title')} name="narrow" isForField onBack={onBack}>
      {fault && <NoBand text={lacksCode ? say('find_country_code') : fault} />}
      <form onSubmit={submit}>
        <div className="field">
          <label>
            {say('find_label')}
            <input
              value={text}
              onChange={(event) => setText(event.target.value)}
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              maxLength={2048}
              required
              aria-describedby="find-hint"
            />
          </label>
          <small id="find-hint">{say(country ? 'find_hint_local' : 'find_hint')}</small>
        </div>
        <button className="primary">{say('find_go')}</button>
      </form>
      <div className="row">
        <button type="button" onClick={onScan}>
          {say('scan')}
        </button>
        {!isMove && (
          <button type="button" onClick={onEnrol}>
            {say('enrol')}
          </button>
        )}
      </div>
    </Screen>
  )
}
