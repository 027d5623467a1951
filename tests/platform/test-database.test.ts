import { afterAll, beforeAll, expect, test } from 'vitest'
import { createPool } from '../../ledger/database/connect.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

test("the API's login has the API's rights only, and sees whole numbers and days as what they are", async () => {
  const pool = createPool(database.url, {
    role: 'tally_api',
    max: 1,
    applicationName: 'test',
    onIdleError: () => {},
  })
  const { rows } = await pool.query("select current_user as role, 7::int8 as big, '2026-11-21'::date as day")
  expect(rows).toEqual([{ role: 'tally_api', big: 7n, day: '2026-11-21' }])
  await expect(pool.query('create table ledger.mine ()')).rejects.toThrow(
    'permission denied for schema ledger',
  )
  await pool.end()
})
