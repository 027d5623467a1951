import { uuidv7 } from 'uuidv7'
import { registerCredential, type CredentialId, type MerchantId, type NetworkId } from '../../ledger/index.ts'
import type { Db, Tx } from '../tables.ts'

interface Owner {
  readonly kind: 'network' | 'import'
  readonly merchant: MerchantId | null
}

/** In whose name the program posts by itself; of a merchant where it is given. Registered when it is first needed. */
export async function ownCredential(db: Db, network: NetworkId, who: Owner): Promise<CredentialId> {
  const known = await find(db, network, who)
  return known ?? (await db.transaction().execute((tx) => ownCredentialWithin(tx, network, who)))
}

/** The same in a transaction. */
export async function ownCredentialWithin(tx: Tx, network: NetworkId, who: Owner): Promise<CredentialId> {
  const known = await find(tx, network, who)
  return known ?? (await registerCredential(tx, network, { ...who, uuid: uuidv7(), by: null }))
}

async function find(
  db: Db | Tx,
  network: NetworkId,
  { kind, merchant }: Owner,
): Promise<CredentialId | null> {
  const row = await db
    .selectFrom('ledger.credential')
    .select('credential_id')
    .where('network_id', '=', network)
    .where('kind', '=', kind)
    .where('merchant_id', 'is not distinct from', merchant)
    .where('revoked_at', 'is', null)
    .orderBy('credential_id')
    .limit(1)
    .executeTakeFirst()
  return row ? (row.credential_id as CredentialId) : null
}
