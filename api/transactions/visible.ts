import type { MerchantId, Transaction, TransactionLeg, WalletId } from '../../ledger/index.ts'
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
 * Whether they read what staff wrote of a transaction in their scope. It may be about more people than one, so no customer
 * does; auditors see accounts, not people; and a till alone is nobody.
 */
export function readsReasons(reader: Reader): boolean {
  if (reader.kind === 'till') return reader.staff !== undefined
  return reader.kind === 'staff' && reader.role !== 'auditor'
}

/**
 * The legs a reader sees, null for none. Not a merchant: a repayment in them would tell of a debt made in another shop.
 * Customers see what touched their own wallet, and what repaid a debt of their own: who gives points must not learn
 * from the gift that its receiver owed some.
 */
export function visibleLegs(reader: Viewer, transaction: Transaction): readonly TransactionLeg[] | null {
  if (reader.kind !== 'customer') return reader.merchant === null ? transaction.legs : null
  const own = reader.wallet.uuid
  const isReceiver = (transaction.toWallet ?? transaction.wallet) === own
  return transaction.legs.filter(
    ({ debit, credit }) => debit.uuid === own || credit.uuid === own || (debit.kind === 'owed' && isReceiver),
  )
}
