import type { CredentialId, MerchantId, NetworkId, Uuid } from '../../ledger/index.ts'
import type { Db } from '../tables.ts'

/** The ledger's number of a merchant of the network; undefined when there is none. */
export async function findMerchantId(
  db: Db,
  network: NetworkId,
  merchant: Uuid,
): Promise<MerchantId | undefined> {
  const found = await db
    .selectFrom('api.merchant')
    .where('network_id', '=', network)
    .where('uuid', '=', merchant)
    .select('merchant_id')
    .executeTakeFirst()
  return found?.merchant_id
}

/** The credential of a till, revoked or not, of `merchant` where one is given; undefined when there is none. */
export async function findTillCredential(
  db: Db,
  network: NetworkId,
  { till, merchant }: { readonly till: Uuid; readonly merchant: MerchantId | undefined },
): Promise<CredentialId | undefined> {
  let query = db
    .selectFrom('api.till')
    .where('network_id', '=', network)
    .where('uuid', '=', till)
    .select('credential_id')
  if (merchant !== undefined) query = query.where('merchant_id', '=', merchant)
  const found = await query.executeTakeFirst()
  return found?.credential_id
}

/** Which of these credentials are tills. */
export async function pickTills(
  db: Db,
  network: NetworkId,
  credentials: readonly (Uuid | null)[],
): Promise<Set<Uuid>> {
  const asked = credentials.filter((credential) => credential !== null)
  if (asked.length === 0) return new Set()
  const tills = await db
    .selectFrom('api.till')
    .where('network_id', '=', network)
    .where('uuid', 'in', [...new Set(asked)])
    .select('uuid')
    .execute()
  return new Set(tills.map(({ uuid }) => uuid))
}
