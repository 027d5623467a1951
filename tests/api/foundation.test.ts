import { sql } from 'kysely'
import supertest from 'supertest'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import {
  asAdmin,
  makeMerchant,
  makeNetwork,
  makeTill,
  startApi,
  testOperator,
  type TestApi,
  type TestNetwork,
} from '../support/api.ts'

let api: TestApi
let network: TestNetwork

beforeAll(async () => {
  api = await startApi()
  network = await makeNetwork(api)
})
afterAll(() => api.close())

/** The parts of a problem that a program goes by. */
function problem(status: number, code: string) {
  return {
    status,
    type: 'application/problem+json',
    body: { status, code, detail: expect.any(String), request_id: expect.any(String) },
  }
}

async function countMerchants(): Promise<number> {
  const { body } = await api.call('get', '/v1/merchants', network.operator)
  return body.data.length
}

test('a field that is not in the contract is refused by name, and nothing is made', async () => {
  const before = await countMerchants()
  const answer = await api
    .call('post', '/v1/merchants', network.operator)
    .send({ name: 'Bakery', issuing_limit: null, colour: 'red', 'a/b~c': 1 })
  expect(answer).toMatchObject(problem(400, 'request_invalid'))
  expect(answer.body.errors).toEqual([
    { pointer: '#/colour', detail: 'is not a known field' },
    { pointer: '#/a~1b~0c', detail: 'is not a known field' },
  ])
  expect(await countMerchants()).toBe(before)
})

test('a parameter that is not in the contract is refused by name', async () => {
  const answer = await api.call('get', '/v1/merchants?limit=5&colour=red', network.operator)
  expect(answer).toMatchObject(problem(400, 'request_invalid'))
  expect(answer.body.errors).toEqual([{ pointer: '?colour', detail: 'is not a known field' }])
})

test('a parameter or a body where the contract has none is refused by name, and nothing is done', async () => {
  for (const path of [
    '/v1/rules/earning',
    '/v1/sessions',
    '/.well-known/jwks.json',
    `/v1/networks/${network.slug}`,
  ]) {
    const answer = await api.call('get', `${path}?foo=1`, network.operator)
    expect(answer).toMatchObject(problem(400, 'request_invalid'))
    expect(answer.body.errors).toEqual([{ pointer: '?foo', detail: 'is not a known field' }])
  }
  const merchant = await makeMerchant(api, network)
  const { id, key } = await makeTill(api, network, merchant)
  const path = `/v1/merchants/${merchant}/tills/${id}`
  const refused = await api.call('delete', path, network.operator).send({ reason: 'lost' })
  expect(refused).toMatchObject(problem(400, 'request_invalid'))
  expect(refused.body.errors).toEqual([{ pointer: '#/reason', detail: 'is not a known field' }])
  expect((await api.call('get', '/v1/merchants', key)).status).toBe(200)
  expect((await api.call('delete', path, network.operator)).status).toBe(204)
})

test.each([
  ['half a document', '{"name": "Bak'],
  ['a bare word', 'hello'],
  ['a bare string', '"hello"'],
  ['a byte that is not UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
])('%s is refused as malformed', async (_what, body) => {
  const answer = await send('application/json', body)
  expect(answer).toMatchObject(problem(400, 'body_malformed'))
})

test('a missing body is refused with what to do', async () => {
  const answer = await api.call('post', '/v1/merchants', network.operator)
  expect(answer).toMatchObject(problem(400, 'request_invalid'))
  expect(answer.body.detail).toContain('body is missing')
})

test.each([
  ['a form', 'application/x-www-form-urlencoded', 'name=Bakery'],
  ['plain text', 'text/plain', '{"name":"Bakery","issuing_limit":null}'],
  [
    'JSON in another charset',
    'application/json; charset=iso-8859-1',
    '{"name":"Bakery","issuing_limit":null}',
  ],
])('%s is refused as unsupported', async (_what, type, body) => {
  expect(await send(type, body)).toMatchObject(problem(415, 'media_type_unsupported'))
})

test('a compressed body is refused', async () => {
  const answer = await api
    .call('post', '/v1/merchants', network.operator)
    .set('content-encoding', 'gzip')
    .type('application/json')
    .send('{}')
  expect(answer).toMatchObject(problem(415, 'media_type_unsupported'))
})

test('a body above 64 KiB is refused', async () => {
  const answer = await send('application/json', JSON.stringify({ name: 'x'.repeat(70_000) }))
  expect(answer).toMatchObject(problem(413, 'body_too_large'))
})

test('whoever accepts no JSON is told so', async () => {
  const answer = await api.call('get', '/v1/merchants', network.operator).set('accept', 'text/html')
  expect(answer).toMatchObject(problem(406, 'not_acceptable'))
})

test('another method at a known address is refused with those it knows', async () => {
  const answer = await api.call('delete', '/v1/merchants', network.operator)
  expect(answer).toMatchObject(problem(405, 'method_not_allowed'))
  expect(answer.headers['allow']).toBe('GET, HEAD, POST')
  const options = await supertest(api.url).options('/v1/merchants')
  expect(options).toMatchObject(problem(405, 'method_not_allowed'))
  expect(options.headers['allow']).toBe('GET, HEAD, POST')
  expect(await supertest(api.url).options('/v1/nowhere')).toMatchObject(problem(404, 'not_found'))
})

test.each(['/v1/nowhere', '/v1/merchants/', '/V1/merchants', '/v1/merchants/%ff'])(
  'there is nothing at %s',
  async (path) => {
    expect(await api.call('get', path, network.operator)).toMatchObject(problem(404, 'not_found'))
  },
)

test('who opens the server in a browser is led to the reference', async () => {
  expect(await supertest(api.url).get('/')).toMatchObject({ status: 302, headers: { location: '/docs/' } })
})

test.each(['mer_1', 'net_01h455vb4pex5vsknk084sn02q', "' or 1=1 --", 'mer_81h455vb4pex5vsknk084sn02q'])(
  'an id that can be none (%s) is answered like an id of nothing',
  async (id) => {
    const answer = await api.call('get', `/v1/merchants/${encodeURIComponent(id)}`, network.operator)
    expect(answer).toMatchObject(problem(404, 'not_found'))
  },
)

test.each([
  ['NUL', 'Bak\u0000ery'],
  ['a control character', 'Bak\u001bery'],
  ['half a surrogate pair', 'Bak\ud800ery'],
  ['nothing but spaces', '   '],
  ['101 characters', 'x'.repeat(101)],
  ['a number', 7],
])('a name with %s is refused', async (_what, name) => {
  const answer = await api
    .call('post', '/v1/merchants', network.operator)
    .send(JSON.stringify({ name, issuing_limit: null }))
    .type('application/json')
  expect(answer).toMatchObject(problem(400, 'request_invalid'))
  expect(answer.body.errors[0].pointer).toBe('#/name')
})

test('a name is kept trimmed and composed', async () => {
  const id = await makeMerchant(api, network, { name: '  Cafe\u0301 🥐 ' })
  const { body } = await api.call('get', `/v1/merchants/${id}`, network.operator)
  expect(body.name).toBe('Café 🥐')
})

test.each(['9007199254740992', '9007199254740993', '-1', '1.5', '"1"', '1e400', 'true', '[]'])(
  'an issuing limit of %s is refused and not rounded',
  async (limit) => {
    const answer = await send('application/json', `{"name":"Bakery","issuing_limit":${limit}}`)
    expect(answer).toMatchObject(problem(400, 'request_invalid'))
    expect(answer.body.errors[0].pointer).toBe('#/issuing_limit')
  },
)

test('an issuing limit of 2^53 − 1 is kept to the last point', async () => {
  const id = await makeMerchant(api, network, { issuing_limit: Number.MAX_SAFE_INTEGER })
  const { text } = await api.call('get', `/v1/merchants/${id}`, network.operator)
  expect(text).toContain('"issuing_limit":9007199254740991')
})

test('`__proto__` is a field like any other that is not known', async () => {
  const answer = await send(
    'application/json',
    '{"name":"Bakery","issuing_limit":null,"__proto__":{"left":true}}',
  )
  expect(answer).toMatchObject(problem(400, 'request_invalid'))
})

test('the probes say that it runs and is ready', async () => {
  expect(await api.call('get', '/healthz')).toMatchObject({ status: 200, body: { status: 'ok' } })
  expect(await api.call('get', '/readyz')).toMatchObject({ status: 200, body: { status: 'ready' } })
})

test('the metrics count requests by route, never by address', async () => {
  await api.call('get', '/v1/nowhere/jana@example.org')
  const { status, text } = await api.call('get', '/metrics')
  expect(status).toBe(200)
  expect(text).toContain('route="/v1/merchants/{id}"')
  expect(text).not.toContain('jana')
})

test('answers carry the headers of a careful server and nothing of what it is made of', async () => {
  const { headers } = await api.call('get', '/healthz')
  expect(headers).toMatchObject({
    'x-content-type-options': 'nosniff',
    'strict-transport-security': expect.any(String),
    'content-security-policy': expect.any(String),
  })
  expect(headers).not.toHaveProperty('x-powered-by')
})

test('a caller is told how many requests are left', async () => {
  const { headers } = await api.call('get', '/v1/merchants', network.operator)
  expect(headers).toMatchObject({
    'ratelimit-limit': '10000',
    'ratelimit-remaining': expect.stringMatching(/^\d+$/),
    'ratelimit-reset': expect.stringMatching(/^\d+$/),
  })
})

test('the log holds no e-mail, password, key, token, query or body', async () => {
  const token = network.operator
  await api.call('post', '/v1/sessions').send({ ...testOperator, password: 'a wrong password' })
  await api.call('get', '/v1/merchants?after=jana%40example.org', token)
  await api.call('get', '/v1/merchants/jana@example.org', token)
  await api.call('post', '/v1/merchants', token).send('{"name":"jana@example.org').type('application/json')
  const logged = api.logged()
  expect(logged).toContain('"route":"/v1/merchants/{id}","status":404,"code":"not_found"')
  for (const secret of [
    '@example.org',
    '%40',
    testOperator.password,
    'wrong password',
    token,
    'Bearer',
    'headers',
    'bearer',
  ]) {
    expect(logged).not.toContain(secret)
  }
})

test.each([
  "update api.network set currency = 'USD'",
  'update api.network set notice_days = 0',
  'update api.person set is_deployment_operator = true',
  'update api.membership set person_uuid = person_uuid',
  'update api.till set merchant_id = 1',
  'update api.till set credential_id = 1',
  'update api.session set person_uuid = person_uuid',
  "update api.audit_event set outcome = 'done'",
  'delete from api.audit_event',
  'insert into api.audit_event (at) values (now())',
  'delete from api.merchant',
  'truncate api.till',
  'create table api.own (id int)',
  'alter table api.till disable trigger all',
])('the API’s own login may not: %s', async (statement) => {
  await expect(sql.raw(statement).execute(api.db)).rejects.toMatchObject({ code: '42501' })
})

test('what broke inside is logged and never answered', async () => {
  const broken = await startApi()
  onTestFinished(() => broken.close())
  await asAdmin(broken, 'alter table api.person rename column email to electronic_mail')
  const answer = await broken.call('post', '/v1/sessions').send(testOperator)
  expect(answer).toMatchObject(problem(500, 'internal'))
  expect(answer.text).not.toMatch(/person|column|email|select|\.ts/i)
  expect(broken.logged()).toContain(answer.body.request_id)
  expect(broken.logged()).toContain('a request failed')
  expect(broken.logged()).toContain('does not exist')
  expect(broken.logged()).not.toContain(testOperator.email)
})

test('while the database is away the answer is 503 with when to try again', async () => {
  const away = await startApi({ databaseUrl: 'postgres://nobody@127.0.0.1:1/nothing' })
  onTestFinished(() => away.close())
  for (const path of ['/readyz', '/v1/merchants']) {
    const answer = await away.call('get', path, `tk_${'A'.repeat(43)}`)
    expect(answer).toMatchObject(problem(503, 'unavailable'))
    expect(answer.headers['retry-after']).toBe('2')
  }
  expect(await away.call('get', '/healthz')).toMatchObject({ status: 200 })
})

async function send(type: string, body: string | Buffer) {
  const request = api.call('post', '/v1/merchants', network.operator).set('content-type', type)
  // As it is: superagent would turn it into JSON once more.
  return await request.serialize((raw) => raw as unknown as string).send(body as string)
}
