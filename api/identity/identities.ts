import type { CredentialId, MerchantId, NetworkId, Uuid, WalletId } from '../../ledger/index.ts'
import type { Role } from '../tables.ts'

/** The network a credential acts in, with what handlers need of it. */
export interface ActingNetwork {
  readonly id: NetworkId
  readonly uuid: Uuid
  readonly slug: string
  readonly currency: string
  readonly timeZone: string
  readonly noticeDays: number
}

/** A merchant as the ledger numbers it and as the world knows it. */
export interface ActingMerchant {
  readonly id: MerchantId
  readonly uuid: Uuid
}

/** A till, by its key. */
export interface TillIdentity {
  readonly kind: 'till'
  readonly network: ActingNetwork
  readonly till: Uuid
  readonly credential: CredentialId
  readonly merchant: ActingMerchant
  /** Who stands at it, by `Tally-Staff`. */
  readonly staff?: TillStaffIdentity
}

/** A person of the till's merchant who switched it on by PIN. */
export interface TillStaffIdentity {
  readonly person: Uuid
  readonly role: Role
  readonly credential: CredentialId
}

/** A person with a role in a network, by a session. `merchant` is null for operators and auditors. */
export interface StaffIdentity {
  readonly kind: 'staff'
  readonly network: ActingNetwork
  readonly session: Uuid
  readonly person: Uuid
  readonly role: Role
  readonly credential: CredentialId
  readonly merchant: ActingMerchant | null
}

/** The deployment's operator, by a session that names no network: may only make and list networks. */
export interface DeploymentOperatorIdentity {
  readonly kind: 'deployment operator'
  readonly session: Uuid
  readonly person: Uuid
}

/** A customer, by a wallet session. */
export interface CustomerIdentity {
  readonly kind: 'customer'
  readonly network: ActingNetwork
  readonly session: Uuid
  readonly customer: Uuid
  readonly wallet: { readonly id: WalletId; readonly uuid: Uuid }
}

export type Identity = TillIdentity | StaffIdentity | DeploymentOperatorIdentity | CustomerIdentity
