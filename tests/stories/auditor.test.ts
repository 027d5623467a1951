import { expect, onTestFinished, test } from 'vitest'
import { addStaff } from '../support/api.ts'
import { answered, callAs, once, refused } from '../support/calls.ts'
import { openHighStreet } from '../support/high-street.ts'

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
