import type { Request } from 'express'
import type { Uuid } from '../../ledger/index.ts'
import type {
  CustomerIdentity,
  DeploymentOperatorIdentity,
  Identity,
  StaffIdentity,
  TillIdentity,
} from '../identity/identities.ts'
import type { SessionTokens } from '../identity/session-tokens.ts'
import type { StaffTokens } from '../identity/staff-tokens.ts'
import {
  findCustomerSession,
  findStaffSession,
  findTill,
  findTillStaff,
  touchTill,
  type Found,
} from '../identity/store.ts'
import { hashTillKey, isTillKey } from '../identity/till-keys.ts'
import type { Db } from '../tables.ts'
import { addressKey, limitRequest, type Limit } from './limits.ts'
import { Refusal } from './problems.ts'

/**
 * How long a till's key may be remembered for commands that end in `post`, which checks revocation itself. What of its
 * network can change while it counts (a ceiling, say) is read when it is needed. Half of it or more, by chance: tills that
 * were looked up together are not all looked up together again, which kept sales waiting for 100 ms.
 */
const tillMemorySeconds = 5
const tillMemoryCountMax = 10_000
const tillTouchSeconds = 60

/** What it takes to know a caller. */
export interface Access {
  readonly db: Db
  readonly tokens: SessionTokens
  readonly staffTokens: StaffTokens
  readonly now: () => Date
  /** Per credential. */
  readonly requestLimit: Limit
  /** Per address, for credentials that were not good. */
  readonly refusedLimit: Limit
  readonly tillMemory: TillMemory
}

/** Tills whose key was good a moment ago, by their key, and how often any were forgotten because theirs ended. */
interface TillMemory {
  readonly known: Map<string, { readonly till: TillIdentity; readonly until: number }>
  forgotten: number
}

/** The access of one application; nothing of it is shared with another. */
export function createAccess(parts: Omit<Access, 'tillMemory'>): Access {
  return { ...parts, tillMemory: { known: new Map(), forgotten: 0 } }
}

/** The till that calls. Looked up every time, so a revoked key is refused at once. */
export async function requireTill(access: Access, req: Request): Promise<TillIdentity> {
  return oneOf(await requireIdentity(access, req), 'till')
}

/**
 * The till that calls with a command that ends in `post`. The key may be remembered for a few seconds:
 * the posting itself refuses a revoked credential under its lock. For nothing else.
 */
export async function requirePostingTill(access: Access, req: Request): Promise<TillIdentity> {
  const remembered = access.tillMemory.known.get(memoryKey(bearer(req)))
  if (remembered === undefined || remembered.until <= access.now().getTime())
    return await requireTill(access, req)
  await limitCredential(access, req, remembered.till)
  return await withStaff(access, req, remembered.till)
}

/** The customer that calls. */
export async function requireCustomer(access: Access, req: Request): Promise<CustomerIdentity> {
  return oneOf(await requireIdentity(access, req), 'customer')
}

/** A person of staff, an auditor or an operator of a network. */
export async function requireStaff(access: Access, req: Request): Promise<StaffIdentity> {
  return oneOf(await requireIdentity(access, req), 'staff')
}

/** An operator of a network. */
export async function requireOperator(access: Access, req: Request): Promise<StaffIdentity> {
  const staff = await requireStaff(access, req)
  if (staff.role !== 'operator') throw new Refusal('forbidden')
  return staff
}

/** The deployment's operator, signed in without a network. */
export async function requireDeploymentOperator(
  access: Access,
  req: Request,
): Promise<DeploymentOperatorIdentity> {
  return oneOf(await requireIdentity(access, req), 'deployment operator')
}

/** Whoever calls, of the kinds named: `const caller = await requireOneOf(access, req, ['till', 'customer'])`. */
export async function requireOneOf<const Kind extends Identity['kind']>(
  access: Access,
  req: Request,
  kinds: readonly Kind[],
): Promise<Extract<Identity, { kind: Kind }>> {
  return oneOf(await requireIdentity(access, req), ...kinds)
}

function oneOf<Kind extends Identity['kind']>(
  identity: Identity,
  ...kinds: readonly Kind[]
): Extract<Identity, { kind: Kind }> {
  if (!kinds.some((kind) => kind === identity.kind)) throw new Refusal('forbidden')
  return identity as Extract<Identity, { kind: Kind }>
}

/** Whether the credential of a request that was let in would be let in now. */
export async function isStillGood(access: Access, req: Request): Promise<boolean> {
  const found = await identify(access, bearer(req))
  return found !== null && !found.isOver
}

async function requireIdentity(access: Access, req: Request): Promise<Identity> {
  const found = await identify(access, bearer(req))
  if (found === null || found.isOver) {
    await limitRequest(access.refusedLimit, req.res!, addressKey(req))
    // For the audit trail, which wants to know who tried.
    if (found !== null) req.res!.locals['identity'] = found.identity
    throw new Refusal('unauthenticated')
  }
  await limitCredential(access, req, found.identity)
  return found.identity.kind === 'till' ? await withStaff(access, req, found.identity) : found.identity
}

/** The till with who stands at it, where the call says so. They are looked up each time: who is removed is out. */
async function withStaff(access: Access, req: Request, till: TillIdentity): Promise<TillIdentity> {
  const token = req.get('tally-staff')
  if (token === undefined) return till
  const claims = access.staffTokens.read(token, access.now())
  const staff = claims?.till === till.till ? await findTillStaff(access.db, till, claims) : null
  if (staff === null) {
    throw new Refusal('unauthenticated', {
      detail: 'Who stands at the till is signed in no more. Enter the PIN again, or leave Tally-Staff out.',
    })
  }
  const identity = { ...till, staff }
  req.res!.locals['identity'] = identity
  return identity
}

async function identify(access: Access, credential: string): Promise<Found<Identity> | null> {
  return isTillKey(credential)
    ? await identifyTill(access, credential)
    : await identifySession(access, credential)
}

async function identifyTill(access: Access, key: string): Promise<Found<TillIdentity> | null> {
  const { tillMemory } = access
  const { forgotten } = tillMemory
  const found = await findTill(access.db, hashTillKey(key), access.now())
  if (found === null || found.isOver) {
    tillMemory.known.delete(memoryKey(key))
    return found
  }
  const { lastUsedAt, identity: till } = found
  const now = access.now()
  if (lastUsedAt === null || now.getTime() - lastUsedAt.getTime() > tillTouchSeconds * 1000) {
    await touchTill(access.db, till, now)
  }
  // It may be the key that was forgotten while it was looked up.
  if (tillMemory.forgotten !== forgotten) return found
  if (tillMemory.known.size >= tillMemoryCountMax) tillMemory.known.clear()
  const rememberedMs = tillMemorySeconds * 1000 * (1 - Math.random() / 2)
  tillMemory.known.set(memoryKey(key), { till, until: now.getTime() + rememberedMs })
  return found
}

/** A till has another key from now on: here the old one ends at once, in other processes with `tillMemorySeconds`. */
export function forgetTillKeys({ tillMemory }: Access, till: Uuid): void {
  tillMemory.forgotten++
  for (const [key, remembered] of tillMemory.known) {
    if (remembered.till.till === till) tillMemory.known.delete(key)
  }
}

function memoryKey(key: string): string {
  return hashTillKey(key).toString('base64')
}

async function identifySession(access: Access, token: string): Promise<Found<Identity> | null> {
  const claims = await access.tokens.read(token)
  if (claims === null) return null
  const { session, subject, network, isExpired } = claims
  const now = access.now()
  const found =
    subject.kind === 'usr'
      ? await findStaffSession(access.db, session, now)
      : await findCustomerSession(access.db, session, now)
  if (found === null) return null
  const { identity, isOver } = found
  const owner = identity.kind === 'customer' ? identity.customer : identity.person
  const acting = identity.kind === 'deployment operator' ? null : identity.network.uuid
  // A token says for whom and where it was made; only the row it was made for may answer to it.
  if (owner !== subject.uuid || acting !== network) return null
  return { identity, isOver: isOver || isExpired }
}

async function limitCredential(access: Access, req: Request, identity: Identity): Promise<void> {
  Object.assign(req.res!.locals, actingOf(identity), { identity })
  const key = identity.kind === 'till' ? `till ${identity.till}` : `session ${identity.session}`
  await limitRequest(access.requestLimit, req.res!, key)
}

/** For the log: numbers that say nothing of a person. */
function actingOf(identity: Identity): object {
  if (identity.kind === 'deployment operator') return {}
  if (identity.kind === 'customer') return { network: identity.network.id }
  return { network: identity.network.id, credential: identity.credential }
}

function bearer(req: Request): string {
  const match = /^bearer +([\w.~+/=-]+) *$/i.exec(req.get('authorization') ?? '')
  if (match?.[1] === undefined) throw new Refusal('unauthenticated')
  return match[1]
}
