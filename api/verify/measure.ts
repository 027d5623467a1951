import { Gauge, type Registry } from 'prom-client'
import { sql } from 'kysely'
import type { Db } from '../tables.ts'

/** What the last check of each network's rows found, read when Prometheus asks. While the database is away there is nothing. */
export function measureRowsChecks(registry: Registry, db: Db): void {
  const measure = (name: string, help: string, valueOf: (row: Checked) => number) =>
    new Gauge({
      name,
      help,
      labelNames: ['network'],
      registers: [registry],
      async collect() {
        const rows = await readChecks(db).catch(() => [])
        this.reset()
        for (const row of rows) this.set({ network: row.network }, valueOf(row))
      },
    })
  measure(
    'tallystick_rows_changed',
    'Things in the ledger’s tables that were changed behind its back, as the last check found. Above 0: an alarm.',
    ({ faults }) => faults,
  )
  measure('tallystick_rows_checked_age_seconds', 'Time since the last check of all rows.', ({ age }) => age)
}

interface Checked {
  readonly network: string
  readonly faults: number
  readonly age: number
}

async function readChecks(db: Db): Promise<Checked[]> {
  const { rows } = await sql<Checked>`
    select n.slug as network, cardinality(c.faults) as faults,
      case when c.checked_at > clock_timestamp() then 'infinity'
        else extract(epoch from clock_timestamp() - c.checked_at) end::float as age
    from api.rows_check c join api.network n on n.network_id = c.network_id
    where c.checked_at is not null order by 1`.execute(db)
  return rows
}
