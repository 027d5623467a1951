import { afterAll, beforeAll, expect, test } from 'vitest'
import { setRule } from '../support/api.ts'
import { openHighStreet, type HighStreet } from '../support/high-street.ts'

let street: HighStreet

beforeAll(async () => {
  street = await openHighStreet()
})
afterAll(() => street.close())

test('customers see all of their wallet, with who gave which points', async () => {
  const ada = await street.join({ points: 30 })
  await street.bookshop.buy({ wallet: ada.wallet, amount_minor: 2000 })
  const answer = await ada.get(`/v1/wallets/${ada.wallet}`)
  expect(answer.status).toBe(200)
  expect(answer.body).toEqual({
    id: ada.wallet,
    posted: 50,
    held: 0,
    available: 50,
    debt: 0,
    locked: false,
    lots: [
      { issuer: street.bakery.merchant, remaining: 30, expires_at: null },
      { issuer: street.bookshop.merchant, remaining: 20, expires_at: null },
    ],
  })
})

test('customers see when points expire, the soonest first', async () => {
  const network = await street.elsewhere()
  await setRule(network.api, network.network, { expires_after_months: 12 })
  const ada = await network.join({ points: 30 })
  const { body } = await ada.get(`/v1/wallets/${ada.wallet}`)
  const months = (Date.parse(body.lots[0].expires_at) - Date.now()) / (30.4 * 24 * 3600 * 1000)
  expect(months).toBeGreaterThan(11.9)
  expect(months).toBeLessThan(12.2)
})

test('a till, and an operator, see what a wallet can spend and nothing else', async () => {
  const ada = await street.join({ points: 30 })
  const path = `/v1/wallets/${ada.wallet}`
  expect((await street.bookshop.get(path)).body).toEqual({ available: 30, debt: 0 })
  const operator = await street.api.call('get', path, street.network.operator)
  expect(operator.body).toEqual({ available: 30, debt: 0 })
})

test('nobody sees another’s wallet, or one of another network', async () => {
  const [ada, bea] = [await street.join(), await street.join()]
  const elsewhere = await street.elsewhere()
  const path = `/v1/wallets/${ada.wallet}`
  expect(await bea.get(path)).toMatchObject({ status: 404, body: { code: 'not_found' } })
  expect(await elsewhere.bakery.get(path)).toMatchObject({ status: 404, body: { code: 'not_found' } })
  expect((await street.api.call('get', path)).status).toBe(401)
  expect((await street.bakery.get('/v1/wallets/wal_01h455vb4pex5vsknk084sn02q')).status).toBe(404)
})

test('nobody locks another’s wallet', async () => {
  const [ada, bea] = [await street.join({ points: 10 }), await street.join()]
  const path = `/v1/wallets/${ada.wallet}/lock`
  const lock = (token: string) => street.api.call('put', path, token).send({ locked: true })
  expect((await lock(bea.token)).status).toBe(404)
  expect((await lock(street.bakery.key)).status).toBe(403)
  expect((await ada.get(`/v1/wallets/${ada.wallet}`)).body.locked).toBe(false)
})
