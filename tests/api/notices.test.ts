import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { uuidOf } from '../../api/http/ids.ts'
import { noteSpends } from '../../api/notices/notices.ts'
import { openCursors, takeSpends } from '../../api/notices/spend-store.ts'
import { forgetInTime } from '../../api/privacy/retention.ts'
import { asAdmin } from '../support/api.ts'
import type { Customer } from '../support/high-street.ts'
import { stageNotices, write } from '../support/notice-stage.ts'
import { until } from '../support/receiver.ts'

const day = 24 * 60 * 60 * 1000
const stage = stageNotices()
const { work, allTold, listJobs, lettersTo, pay, idOf, choose } = stage

test('a customer is told at once by e-mail of each spend: what, where, when, and what is left', async () => {
  const ada = await stage.street.join({ points: 500 })
  await Promise.all([work(), work()])
  await pay(ada, 100)
  await until(() => lettersTo(ada).length === 1, 5_000)
  const held = await stage.street.bookshop.post('/v1/holds', {
    qr: await ada.showQr(),
    points: 60,
    reference: crypto.randomUUID(),
  })
  await allTold()
  expect(lettersTo(ada)).toHaveLength(1)
  const captured = await stage.street.bookshop.post(`/v1/holds/${held.body.id}/capture`, { points: 50 })
  expect(captured.status).toBe(201)
  await stage.street.bakery.buy({ qr: await ada.showQr(), amount_minor: 300, redeem: { points: 30 } })
  await until(() => lettersTo(ada).length === 3, 5_000)
  const told = lettersTo(ada)
  expect(told.map(({ subject }) => subject).toSorted()).toEqual([
    '100 points spent at Bookshop',
    '30 points spent at Bakery',
    '50 points spent at Bookshop',
  ])
  const { text } = told[0]!
  expect(text).toMatch(
    /^100 points of yours at Old Town were spent at Bookshop, on \w+day \d+ \w+ at \d\d:\d\d\. You have 400 left\.\n/,
  )
  expect(text).toContain('lock your points in your wallet at once')
})

test('points that come in, that are given back, or that a shop takes back with what it gave make no letter', async () => {
  const ada = await stage.street.join({ points: 500 })
  const spent = await pay(ada, 100)
  const bought = await stage.street.bakery.buy({ wallet: ada.wallet, amount_minor: 1000 })
  const back = (shop: typeof stage.street.bakery, transaction: string) =>
    shop.post(`/v1/transactions/${transaction}/reversals`, { reason: 'brought back' })
  expect((await back(stage.street.bookshop, spent)).status).toBe(201)
  expect((await back(stage.street.bakery, bought.body.transaction)).status).toBe(201)
  await work()
  await allTold()
  expect(lettersTo(ada).map(({ subject }) => subject)).toEqual(['100 points spent at Bookshop'])
})

test('a customer is told at once of a gift from their wallet, and not whom it went to', async () => {
  const [ada, bea] = [await stage.street.join({ points: 500 }), await stage.street.join()]
  await work()
  const given = await ada.post('/v1/gifts', { to: bea.wallet, points: 12 })
  expect(given.status).toBe(201)
  await until(() => lettersTo(ada).length === 1, 5_000)
  const [letter] = lettersTo(ada)
  expect(letter!.subject).toBe('12 points given to somebody else')
  expect(letter!.text).toMatch(
    /^12 points were given to somebody else from your wallet at Old Town, on \w+day \d+ \w+ at \d\d:\d\d\. You have 488 left\.\n/,
  )
  expect(letter!.text).toContain('tell one of the shops')
  expect(letter!.text).not.toContain(bea.email)
  await allTold()
  expect(lettersTo(bea)).toEqual([])
})

/** Lets the jobs of a task run now. */
async function hurry(task: string): Promise<number> {
  const { rows } = await sql`
    update graphile_worker._private_jobs j set run_at = now() from graphile_worker._private_tasks t
    where t.id = j.task_id and t.identifier = ${task} returning j.id`.execute(stage.api.db)
  return rows.length
}

test(
  'of many payments within an hour ten have letters of their own, and one letter sums up the others',
  { timeout: 120_000 },
  async () => {
    const ada = await stage.street.join({ points: 500 })
    // So that no hour ends between them.
    const late = new Date().getUTCMinutes() >= 59
    if (late) await new Promise((resolve) => setTimeout(resolve, 61_000 - (Date.now() % 60_000)))
    const hour = new Date(Math.floor(Date.now() / 3_600_000) * 3_600_000)
    for (let count = 0; count < 13; count++) await pay(ada, 20)
    await ada.post('/v1/gifts', { to: (await stage.street.join()).wallet, points: 5 })
    await Promise.all([noteSpends(stage.api.db), noteSpends(stage.api.db)])
    const { rows } = await sql<{ payload: object; run_at: Date }>`
    select j.payload, j.run_at from graphile_worker._private_jobs j
    join graphile_worker._private_tasks t on t.id = j.task_id
    where t.identifier = 'tell-gathered-spends'`.execute(stage.api.db)
    expect(rows).toEqual([
      { payload: { network: expect.any(Number), transaction: expect.any(String) }, run_at: expect.any(Date) },
    ])
    expect(rows[0]!.run_at.getTime()).toBeGreaterThan(hour.getTime() + 3_600_000)
    await work()
    await allTold()
    expect(lettersTo(ada).map(({ subject }) => subject)).toEqual(
      Array.from({ length: 10 }, () => '20 points spent at Bookshop'),
    )
    expect(await hurry('tell-gathered-spends')).toBe(1)
    await until(() => lettersTo(ada).length === 11, 5_000)
    const last = lettersTo(ada).find(({ subject }) => subject.includes('more'))!
    const time = (at: Date) => write(at, { timeStyle: 'short' })
    expect(last.subject).toBe('4 more payments or gifts within an hour, 65 points in all')
    expect(last.text).toContain(
      `There were 4 more payments or gifts from your wallet at Old Town between ${time(hour)} and ` +
        `${time(new Date(hour.getTime() + 3_600_000))}`,
    )
    expect(last.text).toContain('You had 235 left after that. Look at your wallet to see each.')
    expect(last.text).toContain('lock your points')
  },
)

test('an hour without payments, and a payment has a letter of its own again; another wallet always had', async () => {
  const [ada, bo] = [await stage.street.join({ points: 500 }), await stage.street.join({ points: 500 })]
  for (let count = 0; count < 11; count++) await pay(ada, 1)
  await asAdmin(
    stage.api,
    `alter table ledger.transaction disable trigger user;
     update ledger.transaction set posted_at = posted_at - interval '61 minutes'
       where kind = 'redeem' and wallet_id = (select wallet_id from api.wallet where uuid = '${uuidOf('wal', ada.wallet)}');
     alter table ledger.transaction enable trigger user`,
  )
  await pay(ada, 2)
  await pay(bo, 3)
  await work()
  await allTold()
  const subjects = [...lettersTo(ada), ...lettersTo(bo)].map(({ subject }) => subject)
  expect(subjects.filter((subject) => subject.startsWith('1 point '))).toHaveLength(10)
  expect(subjects.filter((subject) => !subject.startsWith('1 point '))).toEqual([
    '2 points spent at Bookshop',
    '3 points spent at Bookshop',
  ])
})

test('whoever has letters turned off is told so by one last letter, in case it was somebody else', async () => {
  const ada = await stage.street.join({ points: 80 })
  await work()
  expect((await choose(ada, { spends: false })).status).toBe(200)
  await until(() => lettersTo(ada).length === 1, 5_000)
  expect(lettersTo(ada)[0]!.subject).toBe('Letters about payments were turned off')
  expect(lettersTo(ada)[0]!.text).toMatch(
    /^Letters about payments at Old Town were turned off in your wallet\.\n\nWas it not you\?/,
  )
  // Neither what was off already nor turning on makes a letter.
  expect((await choose(ada, { spends: false, endings: false })).status).toBe(200)
  await until(() => lettersTo(ada).length === 2, 5_000)
  expect((await choose(ada, { spends: false })).status).toBe(200)
  expect((await choose(ada, { spends: true, endings: true })).status).toBe(200)
  expect((await choose(ada, { spends: false, endings: false })).status).toBe(200)
  await until(() => lettersTo(ada).length === 3, 5_000)
  expect(lettersTo(ada).map(({ subject }) => subject)).toEqual([
    'Letters about payments were turned off',
    'Letters about points that end soon were turned off',
    'Letters about payments and points that end soon were turned off',
  ])
})

test('what was spent while nobody worked is told of afterwards, once, however many take it up', async () => {
  const ada = await stage.street.join({ points: 500 })
  await pay(ada, 10)
  const { network_id: network } = await stage.api.db
    .selectFrom('api.network')
    .select('network_id')
    .where('slug', '=', stage.street.network.slug)
    .executeTakeFirstOrThrow()
  await openCursors(stage.api.db)
  // One process has taken the spend up, and dies before it is through; meanwhile another passes by.
  const dying = stage.api.db.transaction().execute(async (tx) => {
    expect((await takeSpends(tx, network))?.spends).toHaveLength(1)
    await noteSpends(stage.api.db)
    expect(await listJobs()).toEqual([])
    throw new Error('killed')
  })
  await expect(dying).rejects.toThrow('killed')
  await Promise.all([noteSpends(stage.api.db), noteSpends(stage.api.db), noteSpends(stage.api.db)])
  await noteSpends(stage.api.db)
  expect(await listJobs()).toHaveLength(1)
  const stop = await work()
  await allTold()
  await stop()
  await work()
  await allTold()
  expect(lettersTo(ada).filter(({ subject }) => subject.startsWith('10 points'))).toHaveLength(1)
})

test('jobs and the log hold ids alone, and a letter that the mail server did not take is sent later', async () => {
  const ada = await stage.street.join({ points: 500 })
  await stage.api.call('patch', `/v1/customers/${await idOf(ada)}`, ada.token).send({ name: 'Ada Quince' })
  await pay(ada, 10)
  await noteSpends(stage.api.db)
  const jobs = await listJobs()
  expect(jobs).toEqual([{ payload: { network: expect.any(Number), transaction: expect.any(String) } }])
  let refusals = 0
  stage.logged = ''
  await work(async (letter) => {
    if (refusals++ === 0) throw new Error('the mail server did not take it')
    await stage.mailer(letter)
  })
  await until(() => lettersTo(ada).length === 1)
  expect(refusals).toBe(2)
  expect(stage.logged).toContain('a job failed')
  expect(stage.logged).not.toContain(ada.email)
  expect(stage.logged).not.toContain('Quince')
})

test('whoever has no e-mail, turned it off, or was erased since gets no letter', async () => {
  const enrolled = await stage.street.bakery.post('/v1/customers', { phone: '+49301234567' }, null)
  await stage.street.bakery.buy({ wallet: enrolled.body.wallet, amount_minor: 10_000 })
  const [bo, cy, di] = [await stage.street.join(), await stage.street.join(), await stage.street.join()]
  for (const customer of [bo, cy, di])
    await stage.street.bakery.buy({ wallet: customer.wallet, amount_minor: 10_000 })
  expect((await choose(bo, { spends: false })).status).toBe(200)
  const paid: string[] = []
  for (const customer of [bo, cy, di]) paid.push(await pay(customer, 10))
  await asAdmin(
    stage.api,
    `update api.network set redeem_without_qr_daily_max = 100 where slug = '${stage.street.network.slug}'`,
  )
  const without = { wallet: enrolled.body.wallet, points: 10, reference: 'no-qr' }
  expect((await stage.street.bookshop.post('/v1/redemptions', without)).status).toBe(201)
  await noteSpends(stage.api.db)
  expect(await listJobs()).toHaveLength(2)
  // Between looking and writing the letter.
  const id = await idOf(cy)
  await stage.api.call('delete', `/v1/customers/${id}?acknowledged_points=90`, cy.token)
  const sendMail = async () => {}
  await forgetInTime({
    db: stage.api.db,
    ledger: stage.api.ledger,
    sendMail,
    now: () => new Date(Date.now() + 15 * day),
  })
  await work()
  await allTold()
  const spends = (customer: Customer) => lettersTo(customer).filter(({ subject }) => /spent/.test(subject))
  expect([bo, cy, di].map((customer) => spends(customer).length)).toEqual([0, 0, 1])
})
