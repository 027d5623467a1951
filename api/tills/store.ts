import { uuidv7 } from 'uuidv7'
import {
  registerCredential,
  revokeCredential,
  type MerchantId,
  type NetworkId,
  type Uuid,
} from '../../ledger/index.ts'
import { recordAudit } from '../audit/record.ts'
import { typeId } from '../http/ids.ts'
import { hashTillKey } from '../identity/till-keys.ts'
import type { Actor } from '../audit/actor.ts'
import type { Db } from '../tables.ts'

const columns = ['uuid', 'name', 'credential_id', 'created_at', 'revoked_at', 'last_used_at'] as const

/** A till with its credential in the ledger; of its key only the hash is kept. */
export async function createTill(
  db: Db,
  { network, credential, audit }: Actor,
  made: { readonly merchant: MerchantId; readonly name: string; readonly key: string },
) {
  return await db.transaction().execute(async (tx) => {
    const uuid = uuidv7()
    const registered = await registerCredential(tx, network, {
      uuid,
      kind: 'till',
      merchant: made.merchant,
      by: credential,
    })
    await recordAudit(tx, audit, { subjects: [typeId('til', uuid)], merchant: made.merchant })
    return await tx
      .insertInto('api.till')
      .values({
        network_id: network,
        uuid,
        merchant_id: made.merchant,
        name: made.name,
        key_hash: hashTillKey(made.key),
        credential_id: registered,
      })
      .returning(columns)
      .executeTakeFirstOrThrow()
  })
}

/** A merchant's tills from the oldest, revoked ones too, one more than `limit`. */
export async function listTills(
  db: Db,
  network: NetworkId,
  { merchant, limit, after }: { merchant: MerchantId; limit: number; after?: Uuid | undefined },
) {
  let query = db
    .selectFrom('api.till')
    .select(columns)
    .where('network_id', '=', network)
    .where('merchant_id', '=', merchant)
  // Made by uuidv7(), so their order is that of their making.
  if (after !== undefined) query = query.where('uuid', '>', after)
  return await query
    .orderBy('uuid')
    .limit(limit + 1)
    .execute()
}

/**
 * Revokes a till of the merchant in both schemas at once; one that was revoked before stays as it is.
 * False: there is no such till.
 */
export async function revokeTill(
  db: Db,
  { network, credential, audit }: Actor,
  { merchant, till, now }: { merchant: MerchantId; till: Uuid; now: Date },
): Promise<boolean> {
  return await db.transaction().execute(async (tx) => {
    const row = await tx
      .selectFrom('api.till')
      .select(['credential_id', 'revoked_at'])
      .where('network_id', '=', network)
      .where('merchant_id', '=', merchant)
      .where('uuid', '=', till)
      .executeTakeFirst()
    if (row === undefined) return false
    if (row.revoked_at !== null) return true
    // The ledger's head before any row of ours. Of two at once, the second finds nothing left to do.
    await revokeCredential(tx, network, row.credential_id, credential)
    const { numUpdatedRows } = await tx
      .updateTable('api.till')
      .set({ revoked_at: now })
      .where('network_id', '=', network)
      .where('uuid', '=', till)
      .where('revoked_at', 'is', null)
      .executeTakeFirst()
    if (numUpdatedRows === 1n) await recordAudit(tx, audit, { subjects: [typeId('til', till)], merchant })
    return true
  })
}

/** A till as the API keeps it. */
export type TillRow = Awaited<ReturnType<typeof listTills>>[number]
