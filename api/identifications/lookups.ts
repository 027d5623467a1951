import type { Limit } from '../http/limits.ts'
import type { CreateSharedLimit } from '../http/shared-limit.ts'
import type { StaffIdentity, TillIdentity } from '../identity/identities.ts'

type Asker = TillIdentity | StaffIdentity

const daySeconds = 24 * 60 * 60

/**
 * How often somebody may be looked for by e-mail, phone or card: asking for one after the other would tell who is a member.
 * Counted before looking, so that above the limits members and others are answered alike.
 */
export interface Lookups {
  /** Counts one. Throws `too_many_requests` above one of the limits. */
  consume(asker: Asker): Promise<void>
  /** For what told nothing that was not to be known. */
  giveBack(asker: Asker): Promise<void>
  /** For whoever was found by a card, as they are in a busy shop: it stays counted by till or person, for the minute. */
  giveBackCard(asker: Asker): Promise<void>
  /** For whoever was enrolled, of whom it is known now that they were none: it stays counted for the day. */
  giveBackNew(asker: Asker): Promise<void>
}

/**
 * Counted by till or person, and by merchant: as many tills as one pairs have no more of them together, and one of them alone
 * does not use up a day of all.
 */
export function createLookups(createSharedLimit: CreateSharedLimit): Lookups {
  const askerMinute = createSharedLimit('look-ups', { count: 60, seconds: 60 })
  const askerDay = createSharedLimit('look-ups, daily', { count: 1000, seconds: daySeconds })
  const merchantMinute = createSharedLimit('look-ups by merchant', { count: 120, seconds: 60 })
  const merchantDay = createSharedLimit('look-ups by merchant, daily', { count: 2000, seconds: daySeconds })
  const countsOf = (asker: Asker, { isMinute = true, isDay = true, isAsker = true }): [Limit, string][] => {
    const own = asker.kind === 'till' ? asker.till : asker.person
    const merchant = asker.merchant?.uuid
    const counts: [Limit, string | undefined, boolean][] = [
      [askerMinute, own, isMinute && isAsker],
      [merchantMinute, merchant, isMinute],
      // Last: what is refused for the minute uses up nothing of the day.
      [askerDay, own, isDay],
      [merchantDay, merchant, isDay],
    ]
    return counts.flatMap(([limit, key, isMeant]): [Limit, string][] =>
      isMeant && key !== undefined ? [[limit, key]] : [],
    )
  }
  const giveBack = async (
    asker: Asker,
    which: { isMinute?: boolean; isDay?: boolean; isAsker?: boolean },
  ) => {
    for (const [limit, key] of countsOf(asker, which)) await limit.giveBack(key)
  }
  return {
    async consume(asker) {
      for (const [limit, key] of countsOf(asker, {})) await limit.consume(key)
    },
    giveBack: (asker) => giveBack(asker, {}),
    giveBackCard: (asker) => giveBack(asker, { isAsker: false }),
    giveBackNew: (asker) => giveBack(asker, { isDay: false }),
  }
}
