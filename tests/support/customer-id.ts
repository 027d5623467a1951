import { typeId, uuidOf } from '../../api/http/ids.ts'
import type { Db } from '../../api/tables.ts'

/** The id of the customer whose wallet it is. */
export async function customerIdOf(db: Db, { wallet }: { readonly wallet: string }): Promise<string> {
  const { customer_uuid } = await db
    .selectFrom('api.wallet')
    .select('customer_uuid')
    .where('uuid', '=', uuidOf('wal', wallet))
    .executeTakeFirstOrThrow()
  return typeId('cus', customer_uuid!)
}
