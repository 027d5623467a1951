import type { MerchantId } from '../../ledger/index.ts'
import { Refusal } from '../http/problems.ts'
import type { ActingNetwork } from '../identity/identities.ts'
import { isAnnounced } from '../notices/terms-store.ts'
import type { Tx } from '../tables.ts'
import type { nextMadeWorse, TermsChange } from './coming-terms.ts'

const dayMs = 24 * 60 * 60 * 1000

/** From when worse terms may hold that are set at `now`. */
export function earliestStart({ noticeDays }: ActingNetwork, now: Date): Date {
  return new Date(now.getTime() + noticeDays * dayMs)
}

/** Who sets terms when; a merchant's own, or null: the network's. */
interface Setting {
  readonly network: ActingNetwork
  readonly merchant: MerchantId | null
  readonly now: Date
}

/**
 * The next version, when it gets worse by what is being set in more than customers were told of: they are to be told.
 * What gets better for a while falls back then, so refuses `notice_too_short` when that is too soon.
 */
export async function demandNoticeOfNext<Version extends { version: number; effectiveFrom: Date }>(
  tx: Tx,
  { network, merchant, now }: Setting,
  worse: ReturnType<typeof nextMadeWorse<object, Version>>,
  changesOf: (version: Version) => TermsChange[],
): Promise<number[]> {
  if (worse === undefined || worse.fields.length === 0) return []
  const { version, effectiveFrom } = worse.next
  const isTold = await isAnnounced(tx, { network: network.id, merchant, version })
  const told: readonly string[] = isTold ? changesOf(worse.next).map(({ field }) => field) : []
  const untold = worse.fields.filter((field) => !told.includes(field))
  if (untold.length === 0) return []
  if (effectiveFrom >= earliestStart(network, now)) return [version]
  const from = effectiveFrom.toISOString()
  throw new Refusal('notice_too_short', {
    detail:
      `Version ${version}, from ${from}, would be worse for customers than this, and that must wait ` +
      `${network.noticeDays} days. Set first what is to hold from then on, or send an effective_from of ${from} or later.`,
    errors: untold.map((field) => ({ pointer: `#/${field}`, detail: 'gets worse with the next version' })),
    members: { earliest_effective_from: from },
  })
}
