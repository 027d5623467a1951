import { expect, onTestFinished, test } from 'vitest'
import { answered, callAs, once, refused } from '../support/calls.ts'
import { openHighStreet } from '../support/high-street.ts'

test('a customer joins, earns in one shop and spends in another, gives points away, locks the rest, and leaves with their data', async () => {
  const street = await openHighStreet()
  onTestFinished(() => street.close())
  const { api } = street

  // Jana joins with her e-mail, and earns at the bakery.
  const jana = await street.join()
  const wallet = { id: jana.wallet }
  const me = callAs(api, jana.token)
  await street.bakery.buy({ wallet: jana.wallet, amount_minor: 10_000 })
  const held = await answered(me.GET('/v1/wallets/{id}', { params: { path: wallet } }))
  expect(held).toMatchObject({ available: 100, lots: [{ issuer: street.bakery.merchant, remaining: 100 }] })

  // She pays with them at the bookshop. The same QR does not pay twice.
  const bookshop = callAs(api, street.bookshop.key)
  const qr = await jana.showQr()
  const pay = (reference: string) =>
    bookshop.POST('/v1/redemptions', { params: once(), body: { qr, points: 30, reference } })
  await answered(pay('book-1'))
  expect(await refused(pay('book-2'))).toBe('qr_already_used')

  // She gives Petr some.
  const petr = await street.join()
  await answered(me.POST('/v1/gifts', { params: once(), body: { to: petr.wallet, points: 20 } }))
  expect([await jana.available(), await petr.available()]).toEqual([50, 20])

  // Her phone is lost: locked, nothing can be spent, not even with a good QR.
  await answered(me.PUT('/v1/wallets/{id}/lock', { params: { path: wallet }, body: { locked: true } }))
  const stolen = bookshop.POST('/v1/redemptions', {
    params: once(),
    body: { qr: await jana.showQr(), points: 1, reference: 'book-3' },
  })
  expect(await refused(stolen)).toBe('wallet_locked')
  expect(await jana.available()).toBe(50)

  // Only she sees all of it: the bookshop sees its own sale, and Petr nothing but the gift.
  const mine = await answered(me.GET('/v1/transactions'))
  expect(mine.data.map(({ kind }) => kind)).toEqual(['gift', 'redeem', 'issue'])
  const theirs = await answered(bookshop.GET('/v1/transactions'))
  expect(theirs.data.map(({ kind }) => kind)).toEqual(['redeem'])
  const petrs = await answered(callAs(api, petr.token).GET('/v1/transactions'))
  expect(petrs.data.map(({ kind }) => kind)).toEqual(['gift'])

  // She takes her data out, and asks to be forgotten: she is told first what that costs.
  const known = await answered(
    callAs(api, street.bakery.key).POST('/v1/customers', { body: { email: jana.email } }),
  )
  const params = { path: { id: known.id } }
  const archive = await me.GET('/v1/customers/{id}/export', { params, parseAs: 'arrayBuffer' })
  expect(
    Buffer.from(archive.data as unknown as ArrayBuffer)
      .subarray(0, 2)
      .toString(),
  ).toBe('PK')
  const costs = await answered(me.GET('/v1/customers/{id}/erasure', { params }))
  expect(costs).toMatchObject({ points_that_expire: 50, state: 'not_asked' })
  const acknowledged = { ...params, query: { acknowledged_points: '50' } }
  await answered(me.DELETE('/v1/customers/{id}', { params: acknowledged }))
  expect(await answered(me.GET('/v1/customers/{id}/erasure', { params }))).toMatchObject({ state: 'asked' })

  // Signed out, her token opens nothing any more.
  await me.DELETE('/v1/sessions')
  expect(await refused(me.GET('/v1/transactions'))).toBe('unauthenticated')
})
