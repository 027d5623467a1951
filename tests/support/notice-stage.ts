import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { sql } from 'kysely'
import { pino } from 'pino'
import type { Response } from 'supertest'
import { afterAll, beforeAll, beforeEach, expect, onTestFinished } from 'vitest'
import { startBackground } from '../../api/background.ts'
import { createMailer, type Letter, type SendMail } from '../../api/mail/mailer.ts'
import { listNetworksBehind, openCursors } from '../../api/notices/spend-store.ts'
import { publicTargetsOnly } from '../../api/webhooks/target.ts'
import { startApi, type TestApi } from './api.ts'
import { customerIdOf } from './customer-id.ts'
import { buildHighStreet, type Customer, type HighStreet } from './high-street.ts'
import { readLetters } from './letters.ts'
import { until } from './receiver.ts'

/** The application whose letters are files, and for each test a high street of its own. */
export interface NoticeStage {
  readonly api: TestApi
  readonly street: HighStreet
  readonly mailer: SendMail
  /** What the background work has logged since the beginning, or since it was emptied. */
  logged: string
  /** Background work as a process does it, until told to stop or the test ends. */
  work(sendMail?: SendMail): Promise<() => Promise<void>>
  /** Waits until every entry was looked at and every letter sent. */
  allTold(): Promise<void>
  /** Letters that wait. */
  listJobs(): Promise<{ payload: object }[]>
  lettersTo(customer: { readonly email: string }): Letter[]
  /** Spends so many points at the bookshop; the transaction. */
  pay(customer: Customer, points: number): Promise<string>
  idOf(customer: Customer): Promise<string>
  /** Turns letters on and off. */
  choose(customer: Customer, letters: object): Promise<Response>
}

/** Sets the stage in the hooks of a test file; what differs from test to test is there once a test runs. */
export function stageNotices(): NoticeStage {
  let api: TestApi
  let street: HighStreet
  let folder: string
  let mailer: SendMail

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

  const stage: NoticeStage = {
    get api() {
      return api
    },
    get street() {
      return street
    },
    get mailer() {
      return mailer
    },
    logged: '',
    async work(sendMail = mailer) {
      const { db, ledger, databaseUrl, secret } = api
      const stream = new Writable({
        write(chunk, _encoding, done) {
          stage.logged += String(chunk)
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
    },
    async allTold() {
      await openCursors(api.db)
      await until(async () => {
        const behind = await listNetworksBehind(api.db)
        return behind.length === 0 && (await stage.listJobs()).length === 0
      })
    },
    async listJobs() {
      const { rows } = await sql<{ payload: object }>`
        select j.payload from graphile_worker._private_jobs j
        join graphile_worker._private_tasks t on t.id = j.task_id
        where t.identifier in ('tell-spend', 'tell-endings')`.execute(api.db)
      return rows
    },
    lettersTo: ({ email }) => readLetters(folder).filter(({ to }) => to === email),
    async pay(customer, points) {
      const body = { qr: await customer.showQr(), points, reference: crypto.randomUUID() }
      const paid = await street.bookshop.post('/v1/redemptions', body)
      expect(paid.status).toBe(201)
      return paid.body.transaction
    },
    idOf: (customer) => customerIdOf(api.db, customer),
    async choose(customer, letters) {
      const id = await stage.idOf(customer)
      return await api.call('patch', `/v1/customers/${id}`, customer.token).send({ letters })
    },
  }
  return stage
}

/** A time as the network's letters write it. */
export function write(at: Date, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Prague', ...options }).format(at)
}
