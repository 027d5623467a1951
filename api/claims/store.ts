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

/** A claim that is the customer's now: its wallet, and the shop that made it. */
export interface CollectedClaim {
  readonly network: NetworkId
  readonly wallet: WalletId
  readonly merchant: MerchantId
}

/** Gives the claim with that code to the customer, once and for all; undefined when there is none to be had. */
export async function takeClaim(
  db: Db,
  { network, wallet }: CustomerIdentity,
  { codeHash, now }: { readonly codeHash: Buffer; readonly now: Date },
): Promise<CollectedClaim | undefined> {
  const taken = await db
    .updateTable('api.claim')
    .set({ collected_by: wallet.id })
    .where('network_id', '=', network.id)
    .where('code_hash', '=', codeHash)
    .where('expires_at', '>', now)
    .where((is) => is.or([is('collected_by', 'is', null), is('collected_by', '=', wallet.id)]))
    .returning(['wallet_id', 'till_uuid'])
    .executeTakeFirst()
  if (taken === undefined) return undefined
  const { merchant_id: merchant } = await db
    .selectFrom('api.till')
    .where('network_id', '=', network.id)
    .where('uuid', '=', taken.till_uuid)
    .select('merchant_id')
    .executeTakeFirstOrThrow()
  return { network: network.id, wallet: taken.wallet_id, merchant }
}

/**
 * The purchases that wait in a claim's wallet, the oldest first; those that were moved or refunded are not among them,
 * nor those of another shop, which recorded them for this wallet: only that shop may move them.
 */
export async function listWaiting(
  db: Db,
  { network, wallet, merchant }: CollectedClaim,
): Promise<TransactionUuid[]> {
  const rows = await db
    .selectFrom('ledger.transaction as sale')
    .where('sale.network_id', '=', network)
    .where('sale.wallet_id', '=', wallet)
    .where('sale.merchant_id', '=', merchant)
    .where('sale.kind', '=', 'issue')
    .where('sale.amount_minor', '>', 0n)
    .where((is) =>
      is.not(
        is.exists(
          is
            .selectFrom('ledger.transaction as refund')
            .select('refund.entry_index')
            .whereRef('refund.network_id', '=', 'sale.network_id')
            .whereRef('refund.target_index', '=', 'sale.entry_index'),
        ),
      ),
    )
    .select('sale.transaction_uuid')
    .orderBy('sale.entry_index')
    .execute()
  return rows.map(({ transaction_uuid }) => transaction_uuid as TransactionUuid)
}
