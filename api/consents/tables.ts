import type { MerchantId, NetworkId, Uuid } from '../../ledger/index.ts'

export const consentPurposes = ['offers', 'personal_offers', 'surveys', 'birthday'] as const
export const consentChannels = ['email', 'sms', 'push', 'post', 'phone', 'till'] as const

/** Somebody's yes or no, at one time. */
interface ConsentTable {
  network_id: NetworkId
  uuid: Uuid
  customer_uuid: Uuid
  purpose: (typeof consentPurposes)[number]
  channel: (typeof consentChannels)[number]
  controller_id: MerchantId | null
  given: boolean
  wording_version: string
  taken_at: Date
  taken_by_kind: 'customer' | 'till' | 'staff'
  taken_by: Uuid
}

/** The table of migration 0022. */
export interface ConsentTables {
  'api.consent': ConsentTable
}
