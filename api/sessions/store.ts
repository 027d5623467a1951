import type { NetworkId, Uuid } from '../../ledger/index.ts'
import type { CustomerIdentity, DeploymentOperatorIdentity, StaffIdentity } from '../identity/identities.ts'
import type { Db } from '../tables.ts'

/** Records that a person signed in; `network` is null for the deployment's operator. */
export async function insertSession(
  db: Db,
  session: {
    readonly uuid: Uuid
    readonly person: Uuid
    readonly network: NetworkId | null
    readonly expiresAt: Date
  },
): Promise<void> {
  await db
    .insertInto('api.session')
    .values({
      uuid: session.uuid,
      person_uuid: session.person,
      network_id: session.network,
      expires_at: session.expiresAt,
    })
    .execute()
}

/** Ends the session of whoever calls, at once. */
export async function revokeSession(
  db: Db,
  caller: StaffIdentity | DeploymentOperatorIdentity | CustomerIdentity,
  now: Date,
): Promise<void> {
  if (caller.kind === 'customer') {
    await db
      .updateTable('api.customer_session')
      .set({ revoked_at: now })
      .where('network_id', '=', caller.network.id)
      .where('uuid', '=', caller.session)
      .execute()
    return
  }
  await db.updateTable('api.session').set({ revoked_at: now }).where('uuid', '=', caller.session).execute()
}
