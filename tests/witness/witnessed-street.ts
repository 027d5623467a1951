import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { expect } from 'vitest'
import { seenByWitnesses } from '../../api/log/ask-witnesses.ts'
import { keepLogs } from '../../api/log/keep-logs.ts'
import { createLogMemory, type Ledger, type LogParts } from '../../ledger/index.ts'
import { startApi, testPublicUrl, type TestApi } from '../support/api.ts'
import { buildHighStreet, type HighStreet } from '../support/high-street.ts'
import { until } from '../support/receiver.ts'
import { becomeWitness, type Member } from './witness-process.ts'

const rules = { allowHttp: true, allowedNetworks: ['127.0.0.0/8'] }

/** The real application with its logs kept, as `npm start` does it. */
export interface KeptApi {
  readonly api: TestApi
  /** What keeps the logs of a database; `memory`: a folder. */
  logParts(ledger: Ledger, memory: string): LogParts
  close(): Promise<void>
}

export async function startKeptApi(): Promise<KeptApi> {
  const api = await startApi({ webhooks: rules })
  const folder = await mkdtemp(join(tmpdir(), 'tallystick-test-log-'))
  const logParts = (ledger: Ledger, memory: string) => ({
    ledger,
    memory: createLogMemory(memory),
    seenElsewhere: [seenByWitnesses(ledger, rules)],
  })
  const stopLogs = keepLogs({
    db: api.db,
    logs: logParts(api.ledger, folder),
    publicUrl: testPublicUrl,
    log: pino({ level: 'silent' }),
  })
  return {
    api,
    logParts,
    async close() {
      await stopLogs()
      await api.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** A high street with a log, and three members who may be its witnesses. */
export interface WitnessedStreet {
  readonly street: HighStreet
  /** Of the log. */
  readonly url: string
  readonly members: readonly [Member, Member, Member]
  /** Says who co-signs; `urls`: where they answer. */
  propose(quorum: number, urls?: readonly string[]): Promise<{ status: number; body: any }>
  /** The log's state, for everyone. */
  readState(): Promise<any>
  /** Another entry. */
  buy(): Promise<void>
  leave(): Promise<void>
}

export async function openWitnessedStreet({ api }: KeptApi): Promise<WitnessedStreet> {
  const street = await buildHighStreet(api, {})
  const { slug, operator } = street.network
  const members = (await Promise.all(
    ['bakery', 'books', 'cafe'].map((name) => becomeWitness(`${name}.example/witness`)),
  )) as [Member, Member, Member]
  const { wallet } = await street.join()
  // The log is opened beside the API, within a second; a witness who comes before finds none, and ends.
  await until(async () => (await api.call('get', `/log/${slug}/policy`)).status === 200)
  return {
    street,
    url: `${api.url}/log/${slug}`,
    members,
    async propose(quorum, urls = []) {
      const witnesses = members.map(({ vkey, chainAddress }, i) => ({
        name: vkey.split('.')[0],
        vkey,
        chain_address: chainAddress,
        ...(urls[i] !== undefined && { url: urls[i] }),
      }))
      const { status, body } = await api
        .call('put', `/v1/networks/${slug}/witnesses`, operator)
        .send({ witnesses, quorum })
      return { status, body }
    },
    async readState() {
      const { status, body } = await api.call('get', `/log/${slug}`)
      return status === 200 ? body : { status }
    },
    async buy() {
      const bought = await street.bakery.buy({ wallet, amount_minor: 100 })
      expect(bought.status).toBe(201)
    },
    leave: async () => void (await Promise.all(members.map((member) => member.leave()))),
  }
}
