import { sql } from 'kysely'
import express, { type Router } from 'express'
import type { Db } from '../tables.ts'
import type { Metrics } from './metrics.ts'
import { Refusal } from './problems.ts'

/**
 * For whoever watches the process: `/healthz` (it runs), `/readyz` (the database answers and is migrated;
 * else 503), `/metrics` (Prometheus).
 */
export function probes(db: Db, metrics: Metrics): Router {
  const router = express.Router()
  router.get('/healthz', (_req, res) => {
    res.json({ status: 'ok' })
  })
  router.get('/readyz', async (_req, res) => {
    const migrated = await isMigrated(db)
    if (!migrated) throw new Refusal('unavailable', { headers: { 'Retry-After': '2' } })
    res.json({ status: 'ready' })
  })
  router.get('/metrics', metrics.show)
  return router
}

/** The tables of both schemas are there. A database that can't be reached throws: 503. */
async function isMigrated(db: Db): Promise<boolean> {
  const { rows } = await sql<{ migrated: boolean }>`
    select to_regclass('ledger.transaction') is not null and to_regclass('api.device') is not null as migrated
  `.execute(db)
  return rows[0]?.migrated === true
}
