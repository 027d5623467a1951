import { uuidv7 } from 'uuidv7'
import type { NetworkId, Uuid } from '../../ledger/index.ts'
import type { CustomerIdentity, DeploymentOperatorIdentity, StaffIdentity } from '../identity/identities.ts'
import type { RefreshClaims } from '../identity/refresh-tokens.ts'
import type { Db, Tx } from '../tables.ts'
import { endTillSignIns } from '../tills/pin-store.ts'
import { sessionEnd } from './lifetimes.ts'

/** Whoever has a session. */
export type SignedIn = StaffIdentity | DeploymentOperatorIdentity | CustomerIdentity

/** Records that a person signed in; `network` is null for the deployment's operator. Answers the session. */
export async function insertSession(
  db: Db | Tx,
  session: {
    readonly person: Uuid
    readonly network: NetworkId | null
    readonly expiresAt: Date
    readonly userAgent: string | null
  },
): Promise<Uuid> {
  const uuid = uuidv7()
  await db
    .insertInto('api.session')
    .values({
      uuid,
      person_uuid: session.person,
      network_id: session.network,
      expires_at: session.expiresAt,
      user_agent: session.userAgent,
    })
    .execute()
  return uuid
}

/** Both kinds of sessions have the columns that this file is about, so it is typed as one of them. */
function sessions(db: Db | Tx, kind: RefreshClaims['kind']) {
  const table = (kind === 'staff' ? 'api.session' : 'api.customer_session') as 'api.session'
  return { select: () => db.selectFrom(table), update: () => db.updateTable(table) }
}

/** What became of a refresh token. */
export type Refreshed =
  | { readonly outcome: 'refreshed'; readonly number: number; readonly expiresAt: Date }
  /** It was used before: somebody else has it, so the session is over for both. */
  | { readonly outcome: 'reused' }
  | { readonly outcome: 'over' }

/**
 * Uses up a genuine refresh token. Of two at once only one is the first. A phone in a tunnel loses answers: a customer's
 * token that was used is good again until its successor is used. Whoever stole it is found out when the owner's next
 * one no longer fits.
 */
export async function refreshSession(
  db: Db,
  { kind, session, number }: RefreshClaims,
  now: Date,
): Promise<Refreshed> {
  return await db.transaction().execute(async (tx) => {
    const { select, update } = sessions(tx, kind)
    const row = await select()
      .select(['refresh_number', 'created_at', 'expires_at', 'revoked_at'])
      .where('uuid', '=', session)
      .orderBy('uuid')
      .forUpdate()
      .executeTakeFirst()
    if (row === undefined || row.revoked_at !== null || row.expires_at <= now) return { outcome: 'over' }
    const isAskedAgain = kind === 'customer' && (await findLastUsed(tx, session)) === number
    if (row.refresh_number !== number && !isAskedAgain) {
      await update().set({ revoked_at: now }).where('uuid', '=', session).execute()
      return { outcome: 'reused' }
    }
    const next = row.refresh_number + 1
    const expiresAt = sessionEnd(kind, { now, begun: row.created_at })
    await update()
      .set({ refresh_number: next, refreshed_at: now, expires_at: expiresAt })
      .where('uuid', '=', session)
      .execute()
    if (kind === 'customer') {
      await tx
        .updateTable('api.customer_session')
        .set({ refresh_used: number })
        .where('uuid', '=', session)
        .execute()
    }
    return { outcome: 'refreshed', number: next, expiresAt }
  })
}

async function findLastUsed(tx: Tx, session: RefreshClaims['session']): Promise<number | null> {
  const { refresh_used } = await tx
    .selectFrom('api.customer_session')
    .select('refresh_used')
    .where('uuid', '=', session)
    .executeTakeFirstOrThrow()
  return refresh_used
}

function kindOf(caller: SignedIn): RefreshClaims['kind'] {
  return caller.kind === 'customer' ? 'customer' : 'staff'
}

/** The sessions of whoever calls that are not over at `now`, the newest first. */
export async function listOwnSessions(db: Db, caller: SignedIn, now: Date) {
  const columns = ['uuid', 'created_at', 'refreshed_at', 'expires_at', 'user_agent'] as const
  if (caller.kind === 'customer') {
    return await db
      .selectFrom('api.customer_session')
      .select(columns)
      .where('network_id', '=', caller.network.id)
      .where('customer_uuid', '=', caller.customer)
      .where('revoked_at', 'is', null)
      .where('expires_at', '>', now)
      .orderBy('uuid', 'desc')
      .limit(200)
      .execute()
  }
  return await db
    .selectFrom('api.session')
    .select(columns)
    .where('person_uuid', '=', caller.person)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', now)
    .orderBy('uuid', 'desc')
    .limit(200)
    .execute()
}

/** A session of one's own. */
export type SessionRow = Awaited<ReturnType<typeof listOwnSessions>>[number]

/** Ends a session of whoever calls (null: all of theirs), at once; whether there was one. */
export async function revokeOwnSessions(
  tx: Tx,
  caller: SignedIn,
  { session, now }: { readonly session: Uuid | null; readonly now: Date },
): Promise<boolean> {
  const { update } = sessions(tx, kindOf(caller))
  let query = update().set({ revoked_at: now }).where('revoked_at', 'is', null)
  if (session !== null) query = query.where('uuid', '=', session)
  if (session === null && caller.kind !== 'customer') await endTillSignIns(tx, caller.person)
  const owner = caller.kind === 'customer' ? 'customer_uuid' : 'person_uuid'
  const { numUpdatedRows } = await query
    .where(owner as 'person_uuid', '=', caller.kind === 'customer' ? caller.customer : caller.person)
    .executeTakeFirstOrThrow()
  return numUpdatedRows > 0n
}

/** Ends all sessions of a person, or those in one network, at once. With all of them the person is switched off at tills. */
export async function endSessionsOf(
  tx: Tx,
  { person, network }: { readonly person: Uuid; readonly network?: NetworkId },
  now: Date,
): Promise<void> {
  let query = tx
    .updateTable('api.session')
    .set({ revoked_at: now })
    .where('person_uuid', '=', person)
    .where('revoked_at', 'is', null)
  if (network !== undefined) query = query.where('network_id', '=', network)
  else await endTillSignIns(tx, person)
  await query.execute()
}
