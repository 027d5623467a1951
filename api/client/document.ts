import { randomBytes } from 'node:crypto'
import { pino } from 'pino'
import { createDb, createLedger, createPool, type LedgerTables } from '../../ledger/index.ts'
import { createApp } from '../app.ts'
import type { ApiDocument } from '../http/openapi.ts'
import { serve } from '../serve.ts'
import type { ApiTables } from '../tables.ts'

/** The OpenAPI document of this program. Needs no database: nothing in it depends on one. */
export async function readDocument(): Promise<ApiDocument> {
  const pool = createPool('postgres://127.0.0.1:1/none', {
    max: 1,
    applicationName: 'tallystick client',
    onIdleError: () => {},
  })
  const secret = randomBytes(32)
  const app = createApp({
    ledger: createLedger({ pool, secret }),
    db: createDb<ApiTables & LedgerTables>(pool),
    config: { secret, publicUrl: undefined, trustProxy: 0 },
    log: pino({ level: 'silent' }),
    sendMail: async () => {},
  })
  const serving = await serve(app, { host: '127.0.0.1', port: 0 })
  try {
    const answer = await fetch(`${serving.url}/openapi.json`)
    return (await answer.json()) as ApiDocument
  } finally {
    await serving.stop()
    await pool.end()
  }
}
