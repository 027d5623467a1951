import type { MerchantId, NetworkId, Uuid } from '../../ledger/index.ts'
import { recordAudit, type AuditSource } from '../audit/record.ts'
import { typeId } from '../http/ids.ts'
import { Refusal } from '../http/problems.ts'
import { hashTillKey } from '../identity/till-keys.ts'
import type { Actor } from '../audit/actor.ts'
import type { Db } from '../tables.ts'

/** A till of the network that is not revoked, with its merchant. Refuses `not_found`. */
export async function findLiveTill(db: Db, network: NetworkId, till: Uuid) {
  const row = await db
    .selectFrom('api.till as till')
    .innerJoin('api.merchant as merchant', (join) =>
      join
        .onRef('merchant.network_id', '=', 'till.network_id')
        .onRef('merchant.merchant_id', '=', 'till.merchant_id'),
    )
    .select(['till.uuid', 'till.name', 'till.key_hash', 'till.merchant_id', 'merchant.uuid as merchant'])
    .where('till.network_id', '=', network)
    .where('till.uuid', '=', till)
    .where('till.revoked_at', 'is', null)
    .executeTakeFirst()
  if (row === undefined) throw new Refusal('not_found')
  return row
}

/** A new key for a till; the one before stays good until `overlapEnd`, any before that is over. */
export async function rotateTillKey(
  db: Db,
  { network, audit }: Actor,
  { merchant, till, key, overlapEnd }: RotatedKey,
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const { numUpdatedRows } = await tx
      .updateTable('api.till')
      .set(({ ref }) => ({
        previous_key_hash: ref('key_hash'),
        previous_key_until: overlapEnd,
        key_hash: hashTillKey(key),
      }))
      .where('network_id', '=', network)
      .where('merchant_id', '=', merchant)
      .where('uuid', '=', till)
      .where('revoked_at', 'is', null)
      .executeTakeFirstOrThrow()
    if (numUpdatedRows === 0n) throw new Refusal('not_found')
    await recordAudit(tx, audit, { subjects: [typeId('til', till)], changed: ['key'], merchant })
  })
}

interface RotatedKey {
  readonly merchant: MerchantId
  readonly till: Uuid
  readonly key: string
  readonly overlapEnd: Date
}

/** Lets whoever enters the code be the till; a code before it is good no more. */
export async function beginPairing(
  db: Db,
  { network, audit }: Actor,
  pairing: {
    readonly till: Uuid
    readonly merchant: MerchantId
    readonly codeHash: Buffer
    readonly expiresAt: Date
  },
): Promise<void> {
  const row = { code_hash: pairing.codeHash, expires_at: pairing.expiresAt }
  await db.transaction().execute(async (tx) => {
    await tx
      .insertInto('api.till_pairing')
      .values({ network_id: network, till_uuid: pairing.till, ...row })
      .onConflict((conflict) => conflict.constraint('till_pairing_pk').doUpdateSet(row))
      .execute()
    const { till, merchant } = pairing
    await recordAudit(tx, audit, { subjects: [typeId('til', till)], merchant })
  })
}

/** Uses up a code: the till has this key now, and no other. Refuses `code_wrong`. */
export async function pairTill(
  db: Db,
  audit: AuditSource,
  { codeHash, key, now }: { readonly codeHash: Buffer; readonly key: string; readonly now: Date },
) {
  return await db.transaction().execute(async (tx) => {
    const used = await tx
      .deleteFrom('api.till_pairing')
      .where('code_hash', '=', codeHash)
      .where('expires_at', '>', now)
      .returning(['network_id', 'till_uuid'])
      .executeTakeFirst()
    if (used === undefined) throw new Refusal('code_wrong')
    const { network_id: network, till_uuid: till } = used
    const paired = await tx
      .updateTable('api.till')
      .set({ key_hash: hashTillKey(key), previous_key_hash: null, previous_key_until: null })
      .where('network_id', '=', network)
      .where('uuid', '=', till)
      .where('revoked_at', 'is', null)
      .returning(['name', 'merchant_id'])
      .executeTakeFirst()
    if (paired === undefined) throw new Refusal('code_wrong')
    const actor = { kind: 'till', uuid: till, role: null } as const
    const source = { ...audit, network, actor, merchant: paired.merchant_id }
    await recordAudit(tx, source, { subjects: [typeId('til', till)], changed: ['key'] })
    return { till, name: paired.name }
  })
}
