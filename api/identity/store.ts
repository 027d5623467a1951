import type { Uuid } from '../../ledger/index.ts'
import type { Db } from '../tables.ts'
import type {
  ActingNetwork,
  CustomerIdentity,
  DeploymentOperatorIdentity,
  StaffIdentity,
  TillIdentity,
  TillStaffIdentity,
} from './identities.ts'

const networkColumns = [
  'network.network_id',
  'network.uuid as network_uuid',
  'network.slug',
  'network.currency',
  'network.time_zone',
  'network.notice_days',
] as const

/** Whoever a credential is, and whether it is over: then it opens nothing, but it is known who tried. */
export interface Found<Who> {
  readonly identity: Who
  readonly isOver: boolean
}

/** The till with that key's hash; at `now` a key is over when the till was revoked or the key rotated away. */
export async function findTill(
  db: Db,
  keyHash: Buffer,
  now: Date,
): Promise<(Found<TillIdentity> & { readonly lastUsedAt: Date | null }) | null> {
  const row = await db
    .selectFrom('api.till as till')
    .innerJoin('api.network as network', 'network.network_id', 'till.network_id')
    .innerJoin('api.merchant as merchant', (join) =>
      join
        .onRef('merchant.network_id', '=', 'till.network_id')
        .onRef('merchant.merchant_id', '=', 'till.merchant_id'),
    )
    .select(networkColumns)
    .select(['till.uuid as till', 'till.credential_id', 'till.last_used_at', 'till.revoked_at'])
    .select(['till.key_hash', 'till.previous_key_until'])
    .select(['merchant.merchant_id', 'merchant.uuid as merchant_uuid'])
    .where((is) => is.or([is('till.key_hash', '=', keyHash), is('till.previous_key_hash', '=', keyHash)]))
    .executeTakeFirst()
  if (row === undefined) return null
  const identity: TillIdentity = {
    kind: 'till',
    network: networkOf(row),
    till: row.till,
    credential: row.credential_id,
    merchant: { id: row.merchant_id, uuid: row.merchant_uuid },
  }
  const isRotatedAway =
    !row.key_hash.equals(keyHash) && (row.previous_key_until === null || row.previous_key_until <= now)
  return { identity, isOver: row.revoked_at !== null || isRotatedAway, lastUsedAt: row.last_used_at }
}

/** The person of the till's merchant, while they have a role there. */
export async function findTillStaff(
  db: Db,
  { network, merchant }: TillIdentity,
  { person, signIns }: { readonly person: Uuid; readonly signIns: Uuid },
): Promise<TillStaffIdentity | null> {
  const row = await db
    .selectFrom('api.membership as membership')
    .innerJoin('api.staff_pin as pin', (join) =>
      join
        .onRef('pin.network_id', '=', 'membership.network_id')
        .onRef('pin.person_uuid', '=', 'membership.person_uuid'),
    )
    .select(['membership.role', 'membership.credential_id'])
    .where('membership.network_id', '=', network.id)
    .where('membership.person_uuid', '=', person)
    .where('membership.merchant_id', '=', merchant.id)
    .where('membership.ended_at', 'is', null)
    .where('membership.accepted_at', 'is not', null)
    .where('pin.sign_ins_uuid', '=', signIns)
    .executeTakeFirst()
  return row === undefined ? null : { person, role: row.role, credential: row.credential_id }
}

/** Notes that a till was used; a minute's precision is enough, so a busy till writes once a minute. */
export async function touchTill(db: Db, till: TillIdentity, now: Date): Promise<void> {
  await db
    .updateTable('api.till')
    .set({ last_used_at: now })
    .where('network_id', '=', till.network.id)
    .where('uuid', '=', till.till)
    .execute()
}

/** Who a session of a person stands for; at `now` it is over when it ended, was revoked, or the membership ended. */
export async function findStaffSession(
  db: Db,
  session: Uuid,
  now: Date,
): Promise<Found<StaffIdentity | DeploymentOperatorIdentity> | null> {
  const row = await db
    .selectFrom('api.session as session')
    .innerJoin('api.person as person', 'person.uuid', 'session.person_uuid')
    .leftJoin('api.network as network', 'network.network_id', 'session.network_id')
    .leftJoin('api.membership as membership', (join) =>
      join
        .onRef('membership.network_id', '=', 'session.network_id')
        .onRef('membership.person_uuid', '=', 'session.person_uuid'),
    )
    .leftJoin('api.merchant as merchant', (join) =>
      join
        .onRef('merchant.network_id', '=', 'membership.network_id')
        .onRef('merchant.merchant_id', '=', 'membership.merchant_id'),
    )
    .select(networkColumns)
    .select([
      'session.person_uuid',
      'person.is_deployment_operator',
      'membership.role',
      'membership.credential_id',
      'membership.ended_at',
      'membership.accepted_at',
      'session.revoked_at',
      'session.expires_at',
    ])
    .select(['merchant.merchant_id', 'merchant.uuid as merchant_uuid'])
    .where('session.uuid', '=', session)
    .executeTakeFirst()
  if (row === undefined) return null
  const person = row.person_uuid
  const isOver = row.revoked_at !== null || row.expires_at <= now
  if (row.network_id === null) {
    const isStill = row.is_deployment_operator
    return { identity: { kind: 'deployment operator', session, person }, isOver: isOver || !isStill }
  }
  if (row.role === null || row.credential_id === null) return null
  const identity: StaffIdentity = {
    kind: 'staff',
    network: networkOf(row as NetworkRow),
    session,
    person,
    role: row.role,
    credential: row.credential_id,
    merchant:
      row.merchant_id === null || row.merchant_uuid === null
        ? null
        : { id: row.merchant_id, uuid: row.merchant_uuid },
  }
  return { identity, isOver: isOver || row.ended_at !== null || row.accepted_at === null }
}

/** Who a session of a customer stands for; at `now` it is over when it ended or was revoked. */
export async function findCustomerSession(
  db: Db,
  session: Uuid,
  now: Date,
): Promise<Found<CustomerIdentity> | null> {
  const row = await db
    .selectFrom('api.customer_session as session')
    .innerJoin('api.network as network', 'network.network_id', 'session.network_id')
    .innerJoin('api.wallet as wallet', (join) =>
      join
        .onRef('wallet.network_id', '=', 'session.network_id')
        .onRef('wallet.customer_uuid', '=', 'session.customer_uuid'),
    )
    .select(networkColumns)
    .select(['session.customer_uuid', 'wallet.wallet_id', 'wallet.uuid as wallet_uuid'])
    .select(['session.revoked_at', 'session.expires_at'])
    .where('session.uuid', '=', session)
    .executeTakeFirst()
  if (row === undefined) return null
  const identity: CustomerIdentity = {
    kind: 'customer',
    network: networkOf(row),
    session,
    customer: row.customer_uuid,
    wallet: { id: row.wallet_id, uuid: row.wallet_uuid },
  }
  return { identity, isOver: row.revoked_at !== null || row.expires_at <= now }
}

interface NetworkRow {
  readonly network_id: ActingNetwork['id']
  readonly network_uuid: Uuid
  readonly slug: string
  readonly currency: string
  readonly time_zone: string
  readonly notice_days: number
}

function networkOf(row: NetworkRow): ActingNetwork {
  return {
    id: row.network_id,
    uuid: row.network_uuid,
    slug: row.slug,
    currency: row.currency,
    timeZone: row.time_zone,
    noticeDays: row.notice_days,
  }
}
