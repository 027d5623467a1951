import { migrate, startEmbedded, type MigrationSource } from '../ledger/index.ts'
import type { Config } from './config.ts'
import { migrateJobs } from './jobs/migrate.ts'

/** All SQL of this program, in the order in which it is applied. */
export const migrationSources: readonly MigrationSource[] = [
  { schema: 'ledger', folder: new URL('../ledger/sql/', import.meta.url) },
  { schema: 'api', folder: new URL('sql/', import.meta.url) },
]

/** Brings a database up to date: the schemas of this program, and that of its job queue. */
export async function migrateAll(adminUrl: string): Promise<void> {
  await migrate(adminUrl, migrationSources)
  await migrateJobs(adminUrl)
}

export interface OpenDatabase {
  /** Connect with role `tally_api`. */
  readonly url: string
  /** Resolves when the embedded PostgreSQL ends without being asked to. Never for a given one: its pool reconnects. */
  readonly lost: Promise<Error>
  /** Stops the embedded PostgreSQL; leaves a given one, and a joined one, alone. */
  stop(): Promise<void>
}

export interface OpenDatabaseOptions {
  readonly log: (message: string) => void
  /** Beside a server that runs the embedded database already, use that. */
  readonly join?: boolean
}

/** The database that is configured, or else the embedded one, brought up to date. Throws with what to do. */
export async function openDatabase(
  config: Pick<Config, 'databaseUrl' | 'databaseAdminUrl' | 'dataFolder'>,
  { log, join = false }: OpenDatabaseOptions,
): Promise<OpenDatabase> {
  const { databaseUrl, databaseAdminUrl = databaseUrl, dataFolder } = config
  if (databaseUrl && databaseAdminUrl) {
    await migrateAll(databaseAdminUrl)
    return { url: databaseUrl, lost: new Promise(() => {}), stop: async () => {} }
  }
  const embedded = await startEmbedded({ dataFolder, log, join })
  try {
    await migrateAll(embedded.url)
    return embedded
  } catch (error) {
    await embedded.stop()
    throw error
  }
}
