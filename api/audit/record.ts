import { createHash, randomBytes } from 'node:crypto'
import { isIP } from 'node:net'
import type { Request } from 'express'
import { uuidv7 } from 'uuidv7'
import type { MerchantId, NetworkId, Uuid } from '../../ledger/index.ts'
import type { Identity } from '../identity/identities.ts'
import type { ApiTables, Db, Tx } from '../tables.ts'

/** Who acts, through which operation and from where: what every event of one request has in common. */
export interface AuditSource {
  readonly network: NetworkId | null
  readonly actor: {
    readonly kind: ApiTables['api.audit_event']['actor_kind']
    readonly uuid: Uuid | null
    readonly role: string | null
    /** Who stood at the till that acts. */
    readonly staff?: Uuid | null
  }
  readonly merchant: MerchantId | null
  /** The operationId of the route, or the name of the job. */
  readonly operation: string
  readonly requestId: string | null
  readonly address: string | null
}

/** What happened. */
export interface AuditEvent {
  /** Ids as shown outside (`typeId`): what was changed, made or looked at. */
  readonly subjects: readonly string[]
  /** Names of the fields that changed; never what was in them. */
  readonly changed?: readonly string[]
  /** `done` unless told: the code of the refusal. */
  readonly outcome?: string
  /** Where it happened in a network that the caller does not act in, e.g. one just made. */
  readonly network?: NetworkId
  /** Whose owner may read it, where that is not the caller's own merchant. */
  readonly merchant?: MerchantId | null
}

/** The source of a request's events; for a signed-in caller, after `require…` has said who that is. */
export function auditSource(req: Request): AuditSource {
  const { identity, operation } = req.res!.locals
  return {
    ...actingOf(identity as Identity | undefined),
    operation: typeof operation === 'string' ? operation : 'unknown',
    requestId: String(req.id),
    // An address with a zone (`fe80::1%eth0`) is one to Node and none to PostgreSQL.
    address: req.ip !== undefined && isIP(req.ip) && !req.ip.includes('%') ? req.ip : null,
  }
}

/** The source of what the program does by itself. */
export function auditSystem(network: NetworkId, operation: string): AuditSource {
  const actor = { kind: 'system', uuid: null, role: null } as const
  return { network, actor, merchant: null, operation, requestId: null, address: null }
}

function actingOf(identity: Identity | undefined): Pick<AuditSource, 'network' | 'actor' | 'merchant'> {
  if (identity === undefined) {
    return { network: null, actor: { kind: 'anyone', uuid: null, role: null }, merchant: null }
  }
  const { kind } = identity
  if (kind === 'deployment operator') {
    return { network: null, actor: { kind, uuid: identity.person, role: null }, merchant: null }
  }
  const network = identity.network.id
  if (kind === 'customer') {
    return { network, actor: { kind, uuid: identity.customer, role: null }, merchant: null }
  }
  const merchant = identity.merchant?.id ?? null
  return kind === 'till'
    ? {
        network,
        actor: { kind, uuid: identity.till, role: null, staff: identity.staff?.person ?? null },
        merchant,
      }
    : { network, actor: { kind, uuid: identity.person, role: identity.role }, merchant }
}

/**
 * Writes an event into the audit trail: with the transaction of the change where there is one, so that neither is
 * there without the other. Also for what staff read of a person.
 */
export async function recordAudit(db: Db | Tx, source: AuditSource, event: AuditEvent): Promise<void> {
  const uuid = uuidv7()
  const salt = randomBytes(16)
  const { address, actor } = source
  await db
    .insertInto('api.audit_event')
    .values({
      uuid,
      network_id: event.network ?? source.network,
      actor_kind: actor.kind,
      actor_uuid: actor.uuid,
      actor_role: actor.role,
      staff_uuid: actor.staff ?? null,
      merchant_id: event.merchant === undefined ? source.merchant : event.merchant,
      operation: source.operation,
      outcome: event.outcome ?? 'done',
      subjects: [...event.subjects],
      changed: [...(event.changed ?? [])],
      request_id: source.requestId,
      source_hash: address === null ? null : hashSource(salt, address),
    })
    .execute()
  if (address === null) return
  await db.insertInto('api.audit_source').values({ event_uuid: uuid, address, salt }).execute()
}

/** SHA-256 of salt and address: whoever still has both can prove them, and from the hash alone nobody finds them. */
export function hashSource(salt: Uint8Array, address: string): Buffer {
  return createHash('sha256').update(salt).update(address).digest()
}
