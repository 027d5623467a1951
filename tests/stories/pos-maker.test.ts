import { randomUUID } from 'node:crypto'
import { pino } from 'pino'
import { Webhook } from 'standardwebhooks'
import { expect, onTestFinished, test } from 'vitest'
import { startBackground } from '../../api/background.ts'
import { addStaff, startApi } from '../support/api.ts'
import { answered, callAs, once, refused } from '../support/calls.ts'
import { buildHighStreet } from '../support/high-street.ts'
import { startReceiver, until } from '../support/receiver.ts'

const local = { allowHttp: true, allowedNetworks: ['127.0.0.1/32'] }

test('a POS maker connects a till: sells, takes points, refunds, survives a lost answer, and hears of it all', async () => {
  const api = await startApi({ webhooks: local })
  onTestFinished(() => api.close())
  const { databaseUrl, db, ledger, secret } = api
  const log = pino({ level: 'silent' })
  const sendMail = async () => {}
  onTestFinished(await startBackground({ databaseUrl, db, ledger, secret, webhooks: local, log, sendMail }))
  const street = await buildHighStreet(api, {})
  const customer = await street.join()

  // The owner has the shop's own server told of everything.
  const owner = callAs(
    api,
    await addStaff(api, street.network, { role: 'owner', merchant: street.bakery.merchant }),
  )
  const server = await startReceiver()
  onTestFinished(() => server.close())
  const webhook = await answered(owner.POST('/v1/webhooks', { body: { url: server.url } }))

  // A customer shows their QR: who is it?
  const till = callAs(api, street.bakery.key)
  const seen = await answered(till.POST('/v1/identifications', { body: { qr: await customer.showQr() } }))
  expect(seen).toMatchObject({ wallet: customer.wallet, available: 0, may_take: true })

  // They buy for 50 euros. The answer is lost on the way, so the till asks again with the same key.
  const params = once()
  const sale = { ...street.bakery.sale(), identification: seen.identification, amount_minor: 5000 }
  await till.POST('/v1/purchases', { params, body: sale })
  const sold = await answered(till.POST('/v1/purchases', { params, body: sale }))
  expect(sold).toMatchObject({ points: 50, wallet: { available: 50 } })

  // A cashier types the same receipt a second time: it is the same sale.
  const retyped = till.POST('/v1/purchases', {
    params: once(),
    body: { ...sale, identification: undefined, wallet: customer.wallet },
  })
  expect(await refused(retyped)).toBe('reference_reused')

  // Next time they pay 2 euros of 10 with points: a point is worth 10 cents, and those 2 euros earn nothing.
  const paid = await answered(
    till.POST('/v1/purchases', {
      params: once(),
      body: {
        ...street.bakery.sale(),
        qr: await customer.showQr(),
        amount_minor: 1000,
        redeem: { amount_minor: 200 },
      },
    }),
  )
  expect(paid).toMatchObject({ redeemed_points: 20, points: 8, to_pay_minor: 800, wallet: { available: 38 } })

  // Half of the first sale comes back, and with it the points that it gave.
  const returned = await answered(
    till.POST('/v1/transactions/{id}/reversals', {
      params: { ...once(), path: { id: sold.transaction } },
      body: { refund_amount_minor: 2500, reason: 'stale bread' },
    }),
  )
  expect(returned).toMatchObject({ refund_money_minor: 2500 })
  expect(await customer.available()).toBe(13)

  // Without a QR nobody's points are taken, however the till asks.
  const taken = till.POST('/v1/redemptions', {
    params: once(),
    body: { wallet: customer.wallet, points: 5, reference: randomUUID() },
  })
  expect(await refused(taken)).toBe('qr_required')

  // The close of day, and the shop's server, tell the same story.
  const day = await answered(till.GET('/v1/reports/day'))
  expect(day).toMatchObject({ totals: { sales: 2, refunds: 1, refunded_minor: 2500 } })
  await until(() => server.taken.length >= 3)
  expect(server.taken.map(({ body }) => body.data.transaction.kind)).toEqual(['issue', 'issue', 'reverse'])
  for (const { text, headers } of server.taken) {
    const verify = () => new Webhook(webhook.secret!).verify(text, headers as Record<string, string>)
    expect(verify).not.toThrow()
  }
})
