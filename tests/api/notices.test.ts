import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { sql } from 'kysely'
import { pino } from 'pino'
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import { startBackground } from '../../api/background.ts'
import { uuidOf } from '../../api/http/ids.ts'
import { createMailer, type SendMail } from '../../api/mail/mailer.ts'
import { listEndingWallets } from '../../api/notices/ending-store.ts'
import { noteSoonEnding, noteSpends, noticeTasks } from '../../api/notices/notices.ts'
import { listNetworksBehind, openCursors, takeSpends } from '../../api/notices/spend-store.ts'
import { forgetInTime } from '../../api/privacy/retention.ts'
import { publicTargetsOnly } from '../../api/webhooks/target.ts'
import { asAdmin, setRule, startApi, type TestApi } from '../support/api.ts'
import { customerIdOf } from '../support/customer-id.ts'
import { buildHighStreet, type Customer, type HighStreet } from '../support/high-street.ts'
import { readLetters } from '../support/letters.ts'
import { until } from '../support/receiver.ts'

const day = 24 * 60 * 60 * 1000

let api: TestApi
let street: HighStreet
let folder: string
let mailer: SendMail
let logged = ''

beforeAll(async () => {
  api = await startApi()
  folder = await mkdtemp(join(tmpdir(), 'tallystick-mail-'))
  mailer = createMailer({ folder, from: 'Tallystick <no-reply@example.org>' })
})
beforeEach(async () => {
  street = await buildHighStreet(api, {})
})
afterAll(async () => {
  await api.close()
  await rm(folder, { recursive: true })
})

/** Background work as a process does it, until told to stop or the test ends. */
async function work(sendMail: SendMail = mailer): Promise<() => Promise<void>> {
  const { db, ledger, databaseUrl, secret } = api
  const stream = new Writable({
    write(chunk, _encoding, done) {
      logged += String(chunk)
      done()
    },
  })
  const log = pino({ level: 'trace' }, stream)
  const webhooks = publicTargetsOnly
  let stopping: Promise<void> | undefined
  const running = await startBackground({ databaseUrl, db, ledger, secret, webhooks, log, sendMail })
  const stop = () => (stopping ??= running())
  onTestFinished(stop)
  return stop
}

/** Waits until every entry was looked at and every letter sent. */
async function allTold(): Promise<void> {
  await openCursors(api.db)
  await until(async () => {
    const behind = await listNetworksBehind(api.db)
    return behind.length === 0 && (await listJobs()).length === 0
  })
}

async function listJobs(): Promise<{ payload: object }[]> {
  const { rows } = await sql<{ payload: object }>`
    select j.payload from graphile_worker._private_jobs j
    join graphile_worker._private_tasks t on t.id = j.task_id
    where t.identifier in ('tell-spend', 'tell-endings')`.execute(api.db)
  return rows
}

const lettersTo = ({ email }: { email: string }) => readLetters(folder).filter(({ to }) => to === email)
const pay = async (customer: Customer, points: number) => {
  const body = { qr: await customer.showQr(), points, reference: crypto.randomUUID() }
  const paid = await street.bookshop.post('/v1/redemptions', body)
  expect(paid.status).toBe(201)
  return paid.body.transaction as string
}

async function idOf(customer: Customer): Promise<string> {
  return await customerIdOf(api.db, customer)
}

async function choose(customer: Customer, letters: object) {
  const id = await idOf(customer)
  return await api.call('patch', `/v1/customers/${id}`, customer.token).send({ letters })
}

test('a customer is told at once by e-mail of each spend: what, where, when, and what is left', async () => {
  const ada = await street.join({ points: 500 })
  await Promise.all([work(), work()])
  await pay(ada, 100)
  await until(() => lettersTo(ada).length === 1, 5_000)
  const held = await street.bookshop.post('/v1/holds', {
    qr: await ada.showQr(),
    points: 60,
    reference: crypto.randomUUID(),
  })
  await allTold()
  expect(lettersTo(ada)).toHaveLength(1)
  const captured = await street.bookshop.post(`/v1/holds/${held.body.id}/capture`, { points: 50 })
  expect(captured.status).toBe(201)
  await street.bakery.buy({ qr: await ada.showQr(), amount_minor: 300, redeem: { points: 30 } })
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
  const ada = await street.join({ points: 500 })
  const spent = await pay(ada, 100)
  const bought = await street.bakery.buy({ wallet: ada.wallet, amount_minor: 1000 })
  const back = (shop: typeof street.bakery, transaction: string) =>
    shop.post(`/v1/transactions/${transaction}/reversals`, { reason: 'brought back' })
  expect((await back(street.bookshop, spent)).status).toBe(201)
  expect((await back(street.bakery, bought.body.transaction)).status).toBe(201)
  await work()
  await allTold()
  expect(lettersTo(ada).map(({ subject }) => subject)).toEqual(['100 points spent at Bookshop'])
})

test('a customer is told at once of a gift from their wallet, and not whom it went to', async () => {
  const [ada, bea] = [await street.join({ points: 500 }), await street.join()]
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
    where t.id = j.task_id and t.identifier = ${task} returning j.id`.execute(api.db)
  return rows.length
}

test(
  'of many payments within an hour ten have letters of their own, and one letter sums up the others',
  { timeout: 120_000 },
  async () => {
    const ada = await street.join({ points: 500 })
    // So that no hour ends between them.
    const late = new Date().getUTCMinutes() >= 59
    if (late) await new Promise((resolve) => setTimeout(resolve, 61_000 - (Date.now() % 60_000)))
    const hour = new Date(Math.floor(Date.now() / 3_600_000) * 3_600_000)
    for (let count = 0; count < 13; count++) await pay(ada, 20)
    await ada.post('/v1/gifts', { to: (await street.join()).wallet, points: 5 })
    await Promise.all([noteSpends(api.db), noteSpends(api.db)])
    const { rows } = await sql<{ payload: object; run_at: Date }>`
    select j.payload, j.run_at from graphile_worker._private_jobs j
    join graphile_worker._private_tasks t on t.id = j.task_id
    where t.identifier = 'tell-gathered-spends'`.execute(api.db)
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
  const [ada, bo] = [await street.join({ points: 500 }), await street.join({ points: 500 })]
  for (let count = 0; count < 11; count++) await pay(ada, 1)
  await asAdmin(
    api,
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
  const ada = await street.join({ points: 80 })
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
  const ada = await street.join({ points: 500 })
  await pay(ada, 10)
  const { network_id: network } = await api.db
    .selectFrom('api.network')
    .select('network_id')
    .where('slug', '=', street.network.slug)
    .executeTakeFirstOrThrow()
  await openCursors(api.db)
  // One process has taken the spend up, and dies before it is through; meanwhile another passes by.
  const dying = api.db.transaction().execute(async (tx) => {
    expect((await takeSpends(tx, network))?.spends).toHaveLength(1)
    await noteSpends(api.db)
    expect(await listJobs()).toEqual([])
    throw new Error('killed')
  })
  await expect(dying).rejects.toThrow('killed')
  await Promise.all([noteSpends(api.db), noteSpends(api.db), noteSpends(api.db)])
  await noteSpends(api.db)
  expect(await listJobs()).toHaveLength(1)
  const stop = await work()
  await allTold()
  await stop()
  await work()
  await allTold()
  expect(lettersTo(ada).filter(({ subject }) => subject.startsWith('10 points'))).toHaveLength(1)
})

test('jobs and the log hold ids alone, and a letter that the mail server did not take is sent later', async () => {
  const ada = await street.join({ points: 500 })
  await api.call('patch', `/v1/customers/${await idOf(ada)}`, ada.token).send({ name: 'Ada Quince' })
  await pay(ada, 10)
  await noteSpends(api.db)
  const jobs = await listJobs()
  expect(jobs).toEqual([{ payload: { network: expect.any(Number), transaction: expect.any(String) } }])
  let refusals = 0
  logged = ''
  await work(async (letter) => {
    if (refusals++ === 0) throw new Error('the mail server did not take it')
    await mailer(letter)
  })
  await until(() => lettersTo(ada).length === 1)
  expect(refusals).toBe(2)
  expect(logged).toContain('a job failed')
  expect(logged).not.toContain(ada.email)
  expect(logged).not.toContain('Quince')
})

test('whoever has no e-mail, turned it off, or was erased since gets no letter', async () => {
  const enrolled = await street.bakery.post('/v1/customers', { phone: '+49301234567' }, null)
  await street.bakery.buy({ wallet: enrolled.body.wallet, amount_minor: 10_000 })
  const [bo, cy, di] = [await street.join(), await street.join(), await street.join()]
  for (const customer of [bo, cy, di])
    await street.bakery.buy({ wallet: customer.wallet, amount_minor: 10_000 })
  expect((await choose(bo, { spends: false })).status).toBe(200)
  const paid: string[] = []
  for (const customer of [bo, cy, di]) paid.push(await pay(customer, 10))
  await asAdmin(
    api,
    `update api.network set redeem_without_qr_daily_max = 100 where slug = '${street.network.slug}'`,
  )
  const without = { wallet: enrolled.body.wallet, points: 10, reference: 'no-qr' }
  expect((await street.bookshop.post('/v1/redemptions', without)).status).toBe(201)
  await noteSpends(api.db)
  expect(await listJobs()).toHaveLength(2)
  // Between looking and writing the letter.
  const id = await idOf(cy)
  await api.call('delete', `/v1/customers/${id}?acknowledged_points=90`, cy.token)
  const sendMail = async () => {}
  await forgetInTime({ db: api.db, ledger: api.ledger, sendMail, now: () => new Date(Date.now() + 15 * day) })
  await work()
  await allTold()
  const spends = (customer: Customer) => lettersTo(customer).filter(({ subject }) => /spent/.test(subject))
  expect([bo, cy, di].map((customer) => spends(customer).length)).toEqual([0, 0, 1])
})

/** Ends of a wallet's points, and how a day of the network is written. */
async function endOf(customer: Customer): Promise<Date> {
  const { body } = await customer.get(`/v1/wallets/${customer.wallet}`)
  return new Date(body.lots[0].expires_at)
}
const write = (at: Date, options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Prague', ...options }).format(at)
const look = (now: Date) => noteSoonEnding({ db: api.db, now: () => now })
/** Sends the letters that wait, as of a time. */
async function send(now: Date, sendMail = mailer): Promise<void> {
  const task = noticeTasks({ db: api.db, sendMail, now: () => now })['tell-endings']!
  const jobs = await listJobs()
  await sql`delete from graphile_worker._private_jobs`.execute(api.db)
  for (const { payload } of jobs) await task(payload)
}
const endings = (customer: Customer) => lettersTo(customer).filter(({ text }) => /\bends?\b/.test(text))

test('points about to end are told of once, by day and shop, however many processes look and however often', async () => {
  await setRule(api, street.network, { expires_after_months: 1 })
  const ada = await street.join({ points: 80 })
  await street.bookshop.buy({ wallet: ada.wallet, amount_minor: 1_200 })
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
  await setRule(api, street.network, { expires_after_months: 1 })
  const [ada, bo] = [await street.join({ points: 80 }), await street.join({ points: 80 })]
  const soon = new Date((await endOf(ada)).getTime() - 10 * day)
  await look(soon)
  expect(await listJobs()).toHaveLength(2)
  await pay(bo, 80)
  let refused = 0
  await work(async (letter) => {
    if (letter.to === ada.email && refused++ === 0) throw new Error('the mail server did not take it')
    await mailer(letter)
  })
  // The queue tries again by itself, a few seconds later.
  await until(() => endings(ada).length === 1)
  await allTold()
  expect(refused).toBe(2)
  expect(endings(bo)).toHaveLength(0)
})

test('an address that is always refused is left to the queue: no look takes it up again, nobody behind it waits', async () => {
  await setRule(api, street.network, { expires_after_months: 1 })
  const ada = await street.join({ points: 80 })
  const end = await endOf(ada)
  const soon = new Date(end.getTime() - 3 * day)
  // What was spent in other tests.
  const tell = await work()
  await allTold()
  await tell()
  await look(soon)
  logged = ''
  const stop = await work(async () => {
    throw new Error('the mail server is away')
  })
  await until(() => logged.includes('a job failed'))
  await stop()
  const { rows } = await sql<{ attempts: number; waits: boolean }>`
    select j.attempts, j.attempts < j.max_attempts as waits from graphile_worker.jobs j
    where j.task_identifier = 'tell-endings'`.execute(api.db)
  expect(rows).toEqual([{ attempts: expect.any(Number), waits: true }])
  const keys = await listEndingWallets(api.db, new Date(soon.getTime() + 10 * 60_000))
  expect(keys).toEqual([])
  for (const minutes of [10, 20, 30]) await look(new Date(soon.getTime() + minutes * 60_000))
  expect(await listJobs()).toHaveLength(1)
  // Tried again only after the points ended, it is not sent any more.
  const jobs = await listJobs()
  await send(new Date(end.getTime() + 1))
  expect(endings(ada)).toHaveLength(0)
  const task = noticeTasks({ db: api.db, sendMail: mailer, now: () => soon })['tell-endings']!
  await task(jobs[0]!.payload)
  expect(endings(ada)).toHaveLength(1)
})

test('daily shopping makes no daily letter: the next comes a week later, or when something ends before', async () => {
  await setRule(api, street.network, { expires_after_months: 1 })
  const ada = await street.join({ points: 80 })
  const end = await endOf(ada)
  const soon = new Date(end.getTime() - 13.5 * day)
  await look(soon)
  await send(soon)
  // Bought a day later, so it ends a day later.
  await asAdmin(
    api,
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
  await setRule(api, street.network, { expires_after_months: 1 })
  const ada = await street.join({ points: 80 })
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
  for (const token of [street.bakery.key, street.network.operator]) {
    const refused = await api.call('patch', `/v1/customers/${id}`, token).send({ letters: { spends: true } })
    expect(refused.status).toBe(403)
  }
  expect(await read()).toEqual({ spends: false, endings: true })
})
