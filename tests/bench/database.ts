import { Client, type Pool } from 'pg'
import { migrateAll } from '../../api/database.ts'
import type { Db as ApiDb } from '../../api/tables.ts'
import { createDb, createLedger, type Ledger } from '../../ledger/index.ts'
import { testPool } from '../support/scratch.ts'

/** A migrated database under load, with the ledger in it opened as the API opens it. */
export interface BenchDatabase {
  readonly url: string
  /** As the API's role; a connection for each of 64 callers. */
  readonly pool: Pool
  readonly db: ApiDb
  readonly ledger: Ledger
  /** Of a superuser. */
  readonly admin: Pool
  close(): Promise<void>
}

const connectionsMax = 64

/** Opens a migrated database. `url`: of a superuser. */
export function openDatabase(url: string, secret: Uint8Array): BenchDatabase {
  const pool = testPool(url, 'tally_api', connectionsMax)
  const admin = testPool(url, undefined, connectionsMax)
  return {
    url,
    pool,
    admin,
    db: createDb(pool) as unknown as ApiDb,
    ledger: createLedger({ pool, secret }),
    async close() {
      await pool.end()
      await admin.end()
    },
  }
}

/** Makes and migrates another database on the same server; its URL. */
export async function createDatabase(url: string, name: string): Promise<string> {
  const client = new Client({ connectionString: url })
  await client.connect()
  await client.query(`create database ${name}`)
  await client.end()
  const made = new URL(url)
  made.pathname = `/${name}`
  await migrateAll(made.href)
  return made.href
}

/** What makes an acknowledged transaction durable; PostgreSQL 18 documentation, 19.5 and 28.1. */
const demanded = { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on' }

/**
 * The server's settings as a connection of the API sees them. Throws where durability was weakened: globally, for the
 * role or the database, for a function of the ledger, or by tables that are not logged.
 */
export async function readSettings({ pool, admin }: BenchDatabase): Promise<Record<string, string>> {
  const { rows } = await pool.query<{ name: string; value: string }>(
    'select name, current_setting(name) as value from unnest($1::text[]) as name',
    [
      [
        ...Object.keys(demanded),
        'server_version',
        'shared_buffers',
        'wal_compression',
        'max_wal_size',
        'commit_delay',
      ],
    ],
  )
  const settings = Object.fromEntries(rows.map(({ name, value }) => [name, value]))
  const weak = Object.entries(demanded).filter(([name, value]) => settings[name] !== value)
  const { rows: elsewhere } = await admin.query<{ what: string }>(`
    select 'function ' || proname as what from pg_proc, unnest(proconfig) as setting
      where pronamespace = 'ledger'::regnamespace and setting ~ '^(fsync|synchronous_commit|full_page_writes)='
    union all
    select 'table ' || relname from pg_class
      where relnamespace = 'ledger'::regnamespace and relkind in ('r', 'i') and relpersistence <> 'p'`)
  const faults = [
    ...weak.map(([name]) => `${name} is ${settings[name]}`),
    ...elsewhere.map(({ what }) => what),
  ]
  if (faults.length > 0)
    throw new Error(`Durability is weakened, so there is nothing to measure: ${faults.join(', ')}.`)
  return settings
}
