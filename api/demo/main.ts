import { createDb, createPool, type LedgerTables } from '../../ledger/index.ts'
import { readConfig, type Config } from '../config.ts'
import { openDatabase } from '../database.ts'
import { fail } from '../process.ts'
import { openSecret } from '../secret.ts'
import type { ApiTables } from '../tables.ts'
import { describeTablet, openTablet } from './tablet.ts'

// `npm run demo`: a new code and PIN for the demonstration's till, beside a running server.

try {
  console.log(await run(readConfig()))
  process.exit(0)
} catch (error) {
  fail(error)
}

async function run(config: Config): Promise<string> {
  if (!config.demo) throw new Error(`This server has no demonstration (TALLY_DEMO). Nothing was changed.`)
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
    const url = config.publicUrl ?? `http://${config.host}:${config.port}`
    return [...describeTablet(tablet, url), 'The code and the PIN of before end with that.'].join('\n')
  } finally {
    await pool.end()
    await database.stop()
  }
}
