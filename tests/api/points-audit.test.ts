import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { finishMoves } from '../../api/transactions/finish-moves.ts'
import { addStaff, asAdmin } from '../support/api.ts'
import { waitUntilWaiting } from '../support/barrier.ts'
import { openHighStreet, type Customer, type HighStreet } from '../support/high-street.ts'
import { testPool } from '../support/scratch.ts'

// Points that people gave, took back or moved are in the audit trail, with the posting or not at all.

let street: HighStreet
let manager: string
let owner: string

beforeAll(async () => {
  street = await openHighStreet()
  const { merchant } = street.bakery
  manager = await addStaff(street.api, street.network, { role: 'manager', merchant })
  owner = await addStaff(street.api, street.network, { role: 'owner', merchant })
})
afterAll(() => street.close())

async function ask(token: string, path: string, body: object, key: string = randomUUID()) {
  return await street.api.call('post', path, token).set('Idempotency-Key', key).send(body)
}

async function eventsOf(operation: string) {
  const { status, body } = await street.api.call(
    'get',
    `/v1/audit-events?operation=${operation}&limit=200`,
    street.network.operator,
  )
  expect(status).toBe(200)
  return body.data as { subjects: string[]; [field: string]: unknown }[]
}

/** Sells to somebody for so many points. */
async function sell({ wallet }: Customer, points = 20): Promise<string> {
  const { status, body } = await street.bakery.buy({ wallet, amount_minor: points * 100 })
  expect(status).toBe(201)
  return body.transaction
}

/** Nobody can write into the trail any more, until `repair`. */
async function breakTrail() {
  await asAdmin(
    street.api,
    `create function public.no_trail() returns trigger language plpgsql as 'begin raise exception $$no trail$$; end';
     create trigger no_trail before insert on api.audit_event for each row execute function public.no_trail()`,
  )
  const repair = () => asAdmin(street.api, 'drop function if exists public.no_trail cascade')
  onTestFinished(repair)
  return repair
}

test('goodwill is in it, once however often it is sent', async () => {
  const ada = await street.join()
  const key = randomUUID()
  const given = { wallet: ada.wallet, points: 5, reason: 'Ada waited long' }
  const first = await ask(manager, '/v1/goodwill', given, key)
  expect(first).toMatchObject({ status: 201 })
  expect(await ask(manager, '/v1/goodwill', given, key)).toMatchObject({ status: 201, body: first.body })
  const events = await eventsOf('postGoodwill')
  expect(events).toMatchObject([
    {
      outcome: 'done',
      actor: { kind: 'staff', role: 'manager' },
      merchant: street.bakery.merchant,
      subjects: [first.body.transaction, ada.wallet],
      request_id: expect.any(String),
      address: expect.any(String),
    },
  ])
  expect(JSON.stringify(events)).not.toContain('waited')
})

test('what a person of the shop reverses is in it; what a till reverses the log itself tells', async () => {
  const ada = await street.join()
  const sale = await sell(ada)
  const path = `/v1/transactions/${sale}/reversals`
  expect(await street.bakery.post(path, { points: 1, reason: 'one' })).toMatchObject({ status: 201 })
  expect(await eventsOf('postReversal')).toEqual([])
  const { status, body } = await ask(owner, path, { reason: 'came back' })
  expect(status).toBe(201)
  expect(await eventsOf('postReversal')).toMatchObject([
    { outcome: 'done', actor: { role: 'owner' }, subjects: [body.transaction, sale] },
  ])
  expect(await ask(owner, path, { reason: 'came back again' })).toMatchObject({ status: 409 })
  expect(await eventsOf('postReversal')).toHaveLength(1)
})

test('what a person of the shop moves is in it, once', async () => {
  const [wrong, right] = [await street.join(), await street.join()]
  const sale = await sell(wrong)
  const key = randomUUID()
  const asked = { to: right.wallet, reason: 'the wrong customer' }
  const { status, body } = await ask(manager, `/v1/transactions/${sale}/moves`, asked, key)
  expect(status).toBe(201)
  await ask(manager, `/v1/transactions/${sale}/moves`, asked, key)
  expect(await eventsOf('postMove')).toMatchObject([
    { actor: { role: 'manager' }, subjects: [body.transaction, body.reversal, sale, right.wallet] },
  ])
})

test('a move that was cut off and is finished in the background is in it too', async () => {
  const [wrong, right] = [await street.join(), await street.join()]
  const sale = await sell(wrong)
  const before = await eventsOf('postMove')
  const repair = await breakTrail()
  const asked = { to: right.wallet, reason: 'the wrong customer' }
  expect(await ask(manager, `/v1/transactions/${sale}/moves`, asked)).toMatchObject({ status: 500 })
  expect([await wrong.available(), await right.available()]).toEqual([20, 0])
  await repair()
  await asAdmin(street.api, `update api.begun_move set begun_at = now() - interval '1 minute'`)
  await finishMoves({ db: street.api.db, ledger: street.api.ledger })
  expect([await wrong.available(), await right.available()]).toEqual([0, 20])
  expect(await eventsOf('postMove')).toEqual(before)
  const [finished] = await eventsOf('finish-move')
  expect(finished).toMatchObject({ actor: { kind: 'system' }, merchant: street.bakery.merchant })
  expect(finished!.subjects).toEqual(expect.arrayContaining([sale, right.wallet]))
})

test('a gift is in it, without who received it', async () => {
  const [ada, bea] = [await street.join({ points: 10 }), await street.join()]
  const { status, body } = await ada.post('/v1/gifts', { to_email: bea.email, points: 3 })
  expect(status).toBe(201)
  const events = await eventsOf('postGift')
  expect(events).toMatchObject([
    { actor: { kind: 'customer' }, merchant: null, subjects: [body.transaction, ada.wallet] },
  ])
  expect(JSON.stringify(events)).not.toContain(bea.email)
  expect(JSON.stringify(events)).not.toContain(bea.wallet)
})

test('what a customer collects is in it, each sale with its posting', async () => {
  const { body: claim } = await street.bakery.post('/v1/claims', undefined, null)
  const { body: sold } = await street.bakery.buy({ wallet: claim.wallet, amount_minor: 700 })
  const ada = await street.join()
  expect(await ada.post('/v1/claims/collections', { code: claim.code })).toMatchObject({ status: 201 })
  const events = (await eventsOf('collectClaim')).filter(({ subjects }) =>
    subjects.includes(sold.transaction),
  )
  expect(events).toMatchObject([{ actor: { kind: 'customer' }, merchant: null }])
  // Nor does the shop learn where they were.
  const { text } = await street.api.call('get', '/v1/audit-events?operation=collectClaim', owner)
  expect(JSON.parse(text).data).toEqual([])
})

test('approving a correction is in it once for each who approves, not for each time they ask', async () => {
  const ada = await street.join()
  const wanted = { wallet: ada.wallet, points: 4, reason: 'stamped twice' }
  const asked = await street.api.call('post', '/v1/adjustments', owner).send(wanted)
  const path = `/v1/adjustments/${asked.body.id}/approval`
  const approved = await ask(manager, path, {})
  expect(approved).toMatchObject({ status: 201 })
  expect(await ask(manager, path, {})).toMatchObject({ status: 201 })
  expect(await eventsOf('approveAdjustment')).toMatchObject([
    { actor: { role: 'manager' }, subjects: [approved.body.transaction, asked.body.id] },
  ])
})

test('a process that is cut off while it writes into it holds nobody up for long', async () => {
  const ada = await street.join()
  await asAdmin(
    street.api,
    `create function public.demand_end() returns trigger language plpgsql as
       'begin if current_setting($$idle_in_transaction_session_timeout$$) <> $$5s$$ then raise exception $$too long$$; end if;
        return new; end';
     create trigger demand_end before insert on api.audit_event for each row
       when (new.operation = 'postGoodwill') execute function public.demand_end()`,
  )
  onTestFinished(() => asAdmin(street.api, 'drop function public.demand_end cascade'))
  const given = { wallet: ada.wallet, points: 5, reason: 'Ada waited long' }
  expect(await ask(manager, '/v1/goodwill', given)).toMatchObject({ status: 201 })
})

test('while one network’s head is held, people of another post', async () => {
  const [other, ada] = [await street.elsewhere(), await street.join()]
  const bo = await other.join()
  const role = { role: 'manager', merchant: other.bakery.merchant } as const
  const theirManager = await addStaff(street.api, other.network, role)
  const give = (token: string, { wallet }: Customer) =>
    ask(token, '/v1/goodwill', { wallet, points: 5, reason: 'A long wait' })
  const admin = testPool(street.api.adminUrl)
  const holder = await admin.connect()
  await holder.query('begin')
  await holder.query(
    'select from ledger.head where network_id = (select network_id from api.network where slug = $1) for update',
    [street.network.slug],
  )
  const [held, second] = [give(manager, ada), give(owner, ada)]
  await waitUntilWaiting(admin, 1)
  expect(await give(theirManager, bo)).toMatchObject({ status: 201 })
  await holder.query('rollback')
  holder.release()
  expect([(await held).status, (await second).status]).toEqual([201, 201])
  await admin.end()
})

test('what can not be written into it does not happen: points that a person moves stay where they are', async () => {
  const [ada, bea] = [await street.join({ points: 20 }), await street.join()]
  const sale = await sell(ada)
  const wanted = { wallet: ada.wallet, points: 4, reason: 'stamped twice' }
  const asked = await street.api.call('post', '/v1/adjustments', owner).send(wanted)
  const tries: [string, string, object][] = [
    [manager, '/v1/goodwill', { wallet: ada.wallet, points: 5, reason: 'sorry' }],
    [manager, `/v1/transactions/${sale}/reversals`, { reason: 'came back' }],
    [manager, `/v1/adjustments/${asked.body.id}/approval`, {}],
    [ada.token, '/v1/gifts', { to: bea.wallet, points: 3 }],
  ]
  const keys = tries.map(() => randomUUID())
  const repair = await breakTrail()
  for (const [i, [token, path, body]] of tries.entries()) {
    expect(await ask(token, path, body, keys[i])).toMatchObject({ status: 500 })
  }
  expect([await ada.available(), await bea.available()]).toEqual([40, 0])
  // Tills go on: what they post is in the log alone.
  expect(await street.bakery.buy({ wallet: bea.wallet, amount_minor: 100 })).toMatchObject({ status: 201 })
  await repair()
  for (const [i, [token, path, body]] of tries.entries()) {
    expect(await ask(token, path, body, keys[i])).toMatchObject({ status: 201 })
  }
  expect([await ada.available(), await bea.available()]).toEqual([26, 4])
})
