import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { uuidOf } from '../../api/http/ids.ts'
import { forgetInTime } from '../../api/privacy/retention.ts'
import { sweep } from '../../ledger/index.ts'
import { addStaff, asAdmin } from '../support/api.ts'
import { customerIdOf } from '../support/customer-id.ts'
import { openHighStreet, type Customer, type HighStreet } from '../support/high-street.ts'
import { signInCustomer } from '../support/phone.ts'
import { unzip } from '../support/unzip.ts'

let street: HighStreet

beforeAll(async () => {
  street = await openHighStreet()
})
afterAll(() => street.close())

async function idOf(wallet: string): Promise<string> {
  return await customerIdOf(street.api.db, { wallet })
}

async function downloadOf(customer: Customer, id: string, token = customer.token) {
  return await street.api
    .call('get', `/v1/customers/${id}/export`, token)
    .set('Accept', 'application/zip')
    .buffer(true)
    .parse((res, done) => {
      const chunks: Buffer[] = []
      res.on('data', (chunk: Buffer) => chunks.push(chunk))
      res.on('end', () => done(null, Buffer.concat(chunks)))
    })
}

/** A cell that a spreadsheet would run (OWASP, CSV Injection). */
const formula = /(^|,|\n)"?([=+@\t-]|\r(?!\n))/

describe('a customer’s own data', () => {
  test('comes whole in one archive, as JSON and as CSV', async () => {
    const ada = await street.join({ points: 100 })
    const id = await idOf(ada.wallet)
    await street.api.call('patch', `/v1/customers/${id}`, ada.token).send({ name: 'Ada', birthday: '12-10' })
    await street.api.call('put', '/v1/consents', ada.token).send({
      purpose: 'offers',
      channel: 'email',
      controller: null,
      given: true,
      wording_version: '1',
    })
    await street.bookshop.post('/v1/redemptions', { qr: await ada.showQr(), points: 40, reference: 'export' })
    const answer = await downloadOf(ada, id)
    expect(answer).toMatchObject({ status: 200, type: 'application/zip' })
    const files = unzip(answer.body)
    const all = JSON.parse(files['customer.json']!)
    expect(all.customer).toMatchObject([{ id, email: ada.email, name: 'Ada', birthday: '12-10' }])
    expect(all.wallet).toMatchObject([{ id: ada.wallet, available: 60 }])
    expect(all.transactions.map(({ kind }: { kind: string }) => kind)).toEqual(['redeem', 'issue'])
    expect(all.consents).toMatchObject([{ purpose: 'offers', given: true }])
    expect(all.devices).toMatchObject([{ id: ada.device }])
    expect(Object.keys(files).toSorted()).toEqual(
      ['consents.csv', 'customer.csv', 'customer.json', 'devices.csv', 'points.csv', 'sessions.csv'].concat(
        'transactions.csv',
        'wallet.csv',
      ),
    )
    expect(files['customer.csv']).toContain(ada.email)
    expect(files['transactions.csv']!.trimEnd().split('\r\n')).toHaveLength(3)
  })

  test('holds no formula in any cell', async () => {
    const ada = await street.join()
    const id = await idOf(ada.wallet)
    const name = '=HYPERLINK("http://x.example","Ada")'
    await street.api.call('patch', `/v1/customers/${id}`, ada.token).send({ name, phone: '+49 30 1234567' })
    const files = unzip((await downloadOf(ada, id)).body)
    const csvs = Object.entries(files).filter(([file]) => file.endsWith('.csv'))
    expect(csvs.length).toBeGreaterThan(3)
    for (const [, text] of csvs) expect(text).not.toMatch(formula)
    expect(files['customer.csv']).toContain(`"'=HYPERLINK(""http://x.example"",""Ada"")"`)
    expect(JSON.parse(files['customer.json']!).customer[0].name).toBe(name)
  })

  test.each(['=', '+', '-', '@', '\t', '\r'])('holds no cell that begins with %j', async (sign) => {
    const ada = await street.join()
    const id = await idOf(ada.wallet)
    const name = `${sign}1+1`
    // As an import may have brought it: the API itself takes no control character in a name.
    await street.api.db.updateTable('api.customer').set({ name }).where('email', '=', ada.email).execute()
    const files = unzip((await downloadOf(ada, id)).body)
    expect(files['customer.csv']).toContain(`'${name}`)
    expect(files['customer.csv']).not.toMatch(formula)
    expect(`a\r\n${name}`).toMatch(formula)
    expect(JSON.parse(files['customer.json']!).customer[0].name).toBe(name)
  })

  test('is theirs alone', async () => {
    const [ada, bo] = [await street.join(), await street.join()]
    const id = await idOf(ada.wallet)
    expect(await downloadOf(ada, id, bo.token)).toMatchObject({ status: 404 })
    for (const token of [street.bakery.key, street.network.operator]) {
      expect(await downloadOf(ada, id, token)).toMatchObject({ status: 403 })
    }
    const asPicture = await street.api
      .call('get', `/v1/customers/${id}/export`, ada.token)
      .set('Accept', 'image/png')
    expect(asPicture).toMatchObject({ status: 406 })
    const otherRoute = await street.api
      .call('get', `/v1/customers/${id}`, ada.token)
      .set('Accept', 'application/zip')
    expect(otherRoute).toMatchObject({ status: 406 })
  })
})

const day = 24 * 60 * 60 * 1000
const forgetAt = (time: Date) =>
  forgetInTime({
    db: street.api.db,
    ledger: street.api.ledger,
    sendMail: async (letter) => void street.api.letters.push(letter),
    now: () => time,
  })
const inDays = (days: number) => new Date(Date.now() + days * day)

function eraseCall(id: string, token: string, points: number) {
  return street.api.call('delete', `/v1/customers/${id}?acknowledged_points=${points}`, token)
}

describe('erasure', () => {
  test('tells what will be lost, and takes nobody who was not told', async () => {
    const ada = await street.join({ points: 70 })
    const id = await idOf(ada.wallet)
    const told = await ada.get(`/v1/customers/${id}/erasure`)
    expect(told.body).toMatchObject({ points_that_expire: 70, worth_minor: 700, debt: 0, state: 'not_asked' })
    expect(await eraseCall(id, ada.token, 0)).toMatchObject({
      status: 409,
      body: { code: 'consequences_changed', points_that_expire: 70 },
    })
    expect(await street.api.call('delete', `/v1/customers/${id}`, ada.token)).toMatchObject({ status: 400 })
    expect((await ada.get(`/v1/customers/${id}/erasure`)).body.state).toBe('not_asked')
    expect(await ada.available()).toBe(70)
  })

  test('waits out its grace, in which everything works and it can be cancelled', async () => {
    const ada = await street.join({ points: 70 })
    const id = await idOf(ada.wallet)
    const asked = await eraseCall(id, ada.token, 70)
    expect(asked).toMatchObject({ status: 202, body: { state: 'asked' } })
    expect(street.api.letters.at(-1)).toMatchObject({
      to: ada.email,
      text: expect.stringContaining('cancel'),
    })
    const paid = await street.bookshop.post('/v1/redemptions', {
      qr: await ada.showQr(),
      points: 20,
      reference: 'grace',
    })
    expect(paid.status).toBe(201)
    await forgetAt(inDays(13))
    expect(await ada.available()).toBe(50)
    const cancel = () => street.api.call('delete', `/v1/customers/${id}/erasure`, ada.token)
    expect(await cancel()).toMatchObject({ status: 204 })
    expect(await cancel()).toMatchObject({ status: 404 })
    await forgetAt(inDays(15))
    expect(await ada.available()).toBe(50)
  })

  test('then expires the points, closes the wallet and forgets the person; the books stay whole', async () => {
    const ada = await street.join({ points: 70 })
    const id = await idOf(ada.wallet)
    const qr = await ada.showQr()
    await eraseCall(id, ada.token, 70)
    await forgetAt(inDays(15))
    expect(await ada.get(`/v1/wallets/${ada.wallet}`)).toMatchObject({ status: 401 })
    const wallet = await street.bakery.get(`/v1/wallets/${ada.wallet}`)
    expect(wallet.body).toEqual({ available: 0, debt: 0 })
    const bought = await street.bakery.buy({ wallet: ada.wallet, amount_minor: 1000 })
    expect(bought).toMatchObject({ status: 409, body: { code: 'wallet_closed' } })
    expect(await street.bakery.buy({ qr, amount_minor: 1000 })).toMatchObject({ status: 422 })
    const list = await street.api.call(
      'get',
      `/v1/transactions?wallet=${ada.wallet}`,
      street.network.operator,
    )
    expect(list.body.data).toMatchObject([{ kind: 'expire', points: 70 }, { kind: 'issue' }])
    const byMail = await street.bakery.post('/v1/identifications', { email: ada.email }, null)
    expect(byMail).toMatchObject({ status: 404 })
    const anew = await signInCustomer(street.api, street.network.slug, ada.email)
    expect(anew.wallet).not.toBe(ada.wallet)
  })

  test('by two processes at the same moment, or cancelled at that moment, is whole or not at all', async () => {
    const [ada, bo] = [await street.join({ points: 70 }), await street.join({ points: 70 })]
    for (const { wallet, token } of [ada, bo]) await eraseCall(await idOf(wallet), token, 70)
    const cancel = `/v1/customers/${await idOf(bo.wallet)}/erasure`
    const [one, two, cancelled] = await Promise.all([
      forgetAt(inDays(15)),
      forgetAt(inDays(15)),
      street.api.call('delete', cancel, bo.token),
    ])
    expect((await street.bakery.get(`/v1/wallets/${ada.wallet}`)).body.available).toBe(0)
    const stayed = cancelled.status === 204
    expect(one.erased + two.erased).toBe(stayed ? 1 : 2)
    expect((await street.bakery.get(`/v1/wallets/${bo.wallet}`)).body.available).toBe(stayed ? 70 : 0)
    const bought = await street.bakery.buy({ wallet: bo.wallet, amount_minor: 1000 })
    expect(bought.status).toBe(stayed ? 201 : 409)
  })

  test('of points held expires them too, once the hold has ended', async () => {
    const ada = await street.join({ points: 70 })
    const id = await idOf(ada.wallet)
    const held = await street.bookshop.post('/v1/holds', { qr: await ada.showQr(), points: 30 })
    await eraseCall(id, ada.token, 70)
    await forgetAt(inDays(15))
    expect(await street.bookshop.post(`/v1/holds/${held.body.id}/void`)).toMatchObject({ status: 201 })
    await sweep(street.api.ledger)
    expect((await street.bakery.get(`/v1/wallets/${ada.wallet}`)).body).toEqual({ available: 0, debt: 0 })
  })

  test('is asked for by the customer or the operator, and by no shop', async () => {
    const [ada, bo] = [await street.join(), await street.join()]
    const id = await idOf(ada.wallet)
    const owner = await addStaff(street.api, street.network, {
      role: 'owner',
      merchant: street.bakery.merchant,
    })
    expect(await eraseCall(id, bo.token, 0)).toMatchObject({ status: 404 })
    expect(await eraseCall(id, owner, 0)).toMatchObject({ status: 403 })
    expect(await eraseCall(id, street.bakery.key, 0)).toMatchObject({ status: 403 })
    expect((await ada.get(`/v1/customers/${id}/erasure`)).body.state).toBe('not_asked')
    expect(await eraseCall(id, street.network.operator, 0)).toMatchObject({ status: 202 })
  })
})

test('a mail server that is away keeps nobody from being erased', async () => {
  const [ada, inactive] = [await street.join({ points: 70 }), await street.join()]
  await eraseCall(await idOf(ada.wallet), ada.token, 70)
  await age(inactive, 40)
  const { db, ledger } = street.api
  const sendMail = () => Promise.reject(new Error('The mail server is away.'))
  await expect(forgetInTime({ db, ledger, sendMail, now: () => inDays(15) })).rejects.toThrow('forgetting')
  expect(await ada.get(`/v1/wallets/${ada.wallet}`)).toMatchObject({ status: 401 })
})

/** As if all that is known of the customer had happened so many months ago. */
async function age(customer: Customer, months: number): Promise<string> {
  const id = await idOf(customer.wallet)
  const uuid = uuidOf('cus', id)
  await asAdmin(
    street.api,
    `update api.customer set created_at = now() - interval '${months} months' where uuid = '${uuid}';
     update api.customer_session set created_at = now() - interval '${months} months' where customer_uuid = '${uuid}'`,
  )
  return id
}

describe('a customer not seen for years', () => {
  test('is told, and erased after the grace', async () => {
    const ada = await street.join()
    await age(ada, 40)
    await forgetAt(inDays(0))
    const letter = street.api.letters.findLast(({ to }) => to === ada.email)
    expect(letter?.text).toContain('sign in')
    const announced = street.api.letters.length
    await forgetAt(inDays(1))
    expect(street.api.letters.length).toBe(announced)
    await forgetAt(inDays(15))
    expect(await ada.get(`/v1/wallets/${ada.wallet}`)).toMatchObject({ status: 401 })
  })

  test('stays when they were seen since', async () => {
    const [ada, bo] = [await street.join(), await street.join()]
    for (const each of [ada, bo]) await age(each, 40)
    await forgetAt(inDays(0))
    await signInCustomer(street.api, street.network.slug, ada.email)
    await street.bakery.buy({ wallet: bo.wallet, amount_minor: 500 })
    await forgetAt(inDays(15))
    expect(await ada.available()).toBe(0)
    expect(await bo.available()).toBe(5)
  })

  test('stays when they signed in since, even if that session ended long ago', async () => {
    const ada = await street.join()
    const id = await age(ada, 12)
    const uuid = uuidOf('cus', id)
    await asAdmin(
      street.api,
      `update api.customer set created_at = now() - interval '40 months' where uuid = '${uuid}';
       update api.customer_session set expires_at = created_at + interval '30 days', user_agent = 'An old phone'
         where customer_uuid = '${uuid}'`,
    )
    for (const days of [0, 1, 16]) await forgetAt(inDays(days))
    expect((await ada.get(`/v1/customers/${id}/erasure`)).status).toBe(401)
    expect(await signInCustomer(street.api, street.network.slug, ada.email)).toMatchObject({
      wallet: ada.wallet,
    })
  })

  test('is kept for as long as the network says', async () => {
    const ada = await street.join()
    await age(ada, 40)
    const keep = (months: number | null) =>
      street.api
        .call('patch', `/v1/networks/${street.network.slug}`, street.network.operator)
        .send({ forget_after_months: months })
    expect(await keep(null)).toMatchObject({ status: 200, body: { forget_after_months: null } })
    await forgetAt(inDays(0))
    await forgetAt(inDays(40))
    expect(await ada.available()).toBe(0)
    await keep(36)
  })
})

describe('sessions that ended', () => {
  const agentsOf = async (table: 'api.session' | 'api.customer_session') =>
    (await street.api.db.selectFrom(table).select('user_agent').execute()).map(({ user_agent }) => user_agent)

  test('of staff are on record for 90 days, and those that go on for as long as they do', async () => {
    const ended = (days: number) =>
      `update api.session set refresh_number = refresh_number + 1, expires_at = now() - interval '${days} days'`
    await addStaff(street.api, street.network, { role: 'auditor', merchant: null })
    await asAdmin(
      street.api,
      `${ended(89)}, user_agent = 'Ended lately' where uuid = (select uuid from api.session order by uuid desc limit 1)`,
    )
    await addStaff(street.api, street.network, { role: 'auditor', merchant: null })
    await asAdmin(
      street.api,
      `${ended(91)}, user_agent = 'Long gone' where uuid = (select uuid from api.session order by uuid desc limit 1)`,
    )
    const before = await agentsOf('api.session')
    expect(before).toEqual(expect.arrayContaining(['Ended lately', 'Long gone']))
    await forgetAt(new Date())
    const after = await agentsOf('api.session')
    expect(after).toContain('Ended lately')
    expect(after).toHaveLength(before.length - 1)
    expect(after).not.toContain('Long gone')
  })

  test('of customers too; of the last one stays when it was, and nothing of the phone', async () => {
    const ada = await street.join()
    await signInCustomer(street.api, street.network.slug, ada.email)
    const uuid = uuidOf('cus', await idOf(ada.wallet))
    await asAdmin(
      street.api,
      `update api.customer_session set expires_at = now() - interval '91 days', user_agent = 'A phone'
         where customer_uuid = '${uuid}'`,
    )
    await forgetAt(new Date())
    const left = await street.api.db
      .selectFrom('api.customer_session')
      .select('user_agent')
      .where('customer_uuid', '=', uuid!)
      .execute()
    expect(left).toEqual([{ user_agent: null }])
    expect(await agentsOf('api.customer_session')).not.toContain('A phone')
  })
})
