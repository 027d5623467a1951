import { sql } from 'kysely'
import { Gauge, type Registry } from 'prom-client'
import type { Db } from '../tables.ts'

interface Measured {
  network: string
  entries: number
  signed: number
  lag: number
  refused: string | null
}

/**
 * How each network's log stands, read from the database when Prometheus asks: once for all figures. While the database is
 * away there are none.
 */
export function measureLogs(registry: Registry, db: Db): void {
  let reading: Promise<Measured[]> | null = null
  const read = () =>
    (reading ??= readLogs(db)
      .catch(() => [])
      .finally(() => {
        reading = null
      }))
  const measure = (
    { name, help, labels = [] }: { name: string; help: string; labels?: readonly 'code'[] },
    valueOf: (row: Measured) => number | null,
  ) =>
    new Gauge({
      name,
      help,
      labelNames: ['network', ...labels],
      registers: [registry],
      async collect() {
        const rows = await read()
        this.reset()
        for (const row of rows) {
          const value = valueOf(row)
          const code = labels.includes('code') ? { code: row.refused ?? '' } : {}
          if (value !== null) this.set({ network: row.network, ...code }, value)
        }
      },
    })
  measure({ name: 'tallystick_log_entries', help: 'Entries of the network.' }, ({ entries }) => entries)
  measure(
    { name: 'tallystick_log_signed_entries', help: 'Entries under the newest checkpoint.' },
    ({ signed }) => signed,
  )
  measure(
    { name: 'tallystick_log_lag_seconds', help: 'Age of the oldest entry that is not signed yet; 0: none.' },
    ({ lag }) => lag,
  )
  measure(
    {
      name: 'tallystick_log_refused',
      help: '1: the log is not signed, for this reason; when behind or forked, nothing is posted either.',
      labels: ['code'],
    },
    ({ refused }) => (refused === null ? null : 1),
  )
}

async function readLogs(db: Db): Promise<Measured[]> {
  const { rows } = await sql<Measured>`
    select n.slug as network, h.next_index::float as entries, coalesce(newest.size, 0)::float as signed,
      coalesce(extract(epoch from clock_timestamp() - coalesce(t.posted_at, g.posted_at)), 0)::float as lag, r.code as refused
    from api.network n
    join ledger.head h on h.network_id = n.network_id
    left join lateral (select x.size from ledger.checkpoint x
      where x.network_id = n.network_id order by x.generation desc, x.size desc limit 1) newest on true
    left join ledger.transaction t on t.network_id = n.network_id and t.entry_index = coalesce(newest.size, 0)
    left join ledger.governance g on g.network_id = n.network_id and g.entry_index = coalesce(newest.size, 0)
    left join ledger.log_refusal r on r.network_id = n.network_id
    order by n.slug`.execute(db)
  return rows
}
