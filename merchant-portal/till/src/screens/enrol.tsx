import { useRef, useState, type FormEvent } from 'react'
import { answerOf, type Calls } from '../calls.ts'
import { countryOf } from '../country.ts'
import { useKeystrokes } from '../hooks.ts'
import { whatWasScanned, whatWasTyped, type Shown } from '../scanned.ts'
import { useTill } from '../till-context.tsx'
import { explain } from '../words.ts'
import { NoBand, Note, Screen } from './parts.tsx'

/** A new customer in 15 seconds: a name, and one thing that leads to them. */
export function Enrol({
  fault,
  onBack,
  onFault,
  onEnrolled,
}: {
  fault: string | null
  onBack: () => void
  onFault: (why: string) => void
  onEnrolled: (shown: Shown) => void
}) {
  const { counter, say, isTraining } = useTill()
  const contact = useRef<HTMLInputElement>(null)
  const scannedText = useRef<string>(null)
  const [isBusy, setBusy] = useState(false)
  const age = counter.till.network.minimum_age
  useKeystrokes({
    scanned(text) {
      scannedText.current = text
      if (contact.current) contact.current.value = text
    },
    typed: (key) => key === 'Escape' && onBack(),
  })
  const enrol = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const typed = String(form.get('contact'))
    const shown =
      typed === scannedText.current
        ? whatWasScanned(typed)
        : whatWasTyped(typed, countryOf(counter.till.network))
    if (shown === null || 'qr' in shown) return onFault(say('find_unclear'))
    if (isTraining) return onFault(say('enrol_practice'))
    setBusy(true)
    const name = String(form.get('name')).trim()
    const enrolled = await enrolAs(counter.calls, shown, { name, isOfAge: form.has('of-age') })
    setBusy(false)
    if (enrolled.is === 'done') onEnrolled(shown)
    else onFault(enrolled.is === 'refused' ? explain(say, enrolled.problem) : say('enrol_no_network'))
  }
  return (
    <Screen title={say('enrol_title')} name="narrow" onBack={onBack}>
      {fault && <NoBand text={fault} />}
      <form onSubmit={(event) => void enrol(event)}>
        <label>
          {say('enrol_name')}
          <input name="name" autoComplete="off" maxLength={200} required />
        </label>
        <div className="field">
          <label>
            {say('enrol_contact')}
            <input
              ref={contact}
              name="contact"
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              maxLength={200}
              required
              aria-describedby="contact-hint"
            />
          </label>
          <small id="contact-hint">{say('enrol_contact_hint')}</small>
        </div>
        {age !== null && (
          <label className="check">
            <input type="checkbox" name="of-age" required /> {say('enrol_of_age', { age })}
          </label>
        )}
        {isTraining && <Note text={say('training')} />}
        <button className="primary" disabled={isBusy}>
          {say('enrol_go')}
        </button>
      </form>
    </Screen>
  )
}

type Contact = Exclude<Shown, { qr: string }>

async function enrolAs(calls: Calls, contact: Contact, person: { name: string; isOfAge: boolean }) {
  const body = {
    name: person.name,
    ...(person.isOfAge && { of_age: true }),
    ...('card' in contact ? {} : contact),
  }
  const enrolled = await answerOf(calls.POST('/v1/customers', { body }))
  if (enrolled.is !== 'done' || !('card' in contact)) return enrolled
  const path = { id: enrolled.data.id }
  return await answerOf(calls.POST('/v1/customers/{id}/cards', { params: { path }, body: contact }))
}
