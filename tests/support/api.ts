import { randomBytes } from 'node:crypto'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Writable } from 'node:stream'
import { Client } from 'pg'
import { pino } from 'pino'
import supertest, { type Test } from 'supertest'
import { uuidv7 } from 'uuidv7'
import { expect } from 'vitest'
import { createApp } from '../../api/app.ts'
import type { Letter } from '../../api/mail/mailer.ts'
import { uuidOf } from '../../api/http/ids.ts'
import { findMerchant } from '../../api/merchants/store.ts'
import { ensureOperator } from '../../api/people/ensure-operator.ts'
import { hashPassword } from '../../api/people/passwords.ts'
import { createPerson } from '../../api/people/store.ts'
import { createHttpServer } from '../../api/serve.ts'
import type { ApiTables, Db, Role } from '../../api/tables.ts'
import type { TargetRules } from '../../api/webhooks/target.ts'
import { createDb, createPool } from '../../ledger/database/connect.ts'
import {
  createLedger,
  registerCredential,
  stopPosting,
  type Ledger,
  type LedgerTables,
  type MerchantId,
  type NetworkId,
} from '../../ledger/index.ts'
import { answered, callAs, type BodyOf } from './calls.ts'
import { createTestDatabase } from './database.ts'

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'

/** The real application on a database of its own, listening on a free port. */
export interface TestApi {
  readonly url: string
  /** The address that the typed client's calls come from, where that is not this machine's. */
  readonly from?: string
  readonly db: Db
  readonly ledger: Ledger
  readonly secret: Uint8Array
  /** Of a login with the API's rights. */
  readonly databaseUrl: string
  /** Of a superuser, for looking behind the API. */
  readonly adminUrl: string
  /** What the application takes for the time: set `now` to move it; null is the real time. */
  readonly clock: { now: Date | null }
  /** E-mail that was sent, the oldest first. */
  readonly letters: Letter[]
  /** Everything logged so far. */
  logged(): string
  /** A request; with a token as that caller. `await api.call('post', '/v1/merchants', token).send({ … })`. */
  call(method: Method, path: string, token?: string): Test
  close(): Promise<void>
}

export const testOperator = { email: 'operator@example.org', password: 'correct horse battery staple' }
/** The issuer of the tokens of test applications. */
export const testPublicUrl = 'https://tally.example.org'

/**
 * Starts the application. One per test file, in `beforeAll`; a network of one's own keeps tests apart.
 * `databaseUrl`: of a database that is not there, instead. `webhooks`: where they may go.
 * `closing`: says that the server is about to stop. `beside`: another process of the same deployment, which ends last.
 * `beforeLetter`: what the mail server does before it takes a letter.
 */
export async function startApi({
  databaseUrl,
  closing,
  beside,
  beforeLetter = async () => {},
  ...settings
}: {
  databaseUrl?: string
  webhooks?: TargetRules
  closing?: AbortSignal
  beside?: TestApi
  beforeLetter?: () => Promise<void>
} = {}): Promise<TestApi> {
  const database = beside
    ? { url: beside.databaseUrl, adminUrl: beside.adminUrl, drop: async () => {} }
    : await createTestDatabase()
  const pool = createPool(databaseUrl ?? database.url, {
    max: 10,
    applicationName: 'tallystick tests',
    onIdleError: () => {},
  })
  const db = createDb<ApiTables & LedgerTables>(pool)
  const secret = beside?.secret ?? randomBytes(32)
  const ledger = createLedger({ pool, secret })
  const clock: TestApi['clock'] = { now: null }
  const letters: Letter[] = []
  const log = captureLog()
  const app = createApp({
    ledger,
    db,
    config: { secret, publicUrl: testPublicUrl, trustProxy: 1, requestsPerSecond: 10_000, ...settings },
    log: pino({ level: 'trace' }, log.stream),
    async sendMail(letter) {
      await beforeLetter()
      letters.push(letter)
    },
    now: () => clock.now ?? new Date(),
    ...(closing && { closing }),
  })
  if (databaseUrl === undefined) await ensureOperator(db, testOperator)
  const server: Server = await new Promise((listening) => {
    const starting = createHttpServer(app).listen(0, '127.0.0.1', () => listening(starting))
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    db,
    ledger,
    secret,
    databaseUrl: database.url,
    adminUrl: database.adminUrl,
    clock,
    letters,
    logged: log.text,
    call(method, path, token) {
      const request = supertest(url)[method](path)
      return token === undefined ? request : request.auth(token, { type: 'bearer' })
    },
    async close() {
      await new Promise((closed) => {
        server.close(closed)
        server.closeAllConnections()
      })
      await stopPosting(ledger)
      await db.destroy()
      await database.drop()
    },
  }
}

/** Runs SQL as a superuser, behind the API's back. */
export async function asAdmin(api: TestApi, statement: string): Promise<void> {
  const client = new Client({ connectionString: api.adminUrl })
  await client.connect()
  await client.query(statement).finally(() => client.end())
}

function captureLog() {
  const lines: string[] = []
  const stream = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk))
      done()
    },
  })
  return { stream, text: () => lines.join('') }
}

/** A token of the deployment's operator; with `network`, of them as that network's operator. */
export async function signInOperator(api: TestApi, network?: string): Promise<string> {
  const body = { ...testOperator, ...(network !== undefined && { network }) }
  const { token } = await answered(callAs(api).POST('/v1/sessions', { body }))
  return token
}

/** A network of a test's own. */
export interface TestNetwork {
  readonly id: string
  readonly slug: string
  /** A token of its operator. */
  readonly operator: string
}

export type NetworkFields = Partial<BodyOf<'createNetwork'>>
export type MerchantFields = Partial<BodyOf<'admitMerchant'>>

/** Makes a network (EUR, one cent a point, Europe/Prague) with a fresh slug, and signs its operator in. */
export async function makeNetwork(api: TestApi, fields: NetworkFields = {}): Promise<TestNetwork> {
  const body = {
    slug: `test-${randomBytes(6).toString('hex')}`,
    name: 'Old Town',
    currency: 'EUR',
    point_face_value_minor: 1,
    time_zone: 'Europe/Prague',
    ...fields,
  }
  const deployment = callAs(api, await signInOperator(api))
  const { id, slug } = await answered(deployment.POST('/v1/networks', { body }))
  return { id, slug, operator: await signInOperator(api, slug) }
}

/** Admits a merchant; its id. */
export async function makeMerchant(
  api: TestApi,
  network: TestNetwork,
  fields: MerchantFields = {},
): Promise<string> {
  const body = { name: 'Bakery', issuing_limit: null, ...fields }
  const { id } = await answered(callAs(api, network.operator).POST('/v1/merchants', { body }))
  return id
}

/** A till of a merchant: its id, and its key, which is its token. */
export async function makeTill(
  api: TestApi,
  network: TestNetwork,
  merchant: string,
): Promise<{ id: string; key: string }> {
  const { id, key } = await answered(
    callAs(api, network.operator).POST('/v1/merchants/{id}/tills', {
      params: { path: { id: merchant } },
      body: { name: 'Counter' },
    }),
  )
  return { id, key }
}

/** Sets an earning rule: 1 point per whole euro, rounded down, no expiry, unless told. */
export async function setRule(
  api: TestApi,
  network: TestNetwork,
  fields: Partial<BodyOf<'setEarningRule'>> = {},
): Promise<void> {
  const body = {
    points_per_currency_unit: '1',
    rounding: 'down' as const,
    expires_after_months: null,
    ...fields,
  }
  await answered(callAs(api, network.operator).PUT('/v1/rules/earning', { body }))
}

/** A new person with that role, signed in: their token. `merchant` is null for operators and auditors. */
export async function addStaff(
  api: TestApi,
  network: TestNetwork,
  { role, merchant }: { role: Role; merchant: string | null },
): Promise<string> {
  const person = uuidv7()
  const email = `${role}-${person}@example.org`
  const { network_id } = await api.db
    .selectFrom('api.network')
    .select('network_id')
    .where('slug', '=', network.slug)
    .executeTakeFirstOrThrow()
  await createPerson(api.db, {
    uuid: person,
    email,
    name: 'Somebody',
    passwordHash: await hashPassword(testOperator.password),
    isDeploymentOperator: false,
  })
  await api.db.transaction().execute(async (tx) => {
    const merchant_id = merchant === null ? null : await findMerchantId(tx, network_id, merchant)
    const credential_id = await registerCredential(tx, network_id, {
      uuid: uuidv7(),
      kind: 'person',
      merchant: merchant_id,
      by: null,
    })
    await tx
      .insertInto('api.membership')
      .values({ network_id, person_uuid: person, role, merchant_id, credential_id })
      .execute()
  })
  const body = { email, password: testOperator.password }
  const signedIn = await answered(callAs(api).POST('/v1/sessions', { body }))
  expect(signedIn).toMatchObject({ role })
  return signedIn.token
}

async function findMerchantId(db: Db, network: NetworkId, merchant: string): Promise<MerchantId> {
  const { merchant_id } = await findMerchant(db, network, uuidOf('mer', merchant) ?? '')
  return merchant_id
}
