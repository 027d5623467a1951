import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { Client, DatabaseError } from 'pg'

/** A schema and the folder its SQL is kept in: `migrations/NNNN-name.sql` and `functions/*.sql`. */
export interface MigrationSource {
  readonly schema: string
  /** Ends in a slash. */
  readonly folder: URL
}

interface SqlFile {
  /** Relative to the folder, e.g. `migrations/0001-accounts.sql`. */
  readonly name: string
  readonly text: string
  readonly sha256: string
}

// All schemas of a database, and all processes that start on it, take turns.
const advisoryLock = 7_233_015_508n
const roles = ['tally_owner', 'tally_poster', 'tally_api'] as const

/**
 * Brings the database at `adminUrl` up to date: makes the roles and schemas, applies each migration once and in
 * order, and applies each function's file again when it has changed. Every file runs as `tally_owner` in a
 * transaction of its own; a file may `set role tally_poster` for functions that are to belong to it.
 *
 * Several processes may call this at once. Throws, naming file and line, when a file fails, when an applied
 * migration was changed since, or when the database has migrations that this program doesn't know.
 */
export async function migrate(adminUrl: string, sources: readonly MigrationSource[]): Promise<void> {
  const client = await connectClient(adminUrl, 'tallystick migrate')
  try {
    await checkVersion(client)
    await client.query('set client_min_messages = warning')
    await client.query('select pg_advisory_lock($1)', [advisoryLock])
    await prepareRoles(client)
    for (const source of sources) await prepareSchema(client, source)
    for (const source of sources) await applyMigrations(client, source)
    for (const source of sources) await applyFunctions(client, source)
  } finally {
    await client.end()
  }
}

/** A connection of its own to a configured database. Throws, saying where, when there is none to be had. */
export async function connectClient(url: string, applicationName: string): Promise<Client> {
  const client = new Client({ connectionString: url, application_name: applicationName })
  await client.connect().catch((error: NodeJS.ErrnoException) => {
    const where = `${client.host}:${client.port}`
    throw new Error(
      `Can't connect to PostgreSQL at ${where}: ${error.message || error.code}. Check DATABASE_URL.`,
    )
  })
  return client
}

async function checkVersion(client: Client): Promise<void> {
  const { rows } = await client.query<{ server_version: string }>('show server_version')
  const version = rows[0]?.server_version ?? 'unknown'
  if (Number.parseInt(version) < 15) {
    throw new Error(`This is PostgreSQL ${version}; Tallystick needs 15 or newer. Point DATABASE_URL at one.`)
  }
}

async function prepareRoles(client: Client): Promise<void> {
  for (const role of roles) {
    // Roles belong to the whole server: another database's migration may be making the same one.
    await client.query(`do $$ begin
      if not exists (select from pg_roles where rolname = '${role}') then create role ${role} nologin; end if;
    exception when duplicate_object or unique_violation then null;
    end $$`)
  }
  await assume(client, 'tally_owner')
  await assume(client, 'tally_poster')
  // Only where this login is the API's as well; another one is granted the role by an administrator.
  await assume(client, 'tally_api').catch(() => {})
}

/** Makes sure that this login may act as `role`; a superuser may, others grant it to themselves. */
async function assume(client: Client, role: string): Promise<void> {
  try {
    await client.query(`set role ${role}`)
  } catch {
    try {
      // PostgreSQL 16 and newer: who made a role may grant it to itself, and from then on act as it.
      await client.query(`grant ${role} to current_user`)
      await client.query(`set role ${role}`)
    } catch (error) {
      throw new Error(
        `The login for migrations can't act as ${role} (${messageOf(error)}). Name one that may in DATABASE_ADMIN_URL, ` +
          `for the start alone; or else have an administrator grant this one ${roles.join(', ')}.`,
        { cause: error },
      )
    }
  }
  await client.query('reset role')
}

async function prepareSchema(client: Client, { schema }: MigrationSource): Promise<void> {
  const { rowCount } = await client.query('select from pg_namespace where nspname = $1', [schema])
  if (rowCount === 0) await client.query(`create schema ${schema} authorization tally_owner`)
  await client.query(`begin;
    set local role tally_owner;
    grant usage on schema ${schema} to tally_api;
    grant usage, create on schema ${schema} to tally_poster;
    create table if not exists ${schema}.migration (
      name text not null,
      sha256 text not null,
      applied_at timestamptz not null default clock_timestamp(),
      constraint migration_pk primary key (name)
    );
    commit`)
}

async function applyMigrations(client: Client, { schema, folder }: MigrationSource): Promise<void> {
  const files = await readSqlFiles(folder, 'migrations')
  const applied = await readApplied(client, schema, 'migrations')
  for (const file of files) {
    const sha256 = applied.get(file.name)
    if (sha256 === file.sha256) continue
    if (sha256 !== undefined) {
      throw new Error(
        `${schema}/${file.name} was changed after this database applied it. Take the change back and put it into a ` +
          `new migration.`,
      )
    }
    await applyFile(client, schema, file)
  }
  const known = new Set(files.map((file) => file.name))
  const unknown = [...applied.keys()].filter((name) => !known.has(name))
  if (unknown.length > 0) {
    throw new Error(
      `The database is newer than this program: it has ${schema}/${unknown.join(', ')}. Start the newer version.`,
    )
  }
}

/** From the first that was changed on: the files after it may rest on it, and grant what it made anew. */
async function applyFunctions(client: Client, { schema, folder }: MigrationSource): Promise<void> {
  const applied = await readApplied(client, schema, 'functions')
  const files = await readSqlFiles(folder, 'functions')
  const firstChanged = files.findIndex((file) => applied.get(file.name) !== file.sha256)
  if (firstChanged === -1) return
  for (const file of files.slice(firstChanged)) await applyFile(client, schema, file)
}

async function applyFile(client: Client, schema: string, file: SqlFile): Promise<void> {
  try {
    await client.query('begin; set local role tally_owner')
    // One simple query, so that bodies between dollar quotes arrive as they are.
    await client.query(file.text)
    await client.query('set local role tally_owner')
    await client.query(
      `insert into ${schema}.migration (name, sha256) values ($1, $2)
       on conflict (name) do update set sha256 = excluded.sha256, applied_at = excluded.applied_at`,
      [file.name, file.sha256],
    )
    await client.query('commit; reset role')
  } catch (error) {
    await client.query('rollback; reset role')
    throw new Error(`${schema}/${file.name}${lineOf(error, file.text)} failed: ${messageOf(error)}`, {
      cause: error,
    })
  }
}

async function readApplied(client: Client, schema: string, kind: string): Promise<Map<string, string>> {
  const { rows } = await client.query<{ name: string; sha256: string }>(
    `select name, sha256 from ${schema}.migration where starts_with(name, $1) order by name`,
    [`${kind}/`],
  )
  return new Map(rows.map((row) => [row.name, row.sha256]))
}

/** In order of their names; none when there is no such folder. */
async function readSqlFiles(folder: URL, kind: 'migrations' | 'functions'): Promise<SqlFile[]> {
  const names = (await readdir(new URL(kind, folder)).catch(() => []))
    .filter((name) => name.endsWith('.sql'))
    .toSorted()
  return Promise.all(
    names.map(async (name) => {
      const text = await readFile(new URL(`${kind}/${name}`, folder), 'utf8')
      return { name: `${kind}/${name}`, text, sha256: createHash('sha256').update(text).digest('hex') }
    }),
  )
}

function lineOf(error: unknown, text: string): string {
  if (!(error instanceof DatabaseError) || !error.position) return ''
  return `:${text.slice(0, Number(error.position)).split('\n').length}`
}

function messageOf(error: unknown): string {
  if (!(error instanceof DatabaseError)) return error instanceof Error ? error.message : String(error)
  return [error.message, error.detail, error.hint, error.where].filter(Boolean).join('; ')
}
