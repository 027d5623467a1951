import { afterAll, beforeAll, expect, test } from 'vitest'
import fc from 'fast-check'
import { writeRow } from '../../ledger/command-row.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { testPool } from '../support/scratch.ts'

let database: TestDatabase
let pool: ReturnType<typeof testPool>

beforeAll(async () => {
  database = await createTestDatabase()
  pool = testPool(database.url)
})

afterAll(async () => {
  await pool.end()
  await database.drop()
})

test('PostgreSQL reads from a written command what was written: quotes, commas, backslashes, nothing and nulls', async () => {
  const text = fc.option(
    fc.string({ unit: fc.constantFrom(...'"\\,(){} \n\tnax', 'é', '👋', 'null'), maxLength: 12 }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 40 }), async (reasons) => {
      const rows = reasons.map((reason) =>
        writeRow({ reason, points: reason ? BigInt(reason.length) : null }),
      )
      const read = await pool.query(
        'select reason, points, refusal from unnest($1::ledger.command[]) with ordinality as c order by ordinality',
        [rows],
      )
      expect(read.rows).toEqual(
        reasons.map((reason) => ({
          reason,
          points: reason ? BigInt(reason.length) : null,
          refusal: null,
        })),
      )
    }),
    { numRuns: 60 },
  )
})
