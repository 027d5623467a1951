import { setMerchantMultiplier, type CredentialId, type MerchantId } from '../../ledger/index.ts'
import { recordAudit, type AuditSource } from '../audit/record.ts'
import { typeId } from '../http/ids.ts'
import { Refusal } from '../http/problems.ts'
import type { ActingMerchant, ActingNetwork } from '../identity/identities.ts'
import { announceTerms } from '../notices/terms-store.ts'
import type { Db, Tx } from '../tables.ts'
import { factorChanges, lowerIn, nextMadeWorse, noFactor } from './coming-terms.ts'
import { demandNoticeOfNext, earliestStart } from './notice-period.ts'
import { hasWallets, waitForOtherRules } from './store.ts'
import { millionths, versionAt } from './worse-terms.ts'

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
 * `notice_too_short` a lower one that would come overnight, be it this or the next, or one in the past, once there are
 * customers. Those are told of a lower one, as of worse rules.
 */
export async function setOwnFactor(db: Db, network: ActingNetwork, made: Setting): Promise<void> {
  await demandBounds(db, network, made.factor)
  await db.transaction().execute(async (tx) => {
    await waitForOtherRules(tx, network)
    const isPromise = await hasWallets(tx, network)
    const merchant = made.merchant.id
    const older = await listOwnFactors(tx, network, merchant)
    const worse: number[] = []
    if (isPromise) {
      demandNotice(network, made, older)
      const next = nextMadeWorse(made, [...older, noFactor], lowerIn)
      const setting = { network, merchant, now: made.now }
      worse.push(...(await demandNoticeOfNext(tx, setting, next, (version) => factorChanges(version, older))))
    }
    await setMerchantMultiplier(tx, network.id, merchant, made)
    const versions = await listOwnFactors(tx, network, merchant)
    const [newest] = versions
    if (isPromise && newest && factorChanges(newest, versions).length > 0) worse.push(newest.version)
    for (const version of worse) {
      await announceTerms(tx, { network: network.id, merchant, version }, made.now)
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
  network: ActingNetwork,
  { factor, effectiveFrom, now }: Setting,
  versions: readonly (OwnFactor & { readonly version: number })[],
): void {
  const promised = versionAt(effectiveFrom, [...versions, noFactor])?.factor ?? '1'
  const earliest = earliestStart(network, now)
  const isWorse = millionths(factor) < millionths(promised)
  if (effectiveFrom >= now && (!isWorse || effectiveFrom >= earliest)) return
  throw new Refusal('notice_too_short', {
    members: { earliest_effective_from: (isWorse ? earliest : now).toISOString() },
  })
}
