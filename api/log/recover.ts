import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Client } from 'pg'
import {
  createDb,
  createLedger,
  createLogMemory,
  createLogWriter,
  createPool,
  explainArguments,
  giveHelp,
  openChain,
  recoverLog,
  seenOnChain,
  type LedgerTables,
  type NetworkId,
  type Recovered,
} from '../../ledger/index.ts'
import { readConfig, type Config } from '../config.ts'
import { openDatabase } from '../database.ts'
import { fail } from '../process.ts'
import { openSecret } from '../secret.ts'
import type { ApiTables, Db } from '../tables.ts'
import { seenByWitnesses } from './ask-witnesses.ts'

// `npm run recover`. Beside a running server or without; what a person reads goes to stderr, the new key to stdout.

const usage = 'Usage: npm run recover -- --network SLUG'

try {
  await run(readArguments(), readConfig())
  process.exit(0)
} catch (error) {
  fail(error)
}

function readArguments(): string {
  giveHelp(usage)
  try {
    const { values } = parseArgs({ options: { network: { type: 'string' } } })
    if (values.network) return values.network
  } catch (error) {
    throw new Error(`${explainArguments(error)}\n${usage}`, { cause: error })
  }
  throw new Error(usage)
}

async function run(slug: string, config: Config): Promise<void> {
  const database = await openDatabase(config, { log: say, warn: say, join: true, mustExist: true })
  const pool = createPool(database.url, {
    role: 'tally_api',
    max: 2,
    applicationName: 'tallystick recover',
    onIdleError: () => {},
  })
  const admin = new Client({ connectionString: database.adminUrl, application_name: 'tallystick recover' })
  admin.on('error', () => {})
  const chain = config.anchor && openChain(config.anchor.rpcUrl)
  try {
    await admin.connect()
    const ledger = createLedger({ pool, secret: await openSecret(config) })
    const memory = createLogMemory(join(config.dataFolder, 'log'))
    const seenElsewhere = [seenByWitnesses(ledger, config.webhooks)]
    if (chain) seenElsewhere.push(seenOnChain({ ledger, chain }))
    const logs = { ledger, memory, seenElsewhere }
    const network = await demandNetwork(createDb<ApiTables & LedgerTables>(pool), slug)
    const recovered = await recoverLog(logs, admin, network)
    if (!recovered)
      throw new Error(`The log of ${slug} is whole, as far as this server knows: nothing was done.`)
    const writer = createLogWriter(logs, {
      onRefused: (_, refused) => fail(refused),
      onError: (_, error) => fail(error),
    })
    await writer.sign(network)
    report(recovered)
  } finally {
    chain?.close()
    await admin.end()
    await pool.end()
    await database.stop()
  }
}

async function demandNetwork(db: Db, slug: string): Promise<NetworkId> {
  const rows = await db.selectFrom('api.network').select(['network_id', 'slug']).orderBy('slug').execute()
  const network = rows.find((row) => row.slug === slug)?.network_id
  if (network !== undefined) return network as NetworkId
  throw new Error(
    `There is no network ${slug}; there are: ${rows.map((row) => row.slug).join(', ') || 'none'}.`,
  )
}

function report({ origin, vkey, entryIndex, old, keptAt }: Recovered): void {
  say(
    `The log goes on as ${origin}, from entry ${entryIndex}, which names what was given up: ${old.origin} with ` +
      `${old.size} entries, as ${old.where} knows it. Entries that are not in this database are lost: tell the members. ` +
      `${keptAt === null ? '' : `The last checkpoint of the old origin is kept in ${keptAt}. `}` +
      `Witnesses and auditors need the new key:`,
  )
  console.log(vkey)
}

function say(message: string): void {
  console.error(message)
}
