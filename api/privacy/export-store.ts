import type { CsvRow } from '../http/csv.ts'
import { typeId } from '../http/ids.ts'
import type { CustomerIdentity } from '../identity/identities.ts'
import type { Db } from '../tables.ts'

/**
 * What the API keeps of a customer, beside their consents: who they are and what is about to change of that, cards,
 * devices, sessions, identifications, what staff asked to adjust.
 */
export async function readHoldings(
  db: Db,
  identity: CustomerIdentity,
): Promise<Record<string, readonly CsvRow[]>> {
  const [customer, emailChanges, erasures, cards, devices, sessions, identifications, adjustments] =
    await Promise.all([
      readPersonRow(db, identity),
      readEmailChanges(db, identity),
      readErasures(db, identity),
      readCards(db, identity),
      readDevices(db, identity),
      readSessions(db, identity),
      readIdentifications(db, identity),
      readAdjustments(db, identity),
    ])
  return {
    customer,
    email_changes: emailChanges,
    erasures,
    cards,
    devices,
    sessions,
    identifications,
    adjustments,
  }
}

async function readPersonRow(db: Db, { network, customer }: CustomerIdentity): Promise<CsvRow[]> {
  const row = await db
    .selectFrom('api.customer')
    .select(['email', 'phone', 'name', 'birthday', 'external_reference', 'created_at'])
    .select(['confirmed_age', 'age_confirmed_at', 'tells_spends', 'tells_endings'])
    .where('network_id', '=', network.id)
    .where('uuid', '=', customer)
    .executeTakeFirstOrThrow()
  return [
    {
      id: typeId('cus', customer),
      network: network.slug,
      ...row,
      age_confirmed_at: row.age_confirmed_at && row.age_confirmed_at.toISOString(),
      created_at: row.created_at.toISOString(),
    },
  ]
}

/** The address that is still to be proven: one at most. */
async function readEmailChanges(db: Db, { network, customer }: CustomerIdentity): Promise<CsvRow[]> {
  const rows = await db
    .selectFrom('api.email_change')
    .select(['email', 'expires_at'])
    .where('network_id', '=', network.id)
    .where('customer_uuid', '=', customer)
    .execute()
  return rows.map((row) => ({ email: row.email, expires_at: row.expires_at.toISOString() }))
}

/** The erasure that is under way: one at most. */
async function readErasures(db: Db, { network, customer }: CustomerIdentity): Promise<CsvRow[]> {
  const rows = await db
    .selectFrom('api.erasure')
    .select(['cause', 'asked_at', 'due_at'])
    .where('network_id', '=', network.id)
    .where('customer_uuid', '=', customer)
    .execute()
  return rows.map((row) => ({
    cause: row.cause,
    asked_at: row.asked_at.toISOString(),
    due_at: row.due_at.toISOString(),
  }))
}

async function readCards(db: Db, { network, customer }: CustomerIdentity): Promise<CsvRow[]> {
  const rows = await db
    .selectFrom('api.card')
    .select(['uuid', 'number', 'created_at'])
    .where('network_id', '=', network.id)
    .where('customer_uuid', '=', customer)
    .orderBy('uuid', 'desc')
    .execute()
  return rows.map((row) => ({
    id: typeId('crd', row.uuid),
    card: row.number,
    created_at: row.created_at.toISOString(),
  }))
}

async function readDevices(db: Db, { network, wallet }: CustomerIdentity): Promise<CsvRow[]> {
  const rows = await db
    .selectFrom('api.device')
    .select(['uuid', 'public_key', 'created_at', 'removed_at'])
    .where('network_id', '=', network.id)
    .where('wallet_id', '=', wallet.id)
    .orderBy('uuid', 'desc')
    .execute()
  return rows.map((row) => ({
    id: typeId('dev', row.uuid),
    public_key: JSON.stringify(row.public_key),
    created_at: row.created_at.toISOString(),
    removed_at: row.removed_at && row.removed_at.toISOString(),
  }))
}

async function readSessions(db: Db, { network, customer }: CustomerIdentity): Promise<CsvRow[]> {
  const rows = await db
    .selectFrom('api.customer_session')
    .select(['uuid', 'user_agent', 'created_at', 'refreshed_at', 'expires_at', 'revoked_at'])
    .where('network_id', '=', network.id)
    .where('customer_uuid', '=', customer)
    .orderBy('uuid', 'desc')
    .execute()
  return rows.map((row) => ({
    id: typeId('ses', row.uuid),
    user_agent: row.user_agent,
    created_at: row.created_at.toISOString(),
    refreshed_at: row.refreshed_at && row.refreshed_at.toISOString(),
    expires_at: row.expires_at.toISOString(),
    revoked_at: row.revoked_at && row.revoked_at.toISOString(),
  }))
}

async function readIdentifications(db: Db, { network, wallet }: CustomerIdentity): Promise<CsvRow[]> {
  const rows = await db
    .selectFrom('api.identification')
    .select(['uuid', 'till_uuid', 'means', 'created_at'])
    .where('network_id', '=', network.id)
    .where('wallet_id', '=', wallet.id)
    .orderBy('uuid', 'desc')
    .execute()
  return rows.map((row) => ({
    id: typeId('idn', row.uuid),
    till: typeId('til', row.till_uuid),
    means: row.means,
    created_at: row.created_at.toISOString(),
  }))
}

async function readAdjustments(db: Db, { network, wallet }: CustomerIdentity): Promise<CsvRow[]> {
  const rows = await db
    .selectFrom('api.adjustment')
    .select(['uuid', 'points', 'reason', 'state', 'asked_at'])
    .where('network_id', '=', network.id)
    .where('wallet_id', '=', wallet.id)
    .orderBy('uuid', 'desc')
    .execute()
  return rows.map((row) => ({
    id: typeId('adj', row.uuid),
    points: Number(row.points),
    reason: row.reason,
    state: row.state,
    asked_at: row.asked_at.toISOString(),
  }))
}
