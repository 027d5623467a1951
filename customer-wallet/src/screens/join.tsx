import { useCallback, useState, type FormEvent } from 'react'
import { Waiting } from '../../../clients/web/mark.tsx'
import { askForCode, join, readDirectory } from '../account/join.ts'
import { Refused, type Directory } from '../account/snapshot.ts'
import { useApp } from '../app-context.ts'
import { claimIn } from '../claim.ts'
import { LanguageAt, useLanguage } from '../language.tsx'
import { go, joinPath, networksPath, pathTo, startPath } from '../navigation.ts'
import { Field } from '../parts/field.tsx'
import { Notice } from '../parts/notice.tsx'
import { Page } from '../parts/page.tsx'
import { useAction } from '../parts/use-action.ts'
import { useAnswer } from '../parts/use-answer.ts'

/** Joining a network, or signing in to it again: from a link, a poster's QR, or by its name. */
export function JoinScreen({ network }: { network: string | null }) {
  return network === null ? <WhichNetwork /> : <JoinNetwork network={network} />
}

function WhichNetwork() {
  const { say } = useLanguage()
  const { memberships } = useApp()
  const [named, setNamed] = useState('')
  const goOn = (event: FormEvent) => {
    event.preventDefault()
    if (named.trim() !== '') go(joinPath(named.trim().toLowerCase()))
  }
  return (
    <Page title={say('start.join')} back={memberships.length > 0 ? networksPath : startPath}>
      <form onSubmit={goOn}>
        <Field
          label={say('start.network')}
          hint={say('start.network-hint')}
          value={named}
          onChange={(event) => setNamed(event.target.value)}
          autoCapitalize="none"
          autoCorrect="off"
          required
        />
        <button type="submit">{say('start.go-on')}</button>
      </form>
    </Page>
  )
}

function JoinNetwork({ network }: { network: string }) {
  const { say } = useLanguage()
  const app = useApp()
  // Null: there is no such network.
  const ask = useCallback(
    () =>
      readDirectory(app, network).catch((error: unknown) => {
        if (error instanceof Refused && error.code === 'not_found') return null
        throw error
      }),
    [app, network],
  )
  const [asked, again] = useAnswer(ask)
  if (asked.is === 'asking') return <Waiting label={say('loading')} />
  if (asked.is === 'there' && asked.data) {
    return (
      <LanguageAt place={asked.data.locale}>
        <JoinSteps directory={asked.data} />
      </LanguageAt>
    )
  }
  return (
    <Page title={say('start.title')} back={startPath}>
      <Notice kind="bad">{asked.is === 'there' ? say('join.none', { network }) : say('fault.load')}</Notice>
      {asked.is === 'unreachable' && (
        <button type="button" onClick={again}>
          {say('try-again')}
        </button>
      )}
    </Page>
  )
}

/** Whoever joins, as far as they have told. */
interface Told {
  readonly name: string
  readonly email: string
  readonly isOfAge: boolean
}

function JoinSteps({ directory }: { directory: Directory }) {
  const [told, setTold] = useState<Told>({ name: '', email: '', isOfAge: false })
  const [signIn, setSignIn] = useState<string | null>(null)
  return signIn === null ? (
    <TellStep directory={directory} told={told} onTold={setTold} onSent={setSignIn} />
  ) : (
    <CodeStep directory={directory} told={told} signIn={signIn} onBack={() => setSignIn(null)} />
  )
}

function TellStep({
  directory,
  told,
  onTold,
  onSent,
}: {
  directory: Directory
  told: Told
  onTold: (told: Told) => void
  onSent: (signIn: string) => void
}) {
  const { say } = useLanguage()
  const app = useApp()
  const action = useAction({ request_invalid: 'fault.email' })
  const send = (event: FormEvent) => {
    event.preventDefault()
    action.run(async () => onSent(await askForCode(app, { network: directory.slug, email: told.email })))
  }
  return (
    <Page title={say('join.title', { network: directory.name })} back={startPath}>
      {claimIn(location.hash) && <Notice kind="good">{say('join.claim')}</Notice>}
      <About directory={directory} />
      <form onSubmit={send}>
        <Field
          label={say('join.name')}
          hint={say('join.name-hint')}
          autoComplete="name"
          maxLength={200}
          value={told.name}
          onChange={(event) => onTold({ ...told, name: event.target.value })}
        />
        <Field
          label={say('join.email')}
          hint={say('join.email-hint')}
          type="email"
          autoComplete="email"
          required
          value={told.email}
          onChange={(event) => onTold({ ...told, email: event.target.value })}
        />
        {directory.minimum_age !== null && (
          <label className="check">
            <input
              type="checkbox"
              required
              checked={told.isOfAge}
              onChange={(event) => onTold({ ...told, isOfAge: event.target.checked })}
            />
            {say('join.age', { age: directory.minimum_age })}
          </label>
        )}
        {directory.terms !== null && (
          <details>
            <summary>{say('join.terms')}</summary>
            <p className="words">{directory.terms}</p>
          </details>
        )}
        {action.fault && <Notice kind="bad">{action.fault}</Notice>}
        <button type="submit" disabled={action.isBusy}>
          {say('join.send')}
        </button>
      </form>
    </Page>
  )
}

/** So many shops are named at once; the form is not far below then, however many there are. */
const namedAtOnceMax = 6

function About({ directory }: { directory: Directory }) {
  const { say, format } = useLanguage()
  const names = directory.shops.filter(({ house, left }) => !house && !left).map(({ name }) => name)
  const first = names.length <= namedAtOnceMax + 2 ? names : names.slice(0, namedAtOnceMax)
  const more = names.slice(first.length)
  return (
    <>
      {directory.points_per_currency_unit !== null && (
        <p className="lead">
          {say('join.gives', {
            count: Number(directory.points_per_currency_unit),
            unit: format.moneyUnit(directory.currency),
          })}
        </p>
      )}
      <p className="muted">{first.join(' · ')}</p>
      {more.length > 0 && (
        <details>
          <summary>{say('join.more-shops', { count: more.length })}</summary>
          <p className="muted">{more.join(' · ')}</p>
        </details>
      )}
    </>
  )
}

function CodeStep({
  directory,
  told,
  signIn,
  onBack,
}: {
  directory: Directory
  told: Told
  signIn: string
  onBack: () => void
}) {
  const { say } = useLanguage()
  const app = useApp()
  const [code, setCode] = useState('')
  const action = useAction({
    code_wrong: 'fault.code-wrong',
    request_invalid: 'fault.code-wrong',
    age_not_confirmed: 'fault.age',
  })
  const enter = (event: FormEvent) => {
    event.preventDefault()
    action.run(async () => {
      const name = told.name.trim()
      const joined = await join(app, { directory, signIn, code, name, isOfAge: told.isOfAge })
      app.add(joined.membership, joined.session)
      go(afterJoining(directory.slug), { replace: true })
    })
  }
  return (
    <Page title={say('join.code-title')}>
      <p>{say('join.code-sent', { email: told.email })}</p>
      <form onSubmit={enter}>
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
        {action.fault && <Notice kind="bad">{action.fault}</Notice>}
        <button type="submit" disabled={action.isBusy}>
          {say('join.enter')}
        </button>
        <button type="button" className="plain" onClick={onBack}>
          {say('join.other-email')}
        </button>
      </form>
    </Page>
  )
}

/** A gift's or a receipt's link that was opened before joining leads on to it. */
function afterJoining(network: string): string {
  if (claimIn(location.hash)) return pathTo(network, 'claim') + location.hash
  return location.hash.startsWith('#wal_') ? pathTo(network, 'give') + location.hash : pathTo(network, 'home')
}
