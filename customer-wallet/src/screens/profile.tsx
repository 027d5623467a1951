import { useState, type FormEvent } from 'react'
import { answered, type Person } from '../account/snapshot.ts'
import { useAccount } from '../app-context.ts'
import { useLanguage } from '../language.tsx'
import { pathTo } from '../navigation.ts'
import { BirthdayField, readBirthday } from '../parts/birthday-field.tsx'
import { Field } from '../parts/field.tsx'
import { Notice } from '../parts/notice.tsx'
import { Page } from '../parts/page.tsx'
import { StandingNotice } from '../parts/standing.tsx'
import { useAction } from '../parts/use-action.ts'

/** Who one is to the shops, and how one signs in. */
export function ProfileScreen() {
  const { say } = useLanguage()
  const [{ membership }, { snapshot }] = useAccount()
  return (
    <Page title={say('profile.title')} back={pathTo(membership.network, 'settings')}>
      <StandingNotice />
      {snapshot && <About person={snapshot.person} />}
      {snapshot && <Address person={snapshot.person} />}
    </Page>
  )
}

function About({ person }: { person: Person }) {
  const { say } = useLanguage()
  const [{ client, refresh }] = useAccount()
  const [name, setName] = useState(person.name ?? '')
  const [birthday, setBirthday] = useState(readBirthday(person.birthday))
  const [isSaved, setSaved] = useState(false)
  const action = useAction({ request_invalid: 'profile.birthday-wrong' })
  const save = (event: FormEvent) => {
    event.preventDefault()
    setSaved(false)
    const { month, day } = birthday
    action.run(async () => {
      const body = { name: name.trim() || null, birthday: month === '' ? null : `${month}-${day}` }
      await answered(client.PATCH('/v1/customers/{id}', { params: { path: { id: person.id } }, body }))
      await refresh()
      setSaved(true)
    })
  }
  return (
    <form onSubmit={save}>
      <Field
        label={say('profile.name')}
        autoComplete="name"
        maxLength={200}
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      <BirthdayField value={birthday} onChange={setBirthday} />
      {action.fault && <Notice kind="bad">{action.fault}</Notice>}
      {isSaved && <Notice kind="good">{say('saved')}</Notice>}
      <button type="submit" disabled={action.isBusy}>
        {say('save')}
      </button>
    </form>
  )
}

function Address({ person }: { person: Person }) {
  const { say } = useLanguage()
  const [{ client, refresh }] = useAccount()
  const [email, setEmail] = useState('')
  const [code, setCode] = useState('')
  const [oldCode, setOldCode] = useState('')
  const [step, setStep] = useState<'see' | 'write' | 'prove' | 'changed'>('see')
  const action = useAction({
    request_invalid: 'fault.email',
    code_wrong: 'fault.code-wrong',
    contact_taken: 'profile.taken',
  })
  const path = { params: { path: { id: person.id } } }
  const send = (event: FormEvent) => {
    event.preventDefault()
    action.run(async () => {
      await answeredEmpty(client.POST('/v1/customers/{id}/email', { ...path, body: { email } }))
      setStep('prove')
    })
  }
  const confirm = (event: FormEvent) => {
    event.preventDefault()
    action.run(async () => {
      const body = { code, ...(oldCode !== '' && { old_code: oldCode }) }
      await answeredEmpty(client.POST('/v1/customers/{id}/email/code', { ...path, body }))
      await refresh()
      setStep('changed')
    })
  }
  const fault = action.fault && <Notice kind="bad">{action.fault}</Notice>
  return (
    <section>
      <h2>{say('profile.email')}</h2>
      <p className="lead">{person.email}</p>
      {step === 'changed' && (
        <Notice kind="good">{say('profile.email-changed', { email: person.email ?? '' })}</Notice>
      )}
      {(step === 'see' || step === 'changed') && (
        <button type="button" className="quiet" onClick={() => setStep('write')}>
          {say('profile.change-email')}
        </button>
      )}
      {step === 'write' && (
        <form onSubmit={send}>
          <Field
            label={say('profile.new-email')}
            type="email"
            autoComplete="email"
            required
            value={email}
            onChange={(event) => setEmail(event.target.value)}
          />
          {fault}
          <button type="submit" disabled={action.isBusy}>
            {say('profile.send-code')}
          </button>
        </form>
      )}
      {step === 'prove' && (
        <form onSubmit={confirm}>
          <p>{say('join.code-sent', { email })}</p>
          <Field
            label={say('join.code')}
            className="code"
            inputMode="numeric"
            autoComplete="one-time-code"
            pattern="[0-9]{6}"
            maxLength={6}
            required
            value={code}
            onChange={(event) => setCode(event.target.value.replaceAll(/\D/g, ''))}
          />
          {person.email !== null && person.email !== email.trim().toLowerCase() && (
            <Field
              label={say('profile.old-code', { email: person.email })}
              className="code"
              inputMode="numeric"
              autoComplete="off"
              pattern="[0-9]{6}"
              maxLength={6}
              required
              value={oldCode}
              onChange={(event) => setOldCode(event.target.value.replaceAll(/\D/g, ''))}
            />
          )}
          {fault}
          <button type="submit" disabled={action.isBusy}>
            {say('profile.confirm')}
          </button>
        </form>
      )}
    </section>
  )
}

/** For calls that answer nothing but yes. */
async function answeredEmpty(
  call: Promise<{ readonly error?: { readonly code: string; readonly detail: string } }>,
): Promise<void> {
  await answered(call.then(({ error }) => (error ? { error } : { data: true as const })))
}
