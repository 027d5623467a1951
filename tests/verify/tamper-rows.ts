import type { Pool, PoolClient } from 'pg'
import type { NetworkId } from '../../ledger/index.ts'

/** One change by a superuser with triggers off, and what the check said of it before it was undone. */
export interface Tampered {
  readonly kind: string
  readonly faults: readonly string[]
  /** What the faults must name. */
  readonly named: RegExp
}

interface Change {
  /** Finds rows that could be changed. */
  readonly find: string
  readonly change: string
  /** Of the row found: what the check must name. */
  readonly named: (row: Record<string, unknown>) => string
}

const entryOf = (row: Record<string, unknown>) => `entry ${row['entry_index']}\\b`
const again = `leaf_hash = ledger.hash_leaf(ledger.entry(network_id, entry_index))`

/** $1 is the network; `change` is of the row found, as `t`. */
const changes: Record<string, Change> = {
  'points of a transaction': {
    find: 'select entry_index from ledger.transaction where network_id = $1',
    change: 'update ledger.transaction t set points = t.points + 1',
    named: entryOf,
  },
  'points of a transaction, with its hash': {
    find: 'select entry_index from ledger.transaction where network_id = $1',
    change: `update ledger.transaction t set available_after = t.available_after + 1; update ledger.transaction t set ${again}`,
    named: entryOf,
  },
  'points of a transaction, with its hash and the tree’s': {
    find: 'select entry_index from ledger.transaction where network_id = $1',
    change: `update ledger.transaction t set available_after = t.available_after + 1; update ledger.transaction t set ${again}; update ledger.tile t set hashes = case when t.level = 0 and t.tile_index = $entry / 256 then overlay(t.hashes placing (select x.leaf_hash from ledger.transaction x where x.network_id = t.network_id and x.entry_index = $entry) from 1 + 32 * ($entry % 256) for 32) else t.hashes end`,
    named: (row) => `one of the entries \\d+ to \\d+ was changed|${entryOf(row)}`,
  },
  'time of a transaction': {
    find: 'select entry_index from ledger.transaction where network_id = $1',
    change: `update ledger.transaction t set posted_at = t.posted_at - interval '1 hour'`,
    named: entryOf,
  },
  'points of a leg': {
    find: 'select entry_index from ledger.leg where network_id = $1',
    change: 'update ledger.leg t set points = t.points + 1',
    named: entryOf,
  },
  'a removed transaction': {
    find: 'select entry_index from ledger.transaction where network_id = $1',
    change: 'delete from ledger.transaction t',
    named: entryOf,
  },
  'a fact of governance': {
    find: `select entry_index from ledger.governance where network_id = $1`,
    change: `update ledger.governance t set facts = t.facts || '{"merchant": "another"}'`,
    named: entryOf,
  },
  'facts of governance that are none': {
    find: `select entry_index from ledger.governance where network_id = $1`,
    change: `update ledger.governance t set facts = '[1]'`,
    named: entryOf,
  },
  'an account’s balance': {
    find: 'select account_id, account_uuid from ledger.account where network_id = $1',
    change: 'update ledger.account t set credits_posted = t.credits_posted + 1',
    named: (row) => String(row['account_uuid']),
  },
  'a wallet’s held points': {
    find: `select account_id, account_uuid from ledger.account where network_id = $1 and kind = 'wallet'`,
    change:
      'update ledger.account t set credits_posted = t.credits_posted + 5, debits_posted = t.debits_posted + 5',
    named: (row) => String(row['account_uuid']),
  },
  'a merchant’s limit': {
    find: `select account_id, account_uuid from ledger.account where network_id = $1 and kind = 'float'`,
    change: 'update ledger.account t set floor = -1000000000, lowest_allowed = -1000000000',
    named: (row) => String(row['account_uuid']),
  },
  'a removed rule': {
    find: 'select version from ledger.earning_rule where network_id = $1',
    change: 'delete from ledger.earning_rule t',
    named: (row) => `earning rule ${row['version']} is not`,
  },
  'a second price': {
    find: 'select version from ledger.price where network_id = $1',
    change:
      'insert into ledger.price select t.network_id, 2, t.point_face_value_minor * 10, t.effective_from, t.entry_index from ledger.price t',
    named: () => 'price are not those',
  },
  'another account for a merchant': {
    find: 'select merchant_id, merchant_uuid from ledger.merchant where network_id = $1',
    change: 'update ledger.merchant t set accepted_account = t.due_account',
    named: (row) => `accepted account of merchant ${row['merchant_uuid']}`,
  },
  'a merchant with a factor of its own, or without': {
    find: 'select merchant_id, merchant_uuid from ledger.merchant where network_id = $1',
    change: 'update ledger.merchant t set multiplies = not t.multiplies',
    named: (row) => `merchant ${row['merchant_uuid']}`,
  },
  'a credential’s merchant': {
    find: 'select credential_id, credential_uuid from ledger.credential where network_id = $1',
    change:
      'update ledger.credential t set merchant_id = case when t.merchant_id is null then (select max(m.merchant_id) from ledger.merchant m where m.network_id = t.network_id) end',
    named: (row) => `credential ${row['credential_uuid']}`,
  },
  'the time of the last posting': {
    find: 'select network_id from ledger.head where network_id = $1',
    change: `update ledger.head t set last_posted_at = t.last_posted_at + interval '100 years'`,
    named: () => 'somebody last posted at',
  },
  'what is left of a lot': {
    find: 'select entry_index, ordinal from ledger.lot where network_id = $1 and remaining < points',
    change: 'update ledger.lot t set remaining = t.remaining + 1, open = true',
    named: (row) => `lot ${row['entry_index']}\\.${row['ordinal']}\\b`,
  },
  'a lot’s expiry': {
    find: 'select entry_index, ordinal from ledger.lot where network_id = $1',
    change: `update ledger.lot t set expires_at = coalesce(t.expires_at, '2030-01-01Z') + interval '1 year'`,
    named: entryOf,
  },
  'a lot’s move': {
    find: 'select entry_index, ordinal from ledger.lot_move where network_id = $1 and points < 0',
    change: 'update ledger.lot_move t set points = t.points - 1',
    named: entryOf,
  },
  'a hold that ended': {
    find: 'select hold_index from ledger.hold where network_id = $1 and ended_index is not null',
    change: 'update ledger.hold t set ended_index = null',
    named: (row) => `hold ${row['hold_index']}\\b`,
  },
  'a debt forgiven': {
    find: 'select debt_index from ledger.debt where network_id = $1 and remaining > 0',
    change: 'update ledger.debt t set remaining = 0',
    named: (row) => `entry ${row['debt_index']}\\b`,
  },
  'a counter set back': {
    find: 'select name, day from ledger.counter where network_id = $1 and points > 0',
    change: 'update ledger.counter t set points = 0',
    named: (row) => `counter ${row['name']} of`,
  },
  'a cut tail': {
    find: `select next_index - 1 as entry_index from ledger.head where network_id = $1`,
    change: `delete from ledger.transaction t; update ledger.head t set next_index = t.next_index - 1`,
    named: () => 'signed checkpoint|entries',
  },
  'another reason': {
    find: 'select entry_index from ledger.reason where network_id = $1',
    change: `update ledger.reason t set reason = 'something else'`,
    named: entryOf,
  },
}

/** Changes one thing by chance that the network has, has it checked, and undoes it. */
export async function tamperRows(
  admin: Pool,
  network: NetworkId,
  chance: { next(): IteratorResult<number> },
  check: () => Promise<readonly string[]>,
): Promise<Tampered> {
  const draw = () => chance.next().value as number
  const client = await admin.connect()
  try {
    const { kind, row } = await findRow(client, network, draw)
    const { change, named } = changes[kind]!
    // Referential triggers are off, too.
    await client.query('set session_replication_role = replica')
    await copyTables(client, network)
    for (const statement of change.split('; ')) await client.query(restrict(statement, network, row))
    const faults = await check()
    await restoreTables(client, network)
    return { kind, faults, named: new RegExp(named(row)) }
  } finally {
    await client.query('reset session_replication_role')
    client.release()
  }
}

/** Draws kinds of change until the network has a row for one. */
async function findRow(client: PoolClient, network: NetworkId, draw: () => number) {
  const kinds = Object.keys(changes)
  for (;;) {
    const kind = kinds[draw() % kinds.length]!
    const { rows } = await client.query(`${changes[kind]!.find} order by 1`, [network])
    if (rows.length > 0) return { kind, row: rows[draw() % rows.length] as Record<string, unknown> }
  }
}

/** Tables that are tampered with. */
const tables =
  'transaction leg lot lot_move governance account hold debt counter reason head tile earning_rule price merchant credential'.split(
    ' ',
  )

/** The statement with its `where`: the row found. */
function restrict(statement: string, network: NetworkId, row: Record<string, unknown>): string {
  const own = Object.entries(row).map(([column, value]) =>
    value instanceof Date ? `t.${column} = '${value.toISOString()}'` : `t.${column} = '${String(value)}'`,
  )
  const where = /ledger\.(head|tile)/.test(statement) ? [] : own
  return `${statement.replaceAll('$entry', String(row['entry_index']))} where ${[`t.network_id = ${network}`, ...where].join(' and ')}`
}

async function copyTables(client: PoolClient, network: NetworkId): Promise<void> {
  for (const table of tables) {
    await client.query(
      `create temp table kept_${table} as select * from ledger.${table} where network_id = ${network}`,
    )
  }
}

async function restoreTables(client: PoolClient, network: NetworkId): Promise<void> {
  for (const table of tables) {
    await client.query(`delete from ledger.${table} where network_id = ${network}`)
    await client.query(`insert into ledger.${table} overriding system value select * from kept_${table}`)
    await client.query(`drop table kept_${table}`)
  }
}
