import { createTallystick } from '../typescript/index.js'

/** A token is renewed so long before it ends, for requests that are on their way. */
const renewBeforeMs = 60_000

/** Whose session: in a browser, one for each network, and staff and customers apart. */
export interface SessionOf {
  readonly as: 'staff' | 'customer'
  /** The slug; null: the deployment's operator. */
  readonly network: string | null
}

/** A session in this browser. The refresh cookie, which no script can read, keeps it; the token stays in memory. */
export interface Session {
  /** A token that is good now, renewed where needed; undefined when nobody is signed in. Rejects without network. */
  token(): Promise<string | undefined>
  /** Goes on with what signing in answered. */
  begin(signedIn: SignedIn): void
  /** Forgets the token, e.g. after one was refused: the next is asked for with the cookie. */
  forget(): void
}

/** What signing in answers, and refreshing too. */
export interface SignedIn {
  readonly token: string
  readonly expires_at: string
}

/** A session of the server this page came from. */
export function createSession(of: SessionOf): Session {
  let current: { readonly token: string; readonly endsAt: number } | null = null
  let renewing: Promise<string | undefined> | null = null

  const begin = ({ token, expires_at }: SignedIn) => {
    // The server's lifetime, counted on our own clock from now: the two may differ.
    current = { token, endsAt: Date.now() + lifetimeMs(token, expires_at) }
  }
  const renew = async () => {
    const signedIn = await refresh(of)
    if (signedIn) begin(signedIn)
    else current = null
    return signedIn?.token
  }
  return {
    begin,
    forget: () => void (current = null),
    token() {
      if (current && Date.now() < current.endsAt - renewBeforeMs) return Promise.resolve(current.token)
      renewing ??= renew().finally(() => (renewing = null))
      return renewing
    },
  }
}

/**
 * A new token for the refresh cookie. The cookie can be used only once, so tabs take turns (Web Locks). Undefined when
 * there is no session to go on with; rejects when the server can't be reached or can't answer.
 */
function refresh({ as, network }: SessionOf): Promise<SignedIn | undefined> {
  return navigator.locks.request(`tallystick-${as}-${network ?? ''}`, async () => {
    const { data, error } = await createTallystick({ url: location.origin }).POST('/v1/sessions/refresh', {
      params: { header: { 'Tally-Refresh': '1' } },
      body: { as, network },
    })
    if (data) return data
    if (error?.code === 'unauthenticated') return undefined
    throw new Error(`the session could not be renewed: ${error?.code ?? 'no answer'}`)
  })
}

/** RFC 7519: from `iat` to `exp`, in milliseconds; a token of another kind lasts until `expiresAt` by our clock. */
function lifetimeMs(token: string, expiresAt: string): number {
  try {
    const payload = token.split('.')[1]!.replaceAll('-', '+').replaceAll('_', '/')
    const { iat, exp } = JSON.parse(atob(payload)) as { iat: number; exp: number }
    return (exp - iat) * 1000
  } catch {
    return Date.parse(expiresAt) - Date.now()
  }
}
