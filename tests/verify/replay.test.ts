import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createLedger, type Ledger, type NetworkId } from '../../ledger/index.ts'
import { Fault } from '../../ledger/verify/fault.ts'
import { startReplay, type Replay } from '../../ledger/verify/replay.ts'
import { anyRules, drawSeed, setComparedStage } from '../ledger/compare.ts'
import { historyOf } from '../ledger/history.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { rounds } from '../support/long.ts'
import { testPool } from '../support/scratch.ts'
import { testSecret } from '../support/stage.ts'
import { readHonestLog, type HonestLog } from './honest-log.ts'
import { playHistory } from './play-history.ts'

let database: TestDatabase
let ledger: Ledger
let admin: ReturnType<typeof testPool>

beforeAll(async () => {
  database = await createTestDatabase()
  admin = testPool(database.adminUrl)
  ledger = createLedger({ pool: testPool(database.url), secret: testSecret })
})

afterAll(async () => {
  await ledger.pool.end()
  await admin.end()
  await database.drop()
})

/** Plays a log and answers what is wrong with it, or null. */
function findFault({ accounts, lines }: HonestLog, replay = startReplay(accounts)): string | null {
  for (const [index, line] of lines.entries()) {
    try {
      replay.play(line)
    } catch (error) {
      if (error instanceof Fault) return `entry ${index} ${error.message}: ${line}`
      throw error
    }
  }
  return null
}

/** Balance and points set aside, by account. */
function readBalances({ books: { accounts } }: Replay): Record<string, [bigint, bigint]> {
  return Object.fromEntries(
    accounts.uuids.map((uuid, number) => [uuid, [accounts.posted[number]!, accounts.pending[number]!]]),
  )
}

async function readRealBalances(network: NetworkId): Promise<Record<string, [bigint, bigint]>> {
  const { rows } = await ledger.pool.query<{ account_uuid: string; posted: bigint; pending: bigint }>(
    `select account_uuid, credits_posted - debits_posted as posted, credits_pending - debits_pending as pending
     from ledger.account where network_id = $1`,
    [network],
  )
  return Object.fromEntries(rows.map((row) => [row.account_uuid, [row.posted, row.pending]]))
}

test(
  'an honest history is never called wrong, and played again gives every balance',
  { timeout: 600_000 },
  async () => {
    let entries = 0
    await fc.assert(
      fc.asyncProperty(anyRules, historyOf(30), async (rules, batches) => {
        const stage = await setComparedStage(ledger, rules)
        await playHistory(ledger, admin, { stage, batches })
        const log = await readHonestLog(ledger.pool, stage.network)
        entries += log.lines.length
        const replay = startReplay(log.accounts)
        expect(findFault(log, replay)).toBeNull()
        expect(readBalances(replay)).toEqual(await readRealBalances(stage.network))
      }),
      { seed: drawSeed(), numRuns: rounds(30, 1000), endOnFailure: true, verbose: 1 },
    )
    console.log(`${entries} entries played again`)
  },
)
