import { Gauge, type Registry } from 'prom-client'
import { readAnchorLags, type AnchorLag } from '../../ledger/index.ts'
import type { Db } from '../tables.ts'

/** How far the chain is behind each log that has a contract; read from the database when Prometheus asks. */
export function measureAnchors(registry: Registry, db: Db): void {
  const measure = (name: string, help: string, valueOf: (lag: AnchorLag) => number) =>
    new Gauge({
      name,
      help,
      labelNames: ['network'],
      registers: [registry],
      async collect() {
        const lags = await readLags(db)
        this.reset()
        for (const { slug, lag } of lags) this.set({ network: slug }, valueOf(lag))
      },
    })
  measure(
    'tallystick_anchor_entries',
    'Entries under the newest anchor that counts.',
    (lag) => lag.anchoredSize,
  )
  measure('tallystick_anchor_lag_entries', 'Entries that no anchor covers yet.', (lag) => lag.entries)
  measure(
    'tallystick_anchor_lag_seconds',
    'Age of the oldest entry that no anchor covers yet; 0: none.',
    (lag) => lag.seconds,
  )
}

/** None while the database is away. */
async function readLags(db: Db): Promise<{ slug: string; lag: AnchorLag }[]> {
  try {
    const lags = await readAnchorLags(db)
    if (lags.length === 0) return []
    const networks = await db.selectFrom('api.network').select(['network_id', 'slug']).execute()
    const slugs = new Map<number, string>(networks.map((row) => [row.network_id, row.slug]))
    return lags.map((lag) => ({ slug: slugs.get(lag.network) ?? String(lag.network), lag }))
  } catch {
    return []
  }
}
