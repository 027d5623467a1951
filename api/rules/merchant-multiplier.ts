import { setMerchantMultiplier, type CredentialId, type MerchantId } from '../../ledger/index.ts'
import { recordAudit, type AuditSource } from '../audit/record.ts'
import { typeId } from '../http/ids.ts'
import { Refusal } from '../http/problems.ts'
import type { ActingMerchant, ActingNetwork } from '../identity/identities.ts'
import { announceTerms } from '../notices/terms-store.ts'
import type { Db, Tx } from '../tables.ts'
import { factorChanges } from './coming-terms.ts'
import { hasWallets, waitForOtherRules } from './store.ts'
import { millionths } from './worse-terms.ts'

const daySeconds = 24 * 60 * 60

/** A merchant's own factor, from a time on. */
export interface OwnFactor {
  readonly factor: string
  readonly effectiveFrom: Date
}

/** All versions of a merchant's own factor, the newest first. */
export async function listOwnFactors(
  db: Db | Tx,
  network: ActingNetwork,
  merchant: MerchantId,
): Promise<(OwnFactor & { readonly version: number })[]> {
  return await db
    .selectFrom('ledger.merchant_multiplier')
    .select(['version', 'factor', 'effective_from as effectiveFrom'])
    .where('network_id', '=', network.id)
    .where('merchant_id', '=', merchant)
    .orderBy('version', 'desc')
    .execute()
}

interface Setting extends OwnFactor {
  readonly merchant: ActingMerchant
  readonly by: CredentialId
  readonly now: Date
  readonly audit: AuditSource
}

/**
 * Sets a merchant's own factor. Refuses `multiplier_out_of_bounds` beyond what the network allows, and
 * `notice_too_short` a lower one that would come overnight, or one in the past, once there are customers. Those are told
 * of a lower one, as of worse rules.
 */
export async function setOwnFactor(db: Db, network: ActingNetwork, made: Setting): Promise<void> {
  await demandBounds(db, network, made.factor)
  await db.transaction().execute(async (tx) => {
    await waitForOtherRules(tx, network)
    const isPromise = await hasWallets(tx, network)
    if (isPromise) demandNotice(network, made, await listOwnFactors(tx, network, made.merchant.id))
    await setMerchantMultiplier(tx, network.id, made.merchant.id, made)
    const versions = isPromise ? await listOwnFactors(tx, network, made.merchant.id) : []
    const [newest] = versions
    if (newest && factorChanges(newest, versions).length > 0) {
      const which = { network: network.id, merchant: made.merchant.id, version: newest.version }
      await announceTerms(tx, which, made.now)
    }
    const subjects = [typeId('mer', made.merchant.uuid)]
    await recordAudit(tx, made.audit, { subjects, changed: ['multiplier'], merchant: made.merchant.id })
  })
}

async function demandBounds(db: Db, network: ActingNetwork, factor: string): Promise<void> {
  const { merchant_multiplier_min: least, merchant_multiplier_max: most } = await db
    .selectFrom('api.network')
    .select(['merchant_multiplier_min', 'merchant_multiplier_max'])
    .where('network_id', '=', network.id)
    .executeTakeFirstOrThrow()
  const asked = millionths(factor)
  if (asked >= millionths(least) && asked <= millionths(most)) return
  throw new Refusal('multiplier_out_of_bounds', {
    detail: `The network lets a merchant choose from ${least} to ${most}. Send a factor within that.`,
  })
}

function demandNotice(
  { noticeDays }: ActingNetwork,
  { factor, effectiveFrom, now }: Setting,
  versions: readonly (OwnFactor & { readonly version: number })[],
): void {
  const promised = factorAt(effectiveFrom, versions)
  const earliest = new Date(now.getTime() + noticeDays * daySeconds * 1000)
  const isWorse = millionths(factor) < millionths(promised)
  if (effectiveFrom >= now && (!isWorse || effectiveFrom >= earliest)) return
  throw new Refusal('notice_too_short', {
    members: { earliest_effective_from: (isWorse ? earliest : now).toISOString() },
  })
}

/** The factor that purchases at `time` go by, as the ledger chooses it. */
function factorAt(time: Date, versions: readonly (OwnFactor & { readonly version: number })[]): string {
  const byStart = versions.toSorted(
    (one, other) =>
      one.effectiveFrom.getTime() - other.effectiveFrom.getTime() || one.version - other.version,
  )
  return byStart.findLast((version) => version.effectiveFrom <= time)?.factor ?? '1'
}
