import type { RequestListener } from 'node:http'
import { pino } from 'pino'
import { createPool } from '../ledger/database/connect.ts'
import { readConfig } from './config.ts'
import { openDatabase } from './database.ts'
import { serve } from './serve.ts'

// `npm start`. The only place that composes.
const stopping = whenTold()
try {
  const config = readConfig()
  const logger = pino({ level: config.logLevel })
  const database = await openDatabase(config, (message) => logger.info(message))
  const pool = createPool(database.url, {
    role: 'tally_api',
    max: config.poolSize,
    applicationName: 'tallystick',
    onIdleError: (error) => logger.warn({ err: error }, 'a database connection broke'),
  })
  void database.lost.then((error) => fail(error))

  const listener: RequestListener = (_req, res) => {
    void pool.query('select 1').then(() => res.end('ok\n'))
  }
  const serving = await serve(listener, config)
  console.log(`Tallystick is ready at ${config.publicUrl ?? serving.url}. Ctrl-C stops it.`)

  logger.info(`${await stopping}: answering what is in flight, then stopping`)
  await serving.stop()
  await pool.end()
  await database.stop()
  process.exit(0)
} catch (error) {
  fail(error)
}

/** Resolves at the first SIGTERM or SIGINT; a second one ends the process at once. */
function whenTold(): Promise<NodeJS.Signals> {
  return new Promise((told) => {
    let first: number | null = null
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        // npm passes on a Ctrl-C that the terminal has already sent to everyone: one press, two signals.
        if (first !== null && performance.now() - first > 500) process.exit(1)
        first ??= performance.now()
        told(signal)
      })
    }
  })
}

function fail(error: unknown): never {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
}
