import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { migrateAll } from '../../api/database.ts'
import { findRunning } from '../../ledger/database/data-folder-lock.ts'
import { startEmbedded, stopLeftover } from '../../ledger/database/embedded.ts'
import { administer, urlOf, type TestServer } from './database.ts'

declare module 'vitest' {
  interface ProvidedContext {
    databaseServer: TestServer
  }
}

const temporary = join(import.meta.dirname, '../.tmp')
/** What later runs use again: vite's cache, the unpacked browser, compiled contracts; and screenshots, to be looked at. */
const kept = new Set(['vite', 'chromium', 'screenshots', 'hardhat'])
/** How long a folder that nothing runs on may yet be somebody's who is just starting. */
const startingMs = 60_000

/**
 * One PostgreSQL for the whole run, with one migrated database that each test file copies: that of DATABASE_URL
 * (a superuser's), or else an embedded one in a folder of its own, which is removed at the end.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  await removeLeftovers()
  const folder = join(temporary, `run-${process.pid}`)
  const given = process.env.DATABASE_URL
  const embedded = given ? null : await startEmbedded({ dataFolder: folder, log: console.log })
  const server: TestServer = {
    adminUrl: given ?? embedded?.url ?? '',
    prefix: `tally_test_${process.pid}`,
    password: crypto.randomUUID(),
  }
  await administer(server, `create database ${server.prefix}_template`)
  await migrateAll(urlOf(server, `${server.prefix}_template`))
  await administer(
    server,
    `create role ${server.prefix} login password '${server.password}' in role tally_api`,
  )
  project.provide('databaseServer', server)

  return async () => {
    if (embedded) return embedded.stop().then(() => rm(folder, { recursive: true }))
    await administer(server, `drop database ${server.prefix}_template with (force)`)
    await administer(server, `drop role ${server.prefix}`)
  }
}

/** Folders of runs that were killed; others may be going on beside this one, or just be starting. */
async function removeLeftovers(): Promise<void> {
  await mkdir(temporary, { recursive: true })
  for (const entry of await readdir(temporary, { withFileTypes: true })) {
    const folder = join(temporary, entry.name)
    const made = (await stat(folder).catch(() => null))?.mtimeMs ?? Date.now()
    if (!entry.isDirectory() || kept.has(entry.name) || Date.now() - made < startingMs) continue
    if (await findRunning(folder)) continue
    await stopLeftover(join(folder, 'postgres'), console.log)
    await rm(folder, { recursive: true, force: true })
  }
}
