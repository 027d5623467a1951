import { expect, test } from 'vitest'
import { createTestDatabase } from '../support/database.ts'
import { testPool } from '../support/scratch.ts'

test('a connection that breaks between two queries of a transaction fails the next query, not the process', async () => {
  const database = await createTestDatabase()
  const pool = testPool(database.url)
  const admin = testPool(database.adminUrl)
  const client = await pool.connect()
  await client.query('begin')
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
  const broken = new Promise<void>((done) => client.once('end', done))
  await admin.query('select pg_terminate_backend($1)', [rows[0]!.pid])
  await broken
  await expect(client.query('commit')).rejects.toThrow('not queryable')
  client.release()
  expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }])
  await pool.end()
  await admin.end()
  await database.drop()
})
