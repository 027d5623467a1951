import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { uuidOf } from '../../api/http/ids.ts'
import { listEndingWallets } from '../../api/notices/ending-store.ts'
import { noteSoonEnding, noticeTasks } from '../../api/notices/notices.ts'
import { asAdmin, setRule } from '../support/api.ts'
import type { Customer } from '../support/high-street.ts'
import { stageNotices, write } from '../support/notice-stage.ts'
import { until } from '../support/receiver.ts'

const day = 24 * 60 * 60 * 1000
const stage = stageNotices()
const { work, allTold, listJobs, lettersTo, pay, idOf, choose } = stage

/** When a wallet's points end. */
async function endOf(customer: Customer): Promise<Date> {
  const { body } = await customer.get(`/v1/wallets/${customer.wallet}`)
  return new Date(body.lots[0].expires_at)
}
const look = (now: Date) => noteSoonEnding({ db: stage.api.db, now: () => now })
/** Sends the letters that wait, as of a time. */
async function send(now: Date, sendMail = stage.mailer): Promise<void> {
  const task = noticeTasks({ db: stage.api.db, sendMail, now: () => now })['tell-endings']!
  const jobs = await listJobs()
  await sql`delete from graphile_worker._private_jobs`.execute(stage.api.db)
  for (const { payload } of jobs) await task(payload)
}
const endings = (customer: Customer) => lettersTo(customer).filter(({ text }) => /\bends?\b/.test(text))

test('points about to end are told of once, by day and shop, however many processes look and however often', async () => {
  await setRule(stage.api, stage.street.network, { expires_after_months: 1 })
  const ada = await stage.street.join({ points: 80 })
  await stage.street.bookshop.buy({ wallet: ada.wallet, amount_minor: 1_200 })
  const end = await endOf(ada)
  const before = (days: number) => new Date(end.getTime() - days * day - 60_000)
  await look(before(15))
  expect(await listJobs()).toEqual([])
  await Promise.all([look(before(4)), look(before(4)), look(before(4)), look(before(4))])
  expect(await listJobs()).toEqual([
    { payload: { network: expect.any(Number), wallet: expect.any(Number), notice: expect.any(String) } },
  ])
  await send(before(4))
  for (const days of [4, 3, 2, 1]) await look(before(days))
  expect(await listJobs()).toEqual([])
  const last = write(new Date(end.getTime() - 1), { weekday: 'long' })
  expect(endings(ada)).toHaveLength(1)
  expect(endings(ada)[0]!.subject).toBe(`92 points end on ${last}, at Old Town`)
  expect(endings(ada)[0]!.text).toMatch(
    new RegExp(`^80 points end on ${last}, from Bakery\\.\n12 points end on ${last}, from Bookshop\\.\n\n`),
  )
})

test('a letter about points that end is written again when the mail server did not take it, and not when they are spent', async () => {
  await setRule(stage.api, stage.street.network, { expires_after_months: 1 })
  const [ada, bo] = [await stage.street.join({ points: 80 }), await stage.street.join({ points: 80 })]
  const soon = new Date((await endOf(ada)).getTime() - 10 * day)
  await look(soon)
  expect(await listJobs()).toHaveLength(2)
  await pay(bo, 80)
  let refused = 0
  await work(async (letter) => {
    if (letter.to === ada.email && refused++ === 0) throw new Error('the mail server did not take it')
    await stage.mailer(letter)
  })
  // The queue tries again by itself, a few seconds later.
  await until(() => endings(ada).length === 1)
  await allTold()
  expect(refused).toBe(2)
  expect(endings(bo)).toHaveLength(0)
})

test('an address that is always refused is left to the queue: no look takes it up again, nobody behind it waits', async () => {
  await setRule(stage.api, stage.street.network, { expires_after_months: 1 })
  const ada = await stage.street.join({ points: 80 })
  const end = await endOf(ada)
  const soon = new Date(end.getTime() - 3 * day)
  // What was spent in other tests.
  const tell = await work()
  await allTold()
  await tell()
  await look(soon)
  stage.logged = ''
  const stop = await work(async () => {
    throw new Error('the mail server is away')
  })
  await until(() => stage.logged.includes('a job failed'))
  await stop()
  const { rows } = await sql<{ attempts: number; waits: boolean }>`
    select j.attempts, j.attempts < j.max_attempts as waits from graphile_worker.jobs j
    where j.task_identifier = 'tell-endings'`.execute(stage.api.db)
  expect(rows).toEqual([{ attempts: expect.any(Number), waits: true }])
  const keys = await listEndingWallets(stage.api.db, new Date(soon.getTime() + 10 * 60_000))
  expect(keys).toEqual([])
  for (const minutes of [10, 20, 30]) await look(new Date(soon.getTime() + minutes * 60_000))
  expect(await listJobs()).toHaveLength(1)
  // Tried again only after the points ended, it is not sent any more.
  const jobs = await listJobs()
  await send(new Date(end.getTime() + 1))
  expect(endings(ada)).toHaveLength(0)
  const task = noticeTasks({ db: stage.api.db, sendMail: stage.mailer, now: () => soon })['tell-endings']!
  await task(jobs[0]!.payload)
  expect(endings(ada)).toHaveLength(1)
})

test('daily shopping makes no daily letter: the next comes a week later, or when something ends before', async () => {
  await setRule(stage.api, stage.street.network, { expires_after_months: 1 })
  const ada = await stage.street.join({ points: 80 })
  const end = await endOf(ada)
  const soon = new Date(end.getTime() - 13.5 * day)
  await look(soon)
  await send(soon)
  // Bought a day later, so it ends a day later.
  await asAdmin(
    stage.api,
    `alter table ledger.lot disable trigger user;
     insert into ledger.lot (entry_index, expires_at, points, remaining, network_id, wallet_id, issuer_id, ordinal, price_version, open)
     select entry_index, expires_at + interval '1 day', 5, 5, network_id, wallet_id, issuer_id, 9, price_version, true from ledger.lot
       where wallet_id = (select wallet_id from api.wallet where uuid = '${uuidOf('wal', ada.wallet)}');
     alter table ledger.lot enable trigger user`,
  )
  const later = (days: number) => new Date(soon.getTime() + days * day)
  await look(later(1))
  expect(await listJobs()).toEqual([])
  await look(later(7.1))
  await send(later(7.1))
  expect(endings(ada).map(({ text }) => text.split(' point')[0])).toEqual(['80', '5'])
})

test('customers turn each letter on and off for themselves, and nobody does it for them', async () => {
  await setRule(stage.api, stage.street.network, { expires_after_months: 1 })
  const ada = await stage.street.join({ points: 80 })
  const id = await idOf(ada)
  const read = async () => (await ada.get(`/v1/customers/${id}`)).body.letters
  expect(await read()).toEqual({ spends: true, endings: true })
  expect((await choose(ada, { endings: false })).status).toBe(200)
  expect(await read()).toEqual({ spends: true, endings: false })
  await look(new Date((await endOf(ada)).getTime() - 3 * day))
  expect(await listJobs()).toEqual([])
  expect((await choose(ada, { spends: false, endings: true })).status).toBe(200)
  expect(await read()).toEqual({ spends: false, endings: true })
  expect((await choose(ada, {})).status).toBe(400)
  expect((await choose(ada, { spends: 'no' })).status).toBe(400)
  for (const token of [stage.street.bakery.key, stage.street.network.operator]) {
    const refused = await stage.api
      .call('patch', `/v1/customers/${id}`, token)
      .send({ letters: { spends: true } })
    expect(refused.status).toBe(403)
  }
  expect(await read()).toEqual({ spends: false, endings: true })
})
