import { randomInt, randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { buildHighStreet } from '../support/high-street.ts'
import { stageNotices } from '../support/notice-stage.ts'
import { lastCode } from '../support/phone.ts'
import { until } from '../support/receiver.ts'

const stage = stageNotices()
const open = () =>
  buildHighStreet(stage.api, { locale: 'de-AT', time_zone: 'Europe/Vienna', name: 'Altstadt' })
const subjectsTo = ({ email }: { email: string }) =>
  stage.api.letters.filter((letter) => letter.to === email).map(({ subject }) => subject)

test('in a German network a customer joins by a German letter, in the one beside it by an English one', async () => {
  const [ada, bo] = [await (await open()).join(), await stage.street.join()]
  expect(subjectsTo(ada)).toEqual(['Dein Code für Altstadt'])
  expect(subjectsTo(bo)).toEqual(['Your code for Old Town'])
})

test('spends, gifts, and letters turned off are told of in German', async () => {
  const street = await open()
  const [ada, bo] = [await street.join({ points: 500 }), await street.join()]
  await stage.work()
  const spend = { qr: await ada.showQr(), points: 100, reference: randomUUID() }
  expect((await street.bookshop.post('/v1/redemptions', spend)).status).toBe(201)
  await until(() => stage.lettersTo(ada).length === 1, 5_000)
  expect(stage.lettersTo(ada)[0]!.subject).toBe('100 Punkte bei Bookshop ausgegeben')
  expect(stage.lettersTo(ada)[0]!.text).toMatch(
    /^100 Punkte aus deiner Wallet bei Altstadt wurden am (\p{L}+tag|Mittwoch), \d+\. \p{L}+, um \d\d:\d\d bei Bookshop ausgegeben\. Du hast noch 400 Punkte\.\n/u,
  )
  expect((await ada.post('/v1/gifts', { to: bo.wallet, points: 1 })).status).toBe(201)
  await until(() => stage.lettersTo(ada).length === 2, 5_000)
  expect(stage.lettersTo(ada)[1]!.subject).toBe('1 Punkt verschenkt')
  expect((await stage.choose(ada, { endings: false })).status).toBe(200)
  await until(() => stage.lettersTo(ada).length === 3, 5_000)
  expect(stage.lettersTo(ada)[2]!.text).toContain('die über Punkte, die bald verfallen.')
})

test('another address, guessed codes, and an erasure are told of in German', async () => {
  const street = await open()
  const ada = await street.join()
  const email = `${randomUUID()}@example.org`
  const path = `/v1/customers/${await stage.idOf(ada)}`
  const call = (method: 'post' | 'delete', rest: string) =>
    stage.api.call(method, `${path}${rest}`, ada.token)
  expect((await call('post', '/email').send({ email })).status).toBe(202)
  const codes = { code: lastCode(stage.api, email), old_code: lastCode(stage.api, ada.email) }
  const wrong = { ...codes, code: codes.code === '111111' ? '222222' : '111111' }
  for (let count = 0; count < 5; count++)
    expect((await call('post', '/email/code').send(wrong)).status).toBe(422)
  await until(() => subjectsTo(ada).length === 3, 5_000)
  expect((await call('post', '/email').send({ email })).status).toBe(202)
  const fresh = { code: lastCode(stage.api, email), old_code: lastCode(stage.api, ada.email) }
  expect((await call('post', '/email/code').send(fresh)).status).toBe(204)
  expect((await call('delete', '?acknowledged_points=0')).status).toBe(202)
  expect(subjectsTo(ada)).toEqual([
    'Dein Code für Altstadt',
    'Eine andere Adresse für dich bei Altstadt',
    'Jemand wollte deinen Code für Altstadt erraten',
    'Eine andere Adresse für dich bei Altstadt',
    'Deine E-Mail-Adresse bei Altstadt wurde geändert',
  ])
  expect(subjectsTo({ email })).toEqual([
    'Deine neue Adresse bei Altstadt',
    'Deine neue Adresse bei Altstadt',
    expect.stringMatching(/^Altstadt: deine Daten werden am \d+\. \p{L}+ \d{4} gelöscht$/u),
  ])
})

test('an address that a shop adds, and a card that it binds, are told of in German', async () => {
  const street = await open()
  await stage.api
    .call('patch', `/v1/networks/${street.network.slug}`, street.network.operator)
    .send({ card_pays: true })
  const { body: cy } = await street.bakery.post('/v1/customers', { name: 'Cy' }, null)
  const card = () => String(randomInt(10 ** 12, 10 ** 13))
  const [first, email] = [card(), `${randomUUID()}@example.org`]
  const bind = (bound: object) => street.bakery.post(`/v1/customers/${cy.id}/cards`, bound, null)
  expect((await bind({ card: first })).status).toBe(201)
  const { body: found } = await street.bakery.post('/v1/identifications', { card: first }, null)
  const { identification } = found
  const added = await stage.api
    .call('patch', `/v1/customers/${cy.id}`, street.bakery.key)
    .send({ email, identification })
  expect(added.status).toBe(200)
  expect((await bind({ card: card(), identification })).status).toBe(201)
  expect(subjectsTo({ email })).toEqual([
    'Deine E-Mail-Adresse bei Altstadt',
    'Eine Karte wurde mit deinen Punkten bei Altstadt verbunden',
  ])
})
