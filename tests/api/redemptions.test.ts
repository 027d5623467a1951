import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { writeDigits } from '../../api/qr/digits.ts'
import { openHighStreet, type HighStreet } from '../support/high-street.ts'

let street: HighStreet

beforeAll(async () => {
  street = await openHighStreet()
})
afterAll(() => street.close())

const reference = () => crypto.randomUUID()

describe('a redemption', () => {
  test('takes points given in another shop', async () => {
    const ada = await street.join({ points: 100 })
    const answer = await street.bookshop.post('/v1/redemptions', {
      qr: await ada.showQr(),
      points: 40,
      reference: reference(),
    })
    expect(answer.status).toBe(201)
    expect(answer.body).toEqual({
      transaction: expect.stringMatching(/^txn_/),
      points: 40,
      wallet: { available: 60 },
    })
    expect(await ada.available()).toBe(60)
  })

  test('is not stood in the way of by the QR of another phone that bears the same number', async () => {
    const [ada, mallory] = [await street.join({ points: 10 }), await street.join({ points: 10 })]
    const jti = 'guessed-or-copied'
    const take = async (customer: typeof ada) =>
      street.bookshop.post('/v1/redemptions', {
        qr: await customer.showQr({ jti }),
        points: 4,
        reference: reference(),
      })
    expect((await take(mallory)).status).toBe(201)
    expect((await take(ada)).status).toBe(201)
    expect(await take(ada)).toMatchObject({ status: 409, body: { code: 'qr_already_used' } })
    const identified = { qr: await mallory.showQr({ jti: 'another-number' }) }
    expect((await street.bakery.post('/v1/identifications', identified)).status).toBe(201)
    const own = { qr: await ada.showQr({ jti: 'another-number' }) }
    expect((await street.bookshop.post('/v1/identifications', own)).status).toBe(201)
    expect([await ada.available(), await mallory.available()]).toEqual([6, 6])
  })

  test('by amount takes as many whole points as it is worth', async () => {
    const ada = await street.join({ points: 100 })
    const qr = writeDigits(await ada.showQr())
    const answer = await street.bookshop.post('/v1/redemptions', {
      qr,
      amount_minor: 129,
      reference: reference(),
    })
    expect(answer.body).toMatchObject({ points: 12, wallet: { available: 88 } })
    const worthless = await street.bookshop.post('/v1/redemptions', {
      qr: await ada.showQr(),
      amount_minor: 9,
      reference: reference(),
    })
    expect(worthless).toMatchObject({ status: 422, body: { code: 'amount_out_of_range' } })
    expect(await ada.available()).toBe(88)
  })

  test('of more than there is says how much there is, and nothing moves', async () => {
    const ada = await street.join({ points: 30 })
    const qr = await ada.showQr()
    const answer = await street.bookshop.post('/v1/redemptions', { qr, points: 31, reference: reference() })
    expect(answer).toMatchObject({ status: 409, body: { code: 'points_insufficient', available: 30 } })
    const rest = await street.bookshop.post('/v1/redemptions', { qr, points: 30, reference: reference() })
    expect(rest.status).toBe(201)
  })

  test('of the same points in two shops at the same moment is made in one of them', async () => {
    const ada = await street.join({ points: 100 })
    const answers = await Promise.all(
      [street.bakery, street.bookshop].map(async (shop) =>
        shop.post('/v1/redemptions', { qr: await ada.showQr(), points: 80, reference: reference() }),
      ),
    )
    expect(answers.map((answer) => answer.status).toSorted()).toEqual([201, 409])
    expect(await ada.available()).toBe(20)
  })

  test('sent twice takes once and answers the same', async () => {
    const ada = await street.join({ points: 50 })
    const body = { points: 20, reference: reference() }
    const first = await street.bookshop.post(
      '/v1/redemptions',
      { ...body, qr: await ada.showQr() },
      'take-once',
    )
    const again = await street.bookshop.post(
      '/v1/redemptions',
      { ...body, qr: await ada.showQr() },
      'take-once',
    )
    expect(again).toMatchObject({ status: 201, body: first.body, headers: { 'idempotent-replayed': 'true' } })
    expect(await ada.available()).toBe(30)
  })

  test('with a receipt number that was used is refused', async () => {
    const ada = await street.join({ points: 50 })
    const used = reference()
    const first = await street.bookshop.post('/v1/redemptions', {
      qr: await ada.showQr(),
      points: 20,
      reference: used,
    })
    const again = await street.bookshop.post('/v1/redemptions', {
      qr: await ada.showQr(),
      points: 20,
      reference: used,
    })
    expect(again).toMatchObject({
      status: 409,
      body: { code: 'reference_reused', transaction: first.body.transaction },
    })
    expect(await ada.available()).toBe(30)
  })

  test('from a locked wallet is refused until the customer unlocks it', async () => {
    const ada = await street.join({ points: 50 })
    const lock = (locked: boolean) =>
      street.api.call('put', `/v1/wallets/${ada.wallet}/lock`, ada.token).send({ locked })
    expect(await lock(true)).toMatchObject({ status: 200, body: { locked: true } })
    const refused = await street.bookshop.post('/v1/redemptions', {
      qr: await ada.showQr(),
      points: 20,
      reference: reference(),
    })
    expect(refused).toMatchObject({ status: 409, body: { code: 'wallet_locked' } })
    expect((await street.bakery.buy({ wallet: ada.wallet, amount_minor: 1000 })).status).toBe(201)
    expect(await lock(false)).toMatchObject({ status: 200, body: { locked: false } })
    const taken = await street.bookshop.post('/v1/redemptions', {
      qr: await ada.showQr(),
      points: 20,
      reference: reference(),
    })
    expect(taken.status).toBe(201)
    expect(await ada.available()).toBe(40)
  })

  test.each([0, -1, 2 ** 53, 1.5, '1', null])('of %j points is refused and nothing moves', async (points) => {
    const ada = await street.join({ points: 10 })
    const answer = await street.bookshop.post('/v1/redemptions', {
      qr: await ada.showQr(),
      points,
      reference: reference(),
    })
    expect(answer.status).toBe(400)
    expect(answer.body.errors[0].pointer).toBe('#/points')
    expect(await ada.available()).toBe(10)
  })

  test('asks in exactly one way', async () => {
    const ada = await street.join({ points: 10 })
    const both = { qr: await ada.showQr(), points: 1, amount_minor: 10, reference: reference() }
    const none = { qr: await ada.showQr(), reference: reference() }
    for (const body of [both, none]) {
      expect((await street.bookshop.post('/v1/redemptions', body)).status).toBe(400)
    }
    expect(await ada.available()).toBe(10)
  })

  test('by a till that was revoked is refused at once', async () => {
    const ada = await street.join({ points: 50 })
    const shop = await street.admit('Short Lived')
    const take = async () =>
      shop.post('/v1/redemptions', { qr: await ada.showQr(), points: 20, reference: reference() })
    expect((await take()).status).toBe(201)
    await shop.revokeTill()
    expect((await take()).status).toBe(401)
    expect(await ada.available()).toBe(30)
  })
})

describe('without the QR', () => {
  test('no points are taken, unless the network allows it', async () => {
    const ada = await street.join({ points: 50 })
    const taking = { wallet: ada.wallet, points: 1, reference: reference() }
    for (const path of ['/v1/redemptions', '/v1/holds']) {
      expect(await street.bookshop.post(path, taking)).toMatchObject({
        status: 409,
        body: { code: 'qr_required' },
      })
    }
    const sale = await street.bookshop.buy({ wallet: ada.wallet, amount_minor: 1000, redeem: { points: 1 } })
    expect(sale).toMatchObject({ status: 409, body: { code: 'qr_required' } })
    expect(await ada.available()).toBe(50)
  })

  test('only so many points a day are taken from a wallet, whatever the shop', async () => {
    const lenient = await openHighStreet({ redeem_without_qr_daily_max: 30 })
    try {
      const ada = await lenient.join({ points: 100 })
      const take = (shop: typeof lenient.bakery, points: number) =>
        shop.post('/v1/redemptions', { wallet: ada.wallet, points, reference: reference() })
      expect((await take(lenient.bakery, 20)).status).toBe(201)
      const above = await take(lenient.bookshop, 11)
      expect(above).toMatchObject({ status: 409, body: { code: 'limit_reached' } })
      expect(above.body.detail).toContain('30 points a day')
      expect((await take(lenient.bookshop, 10)).status).toBe(201)
      expect((await take(lenient.bookshop, 1)).status).toBe(409)
      const withQr = await lenient.bookshop.post('/v1/redemptions', {
        qr: await ada.showQr(),
        points: 50,
        reference: reference(),
      })
      expect(withQr.status).toBe(201)
      expect(await ada.available()).toBe(20)
    } finally {
      await lenient.close()
    }
  })

  test('a lower daily maximum counts from the very next payment, and the same request answers as before', async () => {
    const lenient = await openHighStreet({ redeem_without_qr_daily_max: 30 })
    try {
      const ada = await lenient.join({ points: 100 })
      const take = (points: number, key?: string) =>
        lenient.bookshop.post(
          '/v1/redemptions',
          { wallet: ada.wallet, points, reference: key ?? reference() },
          key,
        )
      expect((await take(10, 'before')).status).toBe(201)
      const { api, network } = lenient
      const lowered = await api
        .call('patch', `/v1/networks/${network.slug}`, network.operator)
        .send({ redeem_without_qr_daily_max: 0 })
      expect(lowered.status).toBe(200)
      expect(await take(1)).toMatchObject({ status: 409, body: { code: 'qr_required' } })
      expect(await take(10, 'before')).toMatchObject({
        status: 201,
        headers: { 'idempotent-replayed': 'true' },
      })
      expect(await ada.available()).toBe(90)
    } finally {
      await lenient.close()
    }
  })

  test('only so many points a day are taken by a till, whatever the wallet', async () => {
    const lenient = await openHighStreet({ redeem_without_qr_daily_max: 30 })
    try {
      const [ada, bea] = [await lenient.join({ points: 100 }), await lenient.join({ points: 100 })]
      const take = (wallet: string, points: number) =>
        lenient.bookshop.post('/v1/redemptions', { wallet, points, reference: reference() })
      expect((await take(ada.wallet, 20)).status).toBe(201)
      expect(await take(bea.wallet, 11)).toMatchObject({ status: 409, body: { code: 'limit_reached' } })
      expect(await bea.available()).toBe(100)
    } finally {
      await lenient.close()
    }
  })
})
