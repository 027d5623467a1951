import type { Generated } from 'kysely'
import type { MerchantId, NetworkId, Uuid } from '../../ledger/index.ts'
import type { EventType } from '../events/present-entry.ts'

/** Why an endpoint is paused: someone asked for it, it failed for days, or it answered 410. */
export type PauseReason = 'asked' | 'failing' | 'gone'

/** Why no answer came. */
export type DeliveryError = 'address_refused' | 'name_unknown' | 'not_trusted' | 'timed_out' | 'unreachable'

interface WebhookTable {
  network_id: NetworkId
  uuid: Uuid
  merchant_id: MerchantId | null
  url: string
  description: string | null
  types: EventType[] | null
  cursor_index: bigint
  secret_version: Generated<number>
  previous_secret_until: Date | null
  failing_since: Date | null
  failed_attempts: Generated<number>
  next_attempt_at: Date | null
  paused_at: Date | null
  pause_reason: PauseReason | null
  lease_until: Date | null
  created_by: Uuid
  created_at: Generated<Date>
}

interface WebhookDeliveryTable {
  network_id: NetworkId
  webhook_uuid: Uuid
  uuid: Uuid
  entry_index: bigint
  attempted_at: Date
  milliseconds: number
  status: number | null
  error: DeliveryError | null
  delivered: boolean
}

/** The tables of migration 0030. */
export interface WebhookTables {
  'api.webhook': WebhookTable
  'api.webhook_delivery': WebhookDeliveryTable
}
