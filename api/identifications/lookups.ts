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
  /** For whoever was found by a card, as they are in a busy shop: it stays counted by till or person. */
  giveBackToMerchant(asker: Asker): Promise<void>
}

/** Counted by till or person, and by merchant: as many tills as one pairs have no more of them together. */
export function createLookups(createSharedLimit: CreateSharedLimit): Lookups {
  const byAsker = createSharedLimit('look-ups', { count: 60, seconds: 60 })
  const byMerchant = [
    createSharedLimit('look-ups by merchant', { count: 120, seconds: 60 }),
    createSharedLimit('look-ups by merchant, daily', { count: 2000, seconds: daySeconds }),
  ]
  const keyOf = (asker: Asker) => (asker.kind === 'till' ? asker.till : asker.person)
  const giveBackToMerchant = async ({ merchant }: Asker) => {
    if (merchant !== null) for (const limit of byMerchant) await limit.giveBack(merchant.uuid)
  }
  return {
    async consume(asker) {
      await byAsker.consume(keyOf(asker))
      if (asker.merchant !== null) for (const limit of byMerchant) await limit.consume(asker.merchant.uuid)
    },
    async giveBack(asker) {
      await byAsker.giveBack(keyOf(asker))
      await giveBackToMerchant(asker)
    },
    giveBackToMerchant,
  }
}
