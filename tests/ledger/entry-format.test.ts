import { createHash } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { testPool } from '../support/scratch.ts'

let database: TestDatabase
let pool: ReturnType<typeof testPool>

beforeAll(async () => {
  database = await createTestDatabase()
  pool = testPool(database.url)
})

afterAll(async () => {
  await pool.end()
  await database.drop()
})

// Format 1 as it was published. It never changes: whoever has an old export must still get the same leaf hashes.
const uuid = (digit: string) => `'${digit.repeat(8)}-0000-7000-8000-000000000000'::uuid`
const transaction = `(select t from jsonb_populate_record(null::ledger.transaction, '{
    "entry_index": "7", "posted_at": "2026-11-21T10:00:00.123456Z", "occurred_at": "2026-11-21T09:59:00Z",
    "points": "15", "available_after": "115", "redeemed_points": "500", "money_minor": "1500",
    "amount_minor": "2000", "content_hash": "42", "series_hash": "43", "kind": "issue", "rule_version": 3,
    "transaction_uuid": "01234567-89ab-7def-8123-456789abcdef", "day": "2026-11-21", "price_version": 1, "format": 1,
    "key_hash": "\\\\x00112233445566778899aabbccddeeff", "reference_hash": "\\\\xffeeddccbbaa99887766554433221100"}') t)`

const entry =
  '{"amount_minor":"2000","available_after":"115","content":"42","credential":"dddddddd-0000-7000-8000-000000000000",' +
  '"day":"2026-11-21","format":"1","id":"01234567-89ab-7def-8123-456789abcdef","index":"7",' +
  '"key":"00112233445566778899aabbccddeeff","kind":"issue","legs":[{"amount":"500",' +
  '"credit":"aaaaaaaa-0000-7000-8000-000000000000","debit":"bbbbbbbb-0000-7000-8000-000000000000"}],' +
  '"lots":[{"expires_at":"2027-01-01T00:00:00.000000Z","issuer":"cccccccc-0000-7000-8000-000000000000",' +
  '"ordinal":"0","points":"15","price":"1","wallet":"bbbbbbbb-0000-7000-8000-000000000000"}],' +
  '"merchant":"cccccccc-0000-7000-8000-000000000000","money_minor":"1500",' +
  '"moves":[{"held":"0","leg":"0","lot":"3.1","points":"-500"}],' +
  '"network":"eeeeeeee-0000-7000-8000-000000000000","occurred_at":"2026-11-21T09:59:00.000000Z","points":"15",' +
  '"posted_at":"2026-11-21T10:00:00.123456Z","price":"1","redeemed_points":"500",' +
  '"reference":"ffeeddccbbaa99887766554433221100","rule":"3","series":"43",' +
  '"wallet":"bbbbbbbb-0000-7000-8000-000000000000"}'

test('format 1 of a transaction stays what it is, byte for byte', async () => {
  const { rows } =
    await pool.query(`select ledger.format_transaction_v1(${transaction}, ${uuid('e')}, ${uuid('c')},
    ${uuid('b')}, null, ${uuid('d')}, null, null, '2026-11-21T10:00:00.123456Z',
    ledger.format_leg_v1(500, ${uuid('a')}, ${uuid('b')}, false),
    ledger.format_lot_v1('2027-01-01T00:00:00.000000Z', ${uuid('c')}, 0::smallint, 15, 1::smallint, ${uuid('b')}),
    ledger.format_move_v1(0, 0::smallint, 3, 1::smallint, -500)) as entry`)
  expect(rows[0].entry).toBe(entry)
})

test('format 1 of a governance event stays what it is, byte for byte', async () => {
  const { rows } =
    await pool.query(`select ledger.format_governance_v1(9, '2026-11-21T10:00:00Z', 'merchant_admitted',
    ${uuid('e')}, null, '{"merchant": "x", "house": "false", "issuing_limit": "none"}') as entry`)
  expect(rows[0].entry).toBe(
    '{"event":"merchant_admitted","format":"1","house":"false","index":"9","issuing_limit":"none",' +
      '"kind":"governance","merchant":"x","network":"eeeeeeee-0000-7000-8000-000000000000",' +
      '"posted_at":"2026-11-21T10:00:00.000000Z"}',
  )
})

test('a leaf hash is SHA-256 of a zero byte and the entry, as RFC 6962 section 2.1 says', async () => {
  const { rows } = await pool.query('select ledger.hash_leaf($1) as hash', [entry])
  expect(rows[0].hash).toEqual(createHash('sha256').update('\0').update(entry).digest())
})

test('an entry is canonical JSON: sorted keys, no spaces, as RFC 8785 says', () => {
  const sort = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(sort)
      : value !== null && typeof value === 'object'
        ? Object.fromEntries(
            Object.entries(value)
              .toSorted(([a], [b]) => (a < b ? -1 : 1))
              .map(([k, v]) => [k, sort(v)]),
          )
        : value
  expect(JSON.stringify(sort(JSON.parse(entry)))).toBe(entry)
})
