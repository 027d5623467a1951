import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Pool } from 'pg'
import { afterAll, beforeAll, beforeEach, expect, inject, onTestFinished, test } from 'vitest'
import {
  checkLogs,
  createLedger,
  createPool,
  createLogWriter,
  isLogHalted,
  nameAnchorContract,
  readRefusal,
  type NetworkId,
} from '../../ledger/index.ts'
import { parseCheckpoint } from '../../ledger/proofs/checkpoint.ts'
import { checkReceipt } from '../../ledger/proofs/receipt.ts'
import { findVouchers, parsePolicy } from '../../ledger/proofs/policy.ts'
import { administer, urlOf } from '../support/database.ts'
import { until } from '../support/receiver.ts'
import { openWitnessedStreet, startKeptApi, type KeptApi, type WitnessedStreet } from './witnessed-street.ts'

// The whole way: the real application and its log, and witnesses in processes of their own.

let kept: KeptApi
let town: WitnessedStreet

beforeAll(async () => {
  kept = await startKeptApi()
})
afterAll(() => kept.close())
beforeEach(async () => {
  town = await openWitnessedStreet(kept)
  return () => town.leave()
})

const read = async (path: string) => (await fetch(`${town.url}${path}`)).text()

test('two witnesses of three are a quorum: receipts lead to what they have co-signed, while the third is down', async () => {
  expect(await town.propose(2)).toMatchObject({
    status: 200,
    body: { in_force: { quorum: 2 }, proposed: null },
  })
  await until(async () => (await town.readState()).checkpoint?.size > 0)
  await nameAnchorContract(kept.api.db, await networkId(), {
    chainId: 31_337n,
    address: `0x${'ab'.repeat(20)}`,
    deployedBlock: 0n,
    by: null,
  })
  for (const member of town.members.slice(0, 2)) member.start(town.url)
  const customer = await town.street.join()
  const sale = await town.street.bakery.buy({ wallet: customer.wallet, amount_minor: 1200 })
  const receipt = () => customer.get(`/v1/transactions/${sale.body.transaction}/receipt`)
  await until(async () => (await receipt()).status === 200)

  const policy = parsePolicy(await read('/policy'))
  expect(policy.witnesses.map(({ name }) => name)).toEqual(['bakery', 'books', 'cafe'])
  const checked = checkReceipt((await receipt()).body.proof, policy)
  expect(checked.vouchers.witnesses.map(({ witness }) => witness.name)).toEqual(['bakery', 'books'])
  const state = await town.readState()
  expect(await chainSigners(state.witnessed.size)).toEqual(
    town.members
      .slice(0, 2)
      .map(({ chainAddress }) => chainAddress.toLowerCase())
      .toSorted(),
  )
  const ages = state.witnesses.map(({ last_at: at }: { last_at: string | null }) => at !== null)
  expect(ages).toEqual([true, true, false])
  expect(findVouchers(policy, parseCheckpoint(state.witnessed.note)).quorum).toBe(true)
})

test('short of a quorum the log grows, and goes on offering the same checkpoint', async () => {
  await town.propose(2)
  town.members[0].start(town.url)
  // The log itself is opened a moment after its network.
  await until(async () => (await town.readState()).witnesses?.[0].last_size > 0)
  // Where 30 s were over meanwhile, another one is offered, once; with the next it is as before.
  await until(async () => {
    const offered = await read('/candidate')
    const { size } = parseCheckpoint(await read('/checkpoint'))
    await town.buy()
    await until(async () => parseCheckpoint(await read('/checkpoint')).size > size)
    return (await read('/candidate')) === offered
  })
  expect(await town.readState()).toMatchObject({ witnessed: null })
})

test('co-signatures of strangers, or of other text, are refused; so are policies that can not be', async () => {
  const { api } = kept
  await town.propose(1)
  await until(async () => (await town.readState()).checkpoint?.size > 0)
  const { size, note } = (await town.readState()).checkpoint
  const stranger = await openWitnessedStreet(kept)
  await stranger.propose(1)
  await until(async () => (await fetch(`${stranger.url}/candidate`)).ok)
  const process = stranger.members[0].start(stranger.url, ['--once'])
  expect({ ended: await process.ended, said: process.said() }).toMatchObject({ ended: 0 })
  const foreign = (await stranger.readState()).witnessed.note.trimEnd().split('\n').at(-1)
  await stranger.leave()
  const handIn = (body: object) =>
    api.call('post', `/log/${town.street.network.slug}/cosignatures`).send(body)
  expect(await handIn({ size, cosignature: foreign })).toMatchObject({
    status: 403,
    body: { code: 'witness_unknown' },
  })
  const [, , , , signature] = note.split('\n')
  expect(await handIn({ size, cosignature: signature })).toMatchObject({ status: 403 })
  expect(await handIn({ size, cosignature: '— nonsense' })).toMatchObject({
    status: 422,
    body: { code: 'cosignature_wrong' },
  })
  expect(await handIn({ size: 9999, cosignature: foreign })).toMatchObject({ status: 404 })
  expect((await town.readState()).witnesses.every(({ last_size: last }: any) => last === null)).toBe(true)

  const { slug, operator } = town.street.network
  const [{ vkey, chainAddress }, other] = town.members
  const put = (witnesses: object[], quorum: number) =>
    api.call('put', `/v1/networks/${slug}/witnesses`, operator).send({ witnesses, quorum })
  const { vkey: logKey } = await town.readState()
  for (const [witnesses, quorum, pointer] of [
    [[{ name: 'bakery', vkey }], 2, '#/quorum'],
    [[{ name: 'bakery', vkey: logKey }], 1, '#/witnesses/0/vkey'],
    [
      [
        { name: 'bakery', vkey },
        { name: 'cafe', vkey },
      ],
      1,
      '#/witnesses/1/vkey',
    ],
    [[{ name: 'none', vkey }], 1, '#/witnesses/0/name'],
    [
      [
        { name: 'bakery', vkey },
        { name: 'bakery', vkey: other.vkey },
      ],
      1,
      '#/witnesses/1/name',
    ],
    [[{ name: 'bakery', vkey, url: 'http://10.0.0.1' }], 1, '#/witnesses/0/url'],
    [
      [
        {
          name: 'bakery',
          vkey,
          chain_address: chainAddress.replace(/[A-F](?=[^A-F]*$)/, (x) => x.toLowerCase()),
        },
      ],
      1,
      '#/witnesses/0/chain_address',
    ],
  ] as const) {
    const { status, body } = await put([...witnesses], quorum)
    expect({ status, errors: body.errors }).toMatchObject({ status: 400, errors: [{ pointer }] })
  }
  const { body } = await api.call('get', `/v1/networks/${slug}/witnesses`, operator)
  expect(body).toMatchObject({ in_force: { version: 1 }, proposed: null })
})

test('a backup that is put back is behind its witness: nothing is posted and nothing signed over it', async () => {
  const [bakery] = town.members
  const witness = bakery.start(town.url, ['--listen', '127.0.0.1:0'])
  await until(() => witness.said().includes('Listening on'))
  const [, listening = ''] = /Listening on (\S+)\/add-checkpoint/.exec(witness.said()) ?? []
  await town.propose(1, [listening])
  // All that there is, signed and seen.
  const settled = async () => {
    const { unsigned_entries: unsigned, checkpoint, witnesses } = await town.readState()
    return unsigned === 0 && witnesses[0]?.last_size === checkpoint?.size ? checkpoint.size : 0
  }
  let before = 0
  await until(async () => (before = await settled()) > 0)
  const backup = await backUp()
  await town.buy()
  await until(async () => (await settled()) > before)

  const pool = createPool(backup.url, { max: 4, applicationName: 'tallystick tests', onIdleError: () => {} })
  const folder = await mkdtemp(join(tmpdir(), 'tallystick-test-log-'))
  try {
    const ledger = createLedger({ pool, secret: kept.api.secret })
    const parts = kept.logParts(ledger, folder)
    const network = await networkId()
    const refused = (await checkLogs(parts)).find((each) => each.network === network)
    expect(refused?.refused).toMatchObject({ code: 'behind', seen: { size: await settled() } })
    expect(refused?.refused.message).toContain('the witness bakery')
    const entries = async () =>
      (
        await ledger.db
          .selectFrom('ledger.head')
          .select('next_index')
          .where('network_id', '=', network)
          .executeTakeFirstOrThrow()
      ).next_index
    const count = await entries()
    const proposing = pool.query(`select ledger.propose_witness_policy($1, '[]', 0, null)`, [network])
    await expect(proposing.catch((error: unknown) => isLogHalted(error))).resolves.toBe(true)
    const writer = createLogWriter(parts, { onRefused: () => {}, onError: () => {} })
    expect(await writer.sign(network)).toBeNull()
    expect(await entries()).toBe(count)
    expect(await readRefusal(ledger.db, network)).toMatchObject({ code: 'behind' })
  } finally {
    await pool.end()
    await rm(folder, { recursive: true })
    await backup.drop()
  }
})

test('a co-signature may be handed in again and again; whoever guesses too often is not looked at any more', async () => {
  await town.propose(1)
  await until(async () => (await town.readState()).checkpoint?.size > 0)
  expect(await town.members[0].start(town.url, ['--once']).ended).toBe(0)
  const { size, note } = (await town.readState()).witnessed
  const right = { size, cosignature: note.trimEnd().split('\n').at(-1) }
  const handIn = async (body: object, times: number) => {
    const statuses = new Set<number>()
    for (let i = 0; i < times; i++) {
      const { status } = await kept.api
        .call('post', `/log/${town.street.network.slug}/cosignatures`)
        .send(body)
      statuses.add(status)
    }
    return [...statuses]
  }
  expect(await handIn(right, 110)).toEqual([200])
  expect(await handIn({ ...right, size: 9999 }, 110)).toEqual([404, 429])
  expect(await handIn(right, 1)).toEqual([429])
})

test('a log’s state is of one moment: nothing is called signed by a checkpoint that it does not show', async () => {
  await until(async () => (await town.readState()).unsigned_entries === 0)
  const network = await networkId()
  const admin = new Pool({ connectionString: kept.api.adminUrl })
  onTestFinished(() => admin.end())
  const signed = async () => {
    const { rows } = await admin.query(
      'select max(size)::int as size from ledger.checkpoint where network_id = $1',
      [network],
    )
    return rows[0].size
  }
  const before = await signed()
  const [signing, reading] = [await admin.connect(), await admin.connect()]
  try {
    await signing.query('begin; lock table ledger.checkpoint in share mode')
    await town.buy()
    await reading.query('begin; lock table ledger.cosignature in access exclusive mode')
    // It has read the newest checkpoint by then; the log is signed before it goes on.
    const asked = town.readState()
    await waitForLock(admin, 'ledger.cosignature')
    await signing.query('commit')
    await until(async () => (await signed()) > before)
    await reading.query('commit')
    expect(await asked).toMatchObject({ checkpoint: { size: before }, unsigned_entries: 1 })
  } finally {
    signing.release(true)
    reading.release(true)
  }
})

/** Until somebody waits for that table. */
const waitForLock = (admin: Pool, table: string) =>
  until(async () => {
    const { rows } = await admin.query('select from pg_locks where relation = $1::regclass and not granted', [
      table,
    ])
    return rows.length > 0
  })

/** Whose signatures for the contract are kept of that checkpoint. */
async function chainSigners(size: number): Promise<string[]> {
  const rows = await kept.api.db
    .selectFrom('ledger.anchor_signature')
    .select('signer')
    .where('network_id', '=', await networkId())
    .where('size', '=', BigInt(size))
    .execute()
  return rows.map(({ signer }) => `0x${signer.toString('hex')}`).toSorted()
}

async function networkId(): Promise<NetworkId> {
  const { network_id } = await kept.api.db
    .selectFrom('api.network')
    .select('network_id')
    .where('slug', '=', town.street.network.slug)
    .executeTakeFirstOrThrow()
  return network_id as NetworkId
}

/** A copy of the database as it is now: nobody may be connected to it for the moment that takes. */
async function backUp(): Promise<{ url: string; drop(): Promise<void> }> {
  const server = inject('databaseServer')
  const name = new URL(kept.api.adminUrl).pathname.slice(1)
  const copy = `${name}_backup`
  await administer(server, `alter database ${name} allow_connections false`)
  await administer(server, `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`)
  try {
    await until(() =>
      administer(server, `create database ${copy} template ${name}`).then(
        () => true,
        () => false,
      ),
    )
  } finally {
    await administer(server, `alter database ${name} allow_connections true`)
  }
  const url = new URL(urlOf(server, copy))
  Object.assign(url, { username: server.prefix, password: server.password })
  return { url: url.href, drop: () => administer(server, `drop database ${copy} with (force)`) }
}
