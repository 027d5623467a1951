import { expect, onTestFinished, test } from 'vitest'
import { signInOperator, startApi } from '../support/api.ts'
import { answered, callAs, letterCode, once, refused } from '../support/calls.ts'
import { joinByPhone } from '../support/phone.ts'

const password = 'a long walk along the river'

test('an operator opens a network, admits a shop whose owner takes over, changes terms in time, and lets a shop go', async () => {
  const api = await startApi()
  onTestFinished(() => api.close())

  // The deployment's operator makes the network, and signs in to it.
  const deployment = callAs(api, await signInOperator(api))
  const made = await answered(
    deployment.POST('/v1/networks', {
      body: { slug: 'harbour', name: 'Harbour', currency: 'EUR', point_face_value_minor: 1 },
    }),
  )
  expect(made).toMatchObject({ slug: 'harbour', notice_days: 30 })
  const operator = callAs(api, await signInOperator(api, 'harbour'))
  const terms = { points_per_currency_unit: '2', rounding: 'down', expires_after_months: 12 } as const
  await answered(operator.PUT('/v1/rules/earning', { body: terms }))

  // A bakery may have at most 1,000 points outstanding. Its owner is invited, and accepts.
  const bakery = await answered(
    operator.POST('/v1/merchants', { body: { name: 'Bakery', issuing_limit: 1000 } }),
  )
  const path = { id: bakery.id }
  const email = 'olga@example.org'
  await answered(
    operator.POST('/v1/merchants/{id}/staff', {
      params: { path },
      body: { email, name: 'Olga', role: 'owner' },
    }),
  )
  const token = letterCode(api, email)
  const accepted = await answered(callAs(api).POST('/v1/invitations', { body: { token, password } }))
  expect(accepted).toEqual({ network: 'harbour', role: 'owner' })
  const signedIn = await answered(callAs(api).POST('/v1/sessions', { body: { email, password } }))
  const owner = callAs(api, signedIn.token)

  // The owner makes a till and sells; above the limit the shop gives no more.
  const made2 = await answered(
    owner.POST('/v1/merchants/{id}/tills', { params: { path }, body: { name: 'Counter' } }),
  )
  const till = callAs(api, made2.key)
  const { wallet } = await joinByPhone(api, 'harbour', 'jana@example.org')
  const sell = (reference: string, amount_minor: number) =>
    till.POST('/v1/purchases', {
      params: once(),
      body: { wallet, reference, amount_minor, currency: 'EUR', occurred_at: new Date().toISOString() },
    })
  expect(await answered(sell('1', 40_000))).toMatchObject({ points: 800 })
  expect(await refused(sell('2', 20_000))).toBe('issuing_limit_reached')
  await answered(operator.PATCH('/v1/merchants/{id}', { params: { path }, body: { issuing_limit: 5000 } }))
  expect(await answered(sell('2', 20_000))).toMatchObject({ points: 400 })

  // Worse terms wait until customers had their notice; better ones need not.
  const worse = { ...terms, points_per_currency_unit: '1' }
  expect(await refused(operator.PUT('/v1/rules/earning', { body: worse }))).toBe('notice_too_short')
  const better = { ...terms, points_per_currency_unit: '3' }
  expect(await answered(operator.PUT('/v1/rules/earning', { body: better }))).toMatchObject({ version: 2 })
  expect(await answered(sell('3', 1000))).toMatchObject({ points: 30 })

  // An owner does not do an operator's work.
  expect(await refused(owner.POST('/v1/merchants', { body: { name: 'Mine', issuing_limit: null } }))).toBe(
    'forbidden',
  )

  // The shop leaves: its till gives nothing more, and the audit trail says who did what.
  await answered(operator.PATCH('/v1/merchants/{id}', { params: { path }, body: { left: true } }))
  expect(await refused(sell('4', 1000))).toBe('merchant_left')
  const trail = await answered(
    operator.GET('/v1/audit-events', { params: { query: { subject: bakery.id } } }),
  )
  expect(trail.data.filter(({ outcome }) => outcome === 'done').map(({ operation }) => operation)).toEqual(
    expect.arrayContaining(['admitMerchant', 'changeMerchant']),
  )
})
