import { createDb, createPool, type LedgerTables } from '../../ledger/index.ts'
import { readConfig, type Config } from '../config.ts'
import { openDatabase } from '../database.ts'
import { fail } from '../process.ts'
import { openSecret } from '../secret.ts'
import { findServer } from '../server-address.ts'
import type { ApiTables } from '../tables.ts'
import { describeTablet, openTablet } from './tablet.ts'

// `npm run demo`: a new code and PIN for the demonstration's till, beside a running server.

const usage =
  'Usage: npm run demo\nPrints a new pairing code and a new PIN for the demonstration’s till, while the server runs. The ' +
  'code and the PIN of before end with that.'

try {
  console.log(isHelpAsked() ? usage : await run(readConfig()))
  process.exit(0)
} catch (error) {
  fail(error)
}

/** Throws where anything else is asked, before anything is changed. */
function isHelpAsked(): boolean {
  const args = process.argv.slice(2)
  if (args.length > 0 && !args.every((arg) => arg === '--help' || arg === '-h')) {
    throw new Error(`npm run demo takes no ${args.join(' ')}. Nothing was changed.\n${usage}`)
  }
  return args.length > 0
}

async function run(config: Config): Promise<string> {
  if (!config.demo) throw new Error(`This server has no demonstration (TALLY_DEMO). Nothing was changed.`)
  const server = await findServer(config)
  if (server === null) {
    throw new Error(
      `The server isn't running, so no code would open a till. Nothing was changed. In one terminal: npm start. When it is ` +
        'ready, in another: npm run demo.',
    )
  }
  const say = (words: string) => console.error(words)
  const database = await openDatabase(config, { log: say, warn: say, join: true, mustExist: true })
  const pool = createPool(database.url, {
    role: 'tally_api',
    max: 2,
    applicationName: 'tallystick demo',
    onIdleError: () => {},
  })
  try {
    const tablet = await openTablet(createDb<ApiTables & LedgerTables>(pool), await openSecret(config))
    if (!tablet) throw new Error('There is no demonstration in this database. Nothing was changed.')
    return [
      ...describeTablet(tablet, config.publicUrl ?? server),
      'The code and the PIN of before end with that.',
    ].join('\n')
  } finally {
    await pool.end()
    await database.stop()
  }
}
