import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { uuidOf } from '../../api/http/ids.ts'
import { addStaff } from '../support/api.ts'
import { answered, callAs, once, refused } from '../support/calls.ts'
import { openHighStreet } from '../support/high-street.ts'
import { runVerify } from '../verify/run-verify.ts'
import { openWitnessedStreet, startKeptApi } from '../witness/witnessed-street.ts'

test('an auditor follows every point through all shops, learns no one’s name, and can change nothing', async () => {
  const street = await openHighStreet()
  onTestFinished(() => street.close())
  const { api, network } = street
  const jana = await street.join({ points: 100 })
  const paid = { qr: await jana.showQr(), points: 40, reference: 'book-1' }
  await street.bookshop.post('/v1/redemptions', paid)

  // All shops' transactions are there, with the accounts between which points moved.
  const auditor = callAs(api, await addStaff(api, network, { role: 'auditor', merchant: null }))
  const { data } = await answered(auditor.GET('/v1/transactions'))
  expect(data.map(({ kind, merchant }) => [kind, merchant])).toEqual([
    ['redeem', street.bookshop.merchant],
    ['issue', street.bakery.merchant],
  ])
  expect(data[0]!.legs).toEqual([
    {
      debit: { kind: 'wallet', wallet: jana.wallet },
      credit: { kind: 'accepted', merchant: street.bookshop.merchant },
      points: 40,
      pending: false,
    },
  ])
  // What the wallet got and gave adds up to what the customer has.
  const moved = data
    .flatMap(({ legs }) => legs ?? [])
    .reduce((sum, { credit, points }) => {
      return sum + (credit.kind === 'wallet' ? points : -points)
    }, 0)
  expect(moved).toBe(await jana.available())

  // Terms and shops may be read, and who did what; nothing of it names a customer.
  const rules = await answered(auditor.GET('/v1/rules/earning'))
  const merchants = await answered(auditor.GET('/v1/merchants'))
  const trail = await answered(auditor.GET('/v1/audit-events'))
  expect(rules.data).toHaveLength(1)
  expect(merchants.data.map(({ name }) => name)).toEqual(expect.arrayContaining(['Bakery', 'Bookshop']))
  expect(trail.data.length).toBeGreaterThan(0)
  expect(JSON.stringify({ data, rules, merchants, trail })).not.toContain(jana.email)

  // An auditor changes nothing.
  const terms = { points_per_currency_unit: '9', rounding: 'up', expires_after_months: null } as const
  const attempts = [
    auditor.PUT('/v1/rules/earning', { body: terms }),
    auditor.POST('/v1/merchants', { body: { name: 'Mine', issuing_limit: null } }),
    auditor.POST('/v1/webhooks', { body: { url: 'https://example.org/' } }),
    auditor.POST('/v1/customers', { body: {} }),
    auditor.POST('/v1/gifts', { params: once(), body: { to: jana.wallet, points: 1 } }),
  ]
  for (const attempt of attempts) expect(await refused(attempt)).toBe('forbidden')
  const after = await answered(auditor.GET('/v1/transactions'))
  expect(after.data).toEqual(data)

  // Another network's books are not there.
  const elsewhere = await street.elsewhere()
  const stranger = callAs(api, await addStaff(api, elsewhere.network, { role: 'auditor', merchant: null }))
  const hidden = stranger.GET('/v1/transactions/{id}', { params: { path: { id: data[0]!.id } } })
  expect(await refused(hidden)).toBe('not_found')
})

test('an auditor takes the log away and proves at home that it is whole, by whom they trust and by nobody else', async () => {
  const kept = await startKeptApi()
  onTestFinished(() => kept.close())
  const network = await openWitnessedStreet(kept)
  onTestFinished(() => network.leave())
  const home = await mkdtemp(join(tmpdir(), 'tallystick-test-auditor-'))
  onTestFinished(() => rm(home, { recursive: true }))
  const { street, members, url } = network
  const keep = async (name: string, bytes: string | Buffer) => {
    await writeFile(join(home, name), bytes)
    return join(home, name)
  }

  // The bakery co-signs the log. Jana earns there, and pays at the bookshop.
  expect(await network.propose(1)).toMatchObject({ status: 200 })
  const auditor = callAs(
    kept.api,
    await addStaff(kept.api, street.network, { role: 'auditor', merchant: null }),
  )
  const jana = await street.join({ points: 100 })
  const paid = await street.bookshop.post('/v1/redemptions', {
    qr: await jana.showQr(),
    points: 37,
    reference: 'book-1',
  })
  members[0].start(url)

  // The auditor asks for the payment's receipt until the bakery has co-signed it.
  const params = { path: { id: paid.body.transaction as string } }
  const readReceipt = () =>
    auditor.GET('/v1/transactions/{id}/receipt', {
      params,
      headers: { Accept: 'text/plain' },
      parseAs: 'text',
    })
  let receipt = await readReceipt()
  for (let tries = 0; receipt.data === undefined && tries < 100; tries++) {
    expect(receipt.error?.code).toBe('receipt_not_ready')
    await sleep(200)
    receipt = await readReceipt()
  }
  const archive = await auditor.GET('/v1/export', { parseAs: 'arrayBuffer' })
  const bytes = Buffer.from(archive.data as unknown as ArrayBuffer)
  const log = await keep('log.tar', bytes)
  // Whom to trust they have from the bakery, which vouches for its own key.
  const trusted = await (await fetch(`${url}/policy`)).text()
  expect(trusted).toContain(members[0].vkey)
  const policy = await keep('policy', trusted)

  // With that policy the log is whole, and everyone's balances come from its entries alone.
  const whole = await runVerify(log, '--policy', policy, '--json')
  expect(whole.code, whole.out).toBe(0)
  const { balances } = JSON.parse(whole.out)
  expect(balances.merchants).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ merchant: uuidOf('mer', street.bakery.merchant), float: '100' }),
      expect.objectContaining({ merchant: uuidOf('mer', street.bookshop.merchant), accepted: '37' }),
    ]),
  )

  // What the export itself says of its keys is no reason to trust them; nor are members that never signed.
  const alone = await runVerify(log)
  expect([alone.code, alone.out]).toEqual([10, expect.stringContaining('Keys not trusted.')])
  const others = await keep('others', trusted.replace(/^(group .*) bakery /m, '$1 '))
  expect((await runVerify(log, '--policy', others)).code).toBe(10)

  // One payment's receipt holds by itself, and says what was paid.
  const proof = await keep('receipt.tlog-proof', String(receipt.data))
  const checked = await runVerify('--receipt', proof, '--policy', policy)
  expect(checked.code, checked.out).toBe(0)
  expect(checked.out).toContain('37')
  expect((await runVerify('--receipt', proof, '--policy', others)).code).not.toBe(0)

  // Whoever takes two points off the payment afterwards is found out.
  const forged = Buffer.from(
    bytes.toString('latin1').replace('"redeemed_points":"37"', '"redeemed_points":"35"'),
    'latin1',
  )
  expect(forged.equals(bytes)).toBe(false)
  expect((await runVerify(await keep('forged.tar', forged), '--policy', policy)).code).toBe(30)
})
