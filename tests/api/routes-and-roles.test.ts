import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { accessTokenSeconds, staffSessionSeconds } from '../../api/sessions/lifetimes.ts'
import { typeId } from '../../api/http/ids.ts'
import type { Role } from '../../api/tables.ts'
import { addStaff, makeTill, signInOperator, testOperator, type TestApi } from '../support/api.ts'
import { openHighStreet, type HighStreet } from '../support/high-street.ts'
import { makeThings, type Things } from './rights-things.ts'
import { callers, documentedAs, rights, type Caller, type Row, type Thing } from './rights-table.ts'

const foreigners = ['operator', 'auditor', 'owner', 'manager', 'cashier', 'till', 'customer'] as const
type Foreigner = (typeof foreigners)[number]

interface World {
  readonly tokens: Readonly<Record<Caller, string>>
  /** Of another network; of its own merchant and customer. */
  readonly foreign: Readonly<Record<Foreigner, string>>
  readonly things: Things
}

let street: HighStreet
let api: TestApi
let world: World

beforeAll(async () => {
  street = await openHighStreet({ redeem_without_qr_daily_max: 1000 })
  api = street.api
  world = await openWorld()
})
afterAll(() => street.close())

async function openWorld(): Promise<World> {
  const { network, bakery, bookshop } = street
  const customer = await street.join({ points: 100 })
  const otherCustomer = await street.join()
  const elsewhere = await street.elsewhere()
  const person = (role: Role, merchant: string | null) => addStaff(api, network, { role, merchant })
  const tokens = {
    till: bakery.key,
    otherTill: bookshop.key,
    cashier: await person('cashier', bakery.merchant),
    manager: await person('manager', bakery.merchant),
    owner: await person('owner', bakery.merchant),
    otherOwner: await person('owner', bookshop.merchant),
    operator: await person('operator', null),
    auditor: await person('auditor', null),
    customer: customer.token,
    otherCustomer: otherCustomer.token,
    deployment: await signInOperator(api),
  }
  const foreigner = (role: Role, merchant: string | null) =>
    addStaff(api, elsewhere.network, { role, merchant })
  const foreign = {
    operator: await foreigner('operator', null),
    auditor: await foreigner('auditor', null),
    owner: await foreigner('owner', elsewhere.bakery.merchant),
    manager: await foreigner('manager', elsewhere.bakery.merchant),
    cashier: await foreigner('cashier', elsewhere.bakery.merchant),
    till: elsewhere.bakery.key,
    customer: (await elsewhere.join()).token,
  }
  const things = await makeThings(street, { tokens, customer })
  return { tokens, foreign, things }
}

/** Calls a route of the table as somebody; undefined: as nobody. */
async function call(
  row: Row,
  token: string | undefined,
  things: Things,
): Promise<{ status: number; code?: string }> {
  const [method = '', address = ''] = row.call.split(' ')
  const fill = async (text: string) => {
    let filled = text
    for (const [placeholder, name] of text.matchAll(/\{(\w+)\}/g)) {
      filled = filled.replace(placeholder, await things[name as Thing]())
    }
    return filled
  }
  const request = api
    .call(method.toLowerCase() as 'get', await fill(address), token)
    .set('Idempotency-Key', randomUUID())
    .set('Tally-Refresh', '1')
  if (row.body === undefined && (method === 'GET' || method === 'DELETE')) return readAnswer(await request)
  const body = await fill(JSON.stringify(row.body ?? {}))
  return readAnswer(await request.set('Content-Type', 'application/json').send(body))
}

function readAnswer({ status, body }: { status: number; body: { code?: string } }) {
  return { status, ...(body.code !== undefined && { code: body.code }) }
}

/** `nothing`: forbidden or hidden; either tells nothing of what is there. */
type Cell = 'may' | 'hidden' | 'forbidden' | 'nothing'

function cellOf(row: Row, caller: Caller): Cell {
  if (row.may === 'anyone' || row.may.split(' ').includes(caller)) return 'may'
  return row.hidden?.split(' ').includes(caller) ? 'hidden' : 'forbidden'
}

function fits(cell: Cell, { status, code }: { status: number; code?: string }): boolean {
  if (cell === 'hidden') return status === 404
  if (cell === 'nothing') return status === 404 || code === 'forbidden'
  if (cell === 'forbidden') return status === 403 && code === 'forbidden'
  return status < 500 && ![401, 404].includes(status) && code !== 'forbidden'
}

/** All cells that are not as the table says, so that one run shows them all. */
async function findWrong(
  tries: readonly { row: Row; who: string; token: string | undefined; cell: Cell }[],
  things = world.things,
) {
  const wrong: object[] = []
  for (const { row, who, token, cell } of tries) {
    const answer = await call(row, token, things)
    if (!fits(cell, answer)) wrong.push({ call: row.call, who, should: cell, ...answer })
  }
  return wrong
}

const guarded = rights.filter(({ may }) => may !== 'anyone')

const shapeOf = (route: string) => route.replace(/\?.*/, '').replaceAll(/\{\w+\}/g, '{}')

/** Every route of the OpenAPI document, by its shape, with whom the document says it is for. */
async function readDocument(): Promise<Map<string, string[]>> {
  const { body } = await api.call('get', '/openapi.json')
  const paths = Object.entries(body.paths as Record<string, Record<string, { description: string }>>)
  const routes = paths.flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { description }]): [string, string[]] => {
      const [, who = ''] = /^Who: (.*)\.$/m.exec(description) ?? []
      return [shapeOf(`${method.toUpperCase()} ${path}`), who.split(', ').toSorted()]
    }),
  )
  return new Map(routes)
}

test('every route has its row, and every row its route', async () => {
  const routes = await readDocument()
  expect(rights.map(({ call }) => shapeOf(call)).toSorted()).toEqual([...routes.keys()].toSorted())
})

test('the document says of every route who may call it', async () => {
  const routes = await readDocument()
  const wrong = rights.flatMap(({ call, may, hidden = '', sometimes = '' }) => {
    // To whom something of others is hidden has their own there.
    const named = `${may} ${hidden} ${sometimes}`.split(' ').filter((who) => who !== '')
    const kinds = new Set(named.map((who) => documentedAs[who as Caller] ?? who))
    const should = [...kinds].toSorted()
    const says = routes.get(shapeOf(call))
    return String(says) === String(should) ? [] : [{ call, says, should }]
  })
  expect(wrong).toEqual([])
})

test('everyone may do what their role says, and nothing else: every route as every caller', async () => {
  const tries = rights.flatMap((row) =>
    callers.map((who) => ({ row, who, token: world.tokens[who], cell: cellOf(row, who) })),
  )
  expect(await findWrong(tries)).toEqual([])
}, 300_000)

test('without a credential only the few routes for anyone answer', async () => {
  const nobody = { who: 'nobody', token: undefined }
  expect(await findLetIn(guarded.map((row) => ({ row, ...nobody })))).toEqual([])
  const open = rights.filter(({ may }) => may === 'anyone')
  expect(await findWrong(open.map((row) => ({ row, ...nobody, cell: 'may' as const })))).toEqual([])
})

test('to another network all of this does not exist', async () => {
  const naming = rights.filter(({ call, may }) => call.includes('{') && may !== 'anyone')
  const tries = naming.flatMap((row) =>
    foreigners.map((who) => {
      const forbidden = cellOf(row, who) === 'forbidden'
      return {
        row,
        who,
        token: world.foreign[who],
        cell: forbidden ? ('nothing' as const) : ('hidden' as const),
      }
    }),
  )
  expect(await findWrong(tries, madeOnce(world.things))).toEqual([])
}, 120_000)

/** The things, of each the same one again and again: enough for who can do nothing to it. */
function madeOnce(things: Things): Things {
  const made = new Map<Thing, string | Promise<string>>()
  const once = (name: Thing) => {
    const thing = made.get(name) ?? things[name]()
    made.set(name, thing)
    return thing
  }
  const names = Object.keys(things) as Thing[]
  return Object.fromEntries(names.map((name) => [name, () => once(name)])) as Things
}

/** Everyone who signs in, with a token that ends with this test. */
async function signEveryoneIn() {
  const { network, bakery } = street
  const person = (role: Role, merchant: string | null) => addStaff(api, network, { role, merchant })
  return {
    cashier: await person('cashier', bakery.merchant),
    manager: await person('manager', bakery.merchant),
    owner: await person('owner', bakery.merchant),
    operator: await person('operator', null),
    auditor: await person('auditor', null),
    customer: (await street.join()).token,
    deployment: await signInOperator(api),
  }
}

/** A till of the bakery with somebody switched on there: `staff` is sent as `Tally-Staff`. */
async function switchOn(): Promise<{ key: string; staff: string; person: string }> {
  const { network, bakery } = street
  const { key } = await makeTill(api, network, bakery.merchant)
  const email = `${randomUUID()}@example.org`
  const invited = await api
    .call('post', `/v1/merchants/${bakery.merchant}/staff`, network.operator)
    .send({ email, name: 'Casey', role: 'cashier' })
  const token = /^[\w-]{43}$/m.exec(api.letters.findLast(({ to }) => to === email)?.text ?? '')?.[0]
  const { password } = testOperator
  await api.call('post', '/v1/invitations').send({ token, password })
  const signedIn = await api.call('post', '/v1/sessions').send({ email, password })
  await api.call('put', '/v1/pin', signedIn.body.token).send({ pin: '2580', password })
  const person = invited.body.id
  const begun = await api.call('post', '/v1/tills/staff-sessions', key).send({ person, pin: '2580' })
  const staff = begun.body.token
  expect(await api.call('get', '/v1/tills/self', key).set('Tally-Staff', staff)).toMatchObject({
    status: 200,
  })
  return { key, staff, person }
}

/** A key of the bakery's that a till had until it got another. */
async function rotateAway(overlapHours: number): Promise<string> {
  const { network, bakery } = street
  const { id, key } = await makeTill(api, network, bakery.merchant)
  const path = `/v1/merchants/${bakery.merchant}/tills/${id}/rotate`
  const rotated = await api.call('post', path, network.operator).send({ overlap_hours: overlapHours })
  expect(rotated.status).toBe(200)
  return key
}

interface Credential {
  readonly token: string | undefined
  readonly staff?: string
}

/** Every route as each of these. */
function triesOf(credentials: Readonly<Record<string, string | Credential>>) {
  return guarded.flatMap((row) =>
    Object.entries(credentials).map(([who, credential]) => ({
      row,
      who,
      ...(typeof credential === 'string' ? { token: credential } : credential),
    })),
  )
}

test('a revoked till and people who were signed out get nowhere', async () => {
  const { network, bakery } = street
  const till = await makeTill(api, network, bakery.merchant)
  await api.call('delete', `/v1/merchants/${bakery.merchant}/tills/${till.id}`, network.operator)
  const rotated = await rotateAway(0)
  const people = await signEveryoneIn()
  for (const token of Object.values(people)) await api.call('delete', '/v1/sessions', token)
  const { key: token, staff, person } = await switchOn()
  await api.call('delete', `/v1/merchants/${bakery.merchant}/staff/${person}`, network.operator)
  const removed = { token, staff }
  expect(await findLetIn(triesOf({ till: till.key, rotated, removed, ...people }))).toEqual([])
  expect(await api.call('get', '/v1/tills/self', token)).toMatchObject({ status: 200 })
}, 300_000)

test('tokens whose time is up get nowhere', async () => {
  const rotated = await rotateAway(1)
  expect(await api.call('get', '/v1/tills/self', rotated)).toMatchObject({ status: 200 })
  const { key: token, staff } = await switchOn()
  const tries = triesOf({ rotated, shiftOver: { token, staff }, ...(await signEveryoneIn()) })
  const later = new Date(Date.now() + (Math.max(accessTokenSeconds, staffSessionSeconds) + 1) * 1000)
  // Things are made by callers whose tokens are good, so the clock moves for the try alone.
  expect(await findLetIn(tries, later)).toEqual([])
}, 300_000)

/** Each try from an address of its own: many that are refused from one are slowed, which is another promise. */
async function findLetIn(
  tries: readonly ({ row: Row; who: string } & Credential)[],
  now: Date | null = null,
) {
  const wrong: object[] = []
  let address = 0
  for (const { row, who, token, staff } of tries) {
    const [method = '', path = ''] = row.call.split(' ')
    // What the address names does not matter to whom nobody knows.
    const request = api
      .call(method.toLowerCase() as 'get', path.replaceAll(/\{\w+\}/g, typeId('mer', randomUUID())), token)
      .set('x-forwarded-for', `198.51.100.${++address % 250}`)
      .set('Idempotency-Key', randomUUID())
    if (staff !== undefined) request.set('Tally-Staff', staff)
    api.clock.now = now
    const answer = readAnswer(await request)
    api.clock.now = null
    if (answer.status !== 401) wrong.push({ call: row.call, who, ...answer })
  }
  return wrong
}
