import type { MerchantId, Uuid } from '../../ledger/index.ts'
import { recordAudit, type AuditSource } from '../audit/record.ts'
import type { InBackground } from '../http/in-background.ts'
import { createLimit, type Limit } from '../http/limits.ts'
import { Refusal } from '../http/problems.ts'
import type { CreateSharedLimit } from '../http/shared-limit.ts'
import { inStrangersTurn } from '../http/strangers.ts'
import type { RefreshTokens } from '../identity/refresh-tokens.ts'
import type { SessionTokens } from '../identity/session-tokens.ts'
import type { SendMail } from '../mail/mailer.ts'
import { guessingLetter } from '../people/letters.ts'
import { isPassword } from '../people/passwords.ts'
import { isSecondFactorOn, useSecondFactor, type SecondFactors } from '../people/second-factor.ts'
import { findPerson, listMemberships, type KnownPerson, type Membership } from '../people/store.ts'
import type { Db } from '../tables.ts'
import { staffAccount, type KnownBrowsers } from './known-browsers.ts'
import { sessionEnd, tokenEnd } from './lifetimes.ts'
import { insertSession } from './store.ts'

/** What proving who one is takes. */
export interface Proving {
  readonly db: Db
  readonly now: () => Date
  readonly limits: SignInLimits
  readonly sendMail: SendMail
  readonly inBackground: InBackground
  readonly secondFactors: SecondFactors
  readonly knownBrowsers: KnownBrowsers
}

/** What sign-in takes. */
export interface SignIn extends Proving {
  readonly tokens: SessionTokens
  readonly refreshTokens: RefreshTokens
}

/** How often one may try; a try with the right password does not count. */
export interface SignInLimits {
  /** By e-mail and address: someone who mistypes. */
  readonly pair: Limit
  /** By e-mail: many addresses that guess at one account. */
  readonly account: Limit
  /** By address: one address that guesses at many accounts. */
  readonly address: Limit
  /** By browser from which its person signed in before, or by session: instead of the three above, which strangers use up. */
  readonly known: Limit
  /**
   * By person: guesses at the codes of the second step, over all browsers and sessions. Whoever knows the password could
   * have made any number of those; and nobody else can use it up.
   */
  readonly secondFactor: Limit
}

/** The limits of one application: passwords are guessed at wherever they are asked for. */
export function createPasswordLimits(createSharedLimit: CreateSharedLimit): SignInLimits {
  return {
    pair: createSharedLimit('password by e-mail and address', { count: 5, seconds: 15 * 60 }),
    account: createSharedLimit('password by e-mail', { count: 30, seconds: 60 * 60 }),
    address: createLimit(50, 15 * 60),
    known: createSharedLimit('password by known browser or session', { count: 5, seconds: 15 * 60 }),
    secondFactor: createSharedLimit('second factor', { count: 5, seconds: 15 * 60 }),
  }
}

/** What a person proves with who they are, and from where. */
export interface Proof {
  readonly email: string
  readonly password: string
  /** Of the second step, where the person has one. */
  readonly code?: string | undefined
  /** What the browser was given when they signed in from it before. */
  readonly browser?: string | undefined
  /** Of whoever is signed in, and is asked once more. */
  readonly session?: Uuid
  readonly addressKey: string
  readonly audit: AuditSource
}

/** Where they want to act, and from where. */
export interface SessionRequest {
  readonly network?: string | undefined
  readonly userAgent: string | null
  readonly audit: AuditSource
}

/** Signs a person in by password. Refuses as `provePerson` and `beginSession` do. */
export async function signIn(parts: SignIn, request: Proof & SessionRequest) {
  const person = await provePerson(parts, request)
  const memberships = await listMemberships(parts.db, person.uuid)
  const begun = await beginSession(parts, { person, memberships, request })
  return { ...begun, known: parts.knownBrowsers.issue(staffAccount(person), parts.now()) }
}

/**
 * The person with that e-mail and password. Refuses `sign_in_failed` alike, and in the same time, whether the e-mail
 * or the password is wrong; `second_factor_required` when it is right and the person has a second step;
 * `too_many_requests` in a flood.
 */
export async function provePerson(parts: Proving, request: Proof): Promise<KnownPerson> {
  const { giveBack, isLast, person } = await inStrangersTurn(() => countAndFind(parts, request))
  const right = await isPassword(person?.passwordHash ?? null, request.password).catch(
    async (error: unknown) => {
      // It was not even looked at.
      await giveBack()
      throw error
    },
  )
  if (person === null || !right) {
    // Beside the answer, which takes as long for people who aren't there.
    if (person !== null)
      parts.inBackground(() => noteGuess(parts, { person, request, toldOf: isLast && 'password' }))
    throw new Refusal('sign_in_failed')
  }
  await demandSecondFactor(parts, { person, request, isLast, giveBack })
  await giveBack()
  return person
}

/** A missing code is no guess; a wrong one counts like a wrong password, and by its person beside. */
async function demandSecondFactor(
  parts: Proving,
  {
    person,
    request,
    isLast,
    giveBack,
  }: { person: KnownPerson; request: Proof; isLast: boolean; giveBack: () => Promise<void> },
): Promise<void> {
  const { db, secondFactors, now, limits } = parts
  if (!(await isSecondFactorOn(db, person.uuid))) return
  const { code } = request
  if (code === undefined) {
    await giveBack()
    throw new Refusal('second_factor_required')
  }
  // Counted before looking, so that guesses sent at once are counted too.
  const { remainingPoints } = await limits.secondFactor.consume(person.uuid).catch(async (error: unknown) => {
    // The code was not even looked at, and the password was right.
    await giveBack()
    throw error
  })
  if (await useSecondFactor(db, secondFactors, { person: person.uuid, code, now: now() })) {
    await limits.secondFactor.giveBack(person.uuid)
    return
  }
  const toldOf = (isLast || remainingPoints === 0) && 'second-step code'
  parts.inBackground(() => noteGuess(parts, { person, request, toldOf }))
  throw new Refusal('sign_in_failed')
}

/** Whoever was proven to be there; their password is of no more use. */
type ProvenPerson = Pick<KnownPerson, 'uuid' | 'isDeploymentOperator'>

/**
 * Begins a session in the network that is named, or the only one of `memberships`. Refuses `sign_in_failed` where the
 * person may not act, and `network_not_named` with the list when there are several.
 */
export async function beginSession(
  { db, tokens, refreshTokens, now }: SignIn,
  {
    person,
    memberships,
    request,
  }: { person: ProvenPerson; memberships: Membership[]; request: SessionRequest },
) {
  const membership = chooseNetwork(person, memberships, request.network)
  const time = now()
  const endsAt = sessionEnd('staff', { now: time, begun: time })
  const session = await db.transaction().execute(async (tx) => {
    const begun = await insertSession(tx, {
      person: person.uuid,
      network: membership?.network_id ?? null,
      expiresAt: endsAt,
      userAgent: request.userAgent,
    })
    await recordAudit(tx, sourceOf(person, membership, request.audit), { subjects: [] })
    return begun
  })
  const expiresAt = tokenEnd(time, endsAt)
  const token = await tokens.issue({
    session,
    subject: { kind: 'usr', uuid: person.uuid },
    network: membership?.uuid ?? null,
    expiresAt,
  })
  const refreshToken = refreshTokens.issue({ kind: 'staff', session, number: 0 })
  const { slug: network = null, role = null } = membership ?? {}
  return { token, expiresAt, network, role, refresh: { token: refreshToken, expiresAt: endsAt } }
}

/** Whoever signs in is not yet known to the request. */
function sourceOf(person: ProvenPerson, membership: Membership | null, audit: AuditSource): AuditSource {
  const kind = membership === null ? 'deployment operator' : 'staff'
  return {
    ...audit,
    network: membership?.network_id ?? null,
    actor: { kind, uuid: person.uuid, role: membership?.role ?? null },
    merchant: (membership?.merchant_id ?? null) as MerchantId | null,
  }
}

interface Guess {
  readonly person: KnownPerson
  readonly request: Proof
  /** What they are told was guessed at: with the last that is let through. */
  readonly toldOf: false | 'password' | 'second-step code'
}

/** A wrong password or code for a known person goes into the trail of their networks; the last is told to them. */
async function noteGuess({ db, sendMail }: Proving, { person, request, toldOf }: Guess): Promise<void> {
  await inStrangersTurn(() => recordFailure(db, person, request.audit))
  if (toldOf !== false) await sendMail(guessingLetter(person.email, toldOf))
}

/** Somebody was not let in as that person: told in each of their networks. */
export async function recordFailure(db: Db, person: ProvenPerson, audit: AuditSource): Promise<void> {
  for (const membership of await listMemberships(db, person.uuid)) {
    const source = sourceOf(person, membership, audit)
    await recordAudit(db, source, { subjects: [], outcome: 'sign_in_failed' })
  }
}

/** A try is counted before the password is looked at, so that those sent at once are counted too. */
async function countAndFind(parts: Proving, request: Proof) {
  const { db, limits, knownBrowsers, now } = parts
  const { email, browser, session, addressKey } = request
  if (session !== undefined) {
    return { ...(await countTry(limits, [['known', session]])), person: await findPerson(db, email) }
  }
  if (browser !== undefined) {
    const person = await findPerson(db, email)
    const number = person && knownBrowsers.read(browser, staffAccount(person), now())
    if (number !== null) return { ...(await countTry(limits, [['known', number]])), person }
  }
  const counted = await countTry(limits, [
    ['address', addressKey],
    ['pair', `${email} ${addressKey}`],
    ['account', email],
  ])
  return { ...counted, person: await findPerson(db, email) }
}

/** Counts one by each; whether it was the last that is let through for this account. */
async function countTry(limits: SignInLimits, counts: readonly (readonly [keyof SignInLimits, string])[]) {
  let isLast = false
  for (const [name, key] of counts) {
    const { remainingPoints } = await limits[name].consume(key)
    isLast ||= name !== 'address' && remainingPoints === 0
  }
  const giveBackAll = async () => {
    for (const [name, key] of counts) await limits[name].giveBack(key)
  }
  return { giveBack: () => inStrangersTurn(giveBackAll), isLast }
}

/** Null: the deployment's operator, in no network. */
function chooseNetwork(
  person: ProvenPerson,
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
