import { sql } from 'kysely'
import { listEarningRules } from '../../ledger/index.ts'
import type { ActingNetwork } from '../identity/identities.ts'
import type { Db } from '../tables.ts'
import { versionAt } from './worse-terms.ts'

/** When points given by hand at `now` expire: as those of a purchase would. Null: never. */
export async function pointsExpiry(db: Db, network: ActingNetwork, now: Date): Promise<Date | null> {
  const rule = versionAt(now, await listEarningRules(db, network.id))
  if (rule === undefined || rule.expiresAfterMonths === null) return null
  const { rows } = await sql<{ expires_at: Date }>`
    select (((${now}::timestamptz at time zone ${network.timeZone})::date + 1
      + make_interval(months => ${rule.expiresAfterMonths}))::timestamp
      at time zone ${network.timeZone}) as expires_at`.execute(db)
  return rows[0]!.expires_at
}
