import type { ErrorRequestHandler, Request } from 'express'
import type { Logger } from 'pino'
import { Refusal, type ProblemCode } from '../http/problems.ts'
import type { Db } from '../tables.ts'
import { auditSource, recordAudit } from './record.ts'

/**
 * Refusals for lack of rights. `not_found` is one too: what a credential may not see is answered so. Of callers that
 * nobody knows there is nothing to tell.
 */
const forLackOfRights: ReadonlySet<ProblemCode> = new Set([
  'credential_revoked',
  'forbidden',
  'not_found',
  'same_person',
  'unauthenticated',
])

/** Writes refusals of known callers into the audit trail, before they are answered. Mount it before `answerErrors`. */
export function recordRefusals(db: Db, log: Logger): ErrorRequestHandler {
  return async (error: unknown, req, res, next) => {
    if (error instanceof Refusal && forLackOfRights.has(error.code) && res.locals['identity'] !== undefined) {
      try {
        await recordAudit(db, auditSource(req), { subjects: idsIn(req), outcome: error.code })
      } catch (fault) {
        // The answer stays the same whether or not it could be written down.
        log.error({ err: fault, request_id: req.id }, 'a refusal is missing in the audit trail')
      }
    }
    next(error)
  }
}

/** The ids in the address: nothing else of what callers send is kept. */
function idsIn(req: Request): string[] {
  const parts = req.path.split('/')
  return parts.filter((part) => /^[a-z]{3}_[0-7][0-9a-hjkmnp-tv-z]{25}$/.test(part)).slice(0, 5)
}
