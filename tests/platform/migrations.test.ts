import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Client } from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, test } from 'vitest'
import { openDatabase } from '../../api/database.ts'
import { migrate, startEmbedded } from '../../ledger/index.ts'
import { administer, urlOf } from '../support/database.ts'
import { makeDataFolder, removeDataFolder } from '../support/server.ts'

const server = inject('databaseServer')
const database = `${server.prefix}_migrations`
const adminUrl = urlOf(server, database)
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tallystick-sql-'))
})
afterAll(() => rm(folder, { recursive: true }))

beforeEach(async () => {
  await administer(server, `create database ${database}`)
  await rm(folder, { recursive: true })
  for (const kind of ['migrations', 'functions']) await mkdir(join(folder, kind), { recursive: true })
  await file(
    'migrations/0001-shelf.sql',
    'create table shelf.book (title text); insert into shelf.book values ($$A$$);',
  )
  await file(
    'functions/count-books.sql',
    `set role tally_poster;
     create or replace function shelf.count_books() returns bigint language plpgsql security definer
     as $body$ begin return 1; end $body$;`,
  )
})
afterEach(() => administer(server, `drop database ${database} with (force)`))

test('each migration is applied once, however often and however many processes start', async () => {
  await Promise.all(Array.from({ length: 4 }, () => bringUpToDate()))
  await bringUpToDate()
  expect(await query('select title from shelf.book')).toEqual([{ title: 'A' }])
})

test('tables belong to tally_owner, and what sets its role so to tally_poster', async () => {
  await bringUpToDate()
  expect(
    await query(`select tableowner from pg_tables where schemaname = 'shelf' and tablename = 'book'`),
  ).toEqual([{ tableowner: 'tally_owner' }])
  expect(
    await query(`select pg_get_userbyid(proowner) as owner from pg_proc where proname = 'count_books'`),
  ).toEqual([{ owner: 'tally_poster' }])
})

test('a later migration is applied on top, and a changed function replaces the old one', async () => {
  await bringUpToDate()
  await file('migrations/0002-more.sql', 'insert into shelf.book values ($$B$$);')
  await file(
    'functions/count-books.sql',
    `set role tally_poster;
     create or replace function shelf.count_books() returns bigint language sql security definer return 2;`,
  )
  await bringUpToDate()
  expect(
    await query('select title, shelf.count_books()::int as count from shelf.book order by title'),
  ).toEqual([
    { title: 'A', count: 2 },
    { title: 'B', count: 2 },
  ])
})

test('a function that is made anew is granted again by the file that grants it', async () => {
  await file(
    'functions/rights.sql',
    'set role tally_poster; grant execute on function shelf.count_books to tally_api;',
  )
  const revoke = 'revoke execute on function shelf.count_books from public;'
  const make = `set role tally_poster; create or replace function shelf.count_books() returns`
  await file('functions/count-books.sql', `${make} int language sql return 1; ${revoke}`)
  await bringUpToDate()
  await file(
    'functions/count-books.sql',
    `set role tally_poster; drop function shelf.count_books(); ${make} bigint language sql return 2; ${revoke}`,
  )
  await bringUpToDate()
  expect(
    await query(`select has_function_privilege('tally_api', 'shelf.count_books()', 'execute') as may`),
  ).toEqual([{ may: true }])
})

test('a migration that was changed after it was applied is refused, and nothing moves', async () => {
  await bringUpToDate()
  await file('migrations/0001-shelf.sql', 'drop table shelf.book;')
  await file('migrations/0002-more.sql', 'insert into shelf.book values ($$B$$);')
  await expect(bringUpToDate()).rejects.toThrow('shelf/migrations/0001-shelf.sql was changed after')
  expect(await query('select title from shelf.book')).toEqual([{ title: 'A' }])
})

test('a migration that fails leaves no trace, names its file and line, and can be corrected', async () => {
  await file(
    'migrations/0002-more.sql',
    'insert into shelf.book values ($$B$$);\ninsert into shelf.bok values (1);',
  )
  await expect(bringUpToDate()).rejects.toThrow(
    'shelf/migrations/0002-more.sql:2 failed: relation "shelf.bok" does not',
  )
  expect(await query('select title from shelf.book')).toEqual([{ title: 'A' }])
  await file('migrations/0002-more.sql', 'insert into shelf.book values ($$C$$);')
  await bringUpToDate()
  expect(await query('select title from shelf.book order by title')).toEqual([{ title: 'A' }, { title: 'C' }])
})

test('a database that is newer than the program is refused', async () => {
  await file('migrations/0002-more.sql', 'insert into shelf.book values ($$B$$);')
  await bringUpToDate()
  await rm(join(folder, 'migrations/0002-more.sql'))
  await expect(bringUpToDate()).rejects.toThrow(
    'newer than this program: it has shelf/migrations/0002-more.sql',
  )
})

test('a database that can not be reached is named without its password', async () => {
  const failure = migrate('postgres://someone:hush@127.0.0.1:1/none', [])
  await expect(failure).rejects.toThrow("Can't connect to PostgreSQL at 127.0.0.1:1: connect ECONNREFUSED")
  await expect(failure).rejects.not.toThrow('hush')
})

test('whoever starts the server over a database that can not be reached is told where it was looked for, and to check', async () => {
  const databaseUrl = 'postgres://someone:hush@127.0.0.1:1/none'
  const silent = { log: () => {}, warn: () => {} }
  for (const mustExist of [false, true]) {
    const failure = openDatabase(
      { databaseUrl, databaseAdminUrl: undefined, dataFolder: folder },
      { ...silent, mustExist },
    )
    await expect(failure).rejects.toThrow("Can't connect to PostgreSQL at 127.0.0.1:1: connect ECONNREFUSED")
    await expect(failure).rejects.toThrow('Check DATABASE_URL')
    await expect(failure).rejects.not.toThrow('hush')
  }
})

test('a login that is no superuser can migrate when it may create roles', async () => {
  const dataFolder = await makeDataFolder()
  const embedded = await startEmbedded({ dataFolder, log: () => {} })
  try {
    const shop = new URL(embedded.url)
    shop.pathname = '/shop'
    const login = new URL(shop)
    login.username = 'migrator'
    login.password = 'hush'
    await query("create role migrator login createrole password 'hush'", embedded.url)
    await query('create database shop owner migrator', embedded.url)
    await migrate(login.href, sources())
    await migrate(login.href, sources())
    expect(await query('select title from shelf.book', shop.href)).toEqual([{ title: 'A' }])
  } finally {
    await embedded.stop()
    await removeDataFolder(dataFolder)
  }
})

test('a login that may not act as the roles is told what it lacks', async () => {
  await administer(server, `create role ${server.prefix}_meek login password 'hush'`)
  try {
    const url = new URL(adminUrl)
    url.username = `${server.prefix}_meek`
    url.password = 'hush'
    await expect(migrate(url.href, sources())).rejects.toThrow(
      "The login for migrations can't act as tally_owner",
    )
  } finally {
    await administer(server, `drop role ${server.prefix}_meek`)
  }
})

function sources() {
  return [{ schema: 'shelf', folder: pathToFileURL(`${folder}/`) }]
}

function bringUpToDate(): Promise<void> {
  return migrate(adminUrl, sources())
}

function file(name: string, text: string): Promise<void> {
  return writeFile(join(folder, name), text)
}

async function query(statement: string, url = adminUrl): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows
  } finally {
    await client.end()
  }
}
