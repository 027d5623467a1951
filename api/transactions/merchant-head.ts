import type { CredentialId, MerchantId } from '../../ledger/index.ts'
import type { ActingMerchant } from '../identity/identities.ts'

/** What all commands of a merchant's till or staff have in common. */
export interface MerchantHead {
  readonly key: { readonly scope: MerchantId; readonly value: string }
  readonly content: string
  readonly credential: CredentialId
  /** Who stood at the till, where it is known. */
  readonly staff?: CredentialId
  readonly merchant: MerchantId
}

/** The head of a command: the Idempotency-Key is unique within the merchant. */
export function merchantHead(
  caller: {
    readonly credential: CredentialId
    readonly merchant: ActingMerchant
    readonly staff?: { readonly credential: CredentialId }
  },
  { key, content }: { readonly key: string; readonly content: string },
): MerchantHead {
  const merchant = caller.merchant.id
  return {
    key: { scope: merchant, value: key },
    content,
    credential: caller.credential,
    ...(caller.staff && { staff: caller.staff.credential }),
    merchant,
  }
}
