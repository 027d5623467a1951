import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openMissingLogs } from '../../api/log/store.ts'
import { recoverLog } from '../../ledger/log/recover.ts'
import { acceptLog, LogRefused, refuseLog } from '../../ledger/log/refusal.ts'
import { parseCheckpoint } from '../../ledger/proofs/checkpoint.ts'
import { parsePolicy, requireQuorum } from '../../ledger/proofs/policy.ts'
import { readRoot } from '../../ledger/proofs/prove.ts'
import { checkReceipt } from '../../ledger/proofs/receipt.ts'
import { readNodesFromTiles, tilePath } from '../../ledger/proofs/tiles.ts'
import { nameAnchorContract, type NetworkId } from '../../ledger/index.ts'
import { keepLog, type KeptLog } from '../log/kept-log.ts'
import { addStaff, asAdmin, testPublicUrl, type TestApi } from '../support/api.ts'
import { openHighStreet, type Customer, type HighStreet } from '../support/high-street.ts'

let street: HighStreet
let api: TestApi
let kept: KeptLog
let network: NetworkId
let ada: Customer

beforeAll(async () => {
  street = await openHighStreet()
  api = street.api
  kept = await keepLog(api.ledger)
  ada = await street.join({ points: 300 })
  const { network_id } = await api.db
    .selectFrom('api.network')
    .select('network_id')
    .where('slug', '=', street.network.slug)
    .executeTakeFirstOrThrow()
  network = network_id as NetworkId
})
afterAll(async () => {
  await kept.remove()
  await street.close()
})

const address = (path: string) => `/log/${street.network.slug}${path}`
const get = (path: string) => api.call('get', address(path))
const sign = async () => {
  await openMissingLogs(api.db, api.ledger, testPublicUrl)
  while (await kept.writer.sign(network));
}
const buy = async () => {
  const { body } = await street.bakery.buy({ wallet: ada.wallet, amount_minor: 500 })
  return body.transaction as string
}
const receiptOf = (transaction: string, token: string) =>
  api.call('get', `/v1/transactions/${transaction}/receipt`, token)
const bytes = (path: string) =>
  get(`/${path}`)
    .buffer(true)
    .parse((res, done) => {
      const chunks: Buffer[] = []
      res.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => done(null, Buffer.concat(chunks)))
    })

test('before a log is signed there is nothing to read of it, and no receipt', async () => {
  const transaction = await buy()
  for (const path of ['/checkpoint', '/policy', '/tile/0/000.p/1']) expect((await get(path)).status).toBe(404)
  const { status, body, headers } = await receiptOf(transaction, ada.token)
  expect({ status, code: body.code, again: headers['retry-after'] }).toEqual({
    status: 409,
    code: 'receipt_not_ready',
    again: '2',
  })
})

test('anyone reads checkpoint, policy and tiles, from any page, and they fit together', async () => {
  await sign()
  const checkpoint = await get('/checkpoint')
  expect(checkpoint.headers).toMatchObject({
    'content-type': 'text/plain; charset=utf-8',
    'cache-control': 'public, max-age=1',
    'access-control-allow-origin': '*',
    'cross-origin-resource-policy': 'cross-origin',
  })
  const policy = await get('/policy')
  expect(policy.headers['content-type']).toBe('text/plain; charset=utf-8')
  const signed = parseCheckpoint(checkpoint.text)
  expect(signed.origin).toBe(`tally.example.org/log/${street.network.slug}`)
  expect(requireQuorum(parsePolicy(policy.text), signed).log.url).toBe(`${testPublicUrl}${address('')}`)

  const read = readNodesFromTiles(
    (tiles) => Promise.all(tiles.map(async (tile) => (await bytes(tilePath(tile))).body as Buffer)),
    signed.size,
  )
  expect(Buffer.from(await readRoot(read, signed.size))).toEqual(Buffer.from(signed.root))
  const tile = await bytes(tilePath({ level: 0, index: 0, width: 3 }))
  expect(tile.headers).toMatchObject({
    'content-type': 'application/octet-stream',
    'cache-control': 'public, max-age=31536000, immutable',
    'access-control-allow-origin': '*',
  })
  expect((tile.body as Buffer).length).toBe(96)
})

test('a tile beyond the checkpoint, or one that never can be, is not there', async () => {
  await sign()
  const { size } = parseCheckpoint((await get('/checkpoint')).text)
  await buy()
  const paths = [`/tile/0/000.p/${size + 1}`, '/tile/0/000', '/tile/1/000.p/1', '/tile/0/001.p/1']
  for (const path of [
    ...paths,
    '/tile/0/000.p/0',
    '/tile/0/0',
    '/tile/entries/000',
    '/tile/64/000',
    '/tile/0/%2e',
  ]) {
    const { status, body } = await get(path)
    expect({ path, status, code: body.code }).toEqual({ path, status: 404, code: 'not_found' })
  }
  for (const path of ['/checkpoint', '/policy', '/tile/0/000']) {
    expect((await api.call('get', `/log/nowhere${path}`)).status).toBe(404)
  }
  expect((await get('/checkpoint?x=1')).status).toBe(400)
})

test('those who took part in a transaction get its receipt, which proves it to whoever has the policy', async () => {
  const transaction = await buy()
  await sign()
  const policy = parsePolicy((await get('/policy')).text)
  const auditor = await addStaff(api, street.network, { role: 'auditor', merchant: null })
  for (const token of [ada.token, street.bakery.key, auditor, street.network.operator]) {
    const { status, body } = await receiptOf(transaction, token)
    expect(status).toBe(200)
    const checked = checkReceipt(body.proof, policy)
    expect(new TextDecoder().decode(checked.entry)).toBe(body.entry)
    expect(JSON.parse(body.entry)).toMatchObject({ kind: 'issue', points: '5', index: String(body.index) })
    expect(parseCheckpoint(body.checkpoint).size).toBe(checked.proof.checkpoint.size)
  }
  const bob = await street.join()
  for (const token of [bob.token, street.bookshop.key]) {
    expect((await receiptOf(transaction, token)).status).toBe(404)
  }
  expect((await api.call('get', `/v1/transactions/${transaction}/receipt`)).status).toBe(401)
})

test('a receipt is for nobody who would read in it what the API keeps from them', async () => {
  const codeOf = async (transaction: string, token: string) => {
    const { status, body } = await receiptOf(transaction, token)
    return status === 200 ? 'given' : `${status} ${body.code}`
  }
  const refused = '403 receipt_tells_of_others'
  const bea = await street.join()
  const cy = await street.join()
  const sale = await street.bookshop.buy({ wallet: bea.wallet, amount_minor: 5000 })
  const given = await bea.post('/v1/gifts', { to: cy.wallet, points: await bea.available() })
  await sign()
  expect(await codeOf(given.body.transaction, bea.token)).toBe('given')
  expect(await codeOf(given.body.transaction, cy.token)).toBe(refused)

  // What she has given away is missing when the sale is undone: she owes it to the bookshop.
  await street.bookshop.post(`/v1/transactions/${sale.body.transaction}/reversals`, {
    reason: 'brought back',
  })
  const gift = await ada.post('/v1/gifts', { to: bea.wallet, points: 2 })
  const elsewhere = await street.bakery.buy({ wallet: bea.wallet, amount_minor: 500 })
  const there = await street.bookshop.buy({ wallet: bea.wallet, amount_minor: 500 })
  await sign()
  expect({ gift: gift.status, elsewhere: elsewhere.status, there: there.status }).toEqual({
    gift: 201,
    elsewhere: 201,
    there: 201,
  })
  expect(await codeOf(gift.body.transaction, ada.token)).toBe(refused)
  expect(await codeOf(gift.body.transaction, bea.token)).toBe(refused)
  expect(await codeOf(gift.body.transaction, street.network.operator)).toBe('given')
  expect(await codeOf(elsewhere.body.transaction, street.bakery.key)).toBe(refused)
  expect(await codeOf(elsewhere.body.transaction, bea.token)).toBe('given')
  expect(await codeOf(there.body.transaction, street.bookshop.key)).toBe('given')
})

test('as text a receipt is one file to keep, and what is changed in it proves nothing', async () => {
  const transaction = await buy()
  await sign()
  const { headers, text } = await receiptOf(transaction, ada.token).set('Accept', 'text/plain')
  expect(headers).toMatchObject({
    'content-type': 'text/plain; charset=utf-8',
    'content-disposition': expect.stringMatching(`^attachment; filename="?${transaction}.tlog-proof"?$`),
    'cache-control': 'no-store',
  })
  const policy = parsePolicy((await get('/policy')).text)
  expect(checkReceipt(text, policy).proof.path.length).toBeGreaterThan(1)
  const [, extra = ''] = /^extra (.*)$/m.exec(text) ?? []
  const richer = Buffer.from(
    Buffer.from(extra, 'base64').toString().replace('"points":"5"', '"points":"500"'),
  ).toString('base64')
  expect(() => checkReceipt(text.replace(extra, richer), policy)).toThrow('not in the tree')
})

test('the metrics say how far each log is signed, how old the rest is, and which is refused', async () => {
  await sign()
  await buy()
  const label = `network="${street.network.slug}"`
  const figure = async (name: string) => {
    const { text } = await api.call('get', '/metrics')
    return Number(
      text
        .split('\n')
        .find((line) => line.startsWith(`${name}{${label}`))
        ?.split(' ')
        .at(-1),
    )
  }
  const signed = await figure('tallystick_log_signed_entries')
  expect(await figure('tallystick_log_entries')).toBe(signed + 1)
  expect(await figure('tallystick_log_lag_seconds')).toBeGreaterThan(0)
  expect(await figure('tallystick_log_refused')).toBeNaN()
  await sign()
  expect(await figure('tallystick_log_signed_entries')).toBe(signed + 1)
  expect(await figure('tallystick_log_lag_seconds')).toBe(0)
})

test('a network that is behind its log posts nothing, and says so; another goes on', async () => {
  await sign()
  const other = await street.elsewhere()
  const before = await ada.available()
  const seen = { origin: 'x', size: 1e6, root: new Uint8Array(32), where: 'a witness' }
  await refuseLog(api.db, network, new LogRefused('behind', 'Restored.', { seen }))
  const { status, body } = await street.bakery.buy({ wallet: ada.wallet, amount_minor: 500 })
  expect({ status, code: body.code }).toEqual({ status: 503, code: 'log_behind' })
  const { status: admitted } = await api
    .call('post', '/v1/merchants', street.network.operator)
    .send({ name: 'Dairy', issuing_limit: null })
  expect(admitted).toBe(503)
  expect(await ada.available()).toBe(before)
  expect((await api.call('get', '/metrics')).text).toContain(
    `tallystick_log_refused{network="${street.network.slug}",code="behind"} 1`,
  )
  const eve = await other.join()
  expect((await other.bakery.buy({ wallet: eve.wallet, amount_minor: 500 })).status).toBe(201)
  await acceptLog(api.db, network)
  expect((await street.bakery.buy({ wallet: ada.wallet, amount_minor: 500 })).status).toBe(201)
})

test('the ledger itself keeps who calls from beyond: a log can be extended by the rules alone', async () => {
  await sign()
  const forged = `select ledger.extend_log(${network}, 1, 0, 1, '\\x${'00'.repeat(32)}', '\\x${'00'.repeat(64)}',
    '{0}', '{0}', '{0}', array['\\x${'00'.repeat(32)}'::bytea])`
  await expect(asAdmin(api, forged)).rejects.toThrow('does not go from 0 to 1')
  const beyond = `select ledger.extend_log(${network}, 1, (select max(size) from ledger.checkpoint where network_id = ${network}),
    1000000, '\\x${'00'.repeat(32)}', '\\x${'00'.repeat(64)}', '{0}', '{0}', '{0}', array['\\x${'00'.repeat(32)}'::bytea])`
  await expect(asAdmin(api, beyond)).rejects.toThrow('does not go from')
  await expect(asAdmin(api, 'update ledger.checkpoint set size = size')).rejects.toThrow('only the functions')
})

test('a recovery from a damaged memory names as lost what a witness has seen, and keeps no contract', async () => {
  const contract = { chainId: 31337n, address: `0x${'ab'.repeat(20)}` }
  await nameAnchorContract(api.ledger.db, network, { ...contract, deployedBlock: 0n, by: null })
  await sign()
  expect((await get('')).body.chain).toEqual({ chain_id: 31337, contract: contract.address })
  const uuid = await api.ledger.uuidOf(network)
  const own = (await kept.parts.memory.recall(uuid))!
  const seen = {
    origin: own.origin,
    size: own.size + 7,
    root: new Uint8Array(32).fill(9),
    where: 'a witness',
  }
  await writeFile(join(kept.folder, `${uuid}.checkpoint`), 'garbage')
  const admin = new Client({ connectionString: api.adminUrl })
  await admin.connect()
  try {
    const recovered = await recoverLog({ ...kept.parts, seenElsewhere: [async () => [seen]] }, admin, network)
    expect(recovered?.old).toEqual(seen)
  } finally {
    await admin.end()
  }
  // The contract is the given-up log's: it never has anything of the new one.
  expect((await get('')).body).toMatchObject({ origin: `${own.origin}/2`, chain: null, anchors: [] })
})
