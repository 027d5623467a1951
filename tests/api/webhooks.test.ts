import { Webhook } from 'standardwebhooks'
import { expect, onTestFinished, test } from 'vitest'
import { addStaff, asAdmin } from '../support/api.ts'
import { startReceiver, until, type Received } from '../support/receiver.ts'
import { distinct, stageWebhooks, transactions } from '../support/webhook-stage.ts'

// What is sent, to whom, and how it is signed.

const stage = stageWebhooks()
const { subscribe, read, listDeliveries, buy } = stage

test('an owner hears of every sale in their shop in order, signed, and of no other shop', async () => {
  const { secret } = await subscribe(stage.owner)
  await stage.street.bookshop.buy({ wallet: stage.customer.wallet, amount_minor: 500 })
  const bought = await buy(5)
  await until(() => stage.receiver.taken.length >= 5)
  expect(transactions(stage.receiver.taken)).toEqual(bought)
  for (const { headers, text } of stage.receiver.taken) {
    expect(new Webhook(secret).verify(text, headers as Record<string, string>)).toMatchObject({
      type: 'transaction.issue',
      data: { transaction: { kind: 'issue', merchant: stage.street.bakery.merchant, points: 10 } },
    })
  }
  expect(distinct(stage.receiver.taken.map(({ headers }) => headers['webhook-id']))).toHaveLength(5)
})

test('an operator hears of all shops and of what was decided', async () => {
  await subscribe(stage.street.network.operator)
  await stage.street.bookshop.buy({ wallet: stage.customer.wallet, amount_minor: 500 })
  await buy(1)
  await stage.street.admit('Florist')
  await until(() => stage.receiver.taken.some(({ body }) => body.type === 'governance.merchant_admitted'))
  const types = stage.receiver.taken.map(({ body }) => body.type)
  expect(types.slice(0, 3)).toEqual([
    'transaction.issue',
    'transaction.issue',
    'governance.merchant_admitted',
  ])
})

test('an endpoint hears only of the types it asked for', async () => {
  await subscribe(stage.owner, { types: ['transaction.reverse'] })
  const [bought] = await buy(2)
  const path = `/v1/transactions/${bought}/reversals`
  expect(await stage.street.bakery.post(path, { refund_amount_minor: 500, reason: 'stale' })).toMatchObject({
    status: 201,
  })
  await until(() => stage.receiver.taken.length > 0)
  expect(stage.receiver.received.map(({ body }) => body.type)).toEqual(['transaction.reverse'])
})

test('who is no owner and no operator has no webhooks, and another shop’s are not there', async () => {
  const { id } = await subscribe(stage.owner)
  const manager = await addStaff(stage.api, stage.street.network, {
    role: 'manager',
    merchant: stage.street.bakery.merchant,
  })
  for (const token of [manager, stage.street.bakery.key, stage.customer.token]) {
    const refused = await stage.api.call('post', '/v1/webhooks', token).send({ url: stage.receiver.url })
    expect(refused).toMatchObject({ status: 403 })
  }
  const other = await addStaff(stage.api, stage.street.network, {
    role: 'owner',
    merchant: stage.street.bookshop.merchant,
  })
  for (const answer of [
    await stage.api.call('patch', `/v1/webhooks/${id}`, other).send({ paused: true }),
    await stage.api.call('delete', `/v1/webhooks/${id}`, other),
    await stage.api.call('get', `/v1/webhooks/${id}/deliveries`, other),
    await stage.api.call('post', `/v1/webhooks/${id}/replay`, other).send({ after: -1 }),
  ]) {
    expect(answer).toMatchObject({ status: 404 })
  }
  expect(await read(id)).toMatchObject({ paused_at: null })
  expect((await stage.api.call('get', '/v1/webhooks', other)).body.data).toEqual([])
})

test('for a day after a new secret both sign', async () => {
  const { id, secret } = await subscribe(stage.owner)
  const rotated = await stage.api
    .call('patch', `/v1/webhooks/${id}`, stage.owner)
    .send({ rotate_secret: true })
  expect(rotated.body.secret).not.toBe(secret)
  await buy(1)
  await until(() => stage.receiver.taken.length >= 1)
  const { text, headers } = stage.receiver.taken[0]!
  for (const good of [secret, rotated.body.secret]) {
    expect(() => new Webhook(good).verify(text, headers as Record<string, string>)).not.toThrow()
  }
  await asAdmin(stage.api, 'update api.webhook set previous_secret_until = now()')
  await buy(1)
  await until(() => stage.receiver.taken.length >= 2)
  const next = stage.receiver.taken[1]!
  expect(() => new Webhook(secret).verify(next.text, next.headers as Record<string, string>)).toThrow(
    'No matching signature',
  )
  expect((await read(id)).secret).toBeUndefined()
})

test('once a new address is answered everything that waits goes there, also what the old one took meanwhile', async () => {
  const { bought, old, next } = await changeAtThird((address) => ({ url: address }))
  expect(transactions(next)).toEqual(bought.slice(2))
  expect(transactions(old)).toEqual(bought.slice(0, 3))
})

test('once a new secret is answered everything that waits is signed with it, in the middle of a turn too', async () => {
  const { bought, old, secret } = await changeAtThird(() => ({ rotate_secret: true }))
  expect(transactions(old)).toEqual([...bought.slice(0, 3), ...bought.slice(2)])
  for (const { text, headers } of old.slice(3)) {
    expect(() => new Webhook(secret).verify(text, headers as Record<string, string>)).not.toThrow()
  }
})

test('once other types are answered nothing else that waits is sent', async () => {
  const { id, bought, old } = await changeAtThird(() => ({ types: ['transaction.reverse'] }))
  expect(transactions(old)).toEqual(bought.slice(0, 3))
  expect(await listDeliveries(id)).toHaveLength(3)
})

/** Twelve entries wait; while the third is on its way, the endpoint is changed. Answers once it has heard of all. */
async function changeAtThird(change: (address: string) => object) {
  const { id, cursor } = await subscribe(stage.owner)
  const patch = (fields: object) => stage.api.call('patch', `/v1/webhooks/${id}`, stage.owner).send(fields)
  await patch({ paused: true })
  const bought = await buy(12)
  const other = await startReceiver()
  onTestFinished(() => other.close())
  const isThird = Promise.withResolvers<void>()
  const isChanged = Promise.withResolvers<void>()
  stage.receiver.answer = async (res, { body }: Received) => {
    if (body.data.transaction.id === bought[2]) {
      isThird.resolve()
      await isChanged.promise
    }
    res.end()
  }
  await patch({ paused: false })
  await isThird.promise
  const { status, body } = await patch(change(other.url))
  expect(status).toBe(200)
  isChanged.resolve()
  await until(async () => (await read(id)).cursor === cursor + 12)
  return { id, bought, secret: body.secret, old: stage.receiver.received, next: other.received }
}

test('a replay sends everything after an entry once more, with the same ids', async () => {
  const { id, cursor } = await subscribe(stage.owner)
  const bought = await buy(3)
  await until(() => stage.receiver.taken.length >= 3)
  const replay = await stage.api
    .call('post', `/v1/webhooks/${id}/replay`, stage.owner)
    .send({ after: cursor + 1 })
  expect(replay).toMatchObject({ status: 200, body: { cursor: cursor + 1 } })
  await until(() => stage.receiver.taken.length >= 5)
  expect(transactions(stage.receiver.taken)).toEqual([...bought, ...bought.slice(1)])
  const ids = stage.receiver.taken.map(({ headers }) => headers['webhook-id'])
  expect(ids.slice(3)).toEqual(ids.slice(1, 3))
  const beyond = await stage.api
    .call('post', `/v1/webhooks/${id}/replay`, stage.owner)
    .send({ after: 1_000_000 })
  expect(beyond).toMatchObject({ status: 400, body: { code: 'request_invalid' } })
})

test('a paused endpoint gets nothing, and a forgotten one is gone', async () => {
  const { id } = await subscribe(stage.owner)
  await stage.api.call('patch', `/v1/webhooks/${id}`, stage.owner).send({ paused: true })
  await buy(1)
  const { id: other } = await subscribe(stage.owner)
  await buy(1)
  await until(() => stage.receiver.received.length >= 1)
  expect((await listDeliveries(id)).length).toBe(0)
  expect((await listDeliveries(other)).length).toBeLessThanOrEqual(1)
  expect(await stage.api.call('delete', `/v1/webhooks/${id}`, stage.owner)).toMatchObject({ status: 204 })
  expect(await read(id)).toBeUndefined()
})
