import { fromUtf8 } from '../../../ledger/proofs/bytes.ts'
import { ProofError } from '../../../ledger/proofs/errors.ts'
import { parsePolicy, type Policy } from '../../../ledger/proofs/policy.ts'
import { checkReceipt, type CheckedReceipt } from '../../../ledger/proofs/receipt.ts'
import type { MessageKey } from './messages/en.ts'

/** What an entry of a transaction says, as far as it is shown. */
export interface Entry {
  readonly kind: string
  readonly points?: string
  readonly posted_at: string
  readonly id?: string
}

/** What came of a receipt: it holds, or the message that says what is wrong. */
export type Judgement =
  | { readonly holds: true; readonly checked: CheckedReceipt; readonly entry: Entry }
  | { readonly holds: false; readonly message: MessageKey }

const malformed = new Set(['proof_malformed', 'note_malformed', 'checkpoint_malformed', 'base64_malformed'])

/** Judges a receipt by a policy; both are files as they came. */
export function judgeReceipt(receipt: string, policyText: string): Judgement {
  let policy: Policy
  try {
    policy = parsePolicy(policyText)
  } catch {
    return { holds: false, message: 'bad_policy' }
  }
  try {
    const checked = checkReceipt(receipt, policy)
    return { holds: true, checked, entry: JSON.parse(fromUtf8(checked.entry) ?? '') as Entry }
  } catch (error) {
    if (!(error instanceof ProofError) || malformed.has(error.code)) {
      return { holds: false, message: 'bad_file' }
    }
    // As an honest one from before there were members.
    return { holds: false, message: error.code === 'quorum_missing' ? 'bad_few' : 'bad' }
  }
}
