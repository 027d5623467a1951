import type { MerchantId, Transaction, WalletId } from '../../ledger/index.ts'
import type { ActingMerchant, CustomerIdentity, Identity } from '../identity/identities.ts'

/** Who may read transactions. */
export type Reader = Exclude<Identity, { kind: 'deployment operator' }>

/** What of a reader decides what they see; an endpoint of a merchant sees like its staff. */
export type Viewer =
  | { readonly kind: 'customer'; readonly wallet: CustomerIdentity['wallet'] }
  | { readonly kind: 'till' | 'staff'; readonly merchant: ActingMerchant | null }

/**
 * What a reader sees: customers what touched their wallet, a merchant's tills and staff what was done in its name,
 * operators and auditors all of the network.
 */
export function readerScope(reader: Viewer): { readonly wallet?: WalletId; readonly merchant?: MerchantId } {
  if (reader.kind === 'customer') return { wallet: reader.wallet.id }
  return reader.merchant === null ? {} : { merchant: reader.merchant.id }
}

/** Whether the transaction is within the reader's scope. */
export function isVisible(reader: Viewer, transaction: Transaction): boolean {
  if (reader.kind === 'customer') {
    return transaction.wallet === reader.wallet.uuid || transaction.toWallet === reader.wallet.uuid
  }
  return reader.merchant === null || transaction.merchant === reader.merchant.uuid
}

/**
 * Whether the legs may be shown: not to a merchant, since a repayment in them would tell of a debt made in another
 * shop.
 */
export function seesLegs(reader: Viewer): boolean {
  return reader.kind === 'customer' || reader.merchant === null
}
