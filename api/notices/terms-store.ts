import { sql } from 'kysely'
import { uuidv7 } from 'uuidv7'
import {
  listEarningRules,
  type MerchantId,
  type NetworkId,
  type Uuid,
  type WalletId,
} from '../../ledger/index.ts'
import { saleKinds } from '../customers/shop-view.ts'
import { Refusal } from '../http/problems.ts'
import { factorChanges, ruleChanges, type FactorVersion, type TermsChange } from '../rules/coming-terms.ts'
import type { Db, Tx } from '../tables.ts'

/** Each makes a letter to many, so so many in 24 hours: of the network's rule, and of each shop's own factor. */
const worseTermsPerDayMax = 5
const dayMs = 24 * 60 * 60 * 1000

/** A version of the network's rule, or of a merchant's own factor. */
export interface TermsVersion {
  readonly network: NetworkId
  readonly merchant: MerchantId | null
  readonly version: number
}

/** Whether customers are told of a version, with all that gets worse by it; or were, and it was no worse any more. */
export async function isAnnounced(tx: Tx, { network, merchant, version }: TermsVersion): Promise<boolean> {
  const row = await tx
    .selectFrom('api.terms_notice')
    .select('notice_uuid')
    .where('network_id', '=', network)
    .where('merchant_id', 'is not distinct from', merchant)
    .where('version', '=', version)
    .executeTakeFirst()
  return row !== undefined
}

/**
 * Notes that customers are to be told of a version with worse terms, in the transaction that makes it so, in which
 * no other is being set; told of it before, they are told anew. Refuses `too_many_requests` when they had letters enough.
 */
export async function announceTerms(
  tx: Tx,
  { network, merchant, version }: TermsVersion,
  now: Date,
): Promise<void> {
  const told = await tx
    .selectFrom('api.terms_notice')
    .select('told_at')
    .where('network_id', '=', network)
    .where('merchant_id', 'is not distinct from', merchant)
    .where('told_at', '>', new Date(now.getTime() - dayMs))
    .orderBy('told_at', 'desc')
    .limit(worseTermsPerDayMax)
    .execute()
  const first = told[worseTermsPerDayMax - 1]
  if (first !== undefined) {
    const seconds = Math.ceil((first.told_at.getTime() + dayMs - now.getTime()) / 1000)
    throw new Refusal('too_many_requests', {
      detail:
        `Customers get a letter each time terms get worse, so that can be set ${worseTermsPerDayMax} times in 24 hours. ` +
        'Terms that are not worse can be set now.',
      headers: { 'Retry-After': String(Math.max(1, seconds)) },
    })
  }
  await tx
    .insertInto('api.terms_notice')
    .values({ network_id: network, notice_uuid: uuidv7(), merchant_id: merchant, version, told_at: now })
    .onConflict((conflict) =>
      conflict
        .constraint('terms_notice_once')
        .doUpdateSet({ told_at: now, cursor_wallet: 0 as WalletId, finished: false }),
    )
    .execute()
}

/** A notice of worse terms. */
export interface NoticeKey {
  readonly network: NetworkId
  readonly notice: Uuid
}

/** Notices whose letters are not all in the queue, the oldest first; networks with a clock of their own are being made. */
export async function listUntold(db: Db): Promise<NoticeKey[]> {
  const { rows } = await sql<NoticeKey>`
    select t.network_id as network, t.notice_uuid as notice
    from api.terms_notice t
    join ledger.network n on n.network_id = t.network_id and n.clock_at is null
    where not t.finished
    order by t.told_at, t.network_id, t.notice_uuid`.execute(db)
  return rows
}

/**
 * The customers with an e-mail address of the next `atOnce` wallets, of a shop's own factor those who bought there, and
 * moves the cursor past those wallets: what is made of them in `tx` is made once. Null while another process is at it, or
 * when there are no more.
 */
export async function takeReaders(
  tx: Tx,
  { network, notice }: NoticeKey,
  atOnce: number,
): Promise<{ readonly readers: readonly Uuid[] } | null> {
  const row = await tx
    .selectFrom('api.terms_notice')
    .select(['cursor_wallet', 'merchant_id'])
    .where('network_id', '=', network)
    .where('notice_uuid', '=', notice)
    .where('finished', '=', false)
    .orderBy('notice_uuid')
    .forUpdate()
    .skipLocked()
    .executeTakeFirst()
  if (row === undefined) return null
  const { rows } = await sql<{ wallet: WalletId; reader: Uuid | null }>`
    with next as materialized (
      select w.wallet_id, w.customer_uuid from api.wallet w
      where w.network_id = ${network} and w.wallet_id > ${row.cursor_wallet}
      order by w.wallet_id
      limit ${atOnce})
    select n.wallet_id as wallet, c.uuid as reader
    from next n
    left join api.customer c on c.network_id = ${network} and c.uuid = n.customer_uuid and c.email is not null
      and (${row.merchant_id}::int is null or exists (
        select from ledger.transaction t
        where t.network_id = ${network} and t.wallet_id = n.wallet_id and t.merchant_id = ${row.merchant_id}::int
          and t.kind = any(${saleKinds})))
    order by n.wallet_id`.execute(tx)
  await tx
    .updateTable('api.terms_notice')
    .set({ cursor_wallet: rows.at(-1)?.wallet ?? row.cursor_wallet, finished: rows.length < atOnce })
    .where('network_id', '=', network)
    .where('notice_uuid', '=', notice)
    .execute()
  return { readers: rows.flatMap(({ reader }) => (reader === null ? [] : [reader])) }
}

/** Nobody is told of it any more: it never starts as it was set, or is no worse. */
export async function passOverNotice(db: Db, { network, notice }: NoticeKey): Promise<void> {
  await db
    .updateTable('api.terms_notice')
    .set({ finished: true })
    .where('network_id', '=', network)
    .where('notice_uuid', '=', notice)
    .execute()
}

/** Terms that get worse: what, from when, and where. */
export interface WorseTerms {
  /** Whose own factor; null: the network's rule. */
  readonly shop: { readonly uuid: Uuid; readonly name: string } | null
  readonly effectiveFrom: Date
  /** When the letters were noted; null: there were no customers yet. */
  readonly toldAt: Date | null
  readonly changes: readonly TermsChange[]
}

/** What a notice tells of, as it stands now: undefined when nothing gets worse by it any more. */
export async function readWorseTerms(
  db: Db,
  { network, notice }: NoticeKey,
): Promise<WorseTerms | undefined> {
  const row = await db
    .selectFrom('api.terms_notice')
    .select(['merchant_id', 'version'])
    .where('network_id', '=', network)
    .where('notice_uuid', '=', notice)
    .executeTakeFirst()
  if (row === undefined) return undefined
  const all =
    row.merchant_id === null
      ? await worseRules(db, network)
      : await worseFactors(db, network, row.merchant_id)
  return all.find(({ version }) => version === row.version)
}

/** Worse terms of the network and its shops that have not started at `now`, the soonest first. */
export async function listComingTerms(db: Db, network: NetworkId, now: Date): Promise<WorseTerms[]> {
  const all = [...(await worseRules(db, network, now)), ...(await worseFactors(db, network, null, now))]
  return all
    .filter(({ effectiveFrom }) => effectiveFrom > now)
    .toSorted((one, other) => one.effectiveFrom.getTime() - other.effectiveFrom.getTime())
}

type Versioned = WorseTerms & { readonly version: number }

async function worseRules(db: Db, network: NetworkId, after = new Date(0)): Promise<Versioned[]> {
  const versions = await listEarningRules(db, network)
  const worse = versions
    .filter(({ effectiveFrom }) => effectiveFrom > after)
    .map((rule) => ({ rule, changes: ruleChanges(rule, versions) }))
    .filter(({ changes }) => changes.length > 0)
  if (worse.length === 0) return []
  const told = await db
    .selectFrom('api.terms_notice')
    .select(['version', 'told_at'])
    .where('network_id', '=', network)
    .where('merchant_id', 'is', null)
    .execute()
  const toldAt = new Map(told.map((each) => [each.version, each.told_at]))
  return worse.map(({ rule: { version, effectiveFrom }, changes }) => ({
    version,
    shop: null,
    effectiveFrom,
    toldAt: toldAt.get(version) ?? null,
    changes,
  }))
}

/** Of one merchant, or of all that have a factor to come. */
async function worseFactors(
  db: Db,
  network: NetworkId,
  merchant: MerchantId | null,
  after = new Date(0),
): Promise<Versioned[]> {
  const { rows } = await sql<FactorVersion & { uuid: Uuid; name: string; toldAt: Date | null }>`
    select m.uuid, m.name, x.version, x.factor, x.effective_from as "effectiveFrom", t.told_at as "toldAt"
    from api.merchant m
    join ledger.merchant_multiplier x on x.network_id = m.network_id and x.merchant_id = m.merchant_id
    left join api.terms_notice t
      on t.network_id = x.network_id and t.merchant_id = x.merchant_id and t.version = x.version
    where m.network_id = ${network} and m.left_at is null
      and (${merchant}::int is null or m.merchant_id = ${merchant}::int)
      and exists (
        select from ledger.merchant_multiplier y
        where y.network_id = m.network_id and y.merchant_id = m.merchant_id and y.effective_from > ${after})
    order by m.name, m.merchant_id, x.version desc`.execute(db)
  return [...Map.groupBy(rows, ({ uuid }) => uuid).values()].flatMap((versions) =>
    versions.flatMap((each) => {
      const changes = factorChanges(each, versions)
      const { uuid, name, version, effectiveFrom, toldAt } = each
      return changes.length > 0 ? [{ shop: { uuid, name }, version, effectiveFrom, toldAt, changes }] : []
    }),
  )
}
