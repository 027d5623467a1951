import type { RefusalCode, Refused } from '../../ledger/index.ts'
import { typeId } from './ids.ts'

/** What the API refuses by itself, beside what the ledger refuses. Closed: each needs its line in `problems`. */
const apiCodes = [
  'adjustment_approved',
  'adjustment_withdrawn',
  'age_not_confirmed',
  'asker_left',
  'body_malformed',
  'body_too_large',
  'card_taken',
  'code_wrong',
  'consequences_changed',
  'contact_taken',
  'cosignature_wrong',
  'currency_mismatch',
  'customer_ambiguous',
  'email_fixed',
  'forbidden',
  'headers_too_large',
  'idempotency_key_missing',
  'identification_expired',
  'internal',
  'key_not_suitable',
  'last_operator',
  'log_behind',
  'media_type_unsupported',
  'method_not_allowed',
  'multiplier_out_of_bounds',
  'network_not_named',
  'not_acceptable',
  'notice_too_short',
  'passkey_not_genuine',
  'passkey_taken',
  'passkeys_unavailable',
  'person_taken',
  'pin_wrong',
  'person_not_present',
  'qr_not_genuine',
  'qr_required',
  'qr_unreadable',
  'receipt_not_ready',
  'receipt_tells_of_others',
  'reference_taken',
  'request_invalid',
  'second_factor_on',
  'second_factor_required',
  'request_malformed',
  'request_too_slow',
  'sign_in_failed',
  'slug_taken',
  'too_many_requests',
  'unauthenticated',
  'unavailable',
  'webhook_url_refused',
  'webhooks_too_many',
  'witness_unknown',
] as const

export type ProblemCode = RefusalCode | (typeof apiCodes)[number]

interface ProblemKind {
  readonly status: number
  /** Short, the same for every occurrence. */
  readonly title: string
  /** What happened and what to do, unless the place that refuses knows better. */
  readonly detail: string
}

/** Every refusal there is, with its HTTP status; the only place that knows statuses. */
export const problems = {
  adjustment_approved: {
    status: 409,
    title: 'Correction approved',
    detail: 'The correction was approved before. Ask for another one that undoes it.',
  },
  adjustment_withdrawn: {
    status: 409,
    title: 'Correction withdrawn',
    detail: 'The correction was withdrawn before. Ask for it anew.',
  },
  age_not_confirmed: {
    status: 422,
    title: 'Age not confirmed',
    detail:
      'Whoever joins here must be at least `minimum_age` years old. Ask them, and send `of_age` as true if they are.',
  },
  amount_out_of_range: {
    status: 422,
    title: 'Amount out of range',
    detail:
      'Points must be above 0, at most 2^53 − 1 in all, and as payment worth no more than the bill. Correct the number.',
  },
  asker_left: {
    status: 409,
    title: 'Who asked has left',
    detail: 'Whoever asked for the correction may not act any more. Withdraw it and ask for it anew.',
  },
  body_malformed: {
    status: 400,
    title: 'Not JSON',
    detail: 'The body is not well-formed JSON in UTF-8. Correct it and send it again.',
  },
  body_too_large: {
    status: 413,
    title: 'Body too large',
    detail: 'The body is larger than 64 KiB. Send less at once.',
  },
  card_taken: {
    status: 409,
    title: 'Card taken',
    detail: 'That card is bound to a customer already. Take another card.',
  },
  code_wrong: {
    status: 422,
    title: 'Wrong code',
    detail: 'The code is wrong, used or too old. Check it, or ask for a new one.',
  },
  consequences_changed: {
    status: 409,
    title: 'Other consequences',
    detail:
      'Not so many points would be lost. Read the consequences again, and name `points_that_expire` as it is now.',
  },
  contact_taken: {
    status: 409,
    title: 'E-mail or phone taken',
    detail: 'Another customer has that e-mail address or phone number. Check it.',
  },
  cosignature_wrong: {
    status: 422,
    title: 'Not a co-signature of this checkpoint',
    detail:
      'The signature does not hold over the checkpoint of that size. Read the candidate again and sign its text.',
  },
  credential_revoked: {
    status: 401,
    title: 'Credential revoked',
    detail: 'This credential was revoked. Ask your operator for a new one.',
  },
  currency_mismatch: {
    status: 422,
    title: 'Wrong currency',
    detail: 'The currency is not the one of this network. Send the amount in the currency of the network.',
  },
  customer_ambiguous: {
    status: 409,
    title: 'Two customers match',
    detail: 'The e-mail and the phone number belong to two different customers. Send only one of them.',
  },
  email_fixed: {
    status: 409,
    title: 'E-mail stays',
    detail: 'The e-mail address signs in, so it is not replaced here. Leave it out.',
  },
  forbidden: {
    status: 403,
    title: 'Not allowed',
    detail: 'This credential may not do that. Use one with the right to it.',
  },
  headers_too_large: {
    status: 431,
    title: 'Headers too large',
    detail: 'The headers of the request are larger than 16 KiB. Send fewer or shorter ones.',
  },
  hold_ended: {
    status: 409,
    title: 'Hold has ended',
    detail: 'The hold was captured, voided or timed out before. Read the transaction to see which.',
  },
  hold_not_due: {
    status: 409,
    title: 'Hold is not due',
    detail: 'The hold has time left. Capture it or void it.',
  },
  idempotency_key_missing: {
    status: 400,
    title: 'Idempotency-Key missing',
    detail: 'Send a header Idempotency-Key, 1 to 255 printable ASCII characters, fresh for each new request.',
  },
  idempotency_key_reused: {
    status: 422,
    title: 'Idempotency-Key used for something else',
    detail: 'This Idempotency-Key came with another request before. Use a fresh key for a new request.',
  },
  identification_expired: {
    status: 422,
    title: 'Identified too long ago',
    detail: 'The customer was identified more than 10 minutes ago. Identify them again, then send the sale.',
  },
  internal: {
    status: 500,
    title: 'Something broke here',
    detail: 'That is our fault. Try again with the same Idempotency-Key; if it stays, report the request_id.',
  },
  issuing_limit_reached: {
    status: 409,
    title: 'Issuing limit reached',
    detail: 'The merchant may have no more points outstanding. Ask the operator to raise the limit.',
  },
  key_not_suitable: {
    status: 422,
    title: 'Key not suitable',
    detail: 'Send a public P-256 key as a JWK with kty, crv, x and y, and nothing of the private key.',
  },
  last_operator: {
    status: 409,
    title: 'Last operator',
    detail: 'A network needs an operator. Invite another one first, who must have accepted.',
  },
  limit_reached: {
    status: 409,
    title: 'Daily limit reached',
    detail: 'This would go above a limit for today. Take less, or try again tomorrow.',
  },
  log_behind: {
    status: 503,
    title: 'The books are behind',
    detail:
      'More was signed of this network than its database holds, as after a restored backup: nothing is posted until its ' +
      'operator has put that right. Keep the request and send it again then, with the same Idempotency-Key.',
  },
  media_type_unsupported: {
    status: 415,
    title: 'Not application/json',
    detail: 'Send the body as application/json in UTF-8, without a Content-Encoding.',
  },
  merchant_left: {
    status: 409,
    title: 'Merchant has left',
    detail: 'This merchant is no longer a member of the network. Ask the operator.',
  },
  method_not_allowed: {
    status: 405,
    title: 'Method not allowed',
    detail: 'This address does not know that method. The Allow header lists those it knows.',
  },
  more_than_there_was: {
    status: 409,
    title: 'More than there was',
    detail: 'That is more than is left of the transaction. Read it to see how much was reversed before.',
  },
  multiplier_out_of_bounds: {
    status: 422,
    title: 'Multiplier out of bounds',
    detail: 'The network does not let a merchant choose that factor. Send one within its bounds.',
  },
  network_not_named: {
    status: 409,
    title: 'Name a network',
    detail: 'You belong to several networks. Send `network` with the slug of one of `networks`.',
  },
  not_acceptable: {
    status: 406,
    title: 'Only JSON',
    detail: 'Answers are application/json. Accept that.',
  },
  not_found: {
    status: 404,
    title: 'Not found',
    detail: 'There is no such thing, or this credential may not see it. Check the address and the ids.',
  },
  not_reversible: {
    status: 409,
    title: 'Not reversible',
    detail: 'A transaction of this kind can not be reversed.',
  },
  nothing_due: {
    status: 409,
    title: 'Nothing due',
    detail: 'No points of this wallet are due to expire.',
  },
  notice_too_short: {
    status: 422,
    title: 'Notice too short',
    detail: 'Worse terms must wait the notice period. Send a later effective_from.',
  },
  occurred_at_out_of_range: {
    status: 422,
    title: 'Time of purchase out of range',
    detail: 'occurred_at must be at most 7 days ago and not in the future. Check the clock of the till.',
  },
  passkey_not_genuine: {
    status: 422,
    title: 'Passkey not genuine',
    detail:
      'This is not a good answer of a passkey: it was made for something else, used before, or is too old. Begin again.',
  },
  passkey_taken: {
    status: 409,
    title: 'Passkey known',
    detail: 'This passkey was added before. Use it, or make another one.',
  },
  passkeys_unavailable: {
    status: 409,
    title: 'No passkeys here',
    detail:
      'A passkey is bound to a host name, and this deployment has none. Sign in by password; its operator sets TALLY_PUBLIC_URL.',
  },
  person_not_present: {
    status: 409,
    title: 'The person must be present',
    detail:
      'Identify the customer by QR at a till of this shop, and send that `identification` within ten minutes. For a name, a birthday and another card, a card does.',
  },
  person_taken: {
    status: 409,
    title: 'Person has a role already',
    detail: 'This person has a role in this network already. Change that one, or have it ended first.',
  },
  pin_wrong: {
    status: 422,
    title: 'Wrong PIN',
    detail: 'Person and PIN do not fit together. Enter it again, or set a new one.',
  },
  points_insufficient: {
    status: 409,
    title: 'Not enough points',
    detail: 'The wallet has fewer points than that. Take at most `available`.',
  },
  qr_already_used: {
    status: 409,
    title: 'QR used before',
    detail: 'This QR was used before. Ask the customer to show a new one.',
  },
  qr_device_removed: {
    status: 422,
    title: 'Device removed',
    detail: 'The customer removed the device that made this QR. Ask them to sign in again.',
  },
  qr_expired: {
    status: 422,
    title: 'QR too old',
    detail: 'This QR is too old. Ask the customer to show a new one.',
  },
  qr_not_genuine: {
    status: 422,
    title: 'QR not genuine',
    detail: 'This QR was not made by a device of a customer of this network. Ask for another way to pay.',
  },
  qr_not_yet_valid: {
    status: 422,
    title: 'QR from the future',
    detail: 'This QR is not valid yet: the clocks of phone and till differ. Set them and try again.',
  },
  qr_required: {
    status: 409,
    title: 'QR required',
    detail: "Points are taken with the customer's QR only. Scan it.",
  },
  qr_unreadable: {
    status: 422,
    title: 'QR not readable',
    detail: 'This is not a QR of a Tallystick wallet. Scan it again.',
  },
  receipt_not_ready: {
    status: 409,
    title: 'Not ready yet',
    detail: 'No checkpoint that counts holds this transaction yet. Ask again in a few seconds.',
  },
  receipt_tells_of_others: {
    status: 403,
    title: 'Receipt tells of others',
    detail:
      'This entry also says what somebody else keeps to themselves, and a receipt is always the whole entry. ' +
      'The network’s operators and auditors can read it.',
  },
  reference_reused: {
    status: 409,
    title: 'Receipt number used before',
    detail: 'There is a transaction with this reference. Read `transaction`, or send the right reference.',
  },
  reference_taken: {
    status: 409,
    title: 'External reference taken',
    detail: 'Another merchant of this network has that external_reference. Send another one.',
  },
  request_invalid: {
    status: 400,
    title: 'Request not valid',
    detail: 'The request does not have the right form. Correct what `errors` names.',
  },
  request_malformed: {
    status: 400,
    title: 'Not HTTP',
    detail: 'This could not be read as an HTTP/1.1 request. Correct it and send it again.',
  },
  request_too_slow: {
    status: 408,
    title: 'Too slow',
    detail: 'The request did not arrive in time. Send it again with the same Idempotency-Key.',
  },
  rule_missing: {
    status: 409,
    title: 'No earning rule',
    detail: 'No earning rule was in force at that time. Ask the operator to set one.',
  },
  same_person: {
    status: 409,
    title: 'A second person is needed',
    detail: 'Whoever proposed a correction can not approve it. Ask someone else.',
  },
  same_wallet: {
    status: 422,
    title: 'Same wallet',
    detail: 'Giver and receiver are the same wallet. Choose another receiver.',
  },
  second_factor_on: {
    status: 409,
    title: 'Second step is on',
    detail: 'Signing in takes a second step already. Turn that off first.',
  },
  second_factor_required: {
    status: 401,
    title: 'Second step needed',
    detail: 'The password is right. Send it again with `code`, from the authenticator app.',
  },
  sign_in_failed: {
    status: 401,
    title: 'Sign-in failed',
    detail: 'E-mail, password and network do not fit together. Check them and try again.',
  },
  slug_taken: {
    status: 409,
    title: 'Slug taken',
    detail: 'Another network has that slug. Send another one.',
  },
  too_many_lots: {
    status: 409,
    title: 'Too many lots at once',
    detail:
      'These points were given in too many small portions for one transaction. Take, move or give back fewer at once.',
  },
  too_many_requests: {
    status: 429,
    title: 'Too many requests',
    detail: 'That was too fast. Wait as many seconds as Retry-After says.',
  },
  unauthenticated: {
    status: 401,
    title: 'Not signed in',
    detail: 'Send `Authorization: Bearer …` with a till key or a session token that is still good.',
  },
  unavailable: {
    status: 503,
    title: 'Not available at the moment',
    detail: 'The service can not answer at the moment. Try again soon with the same Idempotency-Key.',
  },
  wallet_closed: {
    status: 409,
    title: 'Wallet closed',
    detail: 'This wallet was closed. Enrol the customer anew.',
  },
  wallet_locked: {
    status: 409,
    title: 'Wallet locked',
    detail: 'The customer locked this wallet against spending. Only they can unlock it.',
  },
  webhook_url_refused: {
    status: 422,
    title: 'Not an address to send to',
    detail: 'Messages go by https to public addresses. Send another url.',
  },
  webhooks_too_many: {
    status: 409,
    title: 'Too many webhooks',
    detail: 'There are as many endpoints as there may be. Delete one first.',
  },
  witness_unknown: {
    status: 403,
    title: 'Not a witness of this log',
    detail: 'The policy in force has no witness with that key. Have the operator of the network propose it.',
  },
} as const satisfies Record<ProblemCode, ProblemKind>

/** All codes, for the OpenAPI document. */
export const problemCodes = Object.keys(problems) as [ProblemCode, ...ProblemCode[]]

/** One fault in a request: where (`#/body/pointer`, `?query` or header name) and what. */
export interface FieldError {
  readonly pointer: string
  readonly detail: string
}

/** More about a refusal than its code. */
export interface RefusalMore {
  /** Replaces the code's own detail; says what to do; names nobody and nothing of the inside. */
  readonly detail?: string
  readonly errors?: readonly FieldError[]
  /** Extension members (RFC 9457 section 3.2), e.g. `available`. */
  readonly members?: Readonly<Record<string, unknown>>
  readonly headers?: Readonly<Record<string, string>>
}

/** The one way to say no: thrown anywhere in the API, answered as a problem by the error handler. */
export class Refusal extends Error {
  readonly code: ProblemCode
  readonly more: RefusalMore

  constructor(code: ProblemCode, more: RefusalMore = {}) {
    super(more.detail ?? problems[code].detail)
    this.name = 'Refusal'
    this.code = code
    this.more = more
  }
}

/** The ledger's refusal as the API's, with what the caller may know besides. */
export function refusalOf(refused: Refused): Refusal {
  const members: Record<string, unknown> = {}
  if (refused.available !== undefined) members['available'] = Number(refused.available)
  if (refused.transaction !== undefined) members['transaction'] = typeId('txn', refused.transaction)
  return new Refusal(refused.code, { members })
}

/** The body of a refusal, RFC 9457. */
export function presentProblem(refusal: Refusal, requestId: string) {
  const { status, title } = problems[refusal.code]
  return {
    ...refusal.more.members,
    type: 'about:blank',
    title,
    status,
    detail: refusal.message,
    code: refusal.code,
    request_id: requestId,
    ...(refusal.more.errors && { errors: refusal.more.errors }),
  }
}
