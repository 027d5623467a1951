import { isIP } from 'node:net'
import { Refusal } from '../http/problems.ts'

/** For whom passkeys are made (WebAuthn Level 3, section 4: Relying Party). */
export interface RelyingParty {
  /** The host name: passkeys are bound to it, and to no other site. */
  readonly id: string
  /** Where the browser must be when it uses one. */
  readonly origin: string
}

/** What a request says of where it came in: the host it names, and the port that it reached. */
export interface ReachedAt {
  readonly host: string | undefined
  readonly port: number | undefined
}

/**
 * The deployment at its public URL; without one, this machine's own browser at `localhost`, at the port that
 * `at` listens on: another program of the machine may have another. Refuses `passkeys_unavailable` elsewhere, and for bare IP addresses, which no passkey can be bound to.
 */
export function relyingPartyOf(publicUrl: string | undefined, at: ReachedAt): RelyingParty {
  const address = publicUrl ?? `http://${at.host}`
  const url = URL.canParse(address) ? new URL(address) : null
  const name = url?.hostname ?? ''
  const isNamed =
    publicUrl === undefined
      ? name === 'localhost' && Number(url?.port || 80) === at.port
      : !isIP(name.replace(/^\[(.*)\]$/, '$1'))
  if (url === null || !isNamed) throw new Refusal('passkeys_unavailable')
  return { id: name, origin: url.origin }
}
