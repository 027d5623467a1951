import { uuidv7 } from 'uuidv7'
import type { Limit } from '../http/limits.ts'
import { Refusal } from '../http/problems.ts'
import type { SessionTokens } from '../identity/session-tokens.ts'
import { isPassword } from '../people/passwords.ts'
import { findPerson, listMemberships, type KnownPerson, type Membership } from '../people/store.ts'
import type { Db } from '../tables.ts'
import { insertSession } from './store.ts'

/**
 * A shift: until tokens are refreshed, a shorter life would sign people out at work, and a longer one would leave a
 * borrowed tablet open overnight. Signing out and revoking don't wait for it: the session is looked up every time.
 */
export const staffSessionSeconds = 8 * 60 * 60

/** What sign-in takes. */
export interface SignIn {
  readonly db: Db
  readonly tokens: SessionTokens
  readonly now: () => Date
  readonly limits: SignInLimits
}

/** How often one may try; a try with the right password does not count. */
export interface SignInLimits {
  /** By e-mail and address: someone who mistypes. */
  readonly pair: Limit
  /** By e-mail: many addresses that guess at one account. */
  readonly account: Limit
  /** By address: one address that guesses at many accounts. */
  readonly address: Limit
}

/** Who wants to sign in, from where. */
export interface SignInRequest {
  readonly email: string
  readonly password: string
  readonly network?: string | undefined
  readonly addressKey: string
}

/**
 * Signs a person in. Refuses `sign_in_failed` alike, and in the same time, whether the e-mail, the password or the
 * network is wrong; `network_not_named` with the list when the password is right and there are several.
 */
export async function signIn({ db, tokens, now, limits }: SignIn, request: SignInRequest) {
  const giveBack = await countTry(limits, request)
  const person = await findPerson(db, request.email)
  const right = await isPassword(person?.passwordHash ?? null, request.password)
  if (person === null || !right) throw new Refusal('sign_in_failed')
  await giveBack()
  const membership = chooseNetwork(person, await listMemberships(db, person.uuid), request.network)
  const session = uuidv7()
  const expiresAt = new Date(now().getTime() + staffSessionSeconds * 1000)
  await insertSession(db, {
    uuid: session,
    person: person.uuid,
    network: membership?.network_id ?? null,
    expiresAt,
  })
  const token = await tokens.issue({
    session,
    subject: { kind: 'usr', uuid: person.uuid },
    network: membership?.uuid ?? null,
    expiresAt,
  })
  return { token, expiresAt, network: membership?.slug ?? null, role: membership?.role ?? null }
}

/** Counts before looking, so that guesses sent at once are counted too. */
async function countTry(limits: SignInLimits, { email, addressKey }: SignInRequest) {
  const counts = [
    [limits.address, addressKey],
    [limits.pair, `${email} ${addressKey}`],
    [limits.account, email],
  ] as const
  for (const [limit, key] of counts) await limit.consume(key)
  return async () => {
    for (const [limit, key] of counts) await limit.giveBack(key)
  }
}

/** Null: the deployment's operator, in no network. */
function chooseNetwork(
  person: KnownPerson,
  memberships: Membership[],
  slug: string | undefined,
): Membership | null {
  if (slug !== undefined) {
    const named = memberships.find((membership) => membership.slug === slug)
    if (named === undefined) throw new Refusal('sign_in_failed')
    return named
  }
  if (person.isDeploymentOperator) return null
  const [only, ...others] = memberships
  if (only === undefined) throw new Refusal('sign_in_failed')
  if (others.length === 0) return only
  const networks = memberships.map((membership) => ({ slug: membership.slug, name: membership.name }))
  throw new Refusal('network_not_named', { members: { networks } })
}
