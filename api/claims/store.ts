import { sql } from 'kysely'
import { uuidv7 } from 'uuidv7'
import {
  openWallet,
  type MerchantId,
  type NetworkId,
  type TransactionUuid,
  type Uuid,
  type WalletId,
} from '../../ledger/index.ts'
import type { CustomerIdentity } from '../identity/identities.ts'
import type { Db, Tx } from '../tables.ts'

/** Opens a wallet that is nobody's yet, to be collected with the code. Answers the wallet's UUID. */
export async function openClaim(
  tx: Tx,
  network: NetworkId,
  claim: { readonly till: Uuid; readonly codeHash: Buffer; readonly expiresAt: Date },
): Promise<Uuid> {
  const uuid = uuidv7()
  const wallet = await openWallet(tx, network, uuid)
  await tx
    .insertInto('api.wallet')
    .values({ network_id: network, wallet_id: wallet, uuid, customer_uuid: null })
    .execute()
  await tx
    .insertInto('api.claim')
    .values({
      network_id: network,
      wallet_id: wallet,
      till_uuid: claim.till,
      code_hash: claim.codeHash,
      expires_at: claim.expiresAt,
    })
    .execute()
  return uuid
}

/** A claim: its wallet, and the shop that made it. */
export interface Claim {
  readonly network: NetworkId
  readonly wallet: WalletId
  readonly merchant: MerchantId
}

/** What a customer shows to collect. */
export interface ShownCode {
  readonly codeHash: Buffer
  readonly now: Date
}

/** The claim with that code, if the customer may have it; undefined when there is none to be had. */
export async function findClaim(
  db: Db,
  { network, wallet }: CustomerIdentity,
  { codeHash, now }: ShownCode,
): Promise<Claim | undefined> {
  const found = await db
    .selectFrom('api.claim as claim')
    .innerJoin('api.till as till', (join) =>
      join.onRef('till.network_id', '=', 'claim.network_id').onRef('till.uuid', '=', 'claim.till_uuid'),
    )
    .where('claim.network_id', '=', network.id)
    .where('claim.code_hash', '=', codeHash)
    .where((is) =>
      is.or([
        is('claim.collected_by', '=', wallet.id),
        is.and([is('claim.collected_by', 'is', null), is('claim.expires_at', '>', now)]),
      ]),
    )
    .select(['claim.wallet_id', 'till.merchant_id'])
    .executeTakeFirst()
  return found && { network: network.id, wallet: found.wallet_id, merchant: found.merchant_id }
}

/**
 * Gives the claim to the customer, and to nobody else from then on. `taken`: now; `had`: it was theirs before; `gone`: it
 * is no longer to be had.
 */
export async function takeClaim(
  tx: Tx,
  claim: Claim,
  collector: WalletId,
  now: Date,
): Promise<'taken' | 'had' | 'gone'> {
  const open = await tx
    .selectFrom('api.claim')
    .select(['collected_by', 'expires_at'])
    .where('network_id', '=', claim.network)
    .where('wallet_id', '=', claim.wallet)
    .orderBy('wallet_id')
    .forUpdate()
    .executeTakeFirst()
  if (open?.collected_by === collector) return 'had'
  if (open === undefined || open.collected_by !== null || open.expires_at <= now) return 'gone'
  await tx
    .updateTable('api.claim')
    .set({ collected_by: collector })
    .where('network_id', '=', claim.network)
    .where('wallet_id', '=', claim.wallet)
    .execute()
  return 'taken'
}

/** Nothing could be collected: the code is as good as before. */
export async function giveBackClaim(db: Db, claim: Claim, collector: WalletId): Promise<void> {
  await db
    .updateTable('api.claim')
    .set({ collected_by: null })
    .where('network_id', '=', claim.network)
    .where('wallet_id', '=', claim.wallet)
    .where('collected_by', '=', collector)
    .execute()
}

/** A purchase that waits, and the entry of its newest refund; null where nothing of it was refunded. */
export interface Waiting {
  readonly target: TransactionUuid
  readonly refundsUntil: bigint | null
}

/**
 * The purchases that wait in a claim's wallet, the oldest first. Not those that were moved or refunded as a whole, nor
 * paid for in points; nor those of another shop, which recorded them for this wallet: only that shop may move them.
 */
export async function listWaiting(tx: Tx, { network, wallet, merchant }: Claim): Promise<Waiting[]> {
  const { rows } = await sql<Waiting>`
    select sale.transaction_uuid as target, refunds.until as "refundsUntil"
    from ledger.transaction sale
    cross join lateral (
      select max(r.entry_index) as until, coalesce(sum(r.amount_minor), 0) as amount_minor,
        coalesce(sum(r.points), 0) as points
      from ledger.transaction r
      where r.network_id = sale.network_id and r.target_index = sale.entry_index
    ) refunds
    where sale.network_id = ${network} and sale.wallet_id = ${wallet} and sale.merchant_id = ${merchant}
      and sale.kind = 'issue' and coalesce(sale.redeemed_points, 0) = 0
      and sale.amount_minor > refunds.amount_minor
      and (refunds.until is null or sale.points > refunds.points)
    order by sale.entry_index`.execute(tx)
  return rows
}
