import type { CreateSharedLimit } from '../http/shared-limit.ts'
import type { StaffIdentity, TillIdentity } from '../identity/identities.ts'

const daySeconds = 24 * 60 * 60

/**
 * How often somebody may be looked for by e-mail, phone or card: asking for one after the other would tell who is a member.
 * Counted before looking, so that above the limits members and others are answered alike.
 */
export interface Lookups {
  /** Throws `too_many_requests` above one of the limits. */
  consume(caller: TillIdentity | StaffIdentity): Promise<void>
  /** For what told nothing that was not to be known. */
  giveBack(caller: TillIdentity | StaffIdentity): Promise<void>
}

/** Counted by till or person, and by merchant: as many tills as one pairs have no more of them together. */
export function createLookups(createSharedLimit: CreateSharedLimit): Lookups {
  const byCaller = createSharedLimit('look-ups', { count: 60, seconds: 60 })
  const byMerchant = createSharedLimit('look-ups by merchant', { count: 120, seconds: 60 })
  const byMerchantDaily = createSharedLimit('look-ups by merchant, daily', {
    count: 2000,
    seconds: daySeconds,
  })
  const countsOf = (caller: TillIdentity | StaffIdentity) => {
    const own = [byCaller, caller.kind === 'till' ? caller.till : caller.person] as const
    if (caller.merchant === null) return [own]
    return [
      own,
      [byMerchant, caller.merchant.uuid] as const,
      [byMerchantDaily, caller.merchant.uuid] as const,
    ]
  }
  return {
    async consume(caller) {
      for (const [limit, key] of countsOf(caller)) await limit.consume(key)
    },
    async giveBack(caller) {
      for (const [limit, key] of countsOf(caller)) await limit.giveBack(key)
    },
  }
}
