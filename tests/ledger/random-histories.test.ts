import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createLedger, type Ledger } from '../../ledger/index.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { rounds } from '../support/long.ts'
import { testPool } from '../support/scratch.ts'
import { dayToDate, findFaults, setClock, testSecret } from '../support/stage.ts'
import { anyRules, drawSeed, modelState, postBatch, realState, setComparedStage } from './compare.ts'
import { historyOf, toRealRow } from './history.ts'
import { Model } from './model.ts'

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

test(
  'every answer, lot, debt, counter and balance is what the one-at-a-time model says',
  { timeout: 600_000 },
  async () => {
    let commands = 0
    const outcomes: Record<string, number> = {}
    const seed = drawSeed()
    await fc.assert(
      fc.asyncProperty(anyRules, historyOf(30), async (ruling, batches) => {
        const stage = await setComparedStage(ledger, ruling)
        const key = await ledger.keyOf(stage.network)
        const model = new Model(ruling)
        await setClock(admin, stage.network, dayToDate(0))
        for (const batch of batches) {
          if (batch.days > 0) await setClock(admin, stage.network, dayToDate((model.day += batch.days)))
          const rows = batch.commands.map((command) => toRealRow(key, stage, stage.approver, command))
          const answers = await postBatch(ledger.pool, stage.network, rows)
          for (const [i, command] of batch.commands.entries()) {
            const { entryIndex: _, ...answer } = answers[i]!
            const expected = model.play(command)
            expect(answer, `${JSON.stringify(command)}, on day ${model.day}`).toEqual(expected)
            outcomes[`${command.kind} ${expected.code ?? expected.outcome}`] =
              (outcomes[`${command.kind} ${expected.code ?? expected.outcome}`] ?? 0) + 1
          }
          commands += batch.commands.length
          expect(await realState(ledger, stage)).toEqual(modelState(model))
        }
        expect(await findFaults(ledger.db, stage.network)).toEqual([])
      }),
      { seed, numRuns: rounds(60, 2000), endOnFailure: false, verbose: 1 },
    )
    console.log(`random histories: ${commands} commands`, outcomes)
    expect(commands).toBeGreaterThan(1000)
  },
)
