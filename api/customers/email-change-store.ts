import { sql } from 'kysely'
import { uuidv7 } from 'uuidv7'
import type { NetworkId, Uuid } from '../../ledger/index.ts'
import { Refusal } from '../http/problems.ts'
import type { Db, Tx } from '../tables.ts'
import {
  signInCodeAttemptsMax,
  signInCodeLifetimeSeconds,
  type SignInCodes,
} from '../wallets/sign-in-code.ts'

const rememberedSeconds = 60 * 60

/** A customer of a network. */
interface CustomerKey {
  readonly network: NetworkId
  readonly customer: Uuid
}

/** Notes the address to be proven, instead of one noted before; answers the code that proves it. */
export async function beginEmailChange(
  { db, codes }: { readonly db: Db; readonly codes: SignInCodes },
  { network, customer }: CustomerKey,
  { email, now }: { readonly email: string; readonly now: Date },
): Promise<string> {
  const forgetBefore = new Date(now.getTime() - rememberedSeconds * 1000)
  await db.deleteFrom('api.email_change').where('expires_at', '<', forgetBefore).execute()
  const uuid = uuidv7()
  const code = codes.create()
  const change = {
    uuid,
    email,
    code_hash: codes.hash(uuid, code),
    attempts: 0,
    expires_at: new Date(now.getTime() + signInCodeLifetimeSeconds * 1000),
  }
  await db
    .insertInto('api.email_change')
    .values({ network_id: network, customer_uuid: customer, ...change })
    .onConflict((conflict) => conflict.constraint('email_change_pk').doUpdateSet(change))
    .execute()
  return code
}

/** The change that the code proves. Refuses `code_wrong`; each attempt counts before the code is looked at. */
export async function findProvenChange(
  { db, codes }: { readonly db: Db; readonly codes: SignInCodes },
  { network, customer }: CustomerKey,
  { code, now }: { readonly code: string; readonly now: Date },
): Promise<Uuid> {
  const tried = await db
    .updateTable('api.email_change')
    .set({ attempts: sql<number>`attempts + 1` })
    .where('network_id', '=', network)
    .where('customer_uuid', '=', customer)
    .where('expires_at', '>', now)
    .where('attempts', '<', signInCodeAttemptsMax)
    .returning(['uuid', 'code_hash'])
    .executeTakeFirst()
  if (tried === undefined || !codes.matches(tried.uuid, code, tried.code_hash)) {
    throw new Refusal('code_wrong')
  }
  return tried.uuid
}

/** Puts the proven address in the place of the old one, once; answers both. Refuses `code_wrong`, `contact_taken`. */
export async function applyEmailChange(
  tx: Tx,
  { network, customer }: CustomerKey,
  change: Uuid,
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
  return { before: before.email, email: used.email }
}

/** What letters call the network. */
export async function readNetworkName(db: Db, network: NetworkId): Promise<string> {
  const { name } = await db
    .selectFrom('api.network')
    .select('name')
    .where('network_id', '=', network)
    .executeTakeFirstOrThrow()
  return name
}
