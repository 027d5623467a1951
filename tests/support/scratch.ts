import { mkdtemp, mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { migrateAll } from '../../api/database.ts'
import { createPool, startEmbedded } from '../../ledger/index.ts'

export interface Scratch {
  /** Of a superuser. */
  readonly adminUrl: string
  stop(): Promise<void>
}

/**
 * A migrated PostgreSQL of one's own outside the test run (scenarios, bench), removed at the end; or the empty database
 * that is named, which stays.
 */
export async function startScratch(databaseUrl: string | null = null): Promise<Scratch> {
  if (databaseUrl) {
    await migrateAll(databaseUrl)
    return { adminUrl: databaseUrl, stop: async () => {} }
  }
  const parent = join(import.meta.dirname, '../.tmp')
  await mkdir(parent, { recursive: true })
  const folder = await mkdtemp(join(parent, 'scratch-'))
  const embedded = await startEmbedded({ dataFolder: folder, log: () => {} })
  const stop = async () => {
    await embedded.stop()
    await rm(folder, { recursive: true })
  }
  try {
    await migrateAll(embedded.url)
  } catch (error) {
    await stop()
    throw error
  }
  return { adminUrl: embedded.url, stop }
}

/** Connections for tests: as the API's role, or as the superuser that tests set clocks with. */
export function testPool(url: string, role?: 'tally_api', max = 4) {
  return createPool(url, {
    max,
    applicationName: 'tallystick tests',
    onIdleError: () => {},
    ...(role && { role }),
  })
}
