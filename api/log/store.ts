import { sql } from 'kysely'
import { openLog, readLog, type Ledger, type Log, type NetworkId } from '../../ledger/index.ts'
import { Refusal } from '../http/problems.ts'
import type { Db } from '../tables.ts'

/** The log of the network with this slug. Refuses `not_found` also while it isn't opened. */
export async function demandLog(db: Db, slug: string): Promise<Log> {
  const row = await db
    .selectFrom('api.network')
    .select('network_id')
    .where('slug', '=', slug)
    .executeTakeFirst()
  const log = row && (await readLog(db, row.network_id as NetworkId))
  if (!log) throw new Refusal('not_found')
  return log
}

/**
 * Opens the log of every network that has none. Its origin is where the network is reached at that moment, by
 * `tlog-tiles` without the scheme; it stays, wherever the network moves.
 */
export async function openMissingLogs(db: Db, ledger: Ledger, publicUrl: string | undefined): Promise<void> {
  const { rows } = await sql<{ network_id: NetworkId; slug: string; public_url: string | null }>`
    select n.network_id, n.slug, n.public_url from api.network n
    where not exists (select from ledger.log l where l.network_id = n.network_id)`.execute(db)
  for (const { network_id: network, slug, public_url: own } of rows) {
    await openLog(ledger, network, originOf(own ?? publicUrl ?? withoutUrl, slug))
  }
}

/** A server that was not told where it is reached answers on loopback only. */
const withoutUrl = 'http://tallystick.localhost'

/** `https://points.example.org/` and `riverside` make `points.example.org/log/riverside`. */
function originOf(publicUrl: string, slug: string): string {
  const { host, pathname } = new URL(publicUrl)
  return `${host}${pathname.replace(/\/+$/, '')}/log/${slug}`
}
