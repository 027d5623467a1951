import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { uuidOf } from '../../api/http/ids.ts'
import { writeContent } from '../../api/transactions/content.ts'
import { finishMoves } from '../../api/transactions/finish-moves.ts'
import { post, type Minor, type NetworkId } from '../../ledger/index.ts'
import { addStaff, asAdmin } from '../support/api.ts'
import { whileHeadIsHeld } from '../support/barrier.ts'
import { openHighStreet, type HighStreet, type Shop } from '../support/high-street.ts'
import { testPool } from '../support/scratch.ts'
import { findFaults } from '../support/stage.ts'

let street: HighStreet
let cashier: string
let neighbour: string

beforeAll(async () => {
  street = await openHighStreet()
  cashier = await addStaff(street.api, street.network, { role: 'cashier', merchant: street.bakery.merchant })
  neighbour = await addStaff(street.api, street.network, {
    role: 'manager',
    merchant: street.bookshop.merchant,
  })
})
afterAll(() => street.close())

function move(sale: string, to: string, { key = crypto.randomUUID() as string, token = cashier } = {}) {
  return street.api
    .call('post', `/v1/transactions/${sale}/moves`, token)
    .set('Idempotency-Key', key)
    .send({ to, reason: 'the wrong customer' })
}

async function sell(wallet: string, fields: object = {}) {
  const occurredAt = new Date(Date.now() - 3_600_000).toISOString()
  const { status, body } = await street.bakery.buy({
    wallet,
    amount_minor: 2000,
    eligible_amount_minor: 1500,
    occurred_at: occurredAt,
    ...fields,
  })
  expect(status).toBe(201)
  return { sale: body.transaction as string, occurredAt }
}

describe('a purchase of the wrong customer', () => {
  test('is moved with its time and amounts, and is there once', async () => {
    const [wrong, right] = [await street.join(), await street.join()]
    const { sale, occurredAt } = await sell(wrong.wallet)
    const moved = await move(sale, right.wallet)
    expect(moved).toMatchObject({ status: 201, body: { points: 15, wallet: { available: 15 } } })
    expect(await wrong.available()).toBe(0)
    expect(await right.available()).toBe(15)
    const { body: was } = await street.bakery.get(`/v1/transactions/${sale}`)
    const { body: is } = await street.bakery.get(`/v1/transactions/${moved.body.transaction}`)
    expect(is).toMatchObject({
      kind: 'issue',
      wallet: right.wallet,
      amount_minor: 2000,
      occurred_at: occurredAt,
      rule_version: was.rule_version,
    })
    const reversal = await street.bakery.get(`/v1/transactions/${moved.body.reversal}`)
    expect(reversal.body).toMatchObject({ kind: 'reverse', target: sale, wallet: wrong.wallet })
  })

  test('sent twice with one key is moved once, and answers the same', async () => {
    const [wrong, right] = [await street.join(), await street.join()]
    const { sale } = await sell(wrong.wallet)
    const first = await move(sale, right.wallet, { key: 'moved once' })
    const again = await move(sale, right.wallet, { key: 'moved once' })
    expect(again).toMatchObject({ status: 201, body: first.body, headers: { 'idempotent-replayed': 'true' } })
    expect(await right.available()).toBe(15)
    const third = await street.join()
    const other = await move(sale, third.wallet, { key: 'moved once' })
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } })
    expect(await right.available()).toBe(15)
  })

  test('moved by two people at the same moment moves once', async () => {
    const [wrong, one, two] = [await street.join(), await street.join(), await street.join()]
    const { sale } = await sell(wrong.wallet)
    const answers = await Promise.all([move(sale, one.wallet), move(sale, two.wallet)])
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409])
    expect((await one.available()) + (await two.available())).toBe(15)
    expect(await wrong.available()).toBe(0)
  })

  test('that was refunded, or took points, stays where it is', async () => {
    const [wrong, right] = [await street.join({ points: 50 }), await street.join()]
    const { sale } = await sell(wrong.wallet)
    await street.bakery.post(`/v1/transactions/${sale}/reversals`, { reason: 'returned' })
    const paid = await street.bakery.buy({
      qr: await wrong.showQr(),
      amount_minor: 1000,
      redeem: { points: 10 },
    })
    const before = await wrong.available()
    for (const each of [sale, paid.body.transaction]) {
      const refused = await move(each, right.wallet)
      expect(refused).toMatchObject({ status: 409, body: { code: 'not_reversible' } })
    }
    expect(await wrong.available()).toBe(before)
    expect(await right.available()).toBe(0)
  })

  test('is not moved to whom it belongs, to nobody, by a neighbour, an auditor or a till', async () => {
    const [wrong, right] = [await street.join(), await street.join()]
    const { sale } = await sell(wrong.wallet)
    expect(await move(sale, wrong.wallet)).toMatchObject({ status: 422, body: { code: 'same_wallet' } })
    const nobody = wrong.wallet.replace(/.{4}$/, '0000')
    expect(await move(sale, nobody)).toMatchObject({ status: 404 })
    expect(await move(sale, right.wallet, { token: neighbour })).toMatchObject({ status: 404 })
    expect(await move(sale, right.wallet, { token: street.bakery.key })).toMatchObject({ status: 403 })
    const auditor = await addStaff(street.api, street.network, { role: 'auditor', merchant: null })
    expect(await move(sale, right.wallet, { token: auditor })).toMatchObject({ status: 403 })
    expect(await wrong.available()).toBe(15)
    expect(await right.available()).toBe(0)
  })
})

/** The shop's issuing limit. */
async function limit(shop: Shop, issuing_limit: number | null) {
  const path = `/v1/merchants/${shop.merchant}`
  const changed = await street.api.call('patch', path, street.network.operator).send({ issuing_limit })
  expect(changed.status).toBe(200)
}

async function networkId(): Promise<NetworkId> {
  const { network_id } = await street.api.db
    .selectFrom('api.network')
    .select('network_id')
    .where('slug', '=', street.network.slug)
    .executeTakeFirstOrThrow()
  return network_id
}
const faults = async () => await findFaults(street.api.db, await networkId())
const listBegun = () => street.api.db.selectFrom('api.begun_move').select('key').execute()
const finish = () => finishMoves({ db: street.api.db, ledger: street.api.ledger })

describe('a shop at its issuing limit', () => {
  async function openFull() {
    const shop = await street.admit('Florist', { issuing_limit: 40 })
    const token = await addStaff(street.api, street.network, { role: 'manager', merchant: shop.merchant })
    const [wrong, right] = [await street.join(), await street.join()]
    const sold = await shop.buy({ wallet: wrong.wallet, amount_minor: 4000 })
    expect(sold).toMatchObject({ status: 201, body: { points: 40 } })
    return { shop, wrong, right, sale: sold.body.transaction as string, as: { token } }
  }

  test('moves a sale all the same: taken back, it makes the room that it takes', async () => {
    const { wrong, right, sale, as } = await openFull()
    expect(await move(sale, right.wallet, as)).toMatchObject({ status: 201, body: { points: 40 } })
    expect([await wrong.available(), await right.available()]).toEqual([0, 40])
    expect(await faults()).toEqual([])
  })

  test('loses that room to nobody in between', async () => {
    const { shop, right, sale, as } = await openFull()
    const other = await street.join()
    const admin = testPool(street.api.adminUrl)
    onTestFinished(() => admin.end())
    const buy = async () => await shop.buy({ wallet: other.wallet, amount_minor: 4000 })
    const answers = await whileHeadIsHeld(admin, await networkId(), [
      async () => await move(sale, right.wallet, as),
      buy,
    ])
    expect(answers.map(({ status }) => status)).toEqual([201, 409])
    expect([await right.available(), await other.available()]).toEqual([40, 0])
  })

  test('moves nothing where the points were spent, says so, and what to do', async () => {
    const { shop, wrong, right, sale, as } = await openFull()
    const spent = await street.bookshop.post('/v1/redemptions', {
      qr: await wrong.showQr(),
      points: 30,
      reference: crypto.randomUUID(),
    })
    expect(spent.status).toBe(201)
    const asked = { ...as, key: 'after the points were spent' }
    const refused = await move(sale, right.wallet, asked)
    expect(refused).toMatchObject({ status: 409, body: { code: 'issuing_limit_reached' } })
    expect(refused.body.detail).toContain('Nothing was moved')
    expect(refused.body.detail).toContain('Ask the operator to raise the limit')
    expect([await wrong.available(), await right.available()]).toEqual([10, 0])
    expect((await wrong.get(`/v1/wallets/${wrong.wallet}`)).body.debt).toBe(0)
    expect(await listBegun()).toEqual([])
    await limit(shop, 70)
    expect(await move(sale, right.wallet, asked)).toMatchObject({ status: 201, body: { points: 40 } })
    expect((await wrong.get(`/v1/wallets/${wrong.wallet}`)).body).toMatchObject({ available: 0, debt: 30 })
    expect(await right.available()).toBe(40)
    expect(await faults()).toEqual([])
  })

  test('whose limit was lowered moves nothing, and takes nothing back', async () => {
    const { shop, wrong, right, sale, as } = await openFull()
    await limit(shop, 20)
    const refused = await move(sale, right.wallet, as)
    expect(refused).toMatchObject({ status: 409, body: { code: 'issuing_limit_reached' } })
    expect([await wrong.available(), await right.available()]).toEqual([40, 0])
    expect((await shop.get(`/v1/transactions/${sale}`)).body.taken_back_points).toBe(0)
  })
})

test('a move that fails between its postings has posted nothing, and is finished later', async () => {
  const [wrong, right] = [await street.join(), await street.join()]
  const { sale } = await sell(wrong.wallet)
  const have = async () => [await wrong.available(), await right.available()]
  await asAdmin(
    street.api,
    `create function public.cut_off() returns trigger language plpgsql as 'begin raise exception $$cut off$$; end';
     create trigger cut_off before insert on ledger.transaction
       for each row when (new.kind = 'issue') execute function public.cut_off()`,
  )
  expect(await move(sale, right.wallet, { key: 'fails' })).toMatchObject({ status: 500 })
  await asAdmin(
    street.api,
    `drop function public.cut_off cascade; update api.begun_move set begun_at = now() - interval '1 minute'`,
  )
  expect(await have()).toEqual([15, 0])
  expect(await listBegun()).toEqual([{ key: 'fails' }])
  await Promise.all([finish(), finish()])
  expect(await have()).toEqual([0, 15])
  expect(await listBegun()).toEqual([])
  const again = await move(sale, right.wallet, { key: 'fails' })
  expect(again).toMatchObject({ status: 201, headers: { 'idempotent-replayed': 'true' } })
  expect(await have()).toEqual([0, 15])
  expect(await faults()).toEqual([])
})

describe('a move that an earlier version left between its two postings', () => {
  /** A purchase of 2000 that was recorded anew in a transaction of its own, and not reversed: it is with both. */
  async function cutOff({ key, token = cashier }: { key: string; token?: string }) {
    const [wrong, right] = [await street.join(), await street.join()]
    const { sale, occurredAt } = await sell(wrong.wallet)
    const { db, ledger } = street.api
    const have = async () => [await wrong.available(), await right.available()]
    // The request as it is today, stopped before it posts anything: what it wrote down, to be posted by hand.
    await asAdmin(
      street.api,
      `create function public.cut_off() returns trigger language plpgsql as 'begin raise exception $$cut off$$; end';
       create trigger cut_off before insert on ledger.transaction
         for each row when (new.kind = 'reverse') execute function public.cut_off()`,
    )
    expect(await move(sale, right.wallet, { key, token })).toMatchObject({ status: 500 })
    await asAdmin(
      street.api,
      `drop function public.cut_off cascade; update api.begun_move set begun_at = now() - interval '1 minute'`,
    )
    expect(await have()).toEqual([15, 0])
    const begun = await db
      .selectFrom('api.begun_move')
      .selectAll()
      .where('key', '=', key)
      .executeTakeFirstOrThrow()
    const asked = { to: uuidOf('wal', right.wallet)!, reason: begun.reason, target: begun.transaction_uuid }
    const made = await post(ledger, begun.network_id, {
      kind: 'issue',
      key: { scope: begun.merchant_id, value: `${key}\u0001move: new` },
      content: writeContent('move', asked),
      credential: begun.credential_id,
      merchant: begun.merchant_id,
      wallet: begun.to_wallet_id,
      occurredAt: new Date(occurredAt),
      gives: { purchase: { amountMinor: 2000n as Minor, eligibleAmountMinor: 1500n as Minor } },
    })
    expect(made.outcome).toBe('posted')
    expect(await have()).toEqual([15, 15])
    return { sale, right, have }
  }

  test('is finished without being asked again, by however many, and then is its request’s replay', async () => {
    const { sale, right, have } = await cutOff({ key: 'cut off' })
    await Promise.all([finish(), finish()])
    expect(await have()).toEqual([0, 15])
    expect(await listBegun()).toEqual([])
    const again = await move(sale, right.wallet, { key: 'cut off' })
    expect(again).toMatchObject({ status: 201, headers: { 'idempotent-replayed': 'true' } })
    expect(await have()).toEqual([0, 15])
    expect(await faults()).toEqual([])
  })

  test('is finished even when whoever began it was let go of since', async () => {
    const { api, network, bakery } = street
    const leaver = await addStaff(api, network, { role: 'cashier', merchant: bakery.merchant })
    const { have } = await cutOff({ key: 'of a leaver', token: leaver })
    const staff = await api.call('get', `/v1/merchants/${bakery.merchant}/staff`, network.operator)
    for (const { id } of staff.body.data.slice(-1)) {
      const path = `/v1/merchants/${bakery.merchant}/staff/${id}`
      expect(await api.call('delete', path, network.operator)).toMatchObject({ status: 204 })
    }
    expect((await api.call('get', '/v1/transactions', leaver)).status).toBe(401)
    await finish()
    expect(await have()).toEqual([0, 15])
    expect(await listBegun()).toEqual([])
    expect(await faults()).toEqual([])
  })

  test('is taken back when part of the purchase was refunded since', async () => {
    const { sale, right, have } = await cutOff({ key: 'refunded' })
    const refund = { refund_amount_minor: 1000, reason: 'half of it returned' }
    expect(await street.bakery.post(`/v1/transactions/${sale}/reversals`, refund)).toMatchObject({
      status: 201,
    })
    await finish()
    expect(await have()).toEqual([7, 0])
    expect(await listBegun()).toEqual([])
    const again = await move(sale, right.wallet, { key: 'refunded' })
    expect(again).toMatchObject({ status: 409, body: { code: 'not_reversible' } })
    expect(await have()).toEqual([7, 0])
    expect(await listBegun()).toEqual([])
  })

  test('keeps its key for itself', async () => {
    const { sale, have } = await cutOff({ key: 'kept' })
    const other = await move(sale, (await street.join()).wallet, { key: 'kept' })
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } })
    await finish()
    expect(await have()).toEqual([0, 15])
  })
})
