import { fromUtf8 } from '../../../ledger/proofs/bytes.ts'
import { ProofError, type ProofFault } from '../../../ledger/proofs/errors.ts'
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

/** What came of a receipt: it holds; or it is false, or nothing can be said of it, with the message that says why. */
export type Judgement =
  | { readonly is: 'good'; readonly checked: CheckedReceipt; readonly entry: Entry }
  | { readonly is: 'false' | 'open'; readonly message: MessageKey }

const malformed = new Set(['proof_malformed', 'note_malformed', 'checkpoint_malformed', 'base64_malformed'])

/** As `npm run verify` ends with 10: the receipt may be good, but nobody of this policy vouches for it. */
const untrusted = {
  log_unknown: 'bad_other_log',
  signature_missing: 'bad_other_key',
  // As an honest one from before there were members.
  quorum_missing: 'bad_few',
} as const satisfies Partial<Record<ProofFault, MessageKey>>

/** Judges a receipt by a policy, one's own or that of the page's server; both are files as they came. */
export function judgeReceipt(receipt: string, policyText: string, isOwn: boolean): Judgement {
  let policy: Policy
  try {
    policy = parsePolicy(policyText)
  } catch {
    return open('bad_policy')
  }
  try {
    const checked = checkReceipt(receipt, policy)
    return { is: 'good', checked, entry: JSON.parse(fromUtf8(checked.entry) ?? '') as Entry }
  } catch (error) {
    if (!(error instanceof ProofError) || malformed.has(error.code)) return open('bad_file')
    if (error.code === 'log_unknown' && !isOwn) return open('bad_elsewhere')
    const message = untrusted[error.code as keyof typeof untrusted]
    return message ? open(message) : { is: 'false', message: 'bad' }
  }
}

function open(message: MessageKey): Judgement {
  return { is: 'open', message }
}
