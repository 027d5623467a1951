import type { ColumnType, Generated } from 'kysely'
import type { MerchantId, NetworkId, Uuid } from '../../ledger/index.ts'

/** One thing done or refused; written once and never changed. */
interface AuditEventTable {
  uuid: Uuid
  network_id: NetworkId | null
  at: ColumnType<Date, never, never>
  /** UTC. */
  day: ColumnType<string, never, never>
  actor_kind: 'till' | 'staff' | 'customer' | 'deployment operator' | 'anyone' | 'system'
  actor_uuid: Uuid | null
  actor_role: string | null
  /** Who stood at the till that acted. */
  staff_uuid: Uuid | null
  merchant_id: MerchantId | null
  operation: string
  outcome: string
  subjects: string[]
  changed: string[]
  request_id: string | null
  source_hash: Buffer | null
}

/** From where an event came; forgotten after a time. */
interface AuditSourceTable {
  event_uuid: Uuid
  address: string
  salt: Buffer
  created_at: Generated<Date>
}

/** The hash of a network's day of events. */
interface AuditDayTable {
  network_id: NetworkId
  day: string
  events: number
  digest: Buffer
  created_at: Generated<Date>
}

/** The hash of a day's events outside any network. */
type DeploymentAuditDayTable = Omit<AuditDayTable, 'network_id'>

/** Where in a network's log that hash is. */
interface DeploymentAuditEntryTable {
  network_id: NetworkId
  day: string
  entry_index: bigint
}

/** The tables of migrations 0010 and 0034. */
export interface AuditTables {
  'api.deployment_audit_day': DeploymentAuditDayTable
  'api.deployment_audit_entry': DeploymentAuditEntryTable
  'api.audit_event': AuditEventTable
  'api.audit_source': AuditSourceTable
  'api.audit_day': AuditDayTable
}
