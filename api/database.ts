import { startEmbedded } from '../ledger/database/embedded.ts'
import { migrate, type MigrationSource } from '../ledger/database/migrate.ts'

/** All SQL of this program, in the order in which it is applied. */
export const migrationSources: readonly MigrationSource[] = [
  { schema: 'ledger', folder: new URL('../ledger/sql/', import.meta.url) },
  { schema: 'api', folder: new URL('sql/', import.meta.url) },
]

export interface OpenDatabase {
  /** Connect with role `tally_api`. */
  readonly url: string
  /** Resolves when the embedded PostgreSQL ends without being asked to. Never for a given one: its pool reconnects. */
  readonly lost: Promise<Error>
  /** Stops the embedded PostgreSQL; leaves a given one alone. */
  stop(): Promise<void>
}

interface Where {
  readonly databaseUrl: string | undefined
  readonly databaseAdminUrl: string | undefined
  readonly dataFolder: string
}

/** The database that is configured, or else the embedded one, brought up to date. */
export async function openDatabase(where: Where, log: (message: string) => void): Promise<OpenDatabase> {
  const { databaseUrl, databaseAdminUrl = databaseUrl, dataFolder } = where
  if (databaseUrl && databaseAdminUrl) {
    await migrate(databaseAdminUrl, migrationSources)
    return { url: databaseUrl, lost: new Promise(() => {}), stop: async () => {} }
  }
  const embedded = await startEmbedded({ dataFolder, log })
  try {
    await migrate(embedded.url, migrationSources)
    return embedded
  } catch (error) {
    await embedded.stop()
    throw error
  }
}
