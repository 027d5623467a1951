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
import { startBackground } from './background.ts'
import { readConfig, type Config } from './config.ts'
import { openDatabase } from './database.ts'
import { seenByWitnesses } from './log/ask-witnesses.ts'
import { checkLogsAtStart, keepLogs } from './log/keep-logs.ts'
import { createMailer, senderOf } from './mail/mailer.ts'
import { openLog } from './open-log.ts'
import { fail, failRun, whenTold } from './process.ts'
import { openSecret } from './secret.ts'
import type { ApiTables } from './tables.ts'

// `npm run worker`: background work in a process of its own, beside `npm start` with TALLY_WORKER=off.

const stopping = whenTold()
try {
  await run(readConfig())
  process.exit(0)
} catch (error) {
  await failRun(error)
}

async function run(config: Config): Promise<void> {
  const isTerminal = process.stdout.isTTY
  const { logger, tell } = openLog(config, { name: 'worker', isTerminal, print: (line) => console.log(line) })
  const database = await openDatabase(config, {
    log: tell,
    warn: (message) => logger.warn(message),
    join: true,
  })
  void database.lost.then(fail)
  const secret = await openSecret(config)
  let isEnding = false
  const pool = createPool(database.url, {
    role: 'tally_api',
    max: config.poolSize,
    applicationName: 'tallystick worker',
    onIdleError(error) {
      // PostgreSQL may end before connections that were told to end have.
      if (!isEnding) logger.warn({ err: error }, 'a database connection broke')
    },
  })
  const ledger = createLedger({ pool, secret })
  const db = createDb<ApiTables & LedgerTables>(pool)
  const anchors = openAnchors({ ledger, settings: config.anchor, log: logger })
  const memory = createLogMemory(join(config.dataFolder, 'log'))
  const logs = {
    ledger,
    memory,
    seenElsewhere: [...anchors.seenElsewhere, seenByWitnesses(ledger, config.webhooks)],
  }
  await checkLogsAtStart({ logs, log: logger })
  const stopBackground = await startBackground({
    ledger,
    db,
    databaseUrl: database.url,
    role: 'tally_api',
    secret,
    webhooks: config.webhooks,
    sendMail: createMailer({
      smtpUrl: config.smtpUrl,
      folder: join(config.dataFolder, 'mail'),
      from: senderOf(config),
    }),
    log: logger,
  })
  const stopLogs = keepLogs({ db, logs, publicUrl: config.publicUrl, log: logger })
  const stopAnchoring = anchors.keep()
  console.log('The worker is ready. Ctrl-C stops it.')
  tell(`${await stopping}: finishing what is under way, then stopping`)
  await stopBackground()
  await stopLogs()
  await stopAnchoring()
  anchors.close()
  await stopPosting(ledger)
  isEnding = true
  await pool.end()
  await database.stop()
  if (isTerminal) console.log('Stopped.')
}
