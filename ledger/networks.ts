import { sql } from 'kysely'
import { uuidv7 } from 'uuidv7'
import type { CredentialId, MerchantId, NetworkId, TransactionUuid, WalletId } from './commands.ts'
import type { AnyTx, Db, Tx } from './database/connect.ts'
import type { Multiplier } from './database/tables.ts'
import { currencyDigits } from './currencies.ts'
import type { Minor, Points } from './points.ts'

/** Who did it; null where the deployment itself did (its first set-up). */
type By = CredentialId | null

// Everything here that changes members, rights or rules writes an entry of the log.

async function call<T>(tx: AnyTx, query: ReturnType<typeof sql<T>>): Promise<T> {
  const { rows } = await query.execute(tx as Tx)
  return rows[0]!
}

/**
 * Opens a network with its house merchant, which funds the network's own bonuses.
 * @throws the database's error where currency, time zone or bounds are wrong: check them before
 */
export async function openNetwork(
  tx: AnyTx,
  network: {
    uuid: string
    /** ISO 4217. */
    currency: string
    /** IANA. */
    timeZone: string
    pointFaceValueMinor: Minor
    graceDays: number
  },
): Promise<{ network: NetworkId; house: MerchantId; houseUuid: string }> {
  const houseUuid = uuidv7()
  const row = await call(
    tx,
    sql<{ network_id: NetworkId; house_id: MerchantId }>`
      select network_id, house_id from ledger.open_network(${network.uuid}, ${network.currency},
        ${currencyDigits(network.currency)}, ${network.timeZone}, ${network.pointFaceValueMinor}, ${network.graceDays},
        ${houseUuid})`,
  )
  return { network: row.network_id, house: row.house_id, houseUuid }
}

/** `issuingLimit`: how many points of it may be outstanding at once; null for no limit. */
export async function admitMerchant(
  tx: AnyTx,
  network: NetworkId,
  { uuid, issuingLimit, by }: { uuid: string; issuingLimit: Points | null; by: By },
): Promise<MerchantId> {
  const row = await call(
    tx,
    sql<{ id: MerchantId }>`select ledger.admit_merchant(${network}, ${uuid}, ${issuingLimit}, ${by}) as id`,
  )
  return row.id
}

/** Points already out stay good, even above a lower limit. */
export async function changeIssuingLimit(
  tx: AnyTx,
  network: NetworkId,
  merchant: MerchantId,
  issuingLimit: Points | null,
  by: By,
): Promise<void> {
  await call(tx, sql`select ledger.change_issuing_limit(${network}, ${merchant}, ${issuingLimit}, ${by})`)
}

/** From then on it opens nothing new; its holds may still be captured, refunds go on, and what it issued stays good. */
export async function letGoMerchant(
  tx: AnyTx,
  network: NetworkId,
  merchant: MerchantId,
  by: By,
): Promise<void> {
  await call(tx, sql`select ledger.let_go_merchant(${network}, ${merchant}, ${by})`)
}

export async function registerCredential(
  tx: AnyTx,
  network: NetworkId,
  {
    uuid,
    kind,
    merchant,
    by,
  }: {
    uuid: string
    /** `import` alone may post purchases older than 7 days; `network` is the network itself (its bonuses). */
    kind: 'till' | 'person' | 'import' | 'network'
    /** The only merchant it may act for; null for any. */
    merchant: MerchantId | null
    by: By
  },
): Promise<CredentialId> {
  const row = await call(
    tx,
    sql<{ id: CredentialId }>`
      select ledger.register_credential(${network}, ${uuid}, ${kind}, ${merchant}, ${by}) as id`,
  )
  return row.id
}

/** From the commit on, the posting itself refuses it: `credential_revoked`. */
export async function revokeCredential(
  tx: AnyTx,
  network: NetworkId,
  credential: CredentialId,
  by: By,
): Promise<void> {
  await call(tx, sql`select ledger.revoke_credential(${network}, ${credential}, ${by})`)
}

export async function openWallet(tx: AnyTx, network: NetworkId, uuid: string): Promise<WalletId> {
  const [wallet] = await openWallets(tx, network, [uuid])
  return wallet!
}

/** In the order asked; a UUID that has a wallet answers that one. */
export async function openWallets(
  tx: AnyTx,
  network: NetworkId,
  uuids: readonly string[],
): Promise<WalletId[]> {
  const { rows } = await sql<{ id: WalletId }>`
    select id from ledger.open_wallets(${network}, ${uuids}::uuid[]) as id`.execute(tx as Tx)
  return rows.map((row) => row.id)
}

/** A locked wallet receives but does not spend: `wallet_locked`. */
export async function lockWallet(
  tx: AnyTx,
  network: NetworkId,
  wallet: WalletId,
  locked: boolean,
): Promise<void> {
  await call(tx, sql`select ledger.lock_wallet(${network}, ${wallet}, ${locked})`)
}

export interface EarningRule {
  readonly version: number
  /** Decimal string, e.g. `1.5`: points for one whole unit of the currency. */
  readonly pointsPerCurrencyUnit: string
  readonly rounding: 'down' | 'nearest' | 'up'
  /** From the local day of the purchase; null: never. */
  readonly expiresAfterMonths: number | null
  /** Points a wallet can earn in a local day; a purchase above it is trimmed, not refused. */
  readonly dailyMaxPerWallet: Points | null
  /** A bill below this gives nothing. */
  readonly minSpendMinor: Minor | null
  readonly multipliers: readonly Multiplier[]
  readonly effectiveFrom: Date
  readonly createdAt: Date
}

/** What a new version needs to say; no minimum and no multipliers when left out. */
export type NewEarningRule = Omit<EarningRule, 'version' | 'createdAt' | 'minSpendMinor' | 'multipliers'> &
  Partial<Pick<EarningRule, 'minSpendMinor' | 'multipliers'>>

/** A new version, never a change of an old one. The caller sees to the notice period for worse terms. */
export async function setEarningRule(
  tx: AnyTx,
  network: NetworkId,
  rule: NewEarningRule & { by: By },
): Promise<EarningRule> {
  const multipliers = rule.multipliers ?? []
  const row = await call(
    tx,
    sql<{ version: number }>`
      select ledger.set_earning_rule(${network}, ${rule.pointsPerCurrencyUnit}, ${rule.rounding},
        ${rule.expiresAfterMonths}, ${rule.dailyMaxPerWallet}, ${rule.minSpendMinor ?? null},
        ${multipliers.length > 0 ? JSON.stringify(multipliers) : null}::jsonb, ${rule.effectiveFrom}, ${rule.by}) as version`,
  )
  const rules = await listEarningRules(tx as Tx, network)
  return rules.find(({ version }) => version === row.version)!
}

/** What whoever joins is given from now on; answers the index of its entry. Which version it is the caller knows. */
export async function recordEnrolmentBonus(
  tx: AnyTx,
  network: NetworkId,
  bonus: { version: number; points: Points; expiresAfterMonths: number | null; by: By },
): Promise<bigint> {
  const { index } = await call(
    tx,
    sql<{ index: bigint }>`
      select ledger.set_enrolment_bonus(${network}, ${bonus.version}, ${bonus.points}, ${bonus.expiresAfterMonths},
        ${bonus.by}) as index`,
  )
  return index
}

/** All versions, the newest first. */
export async function listEarningRules(
  db: Pick<Db, 'selectFrom'>,
  network: NetworkId,
): Promise<EarningRule[]> {
  const rows = await db
    .selectFrom('ledger.earning_rule')
    .select([
      'version',
      'points_per_currency_unit',
      'rounding',
      'expires_after_months',
      'daily_max_per_wallet',
      'min_spend_minor',
      'multipliers',
      'effective_from',
      'created_at',
    ])
    .where('network_id', '=', network)
    .orderBy('version', 'desc')
    .execute()
  return rows.map((row) => ({
    version: row.version,
    pointsPerCurrencyUnit: row.points_per_currency_unit,
    rounding: row.rounding,
    expiresAfterMonths: row.expires_after_months,
    dailyMaxPerWallet: row.daily_max_per_wallet as Points | null,
    minSpendMinor: row.min_spend_minor as Minor | null,
    multipliers: row.multipliers ?? [],
    effectiveFrom: row.effective_from,
    createdAt: row.created_at,
  }))
}

/** A merchant's own factor on what its purchases give, from a time on. The caller keeps the network's bounds. */
export async function setMerchantMultiplier(
  tx: AnyTx,
  network: NetworkId,
  merchant: MerchantId,
  { factor, effectiveFrom, by }: { factor: string; effectiveFrom: Date; by: By },
): Promise<void> {
  await call(
    tx,
    sql`select ledger.set_merchant_multiplier(${network}, ${merchant}, ${factor}, ${effectiveFrom}, ${by})`,
  )
}

/** For good: what is in the wallet, or comes back to it, expires at the next sweep. Holds end by themselves. */
export async function closeWallet(tx: AnyTx, network: NetworkId, wallet: WalletId, by: By): Promise<void> {
  await call(tx, sql`select ledger.close_wallet(${network}, ${wallet}, ${by})`)
}

/** Erases what staff wrote about a wallet's transactions; the salted hashes in the log then say nothing. */
export async function eraseReasons(tx: AnyTx, network: NetworkId, wallet: WalletId): Promise<void> {
  await call(tx, sql`select ledger.erase_reasons(${network}, ${wallet})`)
}

/** The same of these transactions alone, which are about somebody besides their wallet's owner. */
export async function eraseReasonsOf(
  tx: AnyTx,
  network: NetworkId,
  transactions: readonly TransactionUuid[],
): Promise<void> {
  await call(tx, sql`select ledger.erase_reasons_of(${network}, ${transactions})`)
}

/** Puts a day of the audit trail into the log by its digest (hex), so that it can't be changed afterwards unseen. */
export async function recordAuditDigest(
  tx: AnyTx,
  network: NetworkId,
  { day, events, digest }: { day: string; events: number; digest: string },
): Promise<void> {
  await call(tx, sql`select ledger.record_audit_digest(${network}, ${day}, ${events}, ${digest})`)
}

/** Writes what the deployment's operator did outside any network that day into a network's log; answers the index. */
export async function recordDeploymentDigest(
  tx: AnyTx,
  network: NetworkId,
  { day, events, digest }: { day: string; events: number; digest: string },
): Promise<bigint> {
  const { index } = await call(
    tx,
    sql<{ index: bigint }>`
      select ledger.record_deployment_digest(${network}, ${day}, ${events}, ${digest}) as index`,
  )
  return index
}
