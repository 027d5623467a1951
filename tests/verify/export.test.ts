import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { mkdtemp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { packExport } from '../../api/export/pack-export.ts'
import { uuidOf } from '../../api/http/ids.ts'
import { forgetInTime } from '../../api/privacy/retention.ts'
import { points, post, sweep, type MerchantId, type NetworkId, type WalletId } from '../../ledger/index.ts'
import { keepLog, signUp, type KeptLog } from '../log/kept-log.ts'
import { customerIdOf } from '../support/customer-id.ts'
import { openHighStreet, type Customer, type HighStreet } from '../support/high-street.ts'
import { runVerify as verify } from './run-verify.ts'
import { unpackTar } from './unpack-tar.ts'

let street: HighStreet
let kept: KeptLog
let folder: string
let ada: Customer
let bob: Customer
const told = { name: 'Ada Nightingale', note: 'she dropped the cake', shop: 'Candles & Wicks' }

beforeAll(async () => {
  street = await openHighStreet({ redeem_without_qr_daily_max: 1000 })
  kept = await keepLog(street.api.ledger)
  folder = await mkdtemp(join(tmpdir(), 'tallystick-test-export-'))
  await street.admit(told.shop)
  ada = await street.join({ points: 50 })
  bob = await street.join({ points: 20 })
  await trade()
  await signUp(kept, await networkId())
}, 60_000)

afterAll(async () => {
  await kept.remove()
  await rm(folder, { recursive: true, force: true })
  await street.close()
})

/** A sale, a payment in points, a refund with words, a gift. */
async function trade(): Promise<void> {
  const { bakery, bookshop } = street
  const named = await street.api
    .call('patch', `/v1/customers/${await customerOf(ada)}`, ada.token)
    .send({ name: told.name })
  expect(named.status).toBe(200)
  const sale = await bookshop.buy({ wallet: ada.wallet, amount_minor: 4210 })
  expect(sale.status).toBe(201)
  const paid = await bakery.post('/v1/redemptions', {
    wallet: ada.wallet,
    points: 15,
    reference: randomUUID(),
  })
  expect(paid.status).toBe(201)
  const refund = await bookshop.post(`/v1/transactions/${sale.body.transaction}/reversals`, {
    refund_amount_minor: 1000,
    reason: told.note,
  })
  expect(refund.status).toBe(201)
  expect((await ada.post('/v1/gifts', { to: bob.wallet, points: 5 })).status).toBe(201)
}

/** The network, as the ledger knows it. */
async function networkId(): Promise<NetworkId> {
  const row = await street.api.db
    .selectFrom('api.network')
    .select('network_id')
    .where('slug', '=', street.network.slug)
    .executeTakeFirstOrThrow()
  return row.network_id
}

/** A customer's id, of their wallet. */
async function customerOf({ wallet }: Customer): Promise<string> {
  return await customerIdOf(street.api.db, { wallet })
}

/** Downloads an export; answers where it is. */
async function download(token = street.network.operator): Promise<string> {
  const answer = await street.api.call('get', '/v1/export', token).buffer(true).parse(readBytes)
  expect(answer.status).toBe(200)
  expect(answer.headers['content-type']).toBe('application/x-tar')
  expect(answer.headers['content-length']).toBe(String((answer.body as Buffer).length))
  const file = join(folder, `${randomUUID()}.tar`)
  await writeFile(file, answer.body as Buffer)
  return file
}

function readBytes(res: NodeJS.EventEmitter, done: (error: Error | null, body: Buffer) => void): void {
  const chunks: Buffer[] = []
  res.on('data', (chunk: Buffer) => void chunks.push(Buffer.from(chunk)))
  res.on('end', () => done(null, Buffer.concat(chunks)))
}

test('an export is whole to whoever has the policy, with every balance as the shops know it', async () => {
  const tar = await download()
  const { body: policy } = await policyOf()
  const result = await verify(tar, '--policy', policy, '--json')
  expect(result.code, result.out).toBe(0)
  const { balances, entries } = JSON.parse(result.out)
  const { rows } = await street.api.ledger.pool.query(
    'select next_index from ledger.head where network_id = $1',
    [await networkId()],
  )
  expect(entries).toBe(Number(rows[0].next_index))
  const wallets = Object.fromEntries(
    balances.wallets.map((wallet: { wallet: string; points: string }) => [
      wallet.wallet,
      Number(wallet.points),
    ]),
  )
  expect(Object.values(wallets).toSorted()).toEqual([await ada.available(), await bob.available()].toSorted())
})

/** The policy as somebody else has it: a file. */
async function policyOf(): Promise<{ body: string }> {
  const { text } = await street.api.call('get', `/log/${street.network.slug}/policy`)
  const file = join(folder, 'policy')
  await writeFile(file, text)
  return { body: file }
}

test('without a policy or contract of the auditor’s own the answer is that nobody is trusted, not that all is whole', async () => {
  const result = await verify(await download())
  expect(result.code).toBe(10)
  expect(result.out).toContain('Keys not trusted.')
})

test('the unpacked folder is as good as the tar', async () => {
  const dir = join(folder, 'unpacked')
  await mkdir(dir)
  await unpackTar(await download(), dir)
  const { body: policy } = await policyOf()
  expect((await verify(dir, '--policy', policy)).code).toBe(0)
  await writeFile(join(dir, 'policy'), 'anything')
  const changed = await verify(dir, '--policy', policy)
  expect([changed.code, changed.out]).toEqual([
    30,
    expect.stringContaining('policy is not what manifest.sha256 says'),
  ])
  await rm(join(dir, 'entries.ndjson'))
  expect((await verify(dir, '--policy', policy)).code).toBe(40)
  expect((await verify(join(folder, 'nowhere'))).code).toBe(40)
})

test('balances are told as of any entry and time', async () => {
  const tar = await download()
  // What each wallet had after an entry, as the ledger wrote it down then.
  const { rows: history } = await street.api.ledger.pool.query<{ index: bigint; at: Date; points: bigint }>(
    `select entry_index as index, posted_at as at, available_after as points from ledger.transaction
     where network_id = $1 and wallet_id = (select account_id from ledger.account where account_uuid = $2)
     order by entry_index`,
    [await networkId(), uuidOf('wal', ada.wallet)],
  )
  expect(history.length).toBeGreaterThan(2)
  for (const [i, { index, at, points }] of history.entries()) {
    const times = history[i + 1]?.at.getTime() === at.getTime() ? [] : [at.toISOString()]
    for (const asOf of [String(index), ...times]) {
      const { balances } = JSON.parse((await verify(tar, '--as-of', asOf, '--json')).out)
      const own = balances.wallets.find(
        (each: { wallet: string }) => each.wallet === uuidOf('wal', ada.wallet),
      )
      expect({ asOf, points: Number(own?.points ?? 0) }).toEqual({ asOf, points: Number(points) })
    }
  }
  const first = JSON.parse((await verify(tar, '--as-of', '0', '--json')).out)
  expect(first.balances).toMatchObject({ entries: 1, merchants: [], wallets: [] })
  const before = JSON.parse((await verify(tar, '--as-of', '2020-01-01T00:00:00Z', '--json')).out)
  expect(before.balances.entries).toBe(0)
})

test('an export names nobody, and verifies after an erasure', async () => {
  const phone = '+447700900123'
  const { body: enrolled } = await street.bakery.post('/v1/customers', { phone, name: 'Kate Phoneowner' })
  await street.bakery.buy({ wallet: enrolled.wallet, amount_minor: 900 })
  const erased = await street.join({ points: 10 })
  const path = `/v1/customers/${await customerOf(erased)}?acknowledged_points=10`
  expect((await street.api.call('delete', path, erased.token)).status).toBe(202)
  const { db, ledger } = street.api
  // After the days in which an erasure can be taken back, and while those who are signed in now still are.
  const later = () => new Date(Date.now() + 60 * 86_400_000)
  await forgetInTime({ db, ledger, sendMail: async () => {}, now: later })
  await sweep(ledger)
  await signUp(kept, await networkId())
  const tar = await download()
  const { body: policy } = await policyOf()
  const result = await verify(tar, '--policy', policy)
  expect(result.code, result.out).toBe(0)
  const text = (await readFile(tar)).toString('latin1')
  const { rows } = await street.api.ledger.pool.query<{ text: string }>(
    `select unnest(array[email, name, phone]) as text from api.customer
     union select email from api.person union select name from api.person
     union select reason from ledger.reason union select reference from (select $1 as reference) x`,
    [told.note],
  )
  // What was told by whoever is forgotten by now is not in the database any more.
  const personal = [...rows.map((row) => row.text), ...Object.values(told), erased.email].filter(
    (each) => each,
  )
  expect(personal).toEqual(expect.arrayContaining([phone, 'Kate Phoneowner', ada.email, told.note]))
  expect(personal.length).toBeGreaterThan(5)
  expect(personal.filter((each) => text.includes(each))).toEqual([])
})

test('tills and customers are refused the export', async () => {
  for (const token of [street.bakery.key, (await street.join()).token]) {
    const answer = await street.api.call('get', '/v1/export', token)
    expect([answer.status, answer.body.code]).toEqual([403, 'forbidden'])
  }
})

test('who goes away in the middle of an export stops it, and disturbs nobody', async () => {
  const { ledger } = street.api
  const network = await networkId()
  const { rows } = await ledger.pool.query<{ merchant: MerchantId; wallet: WalletId }>(
    `select (select max(merchant_id) from ledger.merchant where network_id = $1) as merchant,
       (select max(account_id) from ledger.account where network_id = $1 and kind = 'wallet') as wallet`,
    [network],
  )
  const gift = (i: number) =>
    post(ledger, network, {
      kind: 'issue',
      key: { scope: 'network', value: `many ${i}` },
      credential: null,
      content: '',
      ...rows[0]!,
      gives: { bonus: { points: points(1), expiresAt: null } },
    })
  await Promise.all(Array.from({ length: 3000 }, (_, i) => gift(i)))
  await signUp(kept, network)
  const request = get(`${street.api.url}/v1/export`, {
    headers: { authorization: `Bearer ${street.network.operator}` },
  })
  const [answer] = (await once(request, 'response')) as [IncomingMessage]
  await once(answer, 'data')
  answer.destroy()
  await sleep(300)
  const busy = await ledger.pool.query(
    `select query from pg_stat_activity where state <> 'idle' and query like '%ledger.entries(%' and pid <> pg_backend_pid()`,
  )
  expect(busy.rows).toEqual([])
  expect(street.api.logged()).not.toMatch(/"level":(50|60)/)
  const result = await verify(await download())
  expect([result.code, result.out]).toEqual([10, expect.stringContaining('Keys not trusted.')])
})

test('who goes away before the first byte of an export disturbs nobody', async () => {
  const { api, network } = street
  const admin = new Client({ connectionString: api.adminUrl })
  await admin.connect()
  onTestFinished(() => admin.end())
  const waiting = async () =>
    (await admin.query(`select from pg_locks where relation = 'api.entry_bytes'::regclass and not granted`))
      .rowCount
  // The entries can't be counted meanwhile.
  await admin.query('begin')
  await admin.query('lock table api.entry_bytes')
  const request = get(`${api.url}/v1/export`, { headers: { authorization: `Bearer ${network.operator}` } })
  request.on('error', () => {})
  await expect.poll(waiting).toBe(1)
  request.destroy()
  await sleep(100)
  await admin.query('rollback')
  await sleep(300)
  expect(api.logged()).not.toMatch(/"level":(50|60)/)
})

test('an export is read no faster than it is taken away: what waits in memory is the same for any log', async () => {
  let read = 0
  const line = `${'x'.repeat(2 ** 20 - 1)}\n`
  const lines = 10_000
  // Nearly ten gigabytes, as ten million entries have, for somebody who takes none of them.
  const entries = {
    name: 'entries.ndjson',
    size: lines * line.length,
    async *bytes() {
      while (read++ < lines) yield line
    },
  }
  const out = new Writable({ write() {} })
  const gone = new AbortController()
  const packing = packExport(out, [entries], gone.signal)
  await sleep(300)
  expect(read).toBeGreaterThan(0)
  expect(read).toBeLessThan(10)
  gone.abort()
  await packing
})

test('a network whose log is not signed yet has no export', async () => {
  const other = await street.elsewhere()
  const answer = await street.api.call('get', '/v1/export', other.network.operator)
  expect([answer.status, answer.body.code]).toEqual([404, 'not_found'])
})
