import { Client } from 'pg'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { toRow } from '../../ledger/command-row.ts'
import { administer, urlOf } from '../support/database.ts'
import type { Stage } from '../support/stage.ts'
import { buy, give, pay, reverse } from './commands.ts'
import { fillEveryTable, takeDigest, tablesOf } from './every-table.ts'
import { availableOf, done, expectBooksWhole, openTown, type Town } from './town.ts'

// Whoever has the API's login may make temporary things, and put them first in their search path. The ledger's
// functions run with more rights than that login has: none of these things may come to run there, or be written to.

let town: Town
let stage: Stage
let attacker: Client

beforeAll(async () => {
  town = await openTown()
  stage = await fillEveryTable(town)
  const server = inject('databaseServer')
  const { rows } = await town.admin.query('select current_database() as name')
  // The most that an administrator may have left open: a schema of the attacker's own, with operators.
  await administer(
    { ...server, adminUrl: urlOf(server, rows[0].name) },
    `create schema evil authorization tally_api`,
  )
  const url = Object.assign(new URL(urlOf(server, rows[0].name)), {
    username: server.prefix,
    password: server.password,
  })
  attacker = new Client({ connectionString: url.href, options: '-c role=tally_api' })
  await attacker.connect()
})

afterAll(async () => {
  await attacker.end()
  await town.close()
})

const trap = `language plpgsql as $$ begin raise exception 'trapped as %', current_user; end $$`

/** Functions, operators and types of the attacker's, with the names and better fitting arguments than the real ones. */
const traps = (schema: string) => [
  `create function ${schema}.hash_leaf(text) returns bytea ${trap}`,
  `create function ${schema}.format_time_v1(timestamptz) returns text ${trap}`,
  `create function ${schema}.sha256(bytea) returns bytea ${trap}`,
  `create function ${schema}.now() returns timestamptz ${trap}`,
  `create function ${schema}.clock_timestamp() returns timestamptz ${trap}`,
  `create function ${schema}.array_position(int[], int) returns int ${trap}`,
  `create function ${schema}.unnest(ledger.transaction[]) returns setof ledger.transaction ${trap}`,
  `create function ${schema}.greatest(bigint, bigint) returns bigint ${trap}`,
  `create function ${schema}.joined(text, bigint) returns text ${trap}`,
  `create function ${schema}.differs(name, text) returns boolean ${trap}`,
]

test('tables, functions and operators of the attacker, first in the search path, change nothing', async () => {
  for (const { table } of await tablesOf(town.admin)) {
    await attacker.query(`create temp table "${table}" (like ledger."${table}")`)
  }
  for (const schema of ['evil', 'pg_temp'])
    for (const statement of traps(schema)) await attacker.query(statement)
  await attacker.query(`create operator evil.|| (leftarg = text, rightarg = bigint, function = evil.joined)`)
  await attacker.query(`create operator evil.<> (leftarg = name, rightarg = text, function = evil.differs)`)
  await attacker.query('set search_path = pg_temp, evil, ledger, pg_catalog')

  const key = await town.ledger.keyOf(stage.network)
  const sale = await done(town, stage, give(stage, 'bakery', 'ada', 50))
  const commands = [
    buy(stage, 'cafe', 'bob', 5000),
    pay(stage, 'books', 'bob', 30),
    reverse(stage, 'bakery', sale, 10),
  ]
  const before = await availableOf(town, stage, 'bob')
  const { rows } = await attacker.query('select outcome from ledger.post($1, $2)', [
    stage.network,
    commands.map((command) => toRow(key, command)),
  ])
  expect(rows.map((row) => row.outcome)).toEqual(['posted', 'posted', 'posted'])
  await attacker.query(`select ledger.register_credential($1, gen_random_uuid(), 'till', null, null)`, [
    stage.network,
  ])
  await attacker.query('select ledger.refresh_statistics()')

  expect(await availableOf(town, stage, 'bob')).toBe(before + 20)
  await expectBooksWhole(town, stage)
  for (const { table } of await tablesOf(town.admin)) {
    const { rows: written } = await attacker.query(`select from pg_temp."${table}"`)
    expect(written).toEqual([])
  }
})

test('a trap in the search path of the API’s login never runs with more rights than its own', async () => {
  const before = await takeDigest(town.admin)
  await attacker.query('set search_path = evil, ledger, pg_catalog')
  // The reading functions run as whoever calls them: a trap may spring there, and has only the attacker's rights.
  const said = await attacker.query('select ledger.entry($1, 0)', [stage.network]).then(
    () => 'not trapped',
    (error: Error) => error.message,
  )
  expect(['not trapped', 'trapped as tally_api']).toContain(said)
  expect(await takeDigest(town.admin)).toEqual(before)
})

test('settings of the session do not make the ledger forget an entry, round otherwise, or take another day', async () => {
  await attacker.query('reset search_path')
  for (const setting of [
    "timezone = 'Pacific/Kiritimati'",
    "datestyle = 'SQL, DMY'",
    "intervalstyle = 'postgres_verbose'",
    "bytea_output = 'escape'",
    'extra_float_digits = 0',
    'synchronous_commit = on',
    "lc_numeric = 'C'",
    'standard_conforming_strings = on',
  ]) {
    await attacker.query(`set ${setting}`)
  }
  const key = await town.ledger.keyOf(stage.network)
  const { rows } = await attacker.query('select outcome from ledger.post($1, $2)', [
    stage.network,
    [toRow(key, buy(stage, 'bakery', 'cyd', 5000))],
  ])
  expect(rows).toEqual([{ outcome: 'posted' }])
  await attacker.query(`select ledger.register_credential($1, gen_random_uuid(), 'till', null, null)`, [
    stage.network,
  ])
  // Rebuilt under ordinary settings, its hash is the one that was stored.
  await expectBooksWhole(town, stage)
})
