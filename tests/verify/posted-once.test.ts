import { afterAll, beforeAll, expect, test } from 'vitest'
import { checkRows, post } from '../../ledger/index.ts'
import { buy } from '../ledger/commands.ts'
import { openTown, outcomeOf, type Town } from '../ledger/town.ts'

let town: Town

beforeAll(async () => {
  town = await openTown()
})

afterAll(() => town.close())

test('a unique index that is gone is named, and so is what was then posted twice', async () => {
  const stage = await town.stage()
  const { network } = stage
  const faults = async () => (await checkRows(town.ledger.db, network)).faults
  const batch = Array.from({ length: 10 }, (_, i) =>
    buy(stage, 'bakery', 'ada', 500, { reference: { value: `receipt ${i}` } }),
  )
  const postAll = async () =>
    (await Promise.all(batch.map((one) => post(town.ledger, network, one)))).map(outcomeOf)
  expect(await postAll()).toEqual(batch.map(() => 'posted'))
  expect(await faults()).toEqual([])

  await town.admin.query(`
    alter table ledger.transaction drop constraint transaction_key_once;
    drop index ledger.transaction_reference_once`)
  const gone = ['transaction_key_once', 'transaction_reference_once'].map((name) =>
    expect.stringContaining(`the unique index ${name} is gone`),
  )
  expect(await faults()).toEqual(gone)

  expect(await postAll()).toEqual(batch.map(() => 'posted'))
  const again = await faults()
  expect(again).toEqual(
    expect.arrayContaining([
      ...gone,
      expect.stringMatching(/^entries \d+ and \d+ have one idempotency key$/),
      expect.stringMatching(/^entries \d+ and \d+ have one receipt number$/),
    ]),
  )
  expect(again).toHaveLength(gone.length + 2 * batch.length)
})
