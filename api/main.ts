import { join } from 'node:path'
import {
  createDb,
  createLedger,
  createLogMemory,
  createPool,
  stopPosting,
  type LedgerTables,
} from '../ledger/index.ts'
import { openAnchors } from './anchor/keep-anchors.ts'
import { createApp } from './app.ts'
import { startBackground } from './background.ts'
import { readConfig, type Config } from './config.ts'
import { openDatabase } from './database.ts'
import { describeDemonstration, ensureDemonstration } from './demo/demonstration.ts'
import { openTablet } from './demo/tablet.ts'
import { openOperator, showOperator } from './first-password.ts'
import { seenByWitnesses } from './log/ask-witnesses.ts'
import { checkLogsAtStart, keepLogs } from './log/keep-logs.ts'
import { createMailer, senderOf } from './mail/mailer.ts'
import { openLog } from './open-log.ts'
import { fail, failRun, whenTold } from './process.ts'
import { openSecret } from './secret.ts'
import { demandFreePort, serve } from './serve.ts'
import { announceAddress } from './server-address.ts'
import type { ApiTables } from './tables.ts'
import { serveApps } from './web/serve-apps.ts'

// `npm start`. Only this and `worker.ts` compose.

const stopping = whenTold()
let isReady = false
void sayThatStartGoesFirst()
try {
  await run(readConfig())
  process.exit(0)
} catch (error) {
  await failRun(error)
}

/** A signal before the server is ready is heard, and acted on when the start is through. */
async function sayThatStartGoesFirst(): Promise<void> {
  const signal = await stopping
  if (!isReady) console.log(`${signal}: stopping as soon as the start is through. Once more ends it at once.`)
}

/** Long, since everything is put together here and, in order, ended. */
async function run(config: Config): Promise<void> {
  const isTerminal = process.stdout.isTTY
  const { logger, tell } = openLog(config, { name: 'api', isTerminal, print: (line) => console.log(line) })
  // A first start takes its time on a busy machine: whoever waits sees what for.
  const tellStep = (words: string) => tell(`${Math.round(performance.now() / 1000)} s: ${words}`)
  await demandFreePort(config)
  const closing = new AbortController()
  const webApps = serveApps(config.dataFolder, { log: logger, signal: closing.signal, tell: tellStep })
  const database = await openDatabase(config, {
    log: tellStep,
    warn: (message) => logger.warn(message),
  })
  void database.lost.then(fail)
  const secret = await openSecret(config)
  const pool = createPool(database.url, {
    role: 'tally_api',
    max: config.poolSize,
    applicationName: 'tallystick',
    onIdleError(error) {
      // PostgreSQL may end before connections that were told to end have.
      if (!closing.signal.aborted) logger.warn({ err: error }, 'a database connection broke')
    },
  })
  const db = createDb<ApiTables & LedgerTables>(pool)
  const ledger = createLedger({ pool, secret })
  const anchors = openAnchors({ ledger, settings: config.anchor, log: logger })
  const memory = createLogMemory(join(config.dataFolder, 'log'))
  const logs = {
    ledger,
    memory,
    seenElsewhere: [...anchors.seenElsewhere, seenByWitnesses(ledger, config.webhooks)],
  }
  await checkLogsAtStart({ logs, log: logger })
  await openOperator(db, config.operator)
  const { adminUrl } = database
  const demonstration = config.demo
    ? await ensureDemonstration({ ledger, db, adminUrl, log: tellStep })
    : null
  const sendMail = createMailer({
    smtpUrl: config.smtpUrl,
    folder: join(config.dataFolder, 'mail'),
    from: senderOf(config),
  })
  const app = createApp({
    ledger,
    db,
    config: { ...config, secret },
    log: logger,
    sendMail,
    webApps,
    collectAnchorEvidence: anchors.collectEvidence,
    closing: closing.signal,
  })
  const serving = await serve(app, config)
  const stopBackground = config.worker
    ? await startBackground({
        ledger,
        db,
        databaseUrl: database.url,
        role: 'tally_api',
        secret,
        webhooks: config.webhooks,
        sendMail,
        log: logger,
      })
    : async () => {}
  const stopLogs = config.worker
    ? keepLogs({ db, logs, publicUrl: config.publicUrl, log: logger })
    : async () => {}
  const stopAnchoring = config.worker ? anchors.keep() : async () => {}

  const withdrawAddress = await announceAddress(config.dataFolder, serving.url)
  isReady = true
  const url = config.publicUrl ?? serving.url
  console.log(
    `Tallystick is ready at ${url}. Ctrl-C stops it.\nThe customers’ wallet: ${url}/wallet/ · the shops’ till: ${url}/till/\n` +
      `Every call, to read and to try out: ${url}/docs`,
  )
  const isFirstStart = await showOperator(db, (words) => console.log(words))
  if (demonstration) {
    const codes = config.smtpUrl ? 'by e-mail' : `as files in ${join(config.dataFolder, 'mail')}`
    const tablet = isFirstStart || demonstration.tillKey ? await openTablet(db, secret) : null
    console.log(describeDemonstration(demonstration, { url, codes, tablet, dataFolder: config.dataFolder }))
  }

  tell(`${await stopping}: answering what is in flight, then stopping`)
  closing.abort()
  await withdrawAddress()
  await serving.stop()
  await stopBackground()
  await stopLogs()
  await stopAnchoring()
  anchors.close()
  await stopPosting(ledger)
  await pool.end()
  await database.stop()
  if (isTerminal) console.log('Stopped.')
}
