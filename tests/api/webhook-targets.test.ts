import { expect, test } from 'vitest'
import { startApi } from '../support/api.ts'
import { buildHighStreet } from '../support/high-street.ts'
import { startReceiver, until } from '../support/receiver.ts'
import { stageWebhooks, transactions } from '../support/webhook-stage.ts'

// Where webhooks may go: nobody reaches with them what stands behind the server.

const stage = stageWebhooks()
const { subscribe, listDeliveries, buy } = stage

test.each([
  'https://127.0.0.2/',
  'https://0x7f000002/',
  'https://2130706434/',
  'https://10.0.0.1/',
  'https://192.168.1.1/',
  'https://172.16.0.1/',
  'https://100.64.0.1/',
  'https://169.254.169.254/latest/meta-data/',
  'https://0.0.0.0/',
  'https://[::1]/',
  'https://[::]/',
  'https://[::ffff:10.0.0.1]/',
  'https://[fe80::1]/',
  'https://[fd00::1]/',
  'https://[64:ff9b::a00:1]/',
  'https://[2002:a00:1::]/',
  'https://[4000::1]/',
  'https://user:password@example.org/',
])('%s is refused as an address to send to', async (url) => {
  const answer = await stage.api.call('post', '/v1/webhooks', stage.owner).send({ url })
  expect(answer).toMatchObject({ status: 422, body: { code: 'webhook_url_refused' } })
  expect((await stage.api.call('get', '/v1/webhooks', stage.owner)).body.data).toEqual([])
})

test('without a configuration that allows it, plain http, loopback and this machine’s own names are refused', async () => {
  const strict = await startApi()
  const there = await buildHighStreet(strict, {})
  for (const url of [
    'http://example.org/',
    'https://127.0.0.1/',
    'http://127.0.0.1:1/',
    'https://localhost/',
    'https://LOCALHOST.:8443/',
    'https://api.localhost/',
  ]) {
    const answer = await strict.call('post', '/v1/webhooks', there.network.operator).send({ url })
    expect(answer).toMatchObject({ status: 422 })
  }
  await strict.close()
})

test('a name that stands for a private address is not connected to', async () => {
  const inside = await startReceiver('127.0.0.2')
  stage.names.set('inside.example', () => '127.0.0.2')
  const { id } = await subscribe(stage.owner, { url: `http://inside.example:${inside.port}/` })
  await buy(1)
  await until(async () => (await listDeliveries(id)).length > 0)
  expect((await listDeliveries(id))[0]).toMatchObject({ status: null, error: 'address_refused' })
  expect(inside.received).toEqual([])
  await inside.close()
})

test('a name that changes what it stands for while it is used (DNS rebinding) is asked for once', async () => {
  const inside = await startReceiver('127.0.0.2', stage.receiver.port)
  let times = 0
  stage.names.set('rebind.example', () => (times++ === 0 ? '127.0.0.1' : '127.0.0.2'))
  stage.asked.length = 0
  const { id } = await subscribe(stage.owner, { url: `http://rebind.example:${stage.receiver.port}/` })
  const [first] = await buy(2)
  await until(async () => (await listDeliveries(id)).length >= 2)
  expect(transactions(stage.receiver.taken)).toEqual([first])
  expect((await listDeliveries(id)).map(({ error }) => error)).toEqual(['address_refused', null])
  expect(stage.asked).toEqual(['rebind.example', 'rebind.example'])
  expect(inside.received).toEqual([])
  await inside.close()
})

test('a redirect is not followed', async () => {
  const inside = await startReceiver()
  stage.receiver.answer = (res) => res.writeHead(307, { location: inside.url }).end()
  const { id } = await subscribe(stage.owner)
  await buy(1)
  await until(async () => (await listDeliveries(id)).length > 0)
  expect((await listDeliveries(id))[0]).toMatchObject({ status: 307, delivered: false })
  expect(inside.received).toEqual([])
  await inside.close()
})
