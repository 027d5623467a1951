import {
  listEarningRules,
  setEarningRule,
  type CredentialId,
  type NetworkId,
  type Uuid,
} from '../../ledger/index.ts'
import { recordAudit, type AuditSource } from '../audit/record.ts'
import { Refusal } from '../http/problems.ts'
import type { ActingNetwork } from '../identity/identities.ts'
import { announceTerms } from '../notices/terms-store.ts'
import type { Db, Tx } from '../tables.ts'
import { nextMadeWorse, ruleChanges } from './coming-terms.ts'
import { demandNoticeOfNext, earliestStart } from './notice-period.ts'
import { sameTerms, versionAt, worseIn, type EarningTerms } from './worse-terms.ts'

/** Terms to be set, from when (null: from now on), by whom. */
export interface NewRule {
  readonly terms: EarningTerms
  readonly effectiveFrom: Date | null
  readonly by: CredentialId
  readonly now: Date
  readonly audit: AuditSource
}

/**
 * Adds a version of the earning rule; the same terms from the same time again are the version that is there.
 * Refuses `notice_too_short` for worse terms, also those that come next and get worse by better ones, and starts in the
 * past, once the network has customers. Those are told of worse terms: their letters are noted in the same transaction,
 * so the notice period counts from the telling.
 */
export async function setRule(
  db: Db,
  network: ActingNetwork,
  { clock, ...asked }: Omit<NewRule, 'now'> & { clock: () => Date },
) {
  return await db.transaction().execute(async (tx) => {
    await waitForOtherRules(tx, network)
    // Only now: a request that waited for its twin must not seem older than what that set.
    const made: NewRule = { ...asked, now: clock() }
    const versions = await listEarningRules(tx, network.id)
    const [newest] = versions
    if (newest !== undefined && isRepeated(made, newest)) return { rule: newest, added: false }
    const effectiveFrom = made.effectiveFrom ?? made.now
    const isPromise = await hasWallets(tx, network)
    const worse: number[] = []
    if (isPromise) {
      demandNotice(network, { ...made, effectiveFrom, versions })
      const next = nextMadeWorse({ ...made.terms, effectiveFrom }, versions, worseIn)
      const setting = { network, merchant: null, now: made.now }
      worse.push(
        ...(await demandNoticeOfNext(tx, setting, next, (version) => ruleChanges(version, versions))),
      )
    }
    const rule = await setEarningRule(tx, network.id, { ...made.terms, effectiveFrom, by: made.by })
    if (isPromise && ruleChanges(rule, [rule, ...versions]).length > 0) worse.push(rule.version)
    for (const version of worse) {
      await announceTerms(tx, { network: network.id, merchant: null, version }, made.now)
    }
    await recordAudit(tx, made.audit, { subjects: [], changed: ['earning_rule'] })
    return { rule, added: true }
  })
}

type Versions = Awaited<ReturnType<typeof listEarningRules>>

function isRepeated({ terms, effectiveFrom, now }: NewRule, newest: Versions[number]): boolean {
  const sameStart =
    effectiveFrom === null
      ? newest.effectiveFrom <= now
      : effectiveFrom.getTime() === newest.effectiveFrom.getTime()
  return sameStart && sameTerms(terms, newest)
}

function demandNotice(
  network: ActingNetwork,
  { terms, effectiveFrom, now, versions }: NewRule & { effectiveFrom: Date; versions: Versions },
): void {
  if (effectiveFrom < now) {
    throw new Refusal('notice_too_short', {
      detail:
        'The network has customers, so a rule can not start in the past. Send a later effective_from, or none.',
      errors: [{ pointer: '#/effective_from', detail: 'is in the past' }],
    })
  }
  const earliest = earliestOf(network, now, versions)
  const promised = versionAt(effectiveFrom, versions)
  const worse = promised === undefined ? [] : worseIn(terms, promised)
  if (worse.length === 0 || effectiveFrom >= earliest) return
  throw new Refusal('notice_too_short', {
    detail:
      `This is worse for customers than what was promised, so it must wait ${network.noticeDays} days. ` +
      `Send an effective_from of ${earliest.toISOString()} or later.`,
    errors: worse.map((field) => ({ pointer: `#/${field}`, detail: 'is worse than what was promised' })),
    members: { earliest_effective_from: earliest.toISOString() },
  })
}

/** When worse terms may start. What starts before the first rule, or with it, holds already, so not before that has. */
function earliestOf(network: ActingNetwork, now: Date, versions: Versions): Date {
  const holding = versionAt(now, versions)?.effectiveFrom ?? now
  const afterFirst = holding > now ? holding.getTime() + 1 : 0
  return new Date(Math.max(earliestStart(network, now).getTime(), afterFirst))
}

/** Two operators at once: one sees what the other set. Until the end of the transaction. */
export async function waitForOtherRules(tx: Tx, network: ActingNetwork): Promise<void> {
  await tx
    .selectFrom('api.network')
    .select('network_id')
    .where('network_id', '=', network.id)
    .orderBy('network_id')
    .forNoKeyUpdate()
    .execute()
}

/** Whether anybody has been promised anything yet. */
export async function hasWallets(tx: Tx, network: ActingNetwork): Promise<boolean> {
  const row = await tx
    .selectFrom('api.wallet')
    .select('wallet_id')
    .where('network_id', '=', network.id)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** Refuses `request_invalid` when a multiplier names a merchant that the network does not have. */
export async function demandMerchants(db: Db, network: NetworkId, named: readonly Uuid[]): Promise<void> {
  const asked = [...new Set(named)]
  if (asked.length === 0) return
  const found = await db
    .selectFrom('api.merchant')
    .select('uuid')
    .where('network_id', '=', network)
    .where('uuid', 'in', asked)
    .execute()
  if (found.length === asked.length) return
  throw new Refusal('request_invalid', {
    errors: [{ pointer: '#/multipliers', detail: 'names a merchant that the network does not have' }],
  })
}
