import { join } from 'node:path'
import { pino } from 'pino'
import { createDb, createLedger, createPool, stopPosting, sweep, type LedgerTables } from '../ledger/index.ts'
import { createApp } from './app.ts'
import { closeAuditDays } from './audit/close-days.ts'
import { readConfig, type Config } from './config.ts'
import { openDatabase } from './database.ts'
import { describeDemonstration, ensureDemonstration } from './demo/demonstration.ts'
import { presentError } from './http/logging.ts'
import { createMailer } from './mail/mailer.ts'
import { ensureOperator } from './people/ensure-operator.ts'
import { repeat } from './repeat.ts'
import { openSecret } from './secret.ts'
import { serve } from './serve.ts'
import type { ApiTables } from './tables.ts'

// `npm start`. The only place that composes.

// Points expire, and holds time out, within a minute of their time.
const sweepPauseMs = 20_000
const auditPauseMs = 10 * 60_000

const stopping = whenTold()
try {
  await run(readConfig())
  process.exit(0)
} catch (error) {
  fail(error)
}

async function run(config: Config): Promise<void> {
  const logger = pino({ level: config.logLevel, serializers: { err: presentError } })
  const database = await openDatabase(config, { log: (message) => logger.info(message) })
  void database.lost.then(fail)
  const secret = await openSecret(config)
  const pool = createPool(database.url, {
    role: 'tally_api',
    max: config.poolSize,
    applicationName: 'tallystick',
    onIdleError: (error) => logger.warn({ err: error }, 'a database connection broke'),
  })
  const db = createDb<ApiTables & LedgerTables>(pool)
  const ledger = createLedger({ pool, secret })
  const operator = await ensureOperator(db, config.operator ?? {})
  const adminUrl = config.databaseAdminUrl ?? database.url
  const demonstration = config.demo ? await ensureDemonstration({ ledger, db, adminUrl }) : null
  const sendMail = createMailer({
    smtpUrl: config.smtpUrl,
    folder: join(config.dataFolder, 'mail'),
    from: `Tallystick <no-reply@${config.publicUrl ? new URL(config.publicUrl).hostname : 'localhost'}>`,
  })
  const app = createApp({ ledger, db, config: { ...config, secret }, log: logger, sendMail })
  const serving = await serve(app, config)
  const stopSweeping = repeat(() => sweep(ledger), {
    pauseMs: sweepPauseMs,
    onError: (error) => logger.error({ err: error }, 'sweeping failed'),
  })
  const stopClosingDays = repeat(() => closeAuditDays(db), {
    pauseMs: auditPauseMs,
    onError: (error) => logger.error({ err: error }, 'closing days of the audit trail failed'),
  })

  const url = config.publicUrl ?? serving.url
  console.log(
    `Tallystick is ready at ${url}. Ctrl-C stops it.\nEvery call, to read and to try out: ${url}/docs`,
  )
  if (operator) console.log(`Sign in as ${operator.email} with ${operator.password} (shown only this once).`)
  if (demonstration) {
    const codes = config.smtpUrl ? 'by e-mail' : `as files in ${join(config.dataFolder, 'mail')}`
    console.log(describeDemonstration(demonstration, codes))
  }

  logger.info(`${await stopping}: answering what is in flight, then stopping`)
  await serving.stop()
  await stopSweeping()
  await stopClosingDays()
  await stopPosting(ledger)
  await pool.end()
  await database.stop()
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

/** What we say ourselves tells what to do; of anything else the place matters. */
function fail(error: unknown): never {
  console.error(
    error instanceof Error && error.name !== 'Error' ? error.stack : String(error).replace(/^Error: /, ''),
  )
  process.exit(1)
}
