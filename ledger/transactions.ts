import { sql, type SqlBool } from 'kysely'
import { hashReference } from './command-row.ts'
import type {
  CommandKind,
  CredentialId,
  MerchantId,
  NetworkId,
  TransactionUuid,
  WalletId,
} from './commands.ts'
import type { AccountKind, GovernanceEvent } from './database/tables.ts'
import type { Db } from './database/connect.ts'
import type { Ledger } from './ledger.ts'
import type { Minor, Points } from './points.ts'

export interface TransactionLeg {
  readonly debit: { readonly kind: AccountKind; readonly uuid: string }
  readonly credit: { readonly kind: AccountKind; readonly uuid: string }
  readonly points: Points
  /** Set aside, not moved yet. */
  readonly pending: boolean
}

/** A posted transaction. UUIDs are those of merchants, wallets and credentials as the caller registered them. */
export interface Transaction {
  readonly transaction: TransactionUuid
  readonly entryIndex: bigint
  readonly kind: CommandKind
  readonly postedAt: Date
  readonly occurredAt: Date
  /** The network's local day of `occurredAt`, YYYY-MM-DD. */
  readonly day: string
  readonly points: Points
  readonly redeemedPoints: Points
  readonly moneyMinor: Minor
  readonly availableAfter: Points
  readonly amountMinor: Minor | null
  readonly currency: string
  readonly ruleVersion: number | null
  readonly merchant: string | null
  readonly wallet: string
  readonly toWallet: string | null
  readonly credential: string | null
  readonly staff: string | null
  /** The transaction that this one reverses, captures or ends. */
  readonly target: TransactionUuid | null
  /** How many of the points it gave were taken back by reversals so far. */
  readonly takenBackPoints: Points
  /** How many of the points it took were given back by reversals so far. */
  readonly givenBackPoints: Points
  readonly hold: {
    readonly state: 'held' | 'captured' | 'voided' | 'timed_out'
    readonly endsAt: Date
  } | null
  readonly reason: string | null
  readonly legs: readonly TransactionLeg[]
}

export interface TransactionFilter {
  readonly transaction?: TransactionUuid
  /** Also gifts to it. */
  readonly wallet?: WalletId
  readonly merchant?: MerchantId
  readonly credential?: CredentialId
  readonly kind?: CommandKind
  /** The shop's receipt number, whole. */
  readonly reference?: string
  /** By `posted_at`, half-open. */
  readonly from?: Date
  readonly until?: Date
}

/** @returns null where the network has no such transaction */
export async function readTransaction(
  db: Db,
  network: NetworkId,
  transaction: TransactionUuid,
): Promise<Transaction | null> {
  const [found] = await select(db, network, { transaction }, null, { limit: 1 })
  return found ?? null
}

/** The newest first; `after` is the `entryIndex` of the last one seen. Stable while new ones are posted. */
export async function listTransactions(
  ledger: Pick<Ledger, 'db' | 'keyOf'>,
  network: NetworkId,
  filter: TransactionFilter,
  page: { readonly limit: number; readonly after?: bigint },
): Promise<Transaction[]> {
  const { reference, merchant } = filter
  if (reference === undefined) return select(ledger.db, network, filter, null, page)
  const key = await ledger.keyOf(network)
  // A receipt number is a merchant's own, and so is its hash.
  const merchants = merchant === undefined ? await listMerchantIds(ledger.db, network) : [merchant]
  const hashes = merchants.map((id) => hashReference(key, id, reference))
  return select(ledger.db, network, filter, hashes, page)
}

/** An entry of the log as its consumers read it: a transaction, or a governance event with its facts. */
export interface LogEntry {
  readonly index: bigint
  readonly at: Date
  readonly kind: CommandKind | GovernanceEvent
  readonly transaction: Transaction | null
  /** Random ids, decimals and plain words; null for a transaction. */
  readonly facts: Readonly<Record<string, string>> | null
}

/** The entries right after `after` (-1 from the beginning), the oldest first: gapless, since the log is. */
export async function readEntriesAfter(
  db: Db,
  network: NetworkId,
  after: bigint,
  limit: number,
): Promise<LogEntry[]> {
  const until = after + BigInt(limit)
  // Entries committed between the two reads must not make a gap: the head read first bounds both.
  const head = await db
    .selectFrom('ledger.head')
    .select('next_index')
    .where('network_id', '=', network)
    .executeTakeFirst()
  const last = head && head.next_index - 1n < until ? head.next_index - 1n : until
  const events = await db
    .selectFrom('ledger.governance')
    .select(['entry_index', 'posted_at', 'event', 'facts'])
    .where('network_id', '=', network)
    .where('entry_index', '>', after)
    .where('entry_index', '<=', last)
    .execute()
  const transactions = await select(db, network, { after, last }, null, { limit })
  return [
    ...events.map((row) => ({
      index: row.entry_index,
      at: row.posted_at,
      kind: row.event,
      transaction: null,
      facts: row.facts,
    })),
    ...transactions.map((transaction) => ({
      index: transaction.entryIndex,
      at: transaction.postedAt,
      kind: transaction.kind,
      transaction,
      facts: null,
    })),
  ].toSorted((a, b) => Number(a.index - b.index))
}

async function listMerchantIds(db: Db, network: NetworkId): Promise<MerchantId[]> {
  const rows = await db
    .selectFrom('ledger.merchant')
    .select('merchant_id')
    .where('network_id', '=', network)
    .execute()
  return rows.map((row) => row.merchant_id as MerchantId)
}

async function select(
  db: Db,
  network: NetworkId,
  filter: TransactionFilter & { readonly after?: bigint; readonly last?: bigint },
  referenceHashes: readonly Buffer[] | null,
  page: { readonly limit: number; readonly after?: bigint },
): Promise<Transaction[]> {
  const conditions = [
    sql<SqlBool>`t.network_id = ${network}`,
    filter.transaction && sql<SqlBool>`t.transaction_uuid = ${filter.transaction}`,
    filter.wallet !== undefined &&
      sql<SqlBool>`(t.wallet_id = ${filter.wallet} or t.to_wallet_id = ${filter.wallet})`,
    filter.merchant !== undefined && sql<SqlBool>`t.merchant_id = ${filter.merchant}`,
    filter.credential !== undefined && sql<SqlBool>`t.credential_id = ${filter.credential}`,
    filter.kind && sql<SqlBool>`t.kind = ${filter.kind}`,
    referenceHashes && sql<SqlBool>`t.reference_hash = any (${referenceHashes}::bytea[])`,
    filter.from && sql<SqlBool>`t.posted_at >= ${filter.from}`,
    filter.until && sql<SqlBool>`t.posted_at < ${filter.until}`,
    filter.after !== undefined && sql<SqlBool>`t.entry_index > ${filter.after}`,
    filter.last !== undefined && sql<SqlBool>`t.entry_index <= ${filter.last}`,
    page.after !== undefined && sql<SqlBool>`t.entry_index < ${page.after}`,
  ].filter((condition) => condition !== null && condition !== undefined && typeof condition === 'object')
  const { rows } = await sql<Row>`
    select t.transaction_uuid, t.entry_index, t.kind, t.posted_at, t.occurred_at, t.day, t.points,
      coalesce(t.redeemed_points, 0) as redeemed_points, coalesce(t.money_minor, t.amount_minor, 0) as money_minor,
      t.available_after, t.amount_minor, n.currency, t.rule_version, m.merchant_uuid,
      w.account_uuid as wallet_uuid, v.account_uuid as to_wallet_uuid, c.credential_uuid, s.credential_uuid as staff_uuid,
      target.transaction_uuid as target_uuid,
      reversed.taken_back, reversed.given_back,
      h.ends_at, ended.kind as ended_by, reason.reason,
      (select coalesce(json_agg(json_build_object('debit_kind', d.kind, 'debit', coalesce(dm.merchant_uuid, d.account_uuid),
          'credit_kind', k.kind, 'credit', coalesce(km.merchant_uuid, k.account_uuid), 'points', l.points::text,
          'pending', l.pending) order by l.ordinal), '[]')
        from ledger.leg l
        join ledger.account d on d.network_id = l.network_id and d.account_id = l.debit_account
        join ledger.account k on k.network_id = l.network_id and k.account_id = l.credit_account
        left join ledger.merchant dm on dm.network_id = l.network_id and dm.merchant_id = d.merchant_id
        left join ledger.merchant km on km.network_id = l.network_id and km.merchant_id = k.merchant_id
        where l.network_id = t.network_id and l.entry_index = t.entry_index) as legs
    from ledger.transaction t
    join ledger.network n on n.network_id = t.network_id
    join ledger.account w on w.network_id = t.network_id and w.account_id = t.wallet_id
    left join ledger.account v on v.network_id = t.network_id and v.account_id = t.to_wallet_id
    left join ledger.merchant m on m.network_id = t.network_id and m.merchant_id = t.merchant_id
    left join ledger.credential c on c.network_id = t.network_id and c.credential_id = t.credential_id
    left join ledger.credential s on s.network_id = t.network_id and s.credential_id = t.staff_id
    left join ledger.transaction target on target.network_id = t.network_id and target.entry_index = t.target_index
    left join lateral (select coalesce(sum(x.points), 0)::bigint as taken_back,
        coalesce(sum(x.redeemed_points), 0)::bigint as given_back from ledger.transaction x
      where x.network_id = t.network_id and x.target_index = t.entry_index and x.kind = 'reverse') reversed on true
    left join ledger.hold h on t.kind = 'hold' and h.network_id = t.network_id and h.hold_index = t.entry_index
    left join ledger.transaction ended on ended.network_id = t.network_id and ended.entry_index = h.ended_index
    left join ledger.reason reason on reason.network_id = t.network_id and reason.entry_index = t.entry_index
    where ${sql.join(conditions, sql` and `)}
    order by t.entry_index desc
    limit ${page.limit}`.execute(db)
  return rows.map(toTransaction)
}

interface Row {
  transaction_uuid: TransactionUuid
  entry_index: bigint
  kind: CommandKind
  posted_at: Date
  occurred_at: Date
  day: string
  points: Points
  redeemed_points: Points
  money_minor: Minor
  available_after: Points
  amount_minor: Minor | null
  currency: string
  rule_version: number | null
  merchant_uuid: string | null
  wallet_uuid: string
  to_wallet_uuid: string | null
  credential_uuid: string | null
  staff_uuid: string | null
  target_uuid: TransactionUuid | null
  taken_back: Points
  given_back: Points
  ends_at: Date | null
  ended_by: 'capture' | 'void' | 'time-out' | null
  reason: string | null
  legs: {
    debit_kind: AccountKind
    debit: string
    credit_kind: AccountKind
    credit: string
    points: string
    pending: boolean
  }[]
}

const holdStates = { capture: 'captured', void: 'voided', 'time-out': 'timed_out' } as const

function toTransaction(row: Row): Transaction {
  return {
    transaction: row.transaction_uuid,
    entryIndex: row.entry_index,
    kind: row.kind,
    postedAt: row.posted_at,
    occurredAt: row.occurred_at,
    day: row.day,
    points: row.points,
    redeemedPoints: row.redeemed_points,
    moneyMinor: row.money_minor,
    availableAfter: row.available_after,
    amountMinor: row.amount_minor,
    currency: row.currency,
    ruleVersion: row.rule_version,
    merchant: row.merchant_uuid,
    wallet: row.wallet_uuid,
    toWallet: row.to_wallet_uuid,
    credential: row.credential_uuid,
    staff: row.staff_uuid,
    target: row.target_uuid,
    takenBackPoints: row.taken_back,
    givenBackPoints: row.given_back,
    hold: row.ends_at && {
      state: row.ended_by ? holdStates[row.ended_by] : 'held',
      endsAt: row.ends_at,
    },
    reason: row.reason,
    legs: row.legs.map((leg) => ({
      debit: { kind: leg.debit_kind, uuid: leg.debit },
      credit: { kind: leg.credit_kind, uuid: leg.credit },
      points: BigInt(leg.points) as Points,
      pending: leg.pending,
    })),
  }
}
