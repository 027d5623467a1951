import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { Client } from 'pg'
import { afterEach, beforeEach, expect, inject, test } from 'vitest'
import { parseCheckpoint, type SignedCheckpoint } from '../../ledger/proofs/checkpoint.ts'
import { verifyConsistency } from '../../ledger/proofs/merkle.ts'
import { parseVerifierKey, verifyNote } from '../../ledger/proofs/note.ts'
import { proveConsistency } from '../../ledger/proofs/prove.ts'
import { readNodesFromTiles, tilePath } from '../../ledger/proofs/tiles.ts'
import { openShops, startSelling, type Shops } from '../crash/shop-load.ts'
import { administer, createTestDatabase, urlOf, type TestDatabase } from '../support/database.ts'
import {
  makeDataFolder,
  projectFolder,
  removeDataFolder,
  startServer,
  type StartedServer,
} from '../support/server.ts'

const operator = { email: 'operator@example.org', password: 'correct horse battery staple' }
const log = '/log/crash'

let database: TestDatabase
let dataFolder: string
let secret: string
let server: StartedServer | null
let url: string

beforeEach(async () => {
  database = await createTestDatabase()
  dataFolder = await makeDataFolder()
  secret = randomBytes(32).toString('base64url')
  server = null
})
afterEach(async () => {
  await stop('SIGKILL')
  await removeDataFolder(dataFolder)
  await database.drop()
})

const environment = (adminUrl: string) => ({
  DATABASE_URL: adminUrl,
  TALLY_SECRET: secret,
  TALLY_DATA: dataFolder,
  TALLY_OPERATOR_EMAIL: operator.email,
  TALLY_OPERATOR_PASSWORD: operator.password,
  LOG_LEVEL: 'error',
})

async function start(adminUrl = database.adminUrl): Promise<void> {
  server = startServer({ env: environment(adminUrl) })
  url = await server.ready
}

async function stop(signal: NodeJS.Signals): Promise<void> {
  server?.process.kill(signal)
  await server?.ended
}

const read = async (path: string) => (await fetch(`${url}${path}`)).text()
const newest = async () => parseCheckpoint(await read(`${log}/checkpoint`))
const figure = async (name: string) =>
  Number(new RegExp(`^${name}\\{network="crash"[^}]*\\} (\\S+)$`, 'm').exec(await read('/metrics'))?.[1] ?? 0)

/** The checkpoint over all that was posted so far. */
async function signedUp(): Promise<SignedCheckpoint> {
  await expect.poll(() => figure('tallystick_log_entries'), { timeout: 10_000 }).toBeGreaterThan(0)
  const entries = await figure('tallystick_log_entries')
  await expect.poll(async () => (await newest()).size, { timeout: 10_000 }).toBeGreaterThanOrEqual(entries)
  return newest()
}

async function buy(shops: Shops): Promise<number> {
  const [wallet] = shops.wallets
  const now = new Date().toISOString()
  const sale = {
    wallet,
    amount_minor: 500,
    currency: 'EUR',
    reference: randomBytes(6).toString('hex'),
    occurred_at: now,
  }
  const headers = {
    'content-type': 'application/json',
    authorization: `Bearer ${shops.tills[0]}`,
    'idempotency-key': randomBytes(6).toString('hex'),
  }
  const answer = await fetch(`${url}/v1/purchases`, { method: 'POST', headers, body: JSON.stringify(sale) })
  return answer.status
}

async function extendsIt(older: SignedCheckpoint, newer: SignedCheckpoint): Promise<boolean> {
  const nodes = readNodesFromTiles(
    (tiles) =>
      Promise.all(
        tiles.map(
          async (tile) => new Uint8Array(await (await fetch(`${url}${log}/${tilePath(tile)}`)).arrayBuffer()),
        ),
      ),
    newer.size,
  )
  if (older.size === newer.size) return verifyConsistency(older, newer, [])
  return verifyConsistency(older, newer, await proveConsistency(nodes, older.size, newer.size))
}

test('killed in the middle of sales, a server signs on where it was, and what it signed before stays good', async () => {
  await start()
  const shops = await openShops(url, operator, 5)
  let last = await signedUp()
  for (let round = 0; round < 2; round++) {
    const selling = startSelling(url, shops, 8)
    await sleep(700 + Math.random() * 600)
    await stop('SIGKILL')
    await selling.stop()
    await start()
    expect(await buy(shops)).toBe(201)
    const next = await signedUp()
    expect(next.size).toBeGreaterThan(last.size)
    expect(await extendsIt(last, next)).toBe(true)
    last = next
  }
  expect(await figure('tallystick_log_refused')).toBe(0)
})

test('with a restored backup the server neither posts nor signs; npm run recover opens a new origin that names what is lost', async () => {
  await start()
  const shops = await openShops(url, operator, 5)
  const backedUp = await signedUp()
  await stop('SIGTERM')
  const backup = await copyDatabase()
  await start()
  for (let i = 0; i < 3; i++) expect(await buy(shops)).toBe(201)
  const lost = await signedUp()
  expect(lost.size).toBe(backedUp.size + 3)
  await stop('SIGTERM')

  await start(backup.adminUrl)
  expect(server?.said()).toMatch(/own last checkpoint knows \d+ entries.*npm run recover/)
  expect(await buy(shops)).toBe(503)
  await sleep(600)
  expect((await newest()).size).toBe(backedUp.size)
  expect(await figure('tallystick_log_refused')).toBe(1)

  const { stdout, stderr } = await recover(backup.adminUrl)
  expect(stderr).toContain(`names what was given up: ${lost.origin} with ${lost.size} entries`)
  // The server that runs beside it goes on by itself.
  expect(await buy(shops)).toBe(201)
  const after = await signedUp()
  expect(after.origin).toBe(`${lost.origin}/2`)
  expect(verifyNote(after.note, parseVerifierKey(stdout.trim()))).toBe(true)
  expect(await read(`${log}/policy`)).toContain(`log ${stdout.trim()}`)
  expect(await factsOf(backup.adminUrl, backedUp.size)).toEqual({
    origin: after.origin,
    key: stdout.trim(),
    old_origin: lost.origin,
    old_size: String(lost.size),
    old_root: Buffer.from(lost.root).toString('hex'),
  })
  await stop('SIGTERM')

  // Once it is whole there is nothing to recover.
  await expect(recover(backup.adminUrl)).rejects.toThrow('is whole')
  // The backup of before the recovery is behind again, also of the new origin.
  await start()
  expect(await buy(shops)).toBe(503)
  await stop('SIGTERM')
  await backup.drop()
})

/** The database as it is, under another name. */
async function copyDatabase(): Promise<{ adminUrl: string; drop(): Promise<void> }> {
  const server = inject('databaseServer')
  const name = new URL(database.adminUrl).pathname.slice(1)
  const copy = `${name}_backup`
  await administer(server, `create database ${copy} template ${name}`)
  return {
    adminUrl: urlOf(server, copy),
    drop: () => administer(server, `drop database ${copy} with (force)`),
  }
}

function recover(adminUrl: string): Promise<{ stdout: string; stderr: string }> {
  const env = { PATH: process.env.PATH, ...environment(adminUrl) }
  const args = ['api/log/recover.ts', '--network', 'crash']
  return promisify(execFile)(process.execPath, args, { cwd: projectFolder, env })
}

/** What the governance entry at an index says. */
async function factsOf(adminUrl: string, index: number): Promise<unknown> {
  const client = new Client({ connectionString: adminUrl })
  await client.connect()
  const { rows } = await client.query(
    'select facts from ledger.governance where entry_index = $1 and event = $2',
    [index, 'log_recovered'],
  )
  await client.end()
  return rows[0]?.facts
}
