import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { uuidOf } from '../../api/http/ids.ts'
import { revokeCredential } from '../../ledger/index.ts'
import { openHighStreet, type HighStreet } from '../support/high-street.ts'

let street: HighStreet

beforeAll(async () => {
  street = await openHighStreet()
})
afterAll(() => street.close())

describe('a purchase', () => {
  test('gives points by the rule, whole points only', async () => {
    const ada = await street.join()
    const answer = await street.bakery.buy({ wallet: ada.wallet, amount_minor: 1299 })
    expect(answer.status).toBe(201)
    expect(answer.body).toEqual({
      transaction: expect.stringMatching(/^txn_/),
      points: 12,
      redeemed_points: 0,
      to_pay_minor: 1299,
      wallet: { available: 12 },
    })
    expect(await ada.available()).toBe(12)
  })

  test('gives points on the part of the bill that earns', async () => {
    const ada = await street.join()
    const answer = await street.bakery.buy({
      wallet: ada.wallet,
      amount_minor: 1000,
      eligible_amount_minor: 250,
    })
    expect(answer.body).toMatchObject({ points: 2, to_pay_minor: 1000 })
    const tooMuch = await street.bakery.buy({
      wallet: ada.wallet,
      amount_minor: 100,
      eligible_amount_minor: 101,
    })
    expect(tooMuch.status).toBe(400)
    expect(tooMuch.body.errors).toEqual([{ pointer: '#/eligible_amount_minor', detail: expect.any(String) }])
    expect(await ada.available()).toBe(2)
  })

  test('of nothing, or of less than a point, is recorded and gives nothing', async () => {
    const ada = await street.join()
    for (const amount_minor of [0, 99]) {
      const answer = await street.bakery.buy({ wallet: ada.wallet, amount_minor })
      expect(answer.body).toMatchObject({ points: 0, to_pay_minor: amount_minor, wallet: { available: 0 } })
    }
  })

  test('can be paid in part with points, and that part earns nothing', async () => {
    const ada = await street.join({ points: 100 })
    const answer = await street.bookshop.buy({
      qr: await ada.showQr(),
      amount_minor: 1000,
      redeem: { points: 60 },
    })
    expect(answer.body).toMatchObject({
      points: 4,
      redeemed_points: 60,
      to_pay_minor: 400,
      wallet: { available: 44 },
    })
    const byAmount = await street.bookshop.buy({
      qr: await ada.showQr(),
      amount_minor: 500,
      redeem: { amount_minor: 129 },
    })
    expect(byAmount.body).toMatchObject({ redeemed_points: 12, to_pay_minor: 380 })
  })

  test('in another currency is refused and nothing moves', async () => {
    const ada = await street.join()
    const answer = await street.bakery.buy({ wallet: ada.wallet, amount_minor: 1000, currency: 'USD' })
    expect(answer).toMatchObject({
      status: 422,
      body: { code: 'currency_mismatch', detail: expect.stringContaining('EUR') },
    })
    expect(await ada.available()).toBe(0)
  })

  test('more than 7 days ago, or in the future, is refused and nothing moves', async () => {
    const ada = await street.join()
    const day = 24 * 60 * 60 * 1000
    for (const shift of [-8 * day, day]) {
      const occurred_at = new Date(Date.now() + shift).toISOString()
      const answer = await street.bakery.buy({ wallet: ada.wallet, amount_minor: 1000, occurred_at })
      expect(answer).toMatchObject({ status: 422, body: { code: 'occurred_at_out_of_range' } })
    }
    expect(await ada.available()).toBe(0)
  })

  test.each([-1, 2 ** 53, 1.5, '1', null, true, [], {}])(
    'with an amount of %j is refused and nothing moves',
    async (amount_minor) => {
      const ada = await street.join()
      const answer = await street.bakery.buy({ wallet: ada.wallet, amount_minor })
      expect(answer.status).toBe(400)
      expect(answer.body.errors[0].pointer).toBe('#/amount_minor')
      expect(await ada.available()).toBe(0)
    },
  )

  test('with an amount of 1e400 is refused and nothing moves', async () => {
    const ada = await street.join()
    const body = JSON.stringify({ ...street.bakery.sale(), wallet: ada.wallet }).replace(
      '"amount_minor":0',
      '"amount_minor":1e400',
    )
    const answer = await street.bakery.post('/v1/purchases', body)
    expect(answer).toMatchObject({ status: 400, body: { code: 'request_invalid' } })
    expect(await ada.available()).toBe(0)
  })

  test('of the largest amount a JSON integer carries is given in whole', async () => {
    const ada = await street.join()
    const answer = await street.bakery.buy({ wallet: ada.wallet, amount_minor: Number.MAX_SAFE_INTEGER })
    expect(answer.body).toMatchObject({ points: 90071992547409, to_pay_minor: Number.MAX_SAFE_INTEGER })
  })

  test('with a field nobody knows is refused, not ignored', async () => {
    const ada = await street.join()
    const answer = await street.bakery.buy({ wallet: ada.wallet, amount_minor: 1000, points: 5000 })
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ pointer: '#/points' }] } })
    expect(await ada.available()).toBe(0)
  })

  test('names its customer in exactly one way', async () => {
    const ada = await street.join()
    const both = await street.bakery.buy({ wallet: ada.wallet, qr: await ada.showQr(), amount_minor: 1000 })
    const none = await street.bakery.buy({ amount_minor: 1000 })
    expect([both.status, none.status]).toEqual([400, 400])
    expect(await ada.available()).toBe(0)
  })

  test('for a wallet of another network is refused as if there were none', async () => {
    const elsewhere = await street.elsewhere()
    const foreign = await elsewhere.join()
    const byId = await street.bakery.buy({ wallet: foreign.wallet, amount_minor: 1000 })
    expect(byId).toMatchObject({ status: 404, body: { code: 'not_found' } })
    const byQr = await street.bakery.buy({ qr: await foreign.showQr(), amount_minor: 1000 })
    expect(byQr).toMatchObject({ status: 422, body: { code: 'qr_not_genuine' } })
    expect(await foreign.available()).toBe(0)
  })
})

describe('a purchase sent twice', () => {
  test('with the same key gives once and answers the same', async () => {
    const ada = await street.join()
    const sale = { ...street.bakery.sale(), wallet: ada.wallet, amount_minor: 1000 }
    const first = await street.bakery.post('/v1/purchases', sale, 'one-key')
    const again = await street.bakery.post('/v1/purchases', sale, 'one-key')
    expect(first.headers['idempotent-replayed']).toBeUndefined()
    expect(again).toMatchObject({ status: 201, body: first.body, headers: { 'idempotent-replayed': 'true' } })
    expect(await ada.available()).toBe(10)
  })

  test('with the same key at the same moment gives once', async () => {
    const ada = await street.join()
    const sale = { ...street.bakery.sale(), wallet: ada.wallet, amount_minor: 1000 }
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => street.bakery.post('/v1/purchases', sale, 'the-very-key')),
    )
    expect(new Set(answers.map(({ body }) => body.transaction)).size).toBe(1)
    expect(answers.filter(({ headers }) => headers['idempotent-replayed'] === undefined)).toHaveLength(1)
    expect(await ada.available()).toBe(10)
  })

  test('with the same key and another body is refused', async () => {
    const ada = await street.join()
    const sale = { ...street.bakery.sale(), wallet: ada.wallet, amount_minor: 1000 }
    await street.bakery.post('/v1/purchases', sale, 'key-of-two')
    const other = await street.bakery.post('/v1/purchases', { ...sale, amount_minor: 2000 }, 'key-of-two')
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } })
    const otherCall = await street.bakery.post(
      '/v1/redemptions',
      { qr: await ada.showQr(), points: 1, reference: 'x' },
      'key-of-two',
    )
    expect(otherCall).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } })
    expect(await ada.available()).toBe(10)
  })

  test('with a fresh QR of the same wallet answers the same, also when the QR of old has expired', async () => {
    const ada = await street.join()
    const sale = { ...street.bakery.sale(), amount_minor: 1000 }
    const stale = await ada.showQr()
    const first = await street.bakery.post('/v1/purchases', { ...sale, qr: stale }, 'fresh-qr')
    const fresh = await street.bakery.post('/v1/purchases', { ...sale, qr: await ada.showQr() }, 'fresh-qr')
    expect(fresh).toMatchObject({ status: 201, body: first.body, headers: { 'idempotent-replayed': 'true' } })
    const expired = await ada.showQr({ issuedAt: new Date(Date.now() - 3_600_000) })
    const late = await street.bakery.post('/v1/purchases', { ...sale, qr: expired }, 'fresh-qr')
    expect(late).toMatchObject({ status: 201, body: first.body })
    await ada.loseDevice()
    const removed = await street.bakery.post('/v1/purchases', { ...sale, qr: stale }, 'fresh-qr')
    expect(removed).toMatchObject({ status: 201, body: first.body })
    expect(await ada.available()).toBe(10)
  })

  test('with the same receipt number under another key is refused with a pointer to the first', async () => {
    const ada = await street.join()
    const sale = { ...street.bakery.sale(), wallet: ada.wallet, amount_minor: 1000 }
    const first = await street.bakery.post('/v1/purchases', sale)
    const again = await street.bakery.post('/v1/purchases', sale)
    expect(again).toMatchObject({
      status: 409,
      body: { code: 'reference_reused', transaction: first.body.transaction },
    })
    const secondPart = await street.bakery.post('/v1/purchases', { ...sale, reference_part: 2 })
    const otherSeries = await street.bakery.post('/v1/purchases', { ...sale, reference_series: 'till two' })
    expect([secondPart.status, otherSeries.status]).toEqual([201, 201])
    expect(await ada.available()).toBe(30)
  })

  test('that says the part is the first is the same request as one that leaves it out', async () => {
    const ada = await street.join()
    const sale = { ...street.bakery.sale(), wallet: ada.wallet, amount_minor: 1000 }
    const first = await street.bakery.post('/v1/purchases', sale, 'first-part')
    const said = await street.bakery.post('/v1/purchases', { ...sale, reference_part: 1 }, 'first-part')
    expect(said).toMatchObject({ status: 201, body: first.body, headers: { 'idempotent-replayed': 'true' } })
    expect(await ada.available()).toBe(10)
  })

  test('of an amount below 0 is told that, and nothing else', async () => {
    const ada = await street.join()
    const { status, body } = await street.bakery.buy({ wallet: ada.wallet, amount_minor: -1 })
    expect(status).toBe(400)
    expect(body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(['#/amount_minor'])
    expect(await ada.available()).toBe(0)
  })

  test('needs a key', async () => {
    const ada = await street.join()
    const sale = { ...street.bakery.sale(), wallet: ada.wallet, amount_minor: 1000 }
    const answer = await street.bakery.post('/v1/purchases', sale, null)
    expect(answer).toMatchObject({ status: 400, body: { code: 'idempotency_key_missing' } })
    expect(await ada.available()).toBe(0)
  })
})

describe('a QR', () => {
  test('is good once', async () => {
    const ada = await street.join()
    const qr = await ada.showQr()
    expect((await street.bakery.buy({ qr, amount_minor: 1000 })).status).toBe(201)
    const again = await street.bookshop.buy({ qr, amount_minor: 1000 })
    expect(again).toMatchObject({ status: 409, body: { code: 'qr_already_used' } })
    expect(await ada.available()).toBe(10)
  })

  test('shown to two tills at the same moment is good at one of them', async () => {
    const ada = await street.join()
    const qr = await ada.showQr()
    const answers = await Promise.all([
      street.bakery.buy({ qr, amount_minor: 1000 }),
      street.bookshop.buy({ qr, amount_minor: 1000 }),
    ])
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409])
    expect(await ada.available()).toBe(10)
  })

  test('too old, or from the future, is refused and nothing moves', async () => {
    const ada = await street.join()
    const expired = await ada.showQr({ issuedAt: new Date(Date.now() - 120_000) })
    const early = await ada.showQr({ issuedAt: new Date(Date.now() + 120_000) })
    expect((await street.bakery.buy({ qr: expired, amount_minor: 1000 })).body.code).toBe('qr_expired')
    expect((await street.bakery.buy({ qr: early, amount_minor: 1000 })).body.code).toBe('qr_not_yet_valid')
    expect(await ada.available()).toBe(0)
  })

  test('of a sale sent late is judged by the time of the sale', async () => {
    const ada = await street.join()
    const hourAgo = new Date(Date.now() - 3_600_000)
    const qr = await ada.showQr({ issuedAt: hourAgo })
    const answer = await street.bakery.buy({ qr, amount_minor: 1000, occurred_at: hourAgo.toISOString() })
    expect(answer).toMatchObject({ status: 201, body: { points: 10 } })
  })

  test('of a device the customer removed is refused and nothing moves', async () => {
    const ada = await street.join()
    const qr = await ada.showQr()
    await ada.loseDevice()
    const answer = await street.bakery.buy({ qr, amount_minor: 1000 })
    expect(answer).toMatchObject({ status: 422, body: { code: 'qr_device_removed' } })
    expect(await ada.available()).toBe(0)
  })
})

test('a revoked till gives no more points, at once', async () => {
  const ada = await street.join()
  const shop = await street.admit('Short Lived')
  expect((await shop.buy({ wallet: ada.wallet, amount_minor: 1000 })).status).toBe(201)
  await shop.revokeTill()
  const answer = await shop.buy({ wallet: ada.wallet, amount_minor: 1000 })
  expect(answer.status).toBe(401)
  expect(await ada.available()).toBe(10)
})

test('a till revoked behind the back of this process is refused by the posting itself', async () => {
  const ada = await street.join()
  const shop = await street.admit('Revoked Elsewhere')
  expect((await shop.buy({ wallet: ada.wallet, amount_minor: 1000 })).status).toBe(201)
  await street.api.db.transaction().execute(async (tx) => {
    const till = await tx
      .selectFrom('api.till')
      .where('uuid', '=', uuidOf('til', shop.till))
      .select(['network_id', 'credential_id'])
      .executeTakeFirstOrThrow()
    await revokeCredential(tx, till.network_id, till.credential_id, null)
  })
  const answer = await shop.buy({ wallet: ada.wallet, amount_minor: 1000 })
  expect(answer).toMatchObject({ status: 401, body: { code: 'credential_revoked' } })
  expect(await ada.available()).toBe(10)
})

test('a shop above its issuing limit gives no points', async () => {
  const ada = await street.join()
  const shop = await street.admit('Careful', { issuing_limit: 15 })
  expect((await shop.buy({ wallet: ada.wallet, amount_minor: 1000 })).status).toBe(201)
  const answer = await shop.buy({ wallet: ada.wallet, amount_minor: 1000 })
  expect(answer).toMatchObject({ status: 409, body: { code: 'issuing_limit_reached' } })
  expect(await ada.available()).toBe(10)
})

test('customers can not give themselves points', async () => {
  const ada = await street.join()
  const answer = await ada.post('/v1/purchases', {
    ...street.bakery.sale(),
    wallet: ada.wallet,
    amount_minor: 1000,
  })
  expect(answer).toMatchObject({ status: 403, body: { code: 'forbidden' } })
  expect(await ada.available()).toBe(0)
})

test('logs hold no e-mail, no QR and no key', async () => {
  const ada = await street.join()
  const qr = await ada.showQr()
  await street.bakery.buy({ qr, amount_minor: 1000 }, 'a-key-to-look-for')
  await street.bakery.buy({ qr, amount_minor: -1 }, 'a-key-to-look-for')
  const logs = street.api.logged()
  expect(logs).toContain('/v1/purchases')
  for (const secret of [ada.email, qr, qr.split('.')[1], 'a-key-to-look-for', street.bakery.key, ada.token]) {
    expect(logs).not.toContain(secret)
  }
})
