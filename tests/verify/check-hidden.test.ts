import { Client } from 'pg'
import { pino } from 'pino'
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { uuidOf } from '../../api/http/ids.ts'
import { checkDueRows } from '../../api/verify/check-due.ts'
import { createDb, createPool } from '../../ledger/database/connect.ts'
import { checkRows, type NetworkId } from '../../ledger/index.ts'
import { findDrift } from '../../ledger/verify/recount.ts'
import { asAdmin, setRule } from '../support/api.ts'
import { openHighStreet, type HighStreet } from '../support/high-street.ts'

// What somebody with all rights over the database might do so that the daily check doesn't see it.

let street: HighStreet
let network: NetworkId

beforeAll(async () => {
  street = await openHighStreet()
  const row = await street.api.db
    .selectFrom('api.network')
    .select('network_id')
    .where('slug', '=', street.network.slug)
    .executeTakeFirstOrThrow()
  network = row.network_id as NetworkId
})
afterAll(() => street.close())

const unguarded = (statement: string) =>
  asAdmin(street.api, `set session_replication_role = replica; ${statement}`)
const check = async () => (await checkRows(street.api.ledger.db, network)).faults

test('a database that ends a query for its own reasons is nobody’s tampering: the check fails, and is made again', async () => {
  const impatient = createPool(street.api.databaseUrl, {
    max: 1,
    applicationName: 'impatient',
    onIdleError: () => {},
  })
  impatient.on('connect', (client) => void client.query('set lock_timeout = 200'))
  const db = createDb(impatient)
  const hindering = new Client({ connectionString: street.api.adminUrl })
  await hindering.connect()
  await hindering.query('begin; lock table ledger.leg')
  await expect(checkRows(db, network)).rejects.toThrow('lock timeout')
  await expect(findDrift(db, network, async () => {})).rejects.toThrow('lock timeout')
  await hindering.end()
  expect((await checkRows(db, network)).faults).toEqual([])
  await db.destroy()
})

test('points that were there only between two checks are missed, since somebody has spent them', async () => {
  const thief = await street.join({ points: 10 })
  const wallet = `account_uuid = '${uuidOf('wal', thief.wallet)}'`
  const lots = `wallet_id = (select account_id from ledger.account where ${wallet})`
  expect(await check()).toEqual([])
  await unguarded(`
    alter table ledger.lot drop constraint lot_within_bounds, drop constraint lot_open_while_left;
    update ledger.account set credits_posted = credits_posted + 1000 where ${wallet};
    update ledger.lot set remaining = remaining + 1000 where ${lots}`)
  const spent = { qr: await thief.showQr(), points: 1005, reference: randomUUID() }
  expect((await street.bookshop.post('/v1/redemptions', spent)).status).toBe(201)
  await unguarded(`
    update ledger.account set lowest_allowed = credits_posted - 1000 - debits_posted, credits_posted = credits_posted - 1000
      where ${wallet};
    update ledger.lot set remaining = remaining - 1000, open = false where ${lots}`)
  expect((await check()).join('\n')).toMatch(/lot \S+ has -995 left and 0 held of 10/)
})

test('a rule that was another one only for a sale is missed in its factor, which the log has no windows for', async () => {
  await setRule(street.api, street.network, { multipliers: [{ factor: '2' }] })
  const friend = await street.join()
  await street.bakery.buy({ wallet: friend.wallet, amount_minor: 1000 })
  expect((await check()).join('\n')).not.toContain('the factor of entry')
  const kept = `update ledger.earning_rule set multipliers = replace(multipliers::text, `
  await unguarded(`${kept} '"2"', '"100"')::jsonb where network_id = ${network}`)
  await street.bakery.buy({ wallet: friend.wallet, amount_minor: 1000 })
  await unguarded(`${kept} '"100"', '"2"')::jsonb where network_id = ${network}`)
  expect((await check()).join('\n')).toMatch(
    /the factor of entry \d+ is 100, where its rule and its merchant give 2/,
  )
})

test('rows before the first entry, which no checkpoint covers, are told', async () => {
  await unguarded(`
    alter table ledger.transaction drop constraint transaction_index_from_zero;
    create temp table one as select * from ledger.transaction where network_id = ${network} and kind = 'issue' limit 1;
    update one set entry_index = -1, transaction_uuid = gen_random_uuid(), 
      key_hash = substr(sha256(key_hash), 1, 16), reference_hash = null;
    insert into ledger.transaction select * from one`)
  expect((await check()).join('\n')).toMatch(/1 entry before the first, which is 0/)
})

test('one entry that can’t even be put together hides nothing that was changed beside it', async () => {
  await unguarded(`
    update ledger.governance set facts = '[1]' where network_id = ${network} and entry_index = 1;
    update ledger.leg set points = points + 1 where network_id = ${network}`)
  const faults = (await check()).join('\n')
  expect(faults).toMatch(/the rows of entry 1 are not those/)
  expect(faults).toMatch(/the float account \S+ has counters/)
})

test('checks that are put off to another century are due', async () => {
  const log = pino({ level: 'silent' })
  const { db, ledger } = street.api
  await checkDueRows({ db, ledger, log })
  await asAdmin(street.api, `update api.rows_check set started_at = '2100-01-01', checked_at = '2100-01-01'`)
  const metric = async () => {
    const { text } = await street.api.call('get', '/metrics')
    return text.split('\n').find((line) => line.startsWith('tallystick_rows_checked_age_seconds{'))
  }
  expect(await metric()).toMatch(/ \+?Inf$/)
  await checkDueRows({ db, ledger, log })
  expect(await metric()).toMatch(/ \d(\.\d+)?(e-\d+)?$/)
})
