import type { Request } from 'express'
import type { CredentialId, NetworkId } from '../../ledger/index.ts'
import type { StaffIdentity } from '../identity/identities.ts'
import { auditSource, type AuditSource } from './record.ts'

/** Who changes what in which network: the credential goes into the log, the rest into the audit trail. */
export interface Actor {
  readonly network: NetworkId
  readonly credential: CredentialId
  readonly audit: AuditSource
}

/** The person of staff who asks for a change. */
export function actorOf(req: Request, staff: StaffIdentity): Actor {
  return { network: staff.network.id, credential: staff.credential, audit: auditSource(req) }
}
