import { useEffect, useState } from 'react'
import { Waiting } from '../../../../clients/web/mark.tsx'
import { answerOf } from '../calls.ts'
import { useKeystrokes } from '../hooks.ts'
import { play } from '../sounds.ts'
import { useTill, type Staff } from '../till-context.tsx'
import { explain } from '../words.ts'
import { Pad } from './pad.tsx'
import { NoBand, Note, Screen } from './parts.tsx'

interface Person {
  readonly id: string
  readonly name: string
}

const pinLengthMax = 8
const pinLengthMin = 4
const isPin = new RegExp(`^\\d{${pinLengthMin},${pinLengthMax}}$`)

/** Who is at the till: a name, then the PIN. Null: nobody who could be asked for one. */
export function Pin({ onOpen }: { onOpen: (staff: Staff | null) => void }) {
  const { counter, say } = useTill()
  const [people, setPeople] = useState<readonly Person[] | 'unanswered'>()
  const [person, setPerson] = useState<Person | null>(null)
  useEffect(() => {
    void answerOf(counter.calls.GET('/v1/tills/staff')).then((answer) =>
      setPeople(answer.is === 'done' ? answer.data.data : 'unanswered'),
    )
  }, [counter])

  if (people === undefined) return <Waiting label={say('loading')} />
  if (person)
    return <EnterPin key={person.id} person={person} onBack={() => setPerson(null)} onOpen={onOpen} />
  const nobody = people === 'unanswered' || people.length === 0
  return (
    <Screen title={say('pin_title')} name="narrow">
      <p className="muted">
        {counter.till.merchant.name} · {counter.till.name}
      </p>
      {people === 'unanswered' && <Note isAccent text={say('pin_no_network')} />}
      {people !== 'unanswered' && nobody && <Note text={say('pin_nobody')} />}
      {people !== 'unanswered' &&
        people.map((each) => (
          <button key={each.id} type="button" className="choice" onClick={() => setPerson(each)}>
            {each.name}
          </button>
        ))}
      {nobody && (
        <button type="button" className="primary" onClick={() => onOpen(null)}>
          {say('pin_without')}
        </button>
      )}
    </Screen>
  )
}

function EnterPin({
  person,
  onBack,
  onOpen,
}: {
  person: Person
  onBack: () => void
  onOpen: (staff: Staff) => void
}) {
  const { counter, say, settings } = useTill()
  const [pin, setPin] = useState('')
  const [fault, setFault] = useState<string | null>(null)
  const [tries, setTries] = useState(0)
  const press = (key: string) => {
    if (key === 'Backspace') setPin(pin.slice(0, -1))
    else if (/^\d$/.test(key) && pin.length < pinLengthMax) {
      setFault(null)
      setPin(pin + key)
    } else if (key === 'Enter' && pin.length >= pinLengthMin) void open(pin)
    else if (key === 'Escape') onBack()
  }
  useKeystrokes({
    typed: press,
    // Nothing is scanned here: a PIN that was typed as fast is a PIN.
    scanned: (text) => isPin.test(text) && void open(text),
  })
  const open = async (entered: string) => {
    setPin('')
    // The button is disabled now: keys would be lost on it, at least in Firefox.
    setTries((before) => before + 1)
    const answer = await answerOf(
      counter.calls.POST('/v1/tills/staff-sessions', { body: { person: person.id, pin: entered } }),
    )
    if (answer.is === 'done') {
      const { token, expires_at: until } = answer.data
      return onOpen({ name: answer.data.person.name, token, until })
    }
    play('no', settings.volume)
    if (answer.is === 'unanswered') setFault(say('pin_no_network'))
    else if (answer.problem.code === 'pin_wrong') setFault(say('pin_wrong'))
    else setFault(explain(say, answer.problem))
  }
  return (
    <Screen title={say('pin_enter', { name: person.name })} name="narrow" turn={tries} onBack={onBack}>
      <p className="pin-dots" role="status" aria-label={`${pin.length}`}>
        {Array.from({ length: Math.max(pinLengthMin, pin.length) }, (_, place) => (
          <span key={place} className={place < pin.length ? 'dot dot-typed' : 'dot'} />
        ))}
      </p>
      {fault && <NoBand text={fault} />}
      <Pad onKey={press} hasDoubleZero={false} />
      <button
        type="button"
        className="primary"
        disabled={pin.length < pinLengthMin}
        onClick={() => void open(pin)}
      >
        {say('pin_go')}
      </button>
    </Screen>
  )
}
