import type { Uuid } from '../../ledger/index.ts'
import type { Db } from '../tables.ts'
import type {
  ActingNetwork,
  CustomerIdentity,
  DeploymentOperatorIdentity,
  StaffIdentity,
  TillIdentity,
} from './identities.ts'

const networkColumns = [
  'network.network_id',
  'network.uuid as network_uuid',
  'network.slug',
  'network.currency',
  'network.time_zone',
  'network.point_face_value_minor',
  'network.house_merchant_id',
  'network.notice_days',
  'network.redeem_without_qr_daily_max',
] as const

/** The till with that key's hash, unless it was revoked. */
export async function findTill(
  db: Db,
  keyHash: Buffer,
): Promise<(TillIdentity & { lastUsedAt: Date | null }) | null> {
  const row = await db
    .selectFrom('api.till as till')
    .innerJoin('api.network as network', 'network.network_id', 'till.network_id')
    .innerJoin('api.merchant as merchant', (join) =>
      join
        .onRef('merchant.network_id', '=', 'till.network_id')
        .onRef('merchant.merchant_id', '=', 'till.merchant_id'),
    )
    .select(networkColumns)
    .select(['till.uuid as till', 'till.credential_id', 'till.last_used_at'])
    .select(['merchant.merchant_id', 'merchant.uuid as merchant_uuid'])
    .where('till.key_hash', '=', keyHash)
    .where('till.revoked_at', 'is', null)
    .executeTakeFirst()
  if (row === undefined) return null
  return {
    kind: 'till',
    network: networkOf(row),
    till: row.till,
    credential: row.credential_id,
    merchant: { id: row.merchant_id, uuid: row.merchant_uuid },
    lastUsedAt: row.last_used_at,
  }
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

/** Who a session of a person stands for at `now`: null when it ended, was revoked, or the membership ended. */
export async function findStaffSession(
  db: Db,
  session: Uuid,
  now: Date,
): Promise<StaffIdentity | DeploymentOperatorIdentity | null> {
  const row = await db
    .selectFrom('api.session as session')
    .innerJoin('api.person as person', 'person.uuid', 'session.person_uuid')
    .leftJoin('api.network as network', 'network.network_id', 'session.network_id')
    .leftJoin('api.membership as membership', (join) =>
      join
        .onRef('membership.network_id', '=', 'session.network_id')
        .onRef('membership.person_uuid', '=', 'session.person_uuid')
        .on('membership.ended_at', 'is', null),
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
    ])
    .select(['merchant.merchant_id', 'merchant.uuid as merchant_uuid'])
    .where('session.uuid', '=', session)
    .where('session.revoked_at', 'is', null)
    .where('session.expires_at', '>', now)
    .executeTakeFirst()
  if (row === undefined) return null
  const person = row.person_uuid
  if (row.network_id === null) {
    return row.is_deployment_operator ? { kind: 'deployment operator', session, person } : null
  }
  if (row.role === null || row.credential_id === null) return null
  return {
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
}

/** Who a session of a customer stands for at `now`; null when it ended or was revoked. */
export async function findCustomerSession(
  db: Db,
  session: Uuid,
  now: Date,
): Promise<CustomerIdentity | null> {
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
    .where('session.uuid', '=', session)
    .where('session.revoked_at', 'is', null)
    .where('session.expires_at', '>', now)
    .executeTakeFirst()
  if (row === undefined) return null
  return {
    kind: 'customer',
    network: networkOf(row),
    session,
    customer: row.customer_uuid,
    wallet: { id: row.wallet_id, uuid: row.wallet_uuid },
  }
}

interface NetworkRow {
  readonly network_id: ActingNetwork['id']
  readonly network_uuid: Uuid
  readonly slug: string
  readonly currency: string
  readonly time_zone: string
  readonly point_face_value_minor: ActingNetwork['pointFaceValueMinor']
  readonly house_merchant_id: ActingNetwork['houseMerchant']
  readonly notice_days: number
  readonly redeem_without_qr_daily_max: ActingNetwork['redeemWithoutQrDailyMax']
}

function networkOf(row: NetworkRow): ActingNetwork {
  return {
    id: row.network_id,
    uuid: row.network_uuid,
    slug: row.slug,
    currency: row.currency,
    timeZone: row.time_zone,
    pointFaceValueMinor: row.point_face_value_minor,
    houseMerchant: row.house_merchant_id,
    noticeDays: row.notice_days,
    redeemWithoutQrDailyMax: row.redeem_without_qr_daily_max,
  }
}
