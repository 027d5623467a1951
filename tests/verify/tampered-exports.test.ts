import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createLedger, type Ledger } from '../../ledger/index.ts'
import { Fault } from '../../ledger/verify/fault.ts'
import { judge, type Finding } from '../../ledger/verify/judge.ts'
import { readExport, Unreadable } from '../../ledger/verify/read-export.ts'
import { anyRules, drawSeed, setComparedStage } from '../ledger/compare.ts'
import { historyOf } from '../ledger/history.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { rounds } from '../support/long.ts'
import { testPool } from '../support/scratch.ts'
import { testSecret } from '../support/stage.ts'
import { readHonestLog } from './honest-log.ts'
import { auditorsPolicy, makeExport, writeExport, type ExportFiles } from './made-export.ts'
import { playHistory } from './play-history.ts'
import { tamperings, type Tampering } from './tamper-export.ts'

let database: TestDatabase
let ledger: Ledger
let admin: ReturnType<typeof testPool>
let folder: string

beforeAll(async () => {
  database = await createTestDatabase()
  admin = testPool(database.adminUrl)
  ledger = createLedger({ pool: testPool(database.url), secret: testSecret })
  folder = await mkdtemp(join(tmpdir(), 'tallystick-test-tampered-'))
})

afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
  await ledger.pool.end()
  await admin.end()
  await database.drop()
})

/** What an auditor with a policy of their own is told. */
async function check(made: ExportFiles): Promise<Finding> {
  await writeExport(made, folder)
  try {
    return judge(await readExport(folder), { policy: auditorsPolicy, checkpoints: [] })
  } catch (error) {
    if (error instanceof Fault) return { verdict: 'diverged', words: [error.message] }
    if (error instanceof Unreadable) return { verdict: 'unreadable', words: [error.message] }
    throw error
  }
}

/** What should have been said of a changed export and was not; null: nothing. */
function findMissing({ entry, verdicts, named }: Tampering, { verdict, words }: Finding): string | null {
  const said = words.join(' ')
  if (!verdicts.includes(verdict)) return `it is called ${verdict}: ${said}`
  if (entry !== null && !namesEntry(said, entry)) return `entry ${entry} is not named: ${said}`
  return named === undefined || new RegExp(named).test(said) ? null : `${named} is not named: ${said}`
}

/** Whether the words name this entry, or entries among which it is. */
function namesEntry(words: string, entry: number): boolean {
  if (new RegExp(`[Ee]ntry ${entry}\\b`).test(words)) return true
  const ranges = [...words.matchAll(/entries (\d+) to (\d+)/g)]
  return ranges.some(([, from, to]) => Number(from) <= entry && entry <= Number(to))
}

test(
  'whatever is changed in an export is found and named; an honest one is whole',
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
          const honest = makeExport(await readHonestLog(ledger.pool, stage.network))
          const { verdict, words } = await check(honest)
          expect(verdict, words.join(' ')).toBe('whole')
          const draw = (bound: number) => (chance.next().value as number) % bound
          for (let i = 0; i < rounds(6, 10); i++) {
            const kind = Object.keys(tamperings)[draw(Object.keys(tamperings).length)]!
            const made = { lines: [...honest.lines], files: new Map(honest.files) }
            const done = tamperings[kind]!(made, draw)
            if (!done) continue
            tampered++
            byKind[kind] = (byKind[kind] ?? 0) + 1
            expect(findMissing(done, await check(made)), kind).toBeNull()
          }
        },
      ),
      { seed: drawSeed(), numRuns: rounds(10, 130), endOnFailure: true },
    )
    console.log(`${tampered} exports changed, all found`, byKind)
    expect(tampered).toBeGreaterThanOrEqual(rounds(40, 1000))
  },
)
