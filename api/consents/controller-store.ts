import { uuidv7 } from 'uuidv7'
import type { MerchantId, NetworkId, Uuid } from '../../ledger/index.ts'
import type { ApiTables, Db, Tx } from '../tables.ts'

type Row = ApiTables['api.controller_record']

/** What a merchant is for one purpose, in plain words. */
export interface Responsibility {
  readonly purpose: Row['purpose']
  readonly role: Row['role']
  readonly explanation: string
}

/** Records what a merchant answers for, beside what was recorded before. */
export async function recordResponsibilities(
  tx: Tx,
  { network, merchant }: { network: NetworkId; merchant: MerchantId },
  { said, at, by }: { said: readonly Responsibility[]; at: Date; by: Uuid },
): Promise<void> {
  await tx
    .insertInto('api.controller_record')
    .values(
      said.map(({ purpose, role, explanation }) => ({
        network_id: network,
        uuid: uuidv7(),
        merchant_id: merchant,
        purpose,
        role,
        explanation,
        recorded_at: at,
        recorded_by: by,
      })),
    )
    .execute()
}

/** The newest record of each merchant and purpose, by merchant in the order of admission. */
export async function listResponsibilities(db: Db, network: NetworkId) {
  return await db
    .selectFrom('api.controller_record as record')
    .innerJoin('api.merchant as merchant', (join) =>
      join
        .onRef('merchant.network_id', '=', 'record.network_id')
        .onRef('merchant.merchant_id', '=', 'record.merchant_id'),
    )
    .where('record.network_id', '=', network)
    .distinctOn(['record.merchant_id', 'record.purpose'])
    .select(['merchant.uuid as merchant', 'merchant.name'])
    .select(['record.purpose', 'record.role', 'record.explanation', 'record.recorded_at'])
    .orderBy('record.merchant_id')
    .orderBy('record.purpose')
    .orderBy('record.uuid', 'desc')
    .execute()
}
