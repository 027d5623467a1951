import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openHighStreet, type HighStreet, type Shop } from '../support/high-street.ts'
import { signInCustomer } from '../support/phone.ts'

let street: HighStreet

beforeAll(async () => {
  street = await openHighStreet()
})
afterAll(() => street.close())

let printed = 0
const newCard = () => `29${Date.now()}${++printed}`

async function enrolOnPaper(shop: Shop): Promise<{ id: string; wallet: string; card: string }> {
  const card = newCard()
  const { body } = await shop.post('/v1/customers', { name: 'Cy' }, null)
  const bound = await shop.post(`/v1/customers/${body.id}/cards`, { card }, null)
  expect(bound).toMatchObject({ status: 201, body: { id: expect.stringMatching(/^crd_/) } })
  return { ...body, card }
}

function identify(shop: Shop, body: object) {
  return shop.post('/v1/identifications', body, null)
}

test('a printed card says whose it is, and receives points', async () => {
  const cy = await enrolOnPaper(street.bakery)
  const spaced = cy.card.replace(/(.{4})/g, '$1 ')
  const answer = await identify(street.bookshop, { card: spaced })
  expect(answer).toMatchObject({ status: 201, body: { wallet: cy.wallet, person: { name: 'Cy' } } })
  const bought = await street.bookshop.buy({
    identification: answer.body.identification,
    amount_minor: 500,
  })
  expect(bought).toMatchObject({ status: 201, body: { points: 5 } })
})

test('a printed card pays only in a network that says so', async () => {
  const cy = await enrolOnPaper(street.bakery)
  await street.bakery.buy({ wallet: cy.wallet, amount_minor: 5000 })
  const pay = async () => {
    const { body } = await identify(street.bookshop, { card: cy.card })
    const { identification } = body
    return street.bookshop.post('/v1/redemptions', { identification, points: 20, reference: newCard() })
  }
  expect(await pay()).toMatchObject({ status: 409, body: { code: 'qr_required' } })
  const allowed = await street.api
    .call('patch', `/v1/networks/${street.network.slug}`, street.network.operator)
    .send({ card_pays: true })
  expect(allowed).toMatchObject({ status: 200, body: { card_pays: true } })
  expect(await pay()).toMatchObject({ status: 201, body: { points: 20, wallet: { available: 30 } } })
})

describe('the number of a card, which anyone may have copied,', () => {
  const patch = (shop: Shop, id: string, fields: object) =>
    street.api.call('patch', `/v1/customers/${id}`, shop.key).send(fields)
  const yes = { purpose: 'offers', channel: 'sms', controller: null, given: true, wording_version: '1' }

  test('leads no e-mail address, phone number or consent to its wallet', async () => {
    const other = await street.elsewhere()
    const { bakery } = other
    const cy = await enrolOnPaper(bakery)
    await bakery.buy({ wallet: cy.wallet, amount_minor: 5000 })
    const { identification } = (await identify(bakery, { card: cy.card })).body
    const email = `thief-${randomUUID()}@example.org`
    for (const stolen of [{ email }, { phone: '+49301234567' }]) {
      const refused = await patch(bakery, cy.id, { ...stolen, identification })
      expect(refused).toMatchObject({ status: 409, body: { code: 'person_not_present' } })
    }
    const consent = await other.api.call('put', '/v1/consents', bakery.key).send({ ...yes, identification })
    expect(consent).toMatchObject({ status: 409, body: { code: 'person_not_present' } })
    const thief = await signInCustomer(other.api, other.network.slug, email)
    expect(thief.wallet).not.toBe(cy.wallet)
    expect((await bakery.get(`/v1/wallets/${cy.wallet}`)).body.available).toBe(50)
    expect(await patch(bakery, cy.id, { name: 'Cyrus', identification })).toMatchObject({ status: 200 })
  })

  test('does where cards pay, and the address is told', async () => {
    const { bakery, api, network } = await street.elsewhere()
    await api.call('patch', `/v1/networks/${network.slug}`, network.operator).send({ card_pays: true })
    const cy = await enrolOnPaper(bakery)
    const { identification } = (await identify(bakery, { card: cy.card })).body
    const email = `cy-${randomUUID()}@example.org`
    expect(await patch(bakery, cy.id, { email, identification })).toMatchObject({ status: 200 })
    expect(api.letters.at(-1)).toMatchObject({
      to: email,
      text: expect.stringContaining('wrote this down as your e-mail address'),
    })
    expect((await signInCustomer(api, network.slug, email)).wallet).toBe(cy.wallet)
  })

  test('is not hit upon by trying: too short a one is not bound, and a till asks for so many a minute', async () => {
    const shop = await street.admit('Guessing shop')
    const di = await shop.post('/v1/customers', {}, null)
    const short = await shop.post(`/v1/customers/${di.body.id}/cards`, { card: '290000001' }, null)
    expect(short).toMatchObject({ status: 400, body: { code: 'request_invalid' } })
    const cy = await enrolOnPaper(shop)
    // Binding it was the first.
    for (let asked = 1; asked < 60; asked++) {
      expect(await identify(shop, { card: cy.card })).toMatchObject({ status: 201 })
    }
    expect(await identify(shop, { card: cy.card })).toMatchObject({ status: 429 })
  })
})

test('numbers are not tried by binding them, and a customer gets five cards a day', async () => {
  const shop = await street.admit('Shop that prints cards')
  const cy = await enrolOnPaper(shop)
  const { identification } = (await identify(shop, { card: cy.card })).body
  const bind = (id: string, body: object) => shop.post(`/v1/customers/${id}/cards`, body, null)
  for (let count = 2; count <= 5; count++) {
    expect(await bind(cy.id, { card: newCard(), identification })).toMatchObject({ status: 201 })
  }
  const refused = await bind(cy.id, { card: newCard(), identification })
  expect(refused).toMatchObject({ status: 429, body: { code: 'too_many_requests' } })
  expect(refused.body.detail).toContain('many cards today')
  // Seven were counted so far, five cards of those that it bound, one that it asked for, and one above.
  for (let asked = 7; asked < 60; asked++) {
    const { id } = (await shop.post('/v1/customers', {}, null)).body
    expect(await bind(id, { card: cy.card })).toMatchObject({ status: 409, body: { code: 'card_taken' } })
  }
  const { id } = (await shop.post('/v1/customers', {}, null)).body
  expect(await bind(id, { card: cy.card })).toMatchObject({ status: 429 })
})

test('a card that is bound, or a customer who is not there, gets no second card', async () => {
  const cy = await enrolOnPaper(street.bakery)
  const di = await street.bakery.post('/v1/customers', {}, null)
  const taken = await street.bakery.post(`/v1/customers/${di.body.id}/cards`, { card: cy.card }, null)
  expect(taken).toMatchObject({ status: 409, body: { code: 'card_taken' } })
  const second = newCard()
  const absent = await street.bakery.post(`/v1/customers/${cy.id}/cards`, { card: second }, null)
  expect(absent).toMatchObject({ status: 409, body: { code: 'person_not_present' } })
  expect(await identify(street.bakery, { card: second })).toMatchObject({ status: 404 })
  const { body } = await identify(street.bakery, { card: cy.card })
  const { identification } = body
  const replaced = await street.bakery.post(
    `/v1/customers/${cy.id}/cards`,
    { card: second, identification },
    null,
  )
  expect(replaced).toMatchObject({ status: 201 })
})

test('a customer sees their cards and ends a lost one, and nobody else does', async () => {
  const [ada, bo] = [await street.join(), await street.join()]
  const { body } = await identify(street.bakery, { qr: await ada.showQr() })
  const { data } = (await street.bakery.get(`/v1/customers?email=${ada.email}`)).body
  expect(data).toEqual([])
  await street.bakery.buy({ wallet: ada.wallet, amount_minor: 100 })
  const [found] = (await street.bakery.get(`/v1/customers?email=${ada.email}`)).body.data
  const card = newCard()
  const bound = await street.bakery.post(
    `/v1/customers/${found.id}/cards`,
    { card, identification: body.identification },
    null,
  )
  expect(bound).toMatchObject({ status: 201 })
  expect(street.api.letters.at(-1)).toMatchObject({
    to: ada.email,
    subject: expect.stringContaining('A card was bound'),
  })
  const list = `/v1/customers/${found.id}/cards`
  expect((await ada.get(list)).body.data).toMatchObject([{ id: bound.body.id, card }])
  expect(await bo.get(list)).toMatchObject({ status: 404 })
  const end = (token: string) => street.api.call('delete', `${list}/${bound.body.id}`, token)
  expect(await end(bo.token)).toMatchObject({ status: 404 })
  expect(await end(street.bakery.key)).toMatchObject({ status: 403 })
  expect(await end(ada.token)).toMatchObject({ status: 204 })
  expect(await end(ada.token)).toMatchObject({ status: 404 })
  expect(await identify(street.bakery, { card })).toMatchObject({ status: 404 })
})
