import { Refusal } from '../http/problems.ts'
import type { ActingMerchant, StaffIdentity, TillIdentity } from '../identity/identities.ts'

/** A till, or a person of a merchant's staff. */
export type MerchantCaller<Caller extends TillIdentity | StaffIdentity = TillIdentity | StaffIdentity> =
  Caller & { readonly merchant: ActingMerchant }

/** The caller with their merchant. Refuses `forbidden` operators and auditors, who have none. */
export function ofMerchant<Caller extends TillIdentity | StaffIdentity>(
  caller: Caller,
): MerchantCaller<Caller> {
  if (caller.merchant === null) throw new Refusal('forbidden')
  return caller as MerchantCaller<Caller>
}
