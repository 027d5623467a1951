import { afterAll, beforeAll, expect, test } from 'vitest'
import { sql } from 'kysely'
import { pino } from 'pino'
import { entriesPerPart } from '../../api/export/store.ts'
import { checkDueRows } from '../../api/verify/check-due.ts'
import { readRowsCheck } from '../../api/verify/store.ts'
import { checkLog, post, readRefusal, type NetworkId } from '../../ledger/index.ts'
import { makePurchase } from '../bench/posting.ts'
import { openTown } from '../bench/town.ts'
import { keepLog, signUp } from '../log/kept-log.ts'
import { asAdmin } from '../support/api.ts'
import { createTestDatabase } from '../support/database.ts'
import { openHighStreet, type HighStreet } from '../support/high-street.ts'
import { runVerifyDatabase } from './run-verify.ts'

let street: HighStreet

beforeAll(async () => {
  street = await openHighStreet()
  await street.join({ points: 30 })
})

afterAll(() => street.close())

/** One round of the job; answers what it logged. */
async function runCheck(): Promise<string> {
  const { db, ledger } = street.api
  let logged = ''
  await checkDueRows({ db, ledger, log: pino({}, { write: (line: string) => void (logged += line) }) })
  return logged
}

async function readMetric(name: string): Promise<string | undefined> {
  const { text } = await street.api.call('get', '/metrics')
  return text.split('\n').find((line) => line.startsWith(`${name}{network="${street.network.slug}"}`))
}

test('once a day the rows are looked at; a balance changed behind the ledger’s back raises an alarm that names it', async () => {
  const { network_id: network } = await street.api.db
    .selectFrom('api.network')
    .select('network_id')
    .where('slug', '=', street.network.slug)
    .executeTakeFirstOrThrow()
  expect(await runCheck()).toBe('')
  const first = await readRowsCheck(street.api.db, network)
  expect(first).toMatchObject({ faults: [] })
  expect(await readMetric('tallystick_rows_changed')).toMatch(/ 0$/)

  await asAdmin(
    street.api,
    `set session_replication_role = replica;
     update ledger.account set credits_posted = credits_posted + 1000 where network_id = ${network} and kind = 'wallet'`,
  )
  expect(await runCheck()).toBe('')
  expect(await readRowsCheck(street.api.db, network)).toEqual(first)
  const { databaseUrl, adminUrl, secret } = street.api
  const found = await runVerifyDatabase({
    DATABASE_URL: databaseUrl,
    DATABASE_ADMIN_URL: adminUrl,
    TALLY_SECRET: Buffer.from(secret).toString('base64url'),
  })
  expect([found.code, found.out]).toEqual([30, expect.stringMatching(/the wallet account \S+ has counters/)])

  await asAdmin(
    street.api,
    `update api.rows_check set started_at = started_at - interval '25 hours', checked_at = checked_at - interval '25 hours'`,
  )
  expect(await runCheck()).toContain('changed behind its back')
  const second = await readRowsCheck(street.api.db, network)
  expect(second?.faults.join()).toMatch(/the wallet account \S+ has counters/)
  expect(await readMetric('tallystick_rows_changed')).toMatch(/ [1-9]\d*$/)
  expect(await readRefusal(street.api.db, network as NetworkId)).toBeNull()
  // Everyone may know that, of a log that is open.
  const kept = await keepLog(street.api.ledger)
  await signUp(kept, network)
  const state = await street.api.call('get', `/log/${street.network.slug}`)
  expect(state.body.rows_checked).toMatchObject({ changed: second?.faults.length })
  await kept.remove()
  // What it is only who audits or runs the network.
  const told = await street.api.call('get', '/v1/rows-check', street.network.operator)
  expect(told.body).toEqual({
    at: second?.checkedAt.toISOString(),
    entries: second?.entries,
    faults: second?.faults,
  })
  const refused = await street.api.call('get', '/v1/rows-check', street.bakery.key)
  expect([refused.status, refused.body.code]).toEqual([403, 'forbidden'])
})

test('over an entry whose rows were changed the log is signed no more, until they are right again', async () => {
  const { db, ledger } = street.api
  const { network_id } = await db
    .selectFrom('api.network')
    .select('network_id')
    .where('slug', '=', street.network.slug)
    .executeTakeFirstOrThrow()
  const network = network_id as NetworkId
  const kept = await keepLog(ledger)
  await signUp(kept, network)
  const change = (by: number) =>
    asAdmin(
      street.api,
      `set session_replication_role = replica;
       update ledger.leg set points = points + ${by} where network_id = ${network} and entry_index = (select min(entry_index) from ledger.leg where network_id = ${network});
       update api.rows_check set started_at = started_at - interval '25 hours', checked_at = checked_at - interval '25 hours'`,
    )
  await change(5)
  await runCheck()
  expect(await readRefusal(db, network)).toMatchObject({ code: 'rows_changed' })
  await street.join({ points: 5 })
  expect(await kept.writer.signAll()).toBe(0)
  expect(await checkLog(kept.parts, network)).toMatchObject({ code: 'rows_changed' })
  await change(-5)
  expect(await checkLog(kept.parts, network)).toBeNull()
  await kept.remove()
})

test('a check that is told to end, as the process does, leaves the network to whoever looks next', async () => {
  const { db, ledger } = street.api
  const { network_id: network } = await db
    .selectFrom('api.network')
    .select('network_id')
    .where('slug', '=', street.network.slug)
    .executeTakeFirstOrThrow()
  await asAdmin(
    street.api,
    `update api.rows_check set started_at = started_at - interval '25 hours', checked_at = checked_at - interval '25 hours'`,
  )
  const before = await readRowsCheck(db, network)
  const log = pino({ level: 'silent' })
  await expect(checkDueRows({ db, ledger, log, signal: AbortSignal.abort() })).rejects.toThrow('aborted')
  expect(await readRowsCheck(db, network)).toEqual(before)
  await checkDueRows({ db, ledger, log, signal: new AbortController().signal })
  expect((await readRowsCheck(db, network))!.checkedAt.getTime()).toBeGreaterThan(before!.checkedAt.getTime())
})

test('a check counts in passing how long the entries are, so that no export has to', async () => {
  const { db, ledger } = street.api
  const town = await openTown(db, { merchants: 1, tills: 1, wallets: 10 })
  const purchases = Array.from({ length: entriesPerPart + 100 }, () => makePurchase(town))
  await Promise.all(purchases.map((purchase) => post(ledger, town.network, purchase)))
  await checkDueRows({ db, ledger, log: pino({ level: 'silent' }) })
  const { rows: counted } = await sql<{ part: bigint; bytes: bigint }>`
    select part, bytes from api.entry_bytes where network_id = ${town.network}`.execute(db)
  const { rows: lines } = await sql<{ bytes: bigint }>`
    select sum(octet_length(entry) + 1)::bigint as bytes
    from ledger.entries(${town.network}, 0, ${entriesPerPart})`.execute(db)
  expect(counted).toEqual([{ part: 0n, bytes: lines[0]!.bytes }])
  // It works a tenth of the time.
}, 300_000)

test('a database that is not Tallystick’s is left as it is', async () => {
  const { databaseUrl, adminUrl, secret } = street.api
  await asAdmin(street.api, 'create database nobodys')
  const other = (url: string) => Object.assign(new URL(url), { pathname: '/nobodys' }).href
  const { code, out } = await runVerifyDatabase({
    DATABASE_URL: other(databaseUrl),
    DATABASE_ADMIN_URL: other(adminUrl),
    TALLY_SECRET: Buffer.from(secret).toString('base64url'),
  })
  expect([code, out]).toEqual([1, expect.stringContaining('has no tables of Tallystick, and none were made')])
  await asAdmin(street.api, 'drop database nobodys')
})

test('a database without a network is not called whole', async () => {
  const database = await createTestDatabase()
  const { code, out } = await runVerifyDatabase({
    DATABASE_URL: database.url,
    DATABASE_ADMIN_URL: database.adminUrl,
    TALLY_SECRET: Buffer.from(street.api.secret).toString('base64url'),
  })
  expect([code, out]).toEqual([1, expect.stringContaining('no network to check')])
  await database.drop()
})
