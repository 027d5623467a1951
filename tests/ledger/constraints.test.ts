import { DatabaseError, type PoolClient } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fillEveryTable, takeDigest, tablesOf } from './every-table.ts'
import { openTown, type Town } from './town.ts'

// Behind the rights and the triggers stand constraints: should a function of the ledger ever be wrong, they refuse.

let town: Town
let client: PoolClient

beforeAll(async () => {
  town = await openTown()
  await fillEveryTable(town)
  client = await town.admin.connect()
})

afterAll(async () => {
  client.release()
  await town.close()
})

/** What breaks each constraint that is no primary key: `set …` of the table's rows. */
const breaches: Record<string, Record<string, string>> = {
  network: {
    network_currency_iso: `currency = 'gbp'`,
    network_currency_digits: `currency_digits = 5`,
    network_grace_days: `grace_days = -1`,
  },
  head: {
    head_of_network: `network_id = 99999`,
    head_index_from_zero: `next_index = -1`,
  },
  account: {
    account_uuid_once: `account_uuid = gen_random_uuid() where false; update ledger.account
      set account_uuid = '00000000-0000-0000-0000-000000000000'`,
    account_of_network: `network_id = 99999 where kind = 'bridge'`,
    account_counters_from_zero: `credits_posted = -1, lowest_allowed = -10, floor = -1 where kind = 'owed'`,
    account_lowest_within_floor: `lowest_allowed = 1, credits_posted = debits_posted + debits_pending + 1 where kind = 'wallet'`,
    account_above_lowest: `debits_posted = credits_posted + 1, lowest_allowed = 0 where kind = 'wallet'`,
    account_merchants_own: `merchant_id = null where kind = 'float'`,
    account_wallet_floor: `floor = -5, lowest_allowed = -5 where kind = 'wallet' and credits_posted > debits_posted`,
  },
  merchant: {
    merchant_uuid_once: `merchant_uuid = '00000000-0000-0000-0000-000000000000'`,
    merchant_float: `float_account = 99999`,
    merchant_accepted: `accepted_account = 99999`,
    merchant_owed: `owed_account = 99999`,
    merchant_due: `due_account = 99999`,
    merchant_house_once: `house = true`,
  },
  credential: {
    credential_uuid_once: `credential_uuid = '00000000-0000-0000-0000-000000000000'`,
    credential_kind: `kind = 'stranger'`,
    credential_merchant: `merchant_id = 99999`,
  },
  earning_rule: {
    earning_rule_of_network: `network_id = 99999`,
    earning_rule_rate: `points_per_currency_unit = -1`,
    earning_rule_rounding: `rounding = 'sideways'`,
    earning_rule_expiry: `expires_after_months = 0`,
    earning_rule_daily_max: `daily_max_per_wallet = -1`,
    earning_rule_min_spend: `min_spend_minor = -1`,
  },
  merchant_multiplier: {
    merchant_multiplier_of_merchant: `merchant_id = 99999`,
    merchant_multiplier_bounds: `factor = 101`,
  },
  price: {
    price_of_network: `network_id = 99999`,
    price_above_zero: `point_face_value_minor = 0`,
  },
  transaction: {
    transaction_uuid_once: `transaction_uuid = '00000000-0000-0000-0000-000000000000'`,
    transaction_key_once: `key_hash = decode(repeat('00', 16), 'hex')`,
    transaction_reference_once: `reference_hash = 'x', series_hash = 1, day = '2026-01-01'`,
    transaction_points_not_negative: `points = -1`,
    transaction_index_from_zero: `entry_index = -1`,
    transaction_leaf_hash: `leaf_hash = 'short'`,
    transaction_key_hash: `key_hash = 'short'`,
    transaction_two_people: `approver_id = credential_id where kind = 'adjust'`,
    transaction_has_key: `key_hash = null where kind = 'redeem'`,
  },
  leg: {
    leg_above_zero: `points = 0`,
    leg_two_accounts: `credit_account = debit_account`,
  },
  lot: {
    lot_within_bounds: `remaining = points + 1, open = true`,
    lot_open_while_left: `open = not open`,
  },
  lot_move: { lot_move_of_something: `points = 0, held = null` },
  hold: { hold_above_zero: `points = 0`, hold_ends_after: `ended_index = hold_index` },
  debt: { debt_within_bounds: `remaining = points + 1` },
  counter: { counter_from_zero: `points = -1` },
  governance: {
    governance_index_from_zero: `entry_index = -1 where entry_index = 0`,
    governance_leaf_hash: `leaf_hash = 'short'`,
    governance_facts_plain: `facts = '{"name": "Café"}'`,
  },
  log: {
    log_of_network: `vkey = vkey; insert into ledger.log values (99999, 1, 'o', 'v', 0)`,
    log_origin_once: `vkey = vkey; insert into ledger.log select network_id, generation + 9, origin, vkey, 0 from ledger.log`,
    log_generation_from_one: `vkey = vkey; insert into ledger.log select network_id, 0, 'o', vkey, 0 from ledger.log`,
  },
  tile: {
    tile_of_log: `hashes = hashes; insert into ledger.tile values (99999, 1, 0, 0, decode(repeat('00', 32), 'hex'))`,
    tile_whole_hashes: `hashes = hashes || '\\x00'`,
  },
  checkpoint: {
    checkpoint_of_log: `root = root; insert into ledger.checkpoint
      select 99999, generation, size, root, signature, signed_at, null from ledger.checkpoint`,
    checkpoint_of_something: `root = root; insert into ledger.checkpoint
      select network_id, generation, 0, root, signature, signed_at, null from ledger.checkpoint limit 1`,
    checkpoint_root: `root = '\\x00'`,
    checkpoint_signature: `signature = '\\x00'`,
  },
  log_refusal: {
    log_refusal_of_network: `network_id = 99999`,
    log_refusal_code: `code = 'tired'`,
    log_refusal_seen_whole: `seen_size = 1, seen_origin = null, seen_root = null`,
  },
  anchor_contract: {
    anchor_contract_of_log: `address = address; insert into ledger.anchor_contract
      select 99999, entry_index, generation, chain_id, address, deployed_block from ledger.anchor_contract`,
    anchor_contract_once: `address = address; insert into ledger.anchor_contract
      select network_id, entry_index + 99999, generation, chain_id, address, deployed_block from ledger.anchor_contract`,
    anchor_contract_chain: `chain_id = 0`,
    anchor_contract_address: `address = '\\x00'`,
    anchor_contract_block: `deployed_block = -1`,
  },
  anchor_signature: {
    anchor_signature_of_contract: `contract_index = 99999`,
    anchor_signature_of_checkpoint: `size = 99999`,
    anchor_signature_signer: `signer = '\\x00'`,
    anchor_signature_length: `signature = '\\x00'`,
  },
  anchor: {
    anchor_of_contract: `contract_index = 99999`,
    anchor_of_something: `size = 0`,
    anchor_root: `root = '\\x00'`,
    anchor_block_hash: `block_hash = '\\x00'`,
    anchor_transaction_hash: `transaction_hash = '\\x00'`,
  },
  witness_policy: {
    witness_policy_version_from_one: `quorum = quorum; insert into ledger.witness_policy
      select network_id, 0, quorum, text, proposed_index from ledger.witness_policy limit 1`,
    witness_policy_quorum_not_negative: `quorum = -1`,
  },
  witness: {
    witness_policy_fk: `version = 99999`,
    witness_name_plain: `name = 'none'`,
    witness_vkey_plain: `vkey = 'a key'`,
    witness_url_plain: `url = 'bakery'`,
    witness_chain_address_length: `chain_address = '\\x00'`,
    witness_key_once: `name = name; insert into ledger.witness select network_id, version, 'twin', vkey from ledger.witness`,
    witness_chain_address_once: `chain_address = decode(repeat('00', 20), 'hex'); insert into ledger.witness
      select network_id, version, 'twin', translate(vkey, 'ABCDEFGH', 'BCDEFGHA'), null, chain_address from ledger.witness`,
  },
  witness_policy_start: {
    witness_policy_start_fk: `version = 99999`,
  },
  candidate: {
    candidate_checkpoint_fk: `size = 99999`,
  },
  cosignature: {
    cosignature_checkpoint_fk: `size = 99999`,
    cosignature_length: `signature = '\\x00'`,
  },
}

/** Runs it with the ledger's triggers off, takes it back, and tells which constraint refused it. */
async function refusedBy(table: string, statement: string): Promise<string> {
  await client.query('begin')
  try {
    await client.query(`alter table ledger.${table} disable trigger user`)
    await client.query(statement)
    await client.query('set constraints all immediate')
    return 'none'
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error
    return error.constraint ?? error.message
  } finally {
    await client.query('rollback')
  }
}

test.each(
  Object.entries(breaches).flatMap(([table, of]) =>
    Object.entries(of).map(([name, set]) => ({ table, name, set })),
  ),
)('$name refuses: update $table set $set', async ({ table, name, set }) => {
  expect(await refusedBy(table, `update ledger.${table} set ${set}`)).toBe(name)
})

test('network_uuid_once refuses a second network with the same id', async () => {
  const again = `insert into ledger.network (network_uuid, currency, currency_digits, time_zone, grace_days, created_at)
    select network_uuid, currency, currency_digits, time_zone, grace_days, created_at from ledger.network limit 1`
  expect(await refusedBy('network', again)).toBe('network_uuid_once')
})

test('every table has a primary key that refuses a row a second time', async () => {
  for (const { table, key } of await tablesOf(town.admin)) {
    const again = `insert into ledger.${table} overriding system value select * from ledger.${table} limit 1`
    expect(await refusedBy(table, again)).toBe(key)
  }
})

test('no constraint and no unique index of the ledger is left out here, and nothing has changed', async () => {
  const { rows } = await client.query<{ name: string }>(`select conname as name from pg_constraint
    where connamespace = 'ledger'::regnamespace and contype in ('c', 'f', 'u', 'x')
    union select c.relname from pg_index i join pg_class c on c.oid = i.indexrelid
    where c.relnamespace = 'ledger'::regnamespace and i.indisunique and not i.indisprimary`)
  const known = [...Object.values(breaches).flatMap((of) => Object.keys(of)), 'network_uuid_once']
  expect(rows.map(({ name }) => name).toSorted()).toEqual(known.toSorted())
  const digest = await takeDigest(town.admin)
  expect(Object.entries(digest).filter(([, { rows: count }]) => count === 0n)).toEqual([])
})
