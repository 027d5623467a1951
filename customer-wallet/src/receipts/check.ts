import { TypeID } from 'typeid-js'
import { parsePolicy } from '../../../ledger/proofs/policy.ts'
import { checkReceipt } from '../../../ledger/proofs/receipt.ts'

/**
 * Checks a receipt (https://c2sp.org/tlog-proof) by the log's policy, and that it is of this transaction (`txn_…`).
 * Answers the entry's place, from 1, and the log's size; null when anything does not fit.
 */
export function checkFile(
  file: string,
  policy: string,
  transaction: string,
): { readonly index: number; readonly size: number } | null {
  try {
    const { entry, proof } = checkReceipt(file, parsePolicy(policy))
    const { id } = JSON.parse(new TextDecoder().decode(entry)) as { id?: string }
    if (id !== TypeID.fromString(transaction).toUUID()) return null
    return { index: proof.index + 1, size: proof.checkpoint.size }
  } catch {
    return null
  }
}
