import { randomUUID } from 'node:crypto'
import type { Pool } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readDocument } from '../../api/client/document.ts'
import { addStaff, testOperator, type TestApi } from '../support/api.ts'
import { answered, callAs } from '../support/calls.ts'
import { openDigests } from '../support/digest-tables.ts'
import { openHighStreet, type Customer, type HighStreet } from '../support/high-street.ts'
import { testPool } from '../support/scratch.ts'

// Ids in addresses are tried in routes-and-roles.test.ts; here those in bodies and query strings.

type Who = 'till' | 'owner' | 'manager' | 'operator' | 'customer'

/** A network with what an id of it can name. */
interface Side {
  readonly street: HighStreet
  readonly tokens: Readonly<Record<Who, string>>
  readonly customer: Customer
  /** Somebody else with a wallet. */
  readonly friend: Customer
  /** Of the first customer. */
  readonly customerId: string
  /** A member of staff with a PIN. */
  readonly cashier: string
}

interface Row {
  /** Method, path and field, as in the OpenAPI document. */
  readonly place: string
  readonly as: Who
  /** Makes what the id names. */
  readonly id: (side: Side) => string | Promise<string>
  /** What is sent with it by somebody of `own`; a path where it differs from the place's. */
  readonly send: (
    id: string,
    own: Side,
  ) => { path?: string; body?: object } | Promise<{ path?: string; body?: object }>
  /** How an id of another network is answered. `nothing`: with an empty list. */
  readonly answer: { status: number; code: string } | 'nothing'
}

const pin = '749205'
const notFound = { status: 404, code: 'not_found' }
// As what nobody made, or never was: it isn't told apart.
const notGenuine = { status: 422, code: 'qr_not_genuine' }
const notPresent = { status: 409, code: 'person_not_present' }
const pinWrong = { status: 422, code: 'pin_wrong' }
const invalid = { status: 400, code: 'request_invalid' }
const wallet = ({ friend }: Side) => friend.wallet
const merchant = ({ street }: Side) => street.bakery.merchant
const till = ({ street }: Side) => street.bakery.till
const sale = (own: Side) => ({ ...own.street.bakery.sale(), amount_minor: 1000 })
const taking = () => ({ points: 1, reference: randomUUID() })
const rule = (id: string) => ({
  points_per_currency_unit: '1',
  rounding: 'down',
  multipliers: [{ factor: '2', merchants: [id] }],
})

async function identification({ street, customer }: Side): Promise<string> {
  const { status, body } = await street.bakery.post('/v1/identifications', { qr: await customer.showQr() })
  expect(status).toBe(201)
  return body.identification
}

async function transaction({ street, customer }: Side): Promise<string> {
  const { status, body } = await street.bakery.buy({ wallet: customer.wallet, amount_minor: 1000 })
  expect(status).toBe(201)
  return body.transaction
}

const consent = { purpose: 'offers', channel: 'email', given: true, wording_version: '1' }

const table: readonly Row[] = [
  ...(['purchases', 'redemptions', 'holds'] as const).flatMap((route): Row[] => {
    const more = (own: Side) => (route === 'purchases' ? sale(own) : taking())
    const place = `POST /v1/${route}`
    return [
      {
        place: `${place} wallet`,
        as: 'till',
        id: wallet,
        send: (id, own) => ({ body: { wallet: id, ...more(own) } }),
        answer: notFound,
      },
      {
        place: `${place} identification`,
        as: 'till',
        id: identification,
        send: (id, own) => ({ body: { identification: id, ...more(own) } }),
        answer: notFound,
      },
      {
        place: `${place} qr`,
        as: 'till',
        id: ({ customer }) => customer.showQr(),
        send: (qr, own) => ({ body: { qr, ...more(own) } }),
        answer: notGenuine,
      },
    ]
  }),
  {
    place: 'POST /v1/identifications qr',
    as: 'till',
    id: ({ customer }) => customer.showQr(),
    send: (qr) => ({ body: { qr } }),
    answer: notGenuine,
  },
  {
    place: 'POST /v1/transactions/{id}/moves to',
    as: 'manager',
    id: wallet,
    send: async (to, own) => ({
      path: `/v1/transactions/${await transaction(own)}/moves`,
      body: { to, reason: 'wrong customer' },
    }),
    answer: notFound,
  },
  {
    place: 'POST /v1/gifts to',
    as: 'customer',
    id: wallet,
    send: (to) => ({ body: { to, points: 1 } }),
    answer: notFound,
  },
  {
    place: 'POST /v1/goodwill wallet',
    as: 'manager',
    id: wallet,
    send: (id) => ({ body: { wallet: id, points: 1, reason: 'sorry' } }),
    answer: notFound,
  },
  {
    place: 'POST /v1/adjustments wallet',
    as: 'manager',
    id: wallet,
    send: (id) => ({ body: { wallet: id, points: 1, reason: 'forgotten' } }),
    answer: notFound,
  },
  {
    place: 'POST /v1/adjustments merchant',
    as: 'operator',
    id: merchant,
    send: (id, own) => ({
      body: { merchant: id, wallet: own.friend.wallet, points: 1, reason: 'forgotten' },
    }),
    answer: notFound,
  },
  {
    place: 'POST /v1/tills/staff-sessions person',
    as: 'till',
    id: ({ cashier }) => cashier,
    send: (person) => ({ body: { person, pin } }),
    answer: pinWrong,
  },
  {
    place: 'PUT /v1/rules/earning multipliers.merchants',
    as: 'operator',
    id: merchant,
    send: (id) => ({ body: { ...rule(id), expires_after_months: null } }),
    answer: invalid,
  },
  {
    place: 'POST /v1/rules/earning/simulations multipliers.merchants',
    as: 'operator',
    id: merchant,
    send: (id) => ({ body: { ...rule(id), months: 1 } }),
    answer: invalid,
  },
  {
    place: 'POST /v1/rules/earning/dry-run merchant',
    as: 'operator',
    id: merchant,
    send: (id) => ({ body: { merchant: id, amount_minor: 1000 } }),
    answer: notFound,
  },
  {
    place: 'POST /v1/rules/earning/dry-run wallet',
    as: 'operator',
    id: wallet,
    send: (id, own) => ({ body: { merchant: merchant(own), wallet: id, amount_minor: 1000 } }),
    answer: notFound,
  },
  {
    place: 'PATCH /v1/customers/{id} identification',
    as: 'till',
    id: identification,
    send: (id, own) => ({
      path: `/v1/customers/${own.customerId}`,
      body: { identification: id, name: 'Ada' },
    }),
    answer: notPresent,
  },
  {
    place: 'POST /v1/customers/{id}/cards identification',
    as: 'till',
    id: identification,
    send: (id, own) => ({
      path: `/v1/customers/${own.customerId}/cards`,
      body: { identification: id, card: `29${Date.now()}` },
    }),
    answer: notPresent,
  },
  {
    place: 'PUT /v1/consents controller',
    as: 'customer',
    id: merchant,
    send: (id) => ({ body: { ...consent, controller: id } }),
    answer: notFound,
  },
  {
    place: 'PUT /v1/consents identification',
    as: 'till',
    id: identification,
    send: (id, own) => ({ body: { ...consent, controller: merchant(own), identification: id } }),
    answer: notPresent,
  },
  {
    place: 'GET /v1/consents identification',
    as: 'till',
    id: identification,
    send: (id) => ({ path: `/v1/consents?identification=${id}` }),
    answer: notPresent,
  },
  ...(
    [
      ['wallet', ({ customer }) => customer.wallet],
      ['merchant', merchant],
      ['till', till],
    ] as [string, Row['id']][]
  ).map(([field, id]): Row => ({
    place: `GET /v1/transactions ${field}`,
    as: 'operator',
    id,
    send: (asked) => ({ path: `/v1/transactions?${field}=${asked}` }),
    answer: notFound,
  })),
  ...(['merchant', 'till'] as const).map((field): Row => ({
    place: `GET /v1/reports/day ${field}`,
    as: 'operator',
    id: field === 'till' ? till : merchant,
    send: (id) => ({ path: `/v1/reports/day?${field}=${id}` }),
    answer: notFound,
  })),
  {
    place: 'GET /v1/audit-events subject',
    as: 'operator',
    id: merchant,
    send: (id) => ({ path: `/v1/audit-events?subject=${id}` }),
    answer: 'nothing',
  },
  {
    place: 'GET /v1/audit-events actor',
    as: 'operator',
    id: ({ cashier }) => cashier,
    send: (id) => ({ path: `/v1/audit-events?actor=${id}` }),
    answer: 'nothing',
  },
]

let api: TestApi
let admin: Pool
let digest: () => Promise<Record<string, string>>
let here: Side
let elsewhere: Side

beforeAll(async () => {
  const street = await openHighStreet({ redeem_without_qr_daily_max: 1000 })
  api = street.api
  admin = testPool(api.adminUrl)
  digest = await openDigests(admin)
  here = await makeSide(street)
  elsewhere = await makeSide(await street.elsewhere())
})
afterAll(async () => {
  await admin.end()
  await api.close()
})

async function makeSide(street: HighStreet): Promise<Side> {
  const { network, bakery } = street
  const person = (role: 'owner' | 'manager' | 'cashier') =>
    addStaff(api, network, { role, merchant: bakery.merchant })
  const customer = await street.join({ points: 100 })
  const { id: customerId } = (await bakery.post('/v1/customers', { email: customer.email })).body
  const path = { slug: network.slug }
  const body = { goodwill_daily_max: 1000 }
  await answered(callAs(api, network.operator).PATCH('/v1/networks/{slug}', { params: { path }, body }))
  const clerk = callAs(api, await person('cashier'))
  await answered(clerk.PUT('/v1/pin', { body: { pin, password: testOperator.password } }))
  const staff = await answered(callAs(api, bakery.key).GET('/v1/tills/staff'))
  return {
    street,
    customer,
    friend: await street.join(),
    customerId,
    cashier: staff.data[0]!.id,
    tokens: {
      till: bakery.key,
      owner: await person('owner'),
      manager: await person('manager'),
      operator: network.operator,
      customer: customer.token,
    },
  }
}

/** Sends a row's request as somebody here; `before`: how the tables stood once all it names was made. */
async function ask(row: Row, side: Side) {
  const [method = '', place = ''] = row.place.split(' ')
  const { path = place, body } = await row.send(await row.id(side), here)
  const before = await digest()
  const request = api
    .call(method.toLowerCase() as 'get', path, here.tokens[row.as])
    .set('Idempotency-Key', randomUUID())
  const answer = body ? await request.send(body) : await request
  return { answer, before }
}

test('every route that takes an id in its body or query string is in the table', async () => {
  const { paths, components } = await readDocument()
  const schemas = (components as { schemas: Record<string, object> }).schemas
  const found = Object.entries(paths as Record<string, Record<string, any>>).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { requestBody, parameters = [] }]) => {
      const body = requestBody?.content?.['application/json']?.schema
      const query = parameters.filter((each: any) => each.in === 'query' && each.name !== 'after')
      const fields = [
        ...(body ? listIds(body, schemas) : []),
        ...query.flatMap(({ name, schema }: any) => listIds(schema, schemas, [name])),
      ]
      return fields.map((field) => `${method.toUpperCase()} ${path} ${field}`)
    }),
  )
  // A QR and the actor of an event are not written as ids in the document.
  const inDocument = (place: string) => !/ (qr|actor)$/.test(place)
  expect(
    table
      .map(({ place }) => place)
      .filter(inDocument)
      .toSorted(),
  ).toEqual([...new Set(found)].toSorted())
})

/** The fields of a schema that hold ids. */
function listIds(reference: any, schemas: Record<string, object>, at: string[] = []): string[] {
  const schema = reference.$ref ? (schemas[reference.$ref.split('/').at(-1)] as any) : reference
  const isId = /^\^(\w{3}|\[a-z\]\{3\})_/.test(schema.pattern ?? '')
  return [
    ...(isId ? [at.join('.')] : []),
    ...[...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].flatMap((each) => listIds(each, schemas, at)),
    ...Object.entries(schema.properties ?? {}).flatMap(([name, each]) =>
      listIds(each, schemas, [...at, name]),
    ),
    ...(schema.items ? listIds(schema.items, schemas, at) : []),
  ]
}

test.each(table)('$place: what is another network’s does not exist, and nothing moves', async (row) => {
  const { answer, before } = await ask(row, elsewhere)
  const { status, body } = answer
  const { data, code } = body
  const told = row.answer === 'nothing' ? { status: 200, data: [], code: undefined } : row.answer
  expect({ status, data, code }).toEqual({ data: undefined, ...told })
  expect(await digest()).toEqual(before)
  // It is for the id alone that it was refused.
  const own = await ask(row, here)
  expect({ status: own.answer.status, body: own.answer.body }).toMatchObject({
    status: expect.toSatisfy((each) => each < 300),
  })
  expect(own.answer.body.data).not.toEqual([])
})

test('a list goes on after an id of another network without telling of it', async () => {
  const { network, bakery } = here.street
  const staff = `/v1/merchants/${bakery.merchant}`
  const lists: readonly [path: string, as: Who, after: string][] = [
    ['/v1/merchants', 'operator', elsewhere.street.bakery.merchant],
    [`${staff}/staff`, 'operator', elsewhere.cashier],
    [`${staff}/tills`, 'operator', elsewhere.street.bakery.till],
    ['/v1/operators', 'operator', elsewhere.cashier],
    ['/v1/auditors', 'operator', elsewhere.cashier],
    ['/v1/customers', 'till', elsewhere.customerId],
  ]
  for (const [path, as, after] of lists) {
    const { status, text } = await api.call('get', `${path}?after=${after}`, here.tokens[as])
    expect(status, path).toBeLessThan(500)
    for (const foreign of [elsewhere.street.bakery, elsewhere.street.bookshop]) {
      expect(text).not.toContain(foreign.merchant)
      expect(text).not.toContain(foreign.till)
    }
    expect(text).not.toContain(elsewhere.street.network.slug)
  }
  expect(network.slug).not.toBe(elsewhere.street.network.slug)
})
