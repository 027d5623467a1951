import type { Transaction } from '../../ledger/index.ts'
import { visibleLegs, type Viewer } from '../transactions/visible.ts'

/**
 * Whether a reader of the transaction may have its entry, which can't be cut: not where it also tells what the API keeps
 * from them. That is a gift's `available_after` from its receiver, for it is the giver's; a receiver's debts from the giver; and
 * from a merchant a debt that its customer made elsewhere.
 */
export function mayReadEntry(reader: Viewer, transaction: Transaction): boolean {
  if (reader.kind !== 'customer') {
    const own = reader.merchant?.uuid
    return (
      own === undefined || transaction.legs.every(({ debit }) => debit.kind !== 'owed' || debit.uuid === own)
    )
  }
  const isGiver = transaction.toWallet === null || transaction.wallet === reader.wallet.uuid
  return isGiver && visibleLegs(reader, transaction)?.length === transaction.legs.length
}
