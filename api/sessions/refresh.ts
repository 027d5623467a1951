import { recordAudit, type AuditSource } from '../audit/record.ts'
import type { Access } from '../http/authenticate.ts'
import { typeId } from '../http/ids.ts'
import { Refusal } from '../http/problems.ts'
import type { RefreshTokens } from '../identity/refresh-tokens.ts'
import { findCustomerSession, findStaffSession } from '../identity/store.ts'
import { tokenEnd } from './lifetimes.ts'
import { refreshSession, type SignedIn } from './store.ts'

/** What refreshing takes. */
export interface Refresh {
  readonly access: Access
  readonly refreshTokens: RefreshTokens
}

/**
 * A new token for a refresh token, which is used up. One that was used before ends the session, whoever of the two
 * has it. Refuses `unauthenticated` for any that is not good.
 */
export async function refresh(
  { access, refreshTokens }: Refresh,
  { presented, audit }: { readonly presented: string | undefined; readonly audit: AuditSource },
) {
  const claims = presented === undefined ? null : refreshTokens.read(presented)
  if (claims === null) throw notGood()
  const { db, now, tokens } = access
  const time = now()
  const refreshed = await refreshSession(db, claims, time)
  const found = await (claims.kind === 'staff' ? findStaffSession : findCustomerSession)(
    db,
    claims.session,
    time,
  )
  if (found === null) throw notGood()
  if (refreshed.outcome === 'reused') await recordReuse(access, { audit, who: found.identity })
  if (refreshed.outcome !== 'refreshed' || found.isOver) throw notGood()
  const { identity } = found
  const expiresAt = tokenEnd(time, refreshed.expiresAt)
  const token = await tokens.issue({
    session: claims.session,
    subject:
      identity.kind === 'customer'
        ? { kind: 'cus', uuid: identity.customer }
        : { kind: 'usr', uuid: identity.person },
    network: identity.kind === 'deployment operator' ? null : identity.network.uuid,
    expiresAt,
  })
  const next = refreshTokens.issue({ ...claims, number: refreshed.number })
  return { identity, token, expiresAt, refresh: { token: next, expiresAt: refreshed.expiresAt } }
}

async function recordReuse(
  { db }: Access,
  { audit, who }: { audit: AuditSource; who: SignedIn },
): Promise<void> {
  if (who.kind === 'deployment operator') return
  const actor =
    who.kind === 'customer'
      ? ({ kind: 'customer', uuid: who.customer, role: null } as const)
      : ({ kind: 'staff', uuid: who.person, role: who.role } as const)
  const merchant = who.kind === 'customer' ? null : (who.merchant?.id ?? null)
  const source = { ...audit, network: who.network.id, actor, merchant }
  await recordAudit(db, source, { subjects: [typeId('ses', who.session)], outcome: 'refresh_reused' })
}

function notGood(): Refusal {
  return new Refusal('unauthenticated', {
    detail: 'There is no session to go on with. Sign in again.',
  })
}
