import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Client } from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { openDatabase } from '../../api/database.ts'
import { startEmbedded } from '../../ledger/index.ts'
import { makeDataFolder, projectFolder, removeDataFolder } from '../support/server.ts'

test('with the roles of docs/production.md the database is brought up to date, and the server’s login changes no posted row', async () => {
  const dataFolder = await makeDataFolder()
  onTestFinished(() => removeDataFolder(dataFolder))
  const embedded = await startEmbedded({ dataFolder, log: () => {} })
  onTestFinished(() => embedded.stop())
  await runPrinted(embedded.url)
  const login = (name: string) => {
    const url = new URL(embedded.url)
    url.username = name
    url.password = '…'
    url.pathname = '/tallystick'
    return url.href
  }
  const config = { dataFolder, databaseUrl: login('tally_server'), databaseAdminUrl: login('tally_admin') }
  const warnings: string[] = []
  for (let starts = 0; starts < 2; starts++) {
    await openDatabase(config, { log: () => {}, warn: (message) => warnings.push(message) })
  }
  expect(warnings).toEqual([])
  const server = login('tally_server')
  await expect(query(server, 'update ledger.account set floor = 0')).rejects.toThrow('permission denied')
  for (const role of ['tally_poster', 'tally_owner']) {
    await expect(query(server, `set role ${role}`)).rejects.toThrow('permission denied')
  }
})

/** Runs its only SQL, line by line, as whoever sets up a deployment would. */
async function runPrinted(url: string): Promise<void> {
  const printed = await readFile(join(projectFolder, 'docs/production.md'), 'utf8')
  const block = /```sql\n([^`]*)```/.exec(printed)?.[1] ?? ''
  const statements = block.split('\n').filter((line) => line !== '')
  expect(statements.length).toBeGreaterThan(4)
  for (const statement of statements) await query(url, statement)
}

async function query(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
