import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { checkRows, createLedger, type Ledger, type NetworkId } from '../../ledger/index.ts'
import { anyRules, drawSeed, setComparedStage } from '../ledger/compare.ts'
import { historyOf } from '../ledger/history.ts'
import { keepLog, signUp, type KeptLog } from '../log/kept-log.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { rounds } from '../support/long.ts'
import { testPool } from '../support/scratch.ts'
import { testSecret } from '../support/stage.ts'
import { playHistory } from './play-history.ts'
import { tamperRows } from './tamper-rows.ts'

let database: TestDatabase
let ledger: Ledger
let kept: KeptLog
let admin: ReturnType<typeof testPool>

beforeAll(async () => {
  database = await createTestDatabase()
  admin = testPool(database.adminUrl)
  ledger = createLedger({ pool: testPool(database.url), secret: testSecret })
  kept = await keepLog(ledger)
})

afterAll(async () => {
  await kept.remove()
  await ledger.pool.end()
  await admin.end()
  await database.drop()
})

test(
  'whatever is changed in the database behind the ledger’s back is found and named, and nothing else is',
  { timeout: 900_000 },
  async () => {
    let tampered = 0
    const byKind: Record<string, number> = {}
    await fc.assert(
      fc.asyncProperty(
        anyRules,
        historyOf(30),
        fc.infiniteStream(fc.nat()),
        async (rules, batches, chance) => {
          const stage = await setComparedStage(ledger, rules)
          await playHistory(ledger, admin, { stage, batches })
          await signUp(kept, stage.network)
          expect(await faultsOf(stage.network)).toEqual([])
          for (let i = 0; i < rounds(2, 9); i++) {
            const done = await tamperRows(admin, stage.network, chance, () => faultsOf(stage.network))
            tampered++
            byKind[done.kind] = (byKind[done.kind] ?? 0) + 1
            expect(done.faults, done.kind).not.toEqual([])
            expect(done.faults.join('\n'), done.kind).toMatch(done.named)
          }
        },
      ),
      { seed: drawSeed(), numRuns: rounds(12, 115), endOnFailure: true },
    )
    console.log(`${tampered} changes behind the ledger's back, all found`, byKind)
    expect(tampered).toBeGreaterThanOrEqual(rounds(10, 1000))
  },
)

async function faultsOf(network: NetworkId): Promise<readonly string[]> {
  return (await checkRows(ledger.db, network)).faults
}
