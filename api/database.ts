import { createHmac } from 'node:crypto'
import { connectClient, migrate, startEmbedded, type MigrationSource } from '../ledger/index.ts'
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
  /** Of a login with the API's rights; connect with role `tally_api`. */
  readonly url: string
  /** Of the login that makes tables. Not for what serves requests. */
  readonly adminUrl: string
  /** Resolves when the embedded PostgreSQL ends without being asked to. Never for a given one: its pool reconnects. */
  readonly lost: Promise<Error>
  /** Stops the embedded PostgreSQL; leaves a given one, and a joined one, alone. */
  stop(): Promise<void>
}

export interface OpenDatabaseOptions {
  readonly log: (message: string) => void
  /** For what whoever runs this should change. */
  readonly warn: (message: string) => void
  /** Beside a server that runs the embedded database already, use that. */
  readonly join?: boolean
  /** For what a new database would be of no use to: throws instead of making one. */
  readonly mustExist?: boolean
}

/** The database that is configured, or else the embedded one, brought up to date. Throws with what to do. */
export async function openDatabase(
  config: Pick<Config, 'databaseUrl' | 'databaseAdminUrl' | 'dataFolder'>,
  { log, warn, join = false, mustExist = false }: OpenDatabaseOptions,
): Promise<OpenDatabase> {
  const { databaseUrl, databaseAdminUrl = databaseUrl, dataFolder } = config
  if (databaseUrl && databaseAdminUrl) {
    if (!(await hasOurTables(databaseUrl))) {
      if (mustExist) throw new Error(noTables)
      log('making the tables')
    }
    await migrateAll(databaseAdminUrl)
    if (await mayChangeTheBooks(databaseUrl)) warn(tooManyRights)
    return { url: databaseUrl, adminUrl: databaseAdminUrl, lost: new Promise(() => {}), stop: async () => {} }
  }
  const embedded = await startEmbedded({ dataFolder, log, join, mustExist })
  try {
    if (!(await hasOurTables(embedded.url))) log('making the tables')
    await migrateAll(embedded.url)
    return { ...embedded, url: await openServerLogin(embedded.url), adminUrl: embedded.url }
  } catch (error) {
    await embedded.stop()
    throw error
  }
}

const tooManyRights =
  'The login of DATABASE_URL is a superuser or may act as tally_owner or tally_poster, so whoever gets hold of it can ' +
  'change the books. Give the server a login that is in tally_api alone, and name the one that makes tables in ' +
  'DATABASE_ADMIN_URL; see docs/production.md.'

const noTables =
  'The database of DATABASE_URL has no tables of Tallystick, and none were made. npm start makes them; see whether it is ' +
  'the database that was meant.'

async function hasOurTables(url: string): Promise<boolean> {
  const rows = await query<{ has: boolean }>(url, `select to_regnamespace('api') is not null as has`)
  return rows[0]?.has === true
}

/** Whether a login can do more to the ledger than call its functions and read. */
async function mayChangeTheBooks(url: string): Promise<boolean> {
  const rows = await query<{ may: boolean }>(
    url,
    `select pg_has_role(session_user, 'tally_owner', 'member')
      or pg_has_role(session_user, 'tally_poster', 'member') as may`,
  )
  return rows[0]?.may === true
}

const serverLogin = 'tally_server'

/**
 * The embedded database's login with the API's rights and no others; answers its URL. Its password is made of the
 * superuser's, which it does not give away: programs beside a running server know it without being told.
 */
async function openServerLogin(superuserUrl: string): Promise<string> {
  const url = new URL(superuserUrl)
  const password = createHmac('sha256', url.password).update(serverLogin).digest('base64url')
  // There already: from an earlier start, or from a program that starts at this moment.
  await query(
    superuserUrl,
    `do $$ begin
      create role ${serverLogin} login password '${password}' in role tally_api;
    exception when duplicate_object or unique_violation then null;
    end $$`,
  )
  url.username = serverLogin
  url.password = password
  return url.href
}

async function query<Row extends object>(url: string, text: string): Promise<Row[]> {
  const client = await connectClient(url, 'tallystick start')
  try {
    return (await client.query<Row>(text)).rows
  } finally {
    await client.end()
  }
}
