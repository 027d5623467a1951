import { useState, type FormEvent } from 'react'
import { createTallystick } from '../../../clients/typescript/index.js'
import type { SignedIn } from '../../../clients/web/session.ts'
import type { Words } from './words.ts'

interface SignInParts {
  readonly network: string
  readonly onSignedIn: (signedIn: SignedIn) => void
  readonly words: Words
}

/** By e-mail and password; by a code too once the server says that this person has a second step. */
export function SignIn({ network, onSignedIn, words }: SignInParts) {
  const { say } = words
  const [needsCode, setNeedsCode] = useState(false)
  const [fault, setFault] = useState<string | null>(null)
  const [isBusy, setBusy] = useState(false)
  const enter = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const typed = new FormData(event.currentTarget)
    const text = (field: string) => String(typed.get(field) ?? '')
    const code = text('code').replaceAll(/\s/g, '')
    setBusy(true)
    setFault(null)
    const came = await signIn({
      network,
      email: text('email').trim(),
      password: text('password'),
      ...(code !== '' && { code }),
    })
    setBusy(false)
    if (came.is === 'in') return onSignedIn(came.signedIn)
    if (came.is === 'code_needed') return setNeedsCode(true)
    if (came.is === 'too_many') return setFault(say('sign_in_later', { when: words.after(came.seconds) }))
    if (came.is === 'unanswered') return setFault(say('sign_in_unanswered'))
    setFault(say(needsCode ? 'sign_in_wrong_code' : 'sign_in_wrong'))
  }
  return (
    <form onSubmit={(event) => void enter(event)}>
      <label>
        {say('email')}
        <input name="email" type="email" autoComplete="username" required />
      </label>
      <label>
        {say('password')}
        <input name="password" type="password" autoComplete="current-password" required maxLength={1024} />
      </label>
      {needsCode && (
        <>
          <label>
            {say('code')}
            <input
              name="code"
              autoComplete="one-time-code"
              aria-describedby="code-hint"
              autoFocus
              required
              minLength={6}
              maxLength={40}
            />
          </label>
          <p id="code-hint" className="muted">
            {say('code_hint')}
          </p>
        </>
      )}
      {fault && (
        <p role="alert" className="bad">
          {fault}
        </p>
      )}
      <button className="primary" disabled={isBusy}>
        {say('sign_in')}
      </button>
    </form>
  )
}

type CameOf =
  | { readonly is: 'in'; readonly signedIn: SignedIn }
  | { readonly is: 'code_needed' | 'wrong' | 'unanswered' }
  | { readonly is: 'too_many'; readonly seconds: number }

async function signIn(body: {
  network: string
  email: string
  password: string
  code?: string
}): Promise<CameOf> {
  try {
    const { data, error, response } = await createTallystick({ url: location.origin }).POST('/v1/sessions', {
      body,
    })
    if (data) return { is: 'in', signedIn: data }
    if (error?.code === 'second_factor_required') return { is: 'code_needed' }
    if (response.status === 429) {
      return { is: 'too_many', seconds: Number(response.headers.get('retry-after') ?? 60) }
    }
    return { is: response.status >= 500 ? 'unanswered' : 'wrong' }
  } catch {
    return { is: 'unanswered' }
  }
}
