import { commandAttributes } from '../../ledger/command-row.ts'
import { Client, DatabaseError } from 'pg'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { administer, urlOf } from '../support/database.ts'
import type { Stage } from '../support/stage.ts'
import { fillEveryTable, takeDigest, tablesOf, type TableShape } from './every-table.ts'
import { openTown, type Town } from './town.ts'

// "insufficient_privilege": the database's own refusal, and that of the ledger's triggers.
const refused = '42501'

const appendOnly = [
  'log',
  'transaction',
  'leg',
  'lot_move',
  'governance',
  'earning_rule',
  'merchant_multiplier',
  'price',
  'counter_use',
  'witness_policy',
  'witness',
  'witness_policy_start',
  'cosignature',
  'anchor_contract',
  'anchor_signature',
]

let town: Town
let stage: Stage
/** As the API connects; as the owner of the tables, by a login that has no other rights; as a superuser. */
let sessions: { api: Client; owner: Client; admin: Client }
let ownerLogin: string

beforeAll(async () => {
  town = await openTown()
  stage = await fillEveryTable(town)
  const server = inject('databaseServer')
  ownerLogin = `${server.prefix}_${process.pid}_owner`
  await administer(
    server,
    `create role ${ownerLogin} login password '${server.password}' in role tally_owner`,
  )
  const { rows } = await town.admin.query('select current_database() as name')
  const as = async (user: string | null, role: string | null) => {
    const url = new URL(urlOf(server, rows[0].name))
    if (user !== null) Object.assign(url, { username: user, password: server.password })
    const client = new Client({ connectionString: url.href, ...(role && { options: `-c role=${role}` }) })
    await client.connect()
    return client
  }
  sessions = {
    api: await as(server.prefix, 'tally_api'),
    owner: await as(ownerLogin, 'tally_owner'),
    admin: await as(null, null),
  }
})

afterAll(async () => {
  for (const session of Object.values(sessions)) await session.end()
  await town.close()
  await administer(inject('databaseServer'), `drop role ${ownerLogin}`)
})

/** What PostgreSQL says to it: an error's code, or how many rows it touched. */
async function attempt(session: Client, statement: string): Promise<string> {
  try {
    const { rowCount } = await session.query(statement)
    return `${rowCount} rows`
  } catch (error) {
    if (error instanceof DatabaseError) return error.code ?? error.message
    throw error
  }
}

/** Every way to write to a table, and to each of its columns, what it has already. */
function writes({ table, columns, generated, key }: TableShape): string[] {
  const name = `ledger.${table}`
  const copy = `insert into ${name} overriding system value select * from ${name}`
  const same = (column: string, from: string) =>
    `${column} = ${generated.includes(column) ? 'default' : `${from}.${column}`}`
  const first = same(columns[0]!, 't')
  return [
    copy,
    `${copy} where false`,
    `insert into ${name} default values`,
    `${copy} on conflict on constraint ${key} do nothing`,
    ...columns.map(
      (column) => `${copy} on conflict on constraint ${key} do update set ${same(column, 'excluded')}`,
    ),
    ...columns.map((column) => `update ${name} t set ${same(column, 't')}`),
    `update ${name} t set ${first} where false`,
    `delete from ${name}`,
    `truncate ${name} cascade`,
    `copy ${name} from stdin`,
    `merge into ${name} t using (select 1) s on true when matched then delete`,
    `merge into ${name} t using (select 1) s on true when matched then update set ${first}`,
    `with gone as (delete from ${name} returning *) select count(*) from gone`,
    `with changed as (update ${name} t set ${first} returning *) select count(*) from changed`,
  ]
}

describe.each(['api', 'owner'] as const)('with plain SQL, as %s,', (who) => {
  test('no row of the ledger can be added, changed or removed in any way', async () => {
    const before = await takeDigest(town.admin)
    const through: string[] = []
    for (const table of await tablesOf(town.admin)) {
      for (const statement of writes(table)) {
        const said = await attempt(sessions[who], statement)
        if (said !== refused) through.push(`${statement}: ${said}`)
      }
    }
    expect(through).toEqual([])
    expect(await takeDigest(town.admin)).toEqual(before)
  })

  test.each([
    'set session_replication_role = replica',
    "select set_config('session_replication_role', 'replica', false)",
    'set role tally_poster',
    'set session authorization tally_poster',
    "select pg_read_file('PG_VERSION')",
    "copy (select 1) to program 'true'",
  ])('the rules cannot be gone round: %s', async (statement) => {
    expect(await attempt(sessions[who], statement)).toBe(refused)
  })

  test.each([
    (s: Stage) => `select ledger.write_governance(${s.network}, 'network_opened', null, '{}')`,
    (s: Stage) => `select ledger.open_account(${s.network}, 'wallet', null, 0)`,
    (s: Stage) => `select ledger.add_merchant(${s.network}, gen_random_uuid(), null, false, null)`,
    (s: Stage) => `select ledger.set_clock(${s.network}, now())`,
    (s: Stage) => `select ledger.recover_log(${s.network}, 2, 'x', 'x', 'x', 1, '')`,
  ])("the ledger's inner functions cannot be called: %s", async (statement) => {
    const before = await takeDigest(town.admin)
    expect(await attempt(sessions[who], statement(stage))).toBe(refused)
    expect(await takeDigest(town.admin)).toEqual(before)
  })
})

test("the API's role cannot even lock the ledger's rows, and so cannot stop its postings", async () => {
  for (const { table } of await tablesOf(town.admin)) {
    for (const strength of ['update', 'share', 'key share']) {
      expect(await attempt(sessions.api, `select from ledger.${table} for ${strength}`)).toBe(refused)
    }
  }
})

test('the owner of the tables cannot post, admit or open anything', async () => {
  for (const statement of [
    `select ledger.post(${stage.network}, '{}')`,
    `select ledger.open_wallets(${stage.network}, array[gen_random_uuid()])`,
    `select ledger.admit_merchant(${stage.network}, gen_random_uuid(), null, null)`,
  ]) {
    expect(await attempt(sessions.owner, statement)).toBe(refused)
  }
})

test("the ledger's own functions may add entries and cannot change or remove them", async () => {
  const changed: string[] = []
  for (const table of appendOnly) {
    const { columns } = (await tablesOf(town.admin)).find((one) => one.table === table)!
    for (const statement of [
      ...columns.map((column) => `update ledger.${table} set ${column} = ${column}`),
      `delete from ledger.${table}`,
      `truncate ledger.${table}`,
    ]) {
      await sessions.admin.query('set role tally_poster')
      const said = await attempt(sessions.admin, statement)
      await sessions.admin.query('reset role')
      if (said !== refused) changed.push(`${statement}: ${said}`)
    }
  }
  expect(changed).toEqual([])
})

test('even a superuser is told that entries are append-only', async () => {
  for (const table of appendOnly) {
    await expect(sessions.admin.query(`delete from ledger.${table}`)).rejects.toThrow(
      /append-only|only the functions of the ledger/,
    )
  }
})

describe('by the catalog,', () => {
  test("the API's role changes the ledger by these functions alone", async () => {
    const { rows } = await sessions.admin.query(`select p.proname from pg_proc p
      where p.pronamespace = 'ledger'::regnamespace and p.provolatile = 'v' and p.prorettype <> 'trigger'::regtype
        and has_function_privilege('tally_api', p.oid, 'execute') order by 1`)
    expect(rows.map((row) => row.proname)).toEqual([
      'accept_log',
      'add_anchor_signature',
      'add_cosignature',
      'admit_merchant',
      'change_issuing_limit',
      'close_wallet',
      'erase_reasons',
      'erase_reasons_of',
      'extend_log',
      'forget_anchor',
      'forget_spent_qrs',
      'let_go_merchant',
      'lock_head',
      'lock_log',
      'lock_wallet',
      'name_anchor_contract',
      'offer_candidate',
      'open_log',
      'open_network',
      'open_wallets',
      'post',
      'propose_witness_policy',
      'record_anchor',
      'record_anchor_witnesses',
      'record_audit_digest',
      'record_deployment_digest',
      'refresh_statistics',
      'refuse_log',
      'register_credential',
      'revoke_credential',
      'set_earning_rule',
      'set_enrolment_bonus',
      'set_merchant_multiplier',
    ])
  })

  test('no function of the ledger is for everybody', async () => {
    const { rows } = await sessions.admin.query(`select p.oid::regprocedure::text as name
      from pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
      where p.pronamespace = 'ledger'::regnamespace and a.grantee = 0`)
    expect(rows).toEqual([])
  })

  test("functions that run with others' rights look names up in the ledger only", async () => {
    const { rows } = await sessions.admin.query(`select p.oid::regprocedure::text as name, p.proconfig
      from pg_proc p where p.pronamespace = 'ledger'::regnamespace and p.prosecdef
        and not coalesce('search_path=ledger, pg_temp' = any (p.proconfig), false)`)
    expect(rows).toEqual([])
  })

  test("the API's role may read the ledger's tables and has no other right to them", async () => {
    const { rows } = await sessions.admin.query(`select c.relname, a.privilege_type
      from pg_class c, aclexplode(c.relacl) a
      where c.relnamespace = 'ledger'::regnamespace and a.grantee in (0, 'tally_api'::regrole)
        and a.privilege_type <> 'SELECT'
      union all
      select c.relname || '.' || t.attname, a.privilege_type
      from pg_class c join pg_attribute t on t.attrelid = c.oid, aclexplode(t.attacl) a
      where c.relnamespace = 'ledger'::regnamespace and a.grantee in (0, 'tally_api'::regrole)`)
    expect(rows).toEqual([])
  })

  test("the API's role owns nothing and can make nothing that lasts", async () => {
    const { rows: owned } = await sessions.admin.query(
      `select classid::regclass::text, objid from pg_shdepend where refobjid = 'tally_api'::regrole and deptype = 'o'`,
    )
    expect(owned).toEqual([])
    const { rows: open } = await sessions.admin.query(`select nspname from pg_namespace
      where has_schema_privilege('tally_api', oid, 'create') and nspname !~ '^pg_(toast_)?temp'`)
    expect(open).toEqual([])
  })

  test('nobody is a member of the role that writes, and it cannot log in', async () => {
    const { rows } = await sessions.admin.query(`select r.rolname from pg_roles r
      where not r.rolsuper and r.rolname <> 'tally_poster' and pg_has_role(r.oid, 'tally_poster', 'member')`)
    expect(rows).toEqual([])
    const { rows: roles } = await sessions.admin.query(`select rolname from pg_roles
      where rolname in ('tally_owner', 'tally_poster', 'tally_api') and (rolcanlogin or rolsuper or rolcreaterole
        or rolbypassrls or rolreplication)`)
    expect(roles).toEqual([])
  })

  test('the role that writes may change these columns and no others, and remove spent QRs, refusals and what staff wrote only', async () => {
    const { rows } = await sessions.admin
      .query(`select c.relname || '.' || t.attname as name, a.privilege_type as may
      from pg_class c join pg_attribute t on t.attrelid = c.oid, aclexplode(t.attacl) a
      where c.relnamespace = 'ledger'::regnamespace and a.grantee = 'tally_poster'::regrole
      union all
      select c.relname, a.privilege_type from pg_class c, aclexplode(c.relacl) a
      where c.relnamespace = 'ledger'::regnamespace and c.relkind = 'r' and a.grantee = 'tally_poster'::regrole
        and a.privilege_type not in ('SELECT', 'INSERT')
      order by 1`)
    expect(rows.map(({ name, may }) => `${may} ${name}`)).toEqual([
      'UPDATE account.closed',
      'UPDATE account.credits_pending',
      'UPDATE account.credits_posted',
      'UPDATE account.debits_pending',
      'UPDATE account.debits_posted',
      'UPDATE account.floor',
      'UPDATE account.locked',
      'UPDATE account.lowest_allowed',
      'UPDATE anchor.vanished_at',
      'UPDATE candidate.generation',
      'UPDATE candidate.offered_at',
      'UPDATE candidate.size',
      'UPDATE checkpoint.quorum_at',
      'UPDATE counter.points',
      'UPDATE credential.revoked_at',
      'UPDATE debt.remaining',
      'UPDATE head.halted',
      'UPDATE head.last_posted_at',
      'UPDATE head.next_index',
      'UPDATE hold.ended_index',
      'DELETE log_refusal',
      'UPDATE lot.held',
      'UPDATE lot.open',
      'UPDATE lot.remaining',
      'UPDATE merchant.left_at',
      'UPDATE merchant.multiplies',
      'UPDATE network.clock_at',
      'DELETE reason',
      'DELETE spent_qr',
      'UPDATE tile.hashes',
    ])
  })
})

test('a command is written in the order of the attributes of its type', async () => {
  const { rows } = await sessions.admin.query<{ attname: string }>(
    "select attname from pg_attribute where attrelid = 'ledger.command'::regclass and attnum > 0 order by attnum",
  )
  expect(rows.map(({ attname }) => attname)).toEqual([...commandAttributes])
})
