import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isBirthdayWeek } from '../../api/identifications/birthday-week.ts'
import { uuidOf } from '../../api/http/ids.ts'
import { asAdmin, makeTill } from '../support/api.ts'
import { openHighStreet, type Customer, type HighStreet, type Shop } from '../support/high-street.ts'

let street: HighStreet

beforeAll(async () => {
  street = await openHighStreet()
})
afterAll(() => street.close())

const reference = () => crypto.randomUUID()

function identify(shop: Shop, body: object) {
  return shop.post('/v1/identifications', body, null)
}

async function identified(shop: Shop, body: object): Promise<string> {
  const answer = await identify(shop, body)
  expect(answer).toMatchObject({ status: 201 })
  return answer.body.identification
}

function take(shop: Shop, fields: object, key?: string) {
  return shop.post('/v1/redemptions', { points: 10, reference: reference(), ...fields }, key)
}

async function hasLeft(customer: Customer, points: number) {
  expect(await customer.available()).toBe(points)
}

describe('identification by QR', () => {
  test('tells the till who it is, what they can spend and their visits in this shop alone', async () => {
    const ada = await street.join({ points: 80 })
    const answer = await identify(street.bookshop, { qr: await ada.showQr() })
    expect(answer.status).toBe(201)
    expect(answer.body).toEqual({
      identification: expect.stringMatching(/^idn_/),
      wallet: ada.wallet,
      person: { name: null, visits: 0, since: null, last_visit: null },
      available: 80,
      locked: false,
      may_take: true,
      take_points_max: 80,
      expires_at: expect.any(String),
    })
    const atTheBakery = await identify(street.bakery, { qr: await ada.showQr() })
    const today = expect.stringMatching(/^\d{4}-\d\d-\d\d$/)
    expect(atTheBakery.body.person).toEqual({ name: null, visits: 1, since: today, last_visit: today })
  })

  test('stands for the QR in one sale, and in no second one', async () => {
    const ada = await street.join({ points: 80 })
    const identification = await identified(street.bookshop, { qr: await ada.showQr() })
    expect(await take(street.bookshop, { identification })).toMatchObject({
      status: 201,
      body: { points: 10 },
    })
    for (const path of ['/v1/redemptions', '/v1/holds']) {
      const again = await street.bookshop.post(path, { identification, points: 10, reference: reference() })
      expect(again).toMatchObject({ status: 409, body: { code: 'qr_already_used' } })
    }
    const bought = await street.bookshop.buy({ identification, amount_minor: 1000 })
    expect(bought).toMatchObject({ status: 409, body: { code: 'qr_already_used' } })
    await hasLeft(ada, 70)
  })

  test('used for two sales at the same moment pays one of them', async () => {
    const ada = await street.join({ points: 80 })
    const identification = await identified(street.bookshop, { qr: await ada.showQr() })
    const answers = await Promise.all([1, 2, 3].map(() => take(street.bookshop, { identification })))
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409, 409])
    await hasLeft(ada, 70)
  })

  test('spends the QR: shown to another till, or sent with a sale, it is refused', async () => {
    const ada = await street.join({ points: 80 })
    const qr = await ada.showQr()
    await identified(street.bookshop, { qr })
    const elsewhere = await identify(street.bakery, { qr })
    expect(elsewhere).toMatchObject({ status: 409, body: { code: 'qr_already_used' } })
    for (const shop of [street.bakery, street.bookshop]) {
      expect(await take(shop, { qr })).toMatchObject({ status: 409, body: { code: 'qr_already_used' } })
    }
    await hasLeft(ada, 80)
  })

  test('of a QR that was used in a sale tells nobody who that was', async () => {
    const ada = await street.join({ points: 80 })
    const qr = await ada.showQr()
    expect(await take(street.bookshop, { qr })).toMatchObject({ status: 201 })
    for (const shop of [street.bookshop, street.bakery]) {
      const refused = await identify(shop, { qr })
      expect(refused).toMatchObject({ status: 409, body: { code: 'qr_already_used' } })
      expect(refused.body).not.toHaveProperty('person')
    }
    await hasLeft(ada, 70)
  })

  test('asked again by the same till, for a lost answer, gives the same identification', async () => {
    const ada = await street.join({ points: 80 })
    const qr = await ada.showQr()
    expect(await identified(street.bookshop, { qr })).toBe(await identified(street.bookshop, { qr }))
  })

  test('is of use at its own till only', async () => {
    const ada = await street.join({ points: 80 })
    const identification = await identified(street.bookshop, { qr: await ada.showQr() })
    expect(await take(street.bakery, { identification })).toMatchObject({ status: 404 })
    const { key } = await makeTill(street.api, street.network, street.bookshop.merchant)
    const nextTill = await street.api
      .call('post', '/v1/redemptions', key)
      .set('Idempotency-Key', reference())
      .send({ identification, points: 10, reference: reference() })
    expect(nextTill).toMatchObject({ status: 404 })
    await hasLeft(ada, 80)
  })

  test('is good for ten minutes', async () => {
    const ada = await street.join({ points: 80 })
    const tooOld = await identified(street.bookshop, { qr: await ada.showQr() })
    const stillGood = await identified(street.bookshop, { qr: await ada.showQr() })
    await asAdmin(
      street.api,
      `update api.identification set created_at = created_at - interval '601 s',
        expires_at = expires_at - interval '601 s' where uuid = '${uuidInside(tooOld)}';
       update api.identification set created_at = created_at - interval '590 s',
        expires_at = expires_at - interval '590 s' where uuid = '${uuidInside(stillGood)}'`,
    )
    const late = await take(street.bookshop, { identification: tooOld })
    expect(late).toMatchObject({ status: 422, body: { code: 'qr_expired' } })
    await hasLeft(ada, 80)
    expect(await take(street.bookshop, { identification: stillGood })).toMatchObject({ status: 201 })
  })

  test('with the same key and another identification of the same wallet is a replay', async () => {
    const ada = await street.join({ points: 80 })
    const sale = { reference: reference() }
    const first = await take(
      street.bookshop,
      { ...sale, identification: await identified(street.bookshop, { qr: await ada.showQr() }) },
      'identified twice',
    )
    const again = await take(street.bookshop, { ...sale, qr: await ada.showQr() }, 'identified twice')
    expect(again).toMatchObject({ status: 201, body: first.body, headers: { 'idempotent-replayed': 'true' } })
    await hasLeft(ada, 70)
  })

  test('of a QR that is too old, not ours, or of a lost phone is refused', async () => {
    const ada = await street.join({ points: 80 })
    const old = await ada.showQr({ issuedAt: new Date(Date.now() - 120_000) })
    expect(await identify(street.bakery, { qr: old })).toMatchObject({ body: { code: 'qr_expired' } })
    const early = await ada.showQr({ issuedAt: new Date(Date.now() + 120_000) })
    expect(await identify(street.bakery, { qr: early })).toMatchObject({ body: { code: 'qr_not_yet_valid' } })
    expect(await identify(street.bakery, { qr: 'x' })).toMatchObject({ body: { code: 'qr_unreadable' } })
    const other = await street.elsewhere()
    const stranger = await other.join()
    const answer = await identify(street.bakery, { qr: await stranger.showQr() })
    expect(answer).toMatchObject({ status: 422, body: { code: 'qr_not_genuine' } })
    const qr = await ada.showQr()
    await ada.loseDevice()
    expect(await identify(street.bakery, { qr })).toMatchObject({ body: { code: 'qr_device_removed' } })
  })

  test('takes nothing any more once its phone was lost, nor does it give', async () => {
    const ada = await street.join({ points: 80 })
    const sale = {
      reference: reference(),
      identification: await identified(street.bakery, { qr: await ada.showQr() }),
    }
    const before = await take(street.bakery, sale, 'before it was lost')
    expect(before).toMatchObject({ status: 201 })
    const identification = await identified(street.bakery, { qr: await ada.showQr() })
    await ada.loseDevice()
    const lost = { body: { code: 'qr_device_removed' } }
    expect(await take(street.bakery, { reference: reference(), identification })).toMatchObject(lost)
    const purchase = { ...street.bakery.sale(), identification }
    expect(await street.bakery.post('/v1/purchases', purchase)).toMatchObject(lost)
    expect(await take(street.bakery, sale, 'before it was lost')).toMatchObject({
      status: 201,
      body: before.body,
      headers: { 'idempotent-replayed': 'true' },
    })
  })
})

describe('identification without a QR', () => {
  test('ten minutes ago is refused in words that ask for no QR, and gives nothing', async () => {
    const ada = await street.join({ points: 80 })
    const tooOld = await identified(street.bookshop, { email: ada.email })
    await asAdmin(
      street.api,
      `update api.identification set created_at = created_at - interval '601 s',
        expires_at = expires_at - interval '601 s' where uuid = '${uuidInside(tooOld)}'`,
    )
    const late = await street.bookshop.buy({ identification: tooOld, amount_minor: 1000 })
    expect(late).toMatchObject({ status: 422, body: { code: 'identification_expired' } })
    expect(late.body.detail).not.toContain('QR')
    await hasLeft(ada, 80)
  })

  test('by e-mail gives points, and takes none', async () => {
    const ada = await street.join({ points: 80 })
    const answer = await identify(street.bookshop, { email: ada.email.toUpperCase() })
    const none = { wallet: ada.wallet, may_take: false, take_points_max: 0 }
    expect(answer).toMatchObject({ status: 201, body: none })
    const { identification } = answer.body
    const taken = await take(street.bookshop, { identification })
    expect(taken).toMatchObject({ status: 409, body: { code: 'qr_required' } })
    await hasLeft(ada, 80)
    const bought = await street.bookshop.buy({ identification, amount_minor: 1000 })
    expect(bought).toMatchObject({ status: 201, body: { points: 10 } })
    const again = await street.bookshop.buy({ identification, amount_minor: 1000 })
    expect(again).toMatchObject({
      status: 409,
      body: { code: 'qr_already_used', detail: expect.stringContaining('This identification was used') },
    })
    await hasLeft(ada, 90)
  })

  test('of a wallet that its owner locked takes none, and says why', async () => {
    const lenient = await openHighStreet({ redeem_without_qr_daily_max: 30 })
    try {
      const { bakery } = lenient
      const ada = await lenient.join({ points: 80 })
      const lock = async (locked: boolean) => {
        const path = `/v1/wallets/${ada.wallet}/lock`
        const answer = await lenient.api.call('put', path, ada.token).send({ locked })
        expect(answer).toMatchObject({ status: 200 })
      }
      const seen = async () => [
        (await identify(bakery, { qr: await ada.showQr() })).body,
        (await identify(bakery, { email: ada.email })).body,
      ]
      await lock(true)
      const none = { available: 80, locked: true, take_points_max: 0 }
      const [byQr, byEmail] = await seen()
      expect(byQr).toMatchObject({ ...none, may_take: true })
      expect(byEmail).toMatchObject({ ...none, may_take: false })
      for (const { identification } of [byQr, byEmail]) {
        const taken = await take(bakery, { identification })
        expect(taken).toMatchObject({ status: 409, body: { code: 'wallet_locked' } })
      }
      expect(await ada.available()).toBe(80)
      await lock(false)
      expect((await seen()).map(({ locked, take_points_max: max }) => [locked, max])).toEqual([
        [false, 80],
        [false, 30],
      ])
    } finally {
      await lenient.close()
    }
  })

  test('tells how many points may be taken today all the same: no more than this wallet and this till have left', async () => {
    const lenient = await openHighStreet({ redeem_without_qr_daily_max: 30 })
    try {
      const { bakery, bookshop } = lenient
      const [ada, bea, cleo] = [
        await lenient.join({ points: 100 }),
        await lenient.join({ points: 100 }),
        await lenient.join({ points: 7 }),
      ]
      const max = async (shop: Shop, { email }: Customer) =>
        (await identify(shop, { email })).body.take_points_max
      expect(await max(bakery, ada)).toBe(30)
      expect(await max(bakery, cleo)).toBe(7)
      const identification = await identified(bakery, { email: ada.email })
      expect(await take(bakery, { identification, points: 12 })).toMatchObject({ status: 201 })
      // The wallet's, wherever; and the till's, whoever.
      expect([await max(bakery, ada), await max(bookshop, ada), await max(bakery, bea)]).toEqual([18, 18, 18])
      expect(await max(bookshop, bea)).toBe(30)
      expect(await take(bakery, { wallet: bea.wallet, points: 19 })).toMatchObject({
        status: 409,
        body: { code: 'limit_reached' },
      })
      expect(await take(bakery, { wallet: bea.wallet, points: 18 })).toMatchObject({ status: 201 })
      expect([await max(bakery, ada), await max(bookshop, ada), await max(bookshop, bea)]).toEqual([
        0, 18, 12,
      ])
      const byQr = await identify(bakery, { qr: await ada.showQr() })
      expect(byQr.body).toMatchObject({ may_take: true, take_points_max: 88 })
      await lenient.api
        .call('patch', `/v1/networks/${lenient.network.slug}`, lenient.network.operator)
        .send({ redeem_without_qr_daily_max: 10 })
      expect([await max(bookshop, ada), await max(bookshop, cleo)]).toEqual([0, 7])
      // Another day has them all again.
      await asAdmin(
        lenient.api,
        `set session_replication_role = replica; update ledger.counter set day = day - 1`,
      )
      expect([await max(bakery, ada), await max(bookshop, bea)]).toEqual([10, 10])
    } finally {
      await lenient.close()
    }
  })

  test('by phone finds who enrolled with it', async () => {
    const phone = `+4930${Math.floor(1e6 + Math.random() * 9e6)}`
    const enrolled = await street.bakery.post('/v1/customers', { phone, name: 'Bo' }, null)
    expect(await identify(street.bookshop, { phone })).toMatchObject({
      status: 201,
      body: { wallet: enrolled.body.wallet, person: { name: 'Bo' } },
    })
  })

  test('of nobody known says so, and not without end', async () => {
    const shop = await street.admit('Curious shop')
    const ask = () => identify(shop, { email: `${reference()}@example.org` })
    expect(await ask()).toMatchObject({ status: 404, body: { code: 'not_found' } })
    for (let asked = 1; asked < 60; asked++) await ask()
    expect(await ask()).toMatchObject({ status: 429 })
  })

  test('needs exactly one way, and a till', async () => {
    const ada = await street.join()
    const both = await identify(street.bakery, { email: ada.email, qr: await ada.showQr() })
    expect(both).toMatchObject({ status: 400, body: { code: 'request_invalid' } })
    expect(await identify(street.bakery, {})).toMatchObject({ status: 400 })
    const byCustomer = await ada.post('/v1/identifications', { email: ada.email })
    expect(byCustomer).toMatchObject({ status: 403, body: { code: 'forbidden' } })
  })
})

test('a birthday week is the calendar week, also around New Year and on 29 February', () => {
  const at = (day: string) => new Date(`${day}T12:00:00Z`)
  expect(isBirthdayWeek('11-21', at('2026-11-16'), 'Europe/Prague')).toBe(true)
  expect(isBirthdayWeek('11-21', at('2026-11-22'), 'Europe/Prague')).toBe(true)
  expect(isBirthdayWeek('11-21', at('2026-11-23'), 'Europe/Prague')).toBe(false)
  expect(isBirthdayWeek('01-02', at('2026-12-30'), 'Europe/Prague')).toBe(true)
  expect(isBirthdayWeek('12-30', at('2027-01-02'), 'Europe/Prague')).toBe(true)
  expect(isBirthdayWeek('02-29', at('2026-03-01'), 'Europe/Prague')).toBe(true)
  expect(isBirthdayWeek('02-29', at('2026-03-02'), 'Europe/Prague')).toBe(false)
  expect(isBirthdayWeek('11-23', new Date('2026-11-22T23:30:00Z'), 'Europe/Prague')).toBe(true)
})

function uuidInside(identification: string): string {
  return uuidOf('idn', identification) ?? ''
}
