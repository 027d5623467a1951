import type { NetworkId, Uuid } from '../../ledger/index.ts'
import type { Db } from '../tables.ts'

/** Whom a letter goes to, and how their network writes; undefined where they were erased or have no e-mail. */
export async function findAddressee(db: Db, network: NetworkId, customer: Uuid) {
  return await db
    .selectFrom('api.customer')
    .innerJoin('api.network', 'api.network.network_id', 'api.customer.network_id')
    .where('api.customer.network_id', '=', network)
    .where('api.customer.uuid', '=', customer)
    .where('api.customer.email', 'is not', null)
    .select(['api.customer.email as to', 'api.network.name as at', 'api.network.time_zone as timeZone'])
    .select(['api.network.locale', 'api.network.currency'])
    .$narrowType<{ to: string }>()
    .executeTakeFirst()
}
