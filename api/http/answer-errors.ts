import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express'
import type { Logger } from 'pino'
import { isDisconnection, isLogHalted, LedgerUnavailable } from '../../ledger/index.ts'
import { presentProblem, problems, Refusal, type ProblemCode } from './problems.ts'

/** For addresses that nothing answers. */
export const refuseUnknownAddress: RequestHandler = () => {
  throw new Refusal('not_found')
}

/** Every fault and refusal as a problem (RFC 9457). What broke inside goes to the log and never into the answer. */
export function answerErrors(log: Logger): ErrorRequestHandler {
  return (error: unknown, req, res, next) => {
    const refusal = refusalFor(error)
    res.locals['code'] = refusal.code
    if (problems[refusal.code].status >= 500) {
      log.error({ err: error, request_id: req.id }, 'a request failed')
    }
    // An answer under way can't be changed: Express ends the connection.
    if (res.headersSent) return next(error)
    sendProblem(req, res, refusal)
  }
}

function sendProblem(req: Request, res: Response, refusal: Refusal): void {
  const { status } = problems[refusal.code]
  // RFC 9110 section 15.5.2; RFC 6750 section 3.
  if (status === 401) res.set('WWW-Authenticate', 'Bearer')
  res
    .status(status)
    .set({ ...refusal.more.headers })
    .type('application/problem+json')
    .json(presentProblem(refusal, String(req.id)))
}

/** Faults of Express's own body reading, by the `type` of body-parser's errors. */
const bodyFaults: Readonly<Record<string, ProblemCode>> = {
  'charset.unsupported': 'media_type_unsupported',
  'encoding.unsupported': 'media_type_unsupported',
  'entity.parse.failed': 'body_malformed',
  'entity.too.large': 'body_too_large',
  'entity.verify.failed': 'body_malformed',
  'request.aborted': 'body_malformed',
  'request.size.invalid': 'body_malformed',
}

/** What a unique constraint of the database says no to, so that nothing is checked first and done after. */
const constraintRefusals: Readonly<Record<string, ProblemCode>> = {
  card_number_unique: 'card_taken',
  customer_email_unique: 'contact_taken',
  customer_phone_unique: 'contact_taken',
  merchant_external_reference_unique: 'reference_taken',
  network_slug_unique: 'slug_taken',
  passkey_credential_unique: 'passkey_taken',
}

/** PostgreSQL broke off what was done to let others go on; nothing of it is there, and the next try goes through. */
const brokenOff: ReadonlySet<unknown> = new Set(['40001', '40P01'])

interface Fault {
  readonly type?: unknown
  readonly code?: unknown
  readonly constraint?: unknown
}

function refusalFor(error: unknown): Refusal {
  if (error instanceof Refusal) return error
  const { type, code, constraint } = Object(error) as Fault
  const known =
    bodyFaults[String(type)] ?? (code === '23505' ? constraintRefusals[String(constraint)] : undefined)
  if (known !== undefined) return new Refusal(known)
  // The router's own: an address whose escapes can't be decoded.
  if (error instanceof URIError) return new Refusal('not_found')
  if (isLogHalted(error)) return new Refusal('log_behind')
  if (brokenOff.has(code)) return new Refusal('unavailable', { headers: { 'Retry-After': '1' } })
  if (error instanceof LedgerUnavailable || (error instanceof Error && isDisconnection(error))) {
    return new Refusal('unavailable', { headers: { 'Retry-After': '2' } })
  }
  return new Refusal('internal')
}
