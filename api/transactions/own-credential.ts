import { uuidv7 } from 'uuidv7'
import { registerCredential, type CredentialId, type MerchantId, type NetworkId } from '../../ledger/index.ts'
import type { Db, Tx } from '../tables.ts'

/** In whose name the program posts by itself; of a merchant where it is given. Registered when it is first needed. */
export async function ownCredential(
  db: Db | Tx,
  network: NetworkId,
  who: { readonly kind: 'network' | 'import'; readonly merchant: MerchantId | null },
): Promise<CredentialId> {
  const known = await db
    .selectFrom('ledger.credential')
    .select('credential_id')
    .where('network_id', '=', network)
    .where('kind', '=', who.kind)
    .where('merchant_id', 'is not distinct from', who.merchant)
    .where('revoked_at', 'is', null)
    .orderBy('credential_id')
    .limit(1)
    .executeTakeFirst()
  if (known !== undefined) return known.credential_id as CredentialId
  const made = { ...who, uuid: uuidv7(), by: null }
  if (db.isTransaction) return await registerCredential(db as Tx, network, made)
  return await db.transaction().execute((tx) => registerCredential(tx, network, made))
}
