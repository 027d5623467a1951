import { sql } from 'kysely'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { noteWorseTerms, termsTasks } from '../../api/notices/terms.ts'
import { listUntold, takeReaders } from '../../api/notices/terms-store.ts'
import { forgetInTime } from '../../api/privacy/retention.ts'
import { customerIdOf } from '../support/customer-id.ts'
import { buildHighStreet, type Customer, type HighStreet } from '../support/high-street.ts'
import { stageNotices, type NoticeStage } from '../support/notice-stage.ts'
import { until } from '../support/receiver.ts'

const day = 24 * 60 * 60 * 1000

const stage = stageNotices()
const { work } = stage
const lettersTo = (customer: { email: string }) =>
  stage.lettersTo(customer).filter(({ text }) => /terms|Bedingungen/.test(text))
let api: NoticeStage['api']
let street: HighStreet

beforeEach(async () => {
  ;({ api, street } = stage)
  await set({ points_per_currency_unit: '2' })
})

const plain = { points_per_currency_unit: '1', rounding: 'down', expires_after_months: null }
const put = (fields: object, where = street) =>
  api.call('put', '/v1/rules/earning', where.network.operator).send({ ...plain, ...fields })
async function set(fields: object, where = street): Promise<void> {
  const { status, body } = await put(fields, where)
  expect({ status, body }).toMatchObject({ status: 201 })
}

/** The beginning of a day in Prague, so many days from now or one later. */
function startOfDay(days: number): Date {
  const at = new Date(Date.now() + (days + 1) * day)
  const date = new Intl.DateTimeFormat('en-CA', { timeZone: 'Europe/Prague', dateStyle: 'short' }).format(at)
  const noon = new Date(`${date}T12:00:00Z`)
  const hours = Number(
    new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Prague', hour: '2-digit' }).format(noon),
  )
  return new Date(noon.getTime() - hours * 60 * 60 * 1000)
}
const write = (at: Date, locale = 'en-GB') =>
  new Intl.DateTimeFormat(locale, { timeZone: 'Europe/Prague', dateStyle: 'long' }).format(at)

async function listJobs(): Promise<{ payload: object; priority: number }[]> {
  const { rows } = await sql<{ payload: object; priority: number }>`
    select j.payload, j.priority from graphile_worker._private_jobs j
    join graphile_worker._private_tasks t on t.id = j.task_id
    where t.identifier = 'tell-worse-terms' order by j.id`.execute(api.db)
  return rows
}

async function allTold(): Promise<void> {
  await until(async () => (await listUntold(api.db)).length === 0 && (await listJobs()).length === 0)
}

async function idOf(customer: Customer): Promise<string> {
  return await customerIdOf(api.db, customer)
}

async function directory(where = street) {
  const { status, body } = await api.call('get', `/v1/networks/${where.network.slug}/shops`)
  expect(status).toBe(200)
  return body
}

test('every customer has one letter when worse terms are set: what gets worse, from which day, what stays', async () => {
  const [ada, bo] = [await street.join(), await street.join()]
  await set({ points_per_currency_unit: '2', expires_after_months: 36, effective_from: startOfDay(40) })
  await Promise.all([work(), work()])
  await allTold()
  expect([ada, bo].map((customer) => lettersTo(customer).length)).toEqual([1, 1])
  const start = startOfDay(50)
  await set({ points_per_currency_unit: '1', expires_after_months: 12, effective_from: start })
  await allTold()
  expect([ada, bo].map((customer) => lettersTo(customer).length)).toEqual([2, 2])
  const { subject, text } = lettersTo(ada)[1]!
  expect(subject).toBe(`Old Town: new terms from ${write(start)}`)
  expect(text).toBe(
    `The terms for points at Old Town change. From ${write(start)}:\n\n` +
      '- 1 point for each €1 instead of 2.\n' +
      '- New points are good for 12 months instead of 36.\n\n' +
      'Points that you were given before that day stay yours, and end no sooner.\n\n' +
      'Everybody who takes part gets this letter, whatever other letters they turned off.\n',
  )
})

test('the letters go out by jobs that hold ids alone, after those about spends', async () => {
  await street.join()
  await set({ effective_from: startOfDay(31) })
  await noteWorseTerms(api.db)
  expect(await listJobs()).toEqual([
    {
      payload: { network: expect.any(Number), customer: expect.any(String), notice: expect.any(String) },
      priority: expect.toSatisfy((priority) => priority > 0),
    },
  ])
  await work()
  await allTold()
})

test('in a German network it is German', async () => {
  const there = await buildHighStreet(api, { locale: 'de-AT' })
  await set({ points_per_currency_unit: '1.5', daily_max_per_wallet: 1000 }, there)
  const ada = await there.join()
  const start = startOfDay(31)
  const worse = { daily_max_per_wallet: 900, min_spend_minor: 250, rounding: 'down' }
  await set({ ...worse, effective_from: start }, there)
  await work()
  await allTold()
  const [letter, ...others] = lettersTo(ada)
  expect(others).toEqual([])
  expect(letter!.subject).toBe(`Old Town: neue Bedingungen ab ${write(start, 'de-AT')}`)
  expect(letter!.text.replaceAll('\u00a0', ' ')).toContain(
    `Ab ${write(start, 'de-AT')}:\n\n- 1 Punkt je € 1 Einkauf statt 1,5.\n` +
      '- Höchstens 900 Punkte am Tag statt 1 000.\n- Punkte gibt es erst ab € 2,50 Einkauf.\n\n',
  )
})

test('better terms, the same again, and worse ones before there were customers make no letter', async () => {
  await set({ points_per_currency_unit: '1' })
  const ada = await street.join()
  await set({ points_per_currency_unit: '3' })
  const start = startOfDay(31).toISOString()
  await set({ points_per_currency_unit: '2', effective_from: start })
  expect((await put({ points_per_currency_unit: '2', effective_from: start })).status).toBe(200)
  expect((await put({ points_per_currency_unit: '1' })).status).toBe(422)
  await work()
  await allTold()
  expect(lettersTo(ada)).toHaveLength(1)
})

test('a crash while the letters are being queued loses none, and none goes out twice', async () => {
  const customers = [await street.join(), await street.join(), await street.join()]
  await set({ effective_from: startOfDay(31) })
  const [notice, ...others] = await listUntold(api.db)
  expect(others).toEqual([])
  const dying = api.db.transaction().execute(async (tx) => {
    expect((await takeReaders(tx, notice!, 2))?.readers).toHaveLength(2)
    // Another process passes by meanwhile.
    await noteWorseTerms(api.db)
    expect(await listJobs()).toEqual([])
    throw new Error('killed')
  })
  await expect(dying).rejects.toThrow('killed')
  await Promise.all([noteWorseTerms(api.db), noteWorseTerms(api.db), noteWorseTerms(api.db)])
  await noteWorseTerms(api.db)
  expect(await listJobs()).toHaveLength(3)
  let refusals = 0
  const stop = await work(async (letter) => {
    if (refusals++ === 0) throw new Error('the mail server did not take it')
    await stage.mailer(letter)
  })
  await allTold()
  await stop()
  await work()
  await allTold()
  expect(customers.map((customer) => lettersTo(customer).length)).toEqual([1, 1, 1])
})

test('many customers are taken up part by part, each once', async () => {
  for (let count = 0; count < 5; count++) await street.join()
  await set({ effective_from: startOfDay(31) })
  await noteWorseTerms(api.db, 2)
  const jobs = await listJobs()
  expect(new Set(jobs.map(({ payload }) => JSON.stringify(payload))).size).toBe(5)
  expect(jobs).toHaveLength(5)
  expect(await listUntold(api.db)).toEqual([])
  await work()
  await allTold()
})

test('the switch for other letters does not turn it off; without e-mail, or erased, there is nobody to tell', async () => {
  const [ada, bo] = [await street.join(), await street.join()]
  expect((await street.bakery.post('/v1/customers', { phone: '+49301234567' }, null)).status).toBe(201)
  const off = { letters: { spends: false, endings: false } }
  await api.call('patch', `/v1/customers/${await idOf(ada)}`, ada.token).send(off)
  await set({ effective_from: startOfDay(31) })
  await noteWorseTerms(api.db)
  expect(await listJobs()).toHaveLength(2)
  await api.call('delete', `/v1/customers/${await idOf(bo)}?acknowledged_points=0`, bo.token)
  const sendMail = async () => {}
  await forgetInTime({ db: api.db, ledger: api.ledger, sendMail, now: () => new Date(Date.now() + 15 * day) })
  await work()
  await allTold()
  expect([ada, bo].map((customer) => lettersTo(customer).length)).toEqual([1, 0])
})

test('what was set anew before it started is told of as it is now, and the old version no more', async () => {
  const ada = await street.join()
  const start = startOfDay(31)
  await set({ points_per_currency_unit: '1', effective_from: start })
  await noteWorseTerms(api.db)
  const jobs = await listJobs()
  await set({ points_per_currency_unit: '1.5', effective_from: start })
  await work()
  await allTold()
  const told = lettersTo(ada)
  expect(told).toHaveLength(1)
  expect(told[0]!.text).toContain('- 1.5 points for each €1 instead of 2.\n')
  await termsTasks({ db: api.db, sendMail: stage.mailer })['tell-worse-terms']!(jobs[0]!.payload)
  expect(lettersTo(ada)).toHaveLength(1)
})

test('a shop’s own lower factor is told by its name to those who bought there', async () => {
  const bounds = { merchant_multiplier_min: '0.5', merchant_multiplier_max: '3' }
  await api.call('patch', `/v1/networks/${street.network.slug}`, street.network.operator).send(bounds)
  const ada = await street.join({ points: 20 })
  const bea = await street.join()
  await street.bookshop.buy({ wallet: bea.wallet, amount_minor: 1000 })
  const factor = (body: object) =>
    api.call('put', `/v1/merchants/${street.bakery.merchant}/multiplier`, street.network.operator).send(body)
  expect((await factor({ factor: '3' })).status).toBe(200)
  const start = startOfDay(31)
  expect((await factor({ factor: '1.5', effective_from: start })).status).toBe(200)
  await work()
  await allTold()
  expect([lettersTo(ada), lettersTo(bea)]).toMatchObject([[{}], []])
  expect(lettersTo(ada)[0]!.text).toContain('Everybody who has bought at Bakery gets this letter')
  expect(lettersTo(ada)[0]!.text).toContain(
    `From ${write(start)}:\n\n- Bakery gives 1.5 times the usual points instead of 3 times.\n\n`,
  )
  expect((await directory()).worse_terms).toEqual([
    {
      merchant: street.bakery.merchant,
      effective_from: start.toISOString(),
      told_at: expect.any(String),
      changes: [{ field: 'factor', before: '3', after: '1.5' }],
    },
  ])
})

test('worse terms can be set five times in a day, so that nobody is flooded with letters', async () => {
  await street.join()
  for (let count = 1; count <= 5; count++) {
    await set({ points_per_currency_unit: `1.${9 - count}`, effective_from: startOfDay(30 + count) })
  }
  const refused = await put({ points_per_currency_unit: '1', effective_from: startOfDay(40) })
  expect(refused).toMatchObject({ status: 429, body: { code: 'too_many_requests' } })
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(23 * 60 * 60)
  expect(await put({ points_per_currency_unit: '4' })).toMatchObject({ status: 201 })
  expect(await listUntold(api.db)).toHaveLength(5)
  await work()
  await allTold()
})

test('anyone reads which worse terms come, until they have started', async () => {
  expect((await directory()).worse_terms).toEqual([])
  await street.join()
  const start = startOfDay(31)
  const before = Date.now()
  await set({ points_per_currency_unit: '1', rounding: 'down', effective_from: start })
  const [coming, ...others] = (await directory()).worse_terms
  expect(others).toEqual([])
  expect(coming).toEqual({
    merchant: null,
    effective_from: start.toISOString(),
    told_at: expect.any(String),
    changes: [{ field: 'points_per_currency_unit', before: '2', after: '1' }],
  })
  expect(Date.parse(coming.told_at)).toBeGreaterThanOrEqual(before)
  // The notice period is counted from the telling.
  expect(start.getTime() - Date.parse(coming.told_at)).toBeGreaterThanOrEqual(30 * day)
  api.clock.now = new Date(start.getTime() - 1)
  onTestFinished(() => void (api.clock.now = null))
  expect((await directory()).worse_terms).toHaveLength(1)
  api.clock.now = start
  expect((await directory()).worse_terms).toEqual([])
  await work()
  await allTold()
})
