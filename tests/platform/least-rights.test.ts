import { Client } from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createTestDatabase } from '../support/database.ts'
import {
  makeDataFolder,
  readRunning,
  removeDataFolder,
  signalGroup,
  startServer,
  type StartedServer,
} from '../support/server.ts'

let dataFolder: string
let server: StartedServer | undefined

beforeEach(async () => {
  dataFolder = await makeDataFolder()
})
afterEach(async () => {
  if (server) {
    signalGroup(server, 'SIGKILL')
    await server.ended
  }
  await removeDataFolder(dataFolder)
})

/** Who the server's own connections log in as, those of its jobs too. */
const logins = `select distinct usename::text as login from pg_stat_activity
  where application_name in ('tallystick', 'tallystick jobs')`

test('with its own database the server is no superuser, and can become nobody who changes the books', async () => {
  for (let starts = 0; starts < 2; starts++) {
    server = startServer({ env: { TALLY_DATA: dataFolder } })
    const url = await server.ready
    expect((await fetch(`${url}/readyz`)).status).toBe(200)
    expect(await query(logins)).toEqual([{ login: 'tally_server' }])
    expect(
      await query(`select rolname::text as name from pg_roles
        where pg_has_role('tally_server', oid, 'member') order by 1`),
    ).toEqual([{ name: 'tally_api' }, { name: 'tally_server' }])
    expect(
      await query(`select rolsuper or rolcreaterole or rolcreatedb or rolbypassrls as strong
      from pg_roles where rolname in ('tally_server', 'tally_api')`),
    ).toEqual([{ strong: false }, { strong: false }])
    server.process.kill('SIGTERM')
    expect(await server.ended).toBe(0)
  }
})

test('with a given database it says when its login may change the books, and nothing when it may not', async () => {
  const given = await createTestDatabase()
  try {
    const secret = { TALLY_SECRET: 'A'.repeat(43) }
    const start = async (env: NodeJS.ProcessEnv) => {
      server = startServer({ env: { ...secret, ...env } })
      await server.ready
      server.process.kill('SIGTERM')
      expect(await server.ended).toBe(0)
      return server.said()
    }
    expect(await start({ DATABASE_URL: given.adminUrl })).toContain('in tally_api alone')
    const careful = await start({ DATABASE_URL: given.url, DATABASE_ADMIN_URL: given.adminUrl })
    expect(careful).not.toContain('in tally_api alone')
  } finally {
    await given.drop()
  }
})

async function query(statement: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: (await readRunning(dataFolder)).url })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows
  } finally {
    await client.end()
  }
}
