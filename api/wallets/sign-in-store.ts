import { sql } from 'kysely'
import { uuidv7 } from 'uuidv7'
import type { NetworkId, Uuid } from '../../ledger/index.ts'
import type { Db, Tx } from '../tables.ts'
import { signInCodeAttemptsMax, signInRememberedSeconds } from './sign-in-code.ts'

/** A network by its slug, as a sign-in needs it; undefined when there is none. */
export async function findNetwork(db: Db, slug: string) {
  return db
    .selectFrom('api.network')
    .where('slug', '=', slug)
    .select(['network_id as id', 'uuid', 'name', 'locale'])
    .executeTakeFirst()
}

/** Notes that a code is on its way to `email`. */
export async function beginSignIn(
  db: Db,
  signIn: {
    readonly network: NetworkId
    readonly uuid: Uuid
    readonly email: string
    readonly codeHash: Buffer
    readonly expiresAt: Date
  },
): Promise<void> {
  await db
    .insertInto('api.wallet_session')
    .values({
      network_id: signIn.network,
      uuid: signIn.uuid,
      email: signIn.email,
      code_hash: signIn.codeHash,
      expires_at: signIn.expiresAt,
    })
    .execute()
}

/** Forgets the addresses of sign-ins that ended long enough before `now`: most are strangers'. */
export async function forgetSignIns(db: Db, now: Date): Promise<void> {
  const before = new Date(now.getTime() - signInRememberedSeconds * 1000)
  await db.deleteFrom('api.wallet_session').where('expires_at', '<', before).execute()
}

/**
 * Counts an attempt, before the code is looked at, so that attempts at the same moment all count.
 * Undefined when the sign-in is unknown, used, expired at `now`, or tried too often.
 */
export async function countAttempt(db: Db, signIn: Uuid, now: Date) {
  return db
    .updateTable('api.wallet_session as sign_in')
    .from('api.network as network')
    .whereRef('network.network_id', '=', 'sign_in.network_id')
    .where('sign_in.uuid', '=', signIn)
    .where('sign_in.used_at', 'is', null)
    .where('sign_in.expires_at', '>', now)
    .where('sign_in.attempts', '<', signInCodeAttemptsMax)
    .set({ attempts: sql<number>`sign_in.attempts + 1` })
    .returning([
      'network.network_id as network',
      'network.uuid as networkUuid',
      'network.slug as networkSlug',
      'network.name as networkName',
      'network.locale',
      'sign_in.email',
      'sign_in.code_hash as codeHash',
    ])
    .executeTakeFirst()
}

/** A sign-in of which a code was entered. */
export type TriedSignIn = NonNullable<Awaited<ReturnType<typeof countAttempt>>>

/** The customer with that e-mail address; undefined when there is none. */
export async function findCustomerByEmail(
  db: Db,
  network: NetworkId,
  email: string,
): Promise<Uuid | undefined> {
  const customer = await db
    .selectFrom('api.customer')
    .select('uuid')
    .where('network_id', '=', network)
    .where('email', '=', email)
    .executeTakeFirst()
  return customer?.uuid
}

/** Uses up the sign-in; false when it was used before. */
export async function useSignIn(
  tx: Tx,
  network: NetworkId,
  signIn: { uuid: Uuid; now: Date },
): Promise<boolean> {
  const used = await tx
    .updateTable('api.wallet_session')
    .set({ used_at: signIn.now })
    .where('network_id', '=', network)
    .where('uuid', '=', signIn.uuid)
    .where('used_at', 'is', null)
    .executeTakeFirst()
  return used.numUpdatedRows === 1n
}

/** Begins a session of the customer; answers its UUID. */
export async function beginCustomerSession(
  tx: Tx,
  network: NetworkId,
  session: { readonly customer: Uuid; readonly expiresAt: Date; readonly userAgent: string | null },
): Promise<Uuid> {
  const uuid = uuidv7()
  await tx
    .insertInto('api.customer_session')
    .values({
      network_id: network,
      uuid,
      customer_uuid: session.customer,
      expires_at: session.expiresAt,
      user_agent: session.userAgent,
    })
    .execute()
  return uuid
}
