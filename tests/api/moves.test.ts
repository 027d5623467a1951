import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { finishMoves } from '../../api/transactions/finish-moves.ts'
import { addStaff, asAdmin } from '../support/api.ts'
import { openHighStreet, type HighStreet } from '../support/high-street.ts'
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

describe('a move that was cut off between its two postings', () => {
  /** A purchase of 2000 whose reversal the database refuses: it is with both, as after a crash. */
  async function cutOff(as: { key: string; token?: string }) {
    const [wrong, right] = [await street.join(), await street.join()]
    const { sale } = await sell(wrong.wallet)
    await asAdmin(
      street.api,
      `create function public.cut_off() returns trigger language plpgsql as 'begin raise exception $$cut off$$; end';
       create trigger cut_off before insert on ledger.transaction
         for each row when (new.kind = 'reverse') execute function public.cut_off()`,
    )
    expect(await move(sale, right.wallet, as)).toMatchObject({ status: 500 })
    await asAdmin(
      street.api,
      `drop function public.cut_off cascade; update api.begun_move set begun_at = now() - interval '1 minute'`,
    )
    const have = async () => [await wrong.available(), await right.available()]
    expect(await have()).toEqual([15, 15])
    return { sale, right, have }
  }
  const finish = () => finishMoves({ db: street.api.db, ledger: street.api.ledger })
  const listBegun = () => street.api.db.selectFrom('api.begun_move').select('key').execute()
  const faults = async () => {
    const { network_id } = await street.api.db
      .selectFrom('api.network')
      .select('network_id')
      .where('slug', '=', street.network.slug)
      .executeTakeFirstOrThrow()
    return await findFaults(street.api.db, network_id)
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
