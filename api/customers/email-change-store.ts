import { sql } from 'kysely'
import { uuidv7 } from 'uuidv7'
import type { NetworkId, Uuid } from '../../ledger/index.ts'
import { Refusal } from '../http/problems.ts'
import type { Reader } from '../mail/writing.ts'
import type { Db, Tx } from '../tables.ts'
import {
  signInCodeAttemptsMax,
  signInCodeLifetimeSeconds,
  signInRememberedSeconds,
  type SignInCodes,
} from '../wallets/sign-in-code.ts'

/** A customer of a network. */
interface CustomerKey {
  readonly network: NetworkId
  readonly customer: Uuid
}

/** The codes of a change: `old` where another address signs in so far. */
export interface ChangeCodes {
  readonly code: string
  readonly old: { readonly email: string; readonly code: string } | null
}

/** Notes the address to be proven, instead of one noted before; answers the codes that prove it and the old one. */
export async function beginEmailChange(
  { db, codes }: { readonly db: Db; readonly codes: SignInCodes },
  { network, customer }: CustomerKey,
  { email, now }: { readonly email: string; readonly now: Date },
): Promise<ChangeCodes> {
  const uuid = uuidv7()
  const before = await readAddress(db, { network, customer })
  const old = before === null || before === email ? null : { email: before, code: codes.create() }
  const code = codes.create()
  const change = {
    uuid,
    email,
    code_hash: codes.hash(uuid, code),
    old_code_hash: old && codes.hash(uuid, forOld(old.code)),
    attempts: 0,
    expires_at: new Date(now.getTime() + signInCodeLifetimeSeconds * 1000),
  }
  await db
    .insertInto('api.email_change')
    .values({ network_id: network, customer_uuid: customer, ...change })
    .onConflict((conflict) => conflict.constraint('email_change_pk').doUpdateSet(change))
    .execute()
  return { code, old }
}

/** Forgets the addresses of changes that ended long enough before `now`. */
export async function forgetEmailChanges(db: Db, now: Date): Promise<void> {
  const before = new Date(now.getTime() - signInRememberedSeconds * 1000)
  await db.deleteFrom('api.email_change').where('expires_at', '<', before).execute()
}

/** The one code is of no use in place of the other. */
function forOld(code: string): string {
  return `old ${code}`
}

/** A change of which codes were entered. */
export interface TriedChange {
  readonly uuid: Uuid
  readonly email: string
  readonly code_hash: Buffer
  readonly old_code_hash: Buffer | null
}

/** Counts an attempt, before the codes are looked at. Refuses `code_wrong` where there is nothing to try. */
export async function countChangeAttempt(
  db: Db,
  { network, customer }: CustomerKey,
  now: Date,
): Promise<TriedChange> {
  const tried = await db
    .updateTable('api.email_change')
    .set({ attempts: sql<number>`attempts + 1` })
    .where('network_id', '=', network)
    .where('customer_uuid', '=', customer)
    .where('expires_at', '>', now)
    .where('attempts', '<', signInCodeAttemptsMax)
    .returning(['uuid', 'email', 'code_hash', 'old_code_hash'])
    .executeTakeFirst()
  if (tried === undefined) throw new Refusal('code_wrong')
  return tried
}

/** Whether the codes prove the new address, and the old one where there was one. */
export function areCodesRight(
  codes: SignInCodes,
  { uuid, code_hash, old_code_hash }: TriedChange,
  entered: { readonly code: string; readonly oldCode: string | undefined },
): boolean {
  if (!codes.matches(uuid, entered.code, code_hash)) return false
  if (old_code_hash === null) return true
  return entered.oldCode !== undefined && codes.matches(uuid, forOld(entered.oldCode), old_code_hash)
}

/** The address that a customer signs in with; null where there is none. */
export async function readAddress(db: Db, { network, customer }: CustomerKey): Promise<string | null> {
  const row = await db
    .selectFrom('api.customer')
    .select('email')
    .where('network_id', '=', network)
    .where('uuid', '=', customer)
    .executeTakeFirst()
  return row?.email ?? null
}

/**
 * Puts the proven address in the place of the old one, once, and ends all sessions but the one that did it; answers
 * both addresses. Refuses `code_wrong`, `contact_taken`.
 */
export async function applyEmailChange(
  tx: Tx,
  { network, customer, session }: CustomerKey & { readonly session: Uuid },
  { change, now }: { readonly change: Uuid; readonly now: Date },
): Promise<{ readonly before: string | null; readonly email: string }> {
  const before = await tx
    .selectFrom('api.customer')
    .select('email')
    .where('network_id', '=', network)
    .where('uuid', '=', customer)
    .orderBy('uuid')
    .forUpdate()
    .executeTakeFirst()
  const used = await tx
    .deleteFrom('api.email_change')
    .where('network_id', '=', network)
    .where('customer_uuid', '=', customer)
    .where('uuid', '=', change)
    .returning('email')
    .executeTakeFirst()
  if (before === undefined || used === undefined) throw new Refusal('code_wrong')
  await tx
    .updateTable('api.customer')
    .set({ email: used.email })
    .where('network_id', '=', network)
    .where('uuid', '=', customer)
    .execute()
  await tx
    .updateTable('api.customer_session')
    .set({ revoked_at: now })
    .where('network_id', '=', network)
    .where('customer_uuid', '=', customer)
    .where('uuid', '<>', session)
    .where('revoked_at', 'is', null)
    .execute()
  return { before: before.email, email: used.email }
}

/** What letters call the network, and how they write there. */
export async function readLetterhead(db: Db, network: NetworkId): Promise<Omit<Reader, 'to'>> {
  return await db
    .selectFrom('api.network')
    .select(['name as at', 'locale'])
    .where('network_id', '=', network)
    .executeTakeFirstOrThrow()
}
