import type { MerchantId, NetworkId, Uuid } from '../../ledger/index.ts'

export const consentPurposes = ['offers', 'personal_offers', 'surveys', 'birthday'] as const
export const consentChannels = ['email', 'sms', 'push', 'post', 'phone', 'till'] as const

/** What customers' data is used for: what membership needs, and what needs a consent. */
export const controllerPurposes = ['membership', ...consentPurposes] as const
export const controllerRoles = ['controller', 'joint_controller', 'processor', 'none'] as const

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
  /** Where a shop took it. */
  merchant_id: MerchantId | null
  /** Who of the shop took it: also whoever was switched on at the till. */
  staff_uuid: Uuid | null
}

/** What a merchant answers for, as it was recorded at one time. */
interface ControllerRecordTable {
  network_id: NetworkId
  uuid: Uuid
  merchant_id: MerchantId
  purpose: (typeof controllerPurposes)[number]
  role: (typeof controllerRoles)[number]
  explanation: string
  recorded_at: Date
  recorded_by: Uuid
}

/** The tables of migrations 0022, 0028 and 0066 about consents. */
export interface ConsentTables {
  'api.consent': ConsentTable
  'api.controller_record': ControllerRecordTable
}
