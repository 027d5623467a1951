import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  changeIssuingLimit,
  letGoMerchant,
  lockWallet,
  points,
  post,
  revokeCredential,
  type Answer,
  type Command,
  type Tx,
} from '../../ledger/index.ts'
import { whileHeadIsHeld } from '../support/barrier.ts'
import type { Stage } from '../support/stage.ts'
import { buy, give, pay } from './commands.ts'
import {
  availableOf,
  booksOf,
  done,
  expectBooksWhole,
  openTown,
  outcomeOf,
  twoTills,
  type Town,
} from './town.ts'

let town: Town

beforeAll(async () => {
  town = await openTown()
})

afterAll(() => town.close())

describe('at the same moment, from two processes,', () => {
  /** A command against something that an operator or a customer does; both outcomes. */
  function against(
    stage: Stage,
    order: 'first' | 'last',
    command: Command,
    change: (tx: Tx) => Promise<void>,
  ): Promise<string[]> {
    const posting = async () => outcomeOf(await post(town.ledger, stage.network, command))
    const changing = async () => {
      await town.processes[1].db.transaction().execute(change)
      return 'changed'
    }
    const attempts = order === 'first' ? [changing, posting] : [posting, changing]
    return whileHeadIsHeld(town.admin, stage.network, attempts)
  }

  test('a wallet locked first does not pay', async () => {
    const stage = await town.stage()
    await done(town, stage, give(stage, 'bakery', 'ada', 100))
    const lock = (tx: Tx) => lockWallet(tx, stage.network, stage.wallets.ada!, true)
    expect(await against(stage, 'first', pay(stage, 'books', 'ada', 60), lock)).toEqual([
      'changed',
      'wallet_locked',
    ])
    expect(await availableOf(town, stage, 'ada')).toBe(100)
  })

  test('a payment that came before the lock stands', async () => {
    const stage = await town.stage()
    await done(town, stage, give(stage, 'bakery', 'ada', 100))
    const lock = (tx: Tx) => lockWallet(tx, stage.network, stage.wallets.ada!, true)
    expect(await against(stage, 'last', pay(stage, 'books', 'ada', 60), lock)).toEqual(['posted', 'changed'])
    expect(await availableOf(town, stage, 'ada')).toBe(40)
    await expectBooksWhole(town, stage)
  })

  test('a till revoked first gives nothing any more', async () => {
    const stage = await town.stage()
    const [till] = await twoTills(town, stage)
    const revoke = (tx: Tx) => revokeCredential(tx, stage.network, till, stage.credential)
    const sale = buy(stage, 'bakery', 'ada', 5000, { credential: till })
    expect(await against(stage, 'first', sale, revoke)).toEqual(['changed', 'credential_revoked'])
    expect(await availableOf(town, stage, 'ada')).toBe(0)
  })

  test('a sale that came before its till was revoked stands, and is still replayed', async () => {
    const stage = await town.stage()
    const [till] = await twoTills(town, stage)
    const revoke = (tx: Tx) => revokeCredential(tx, stage.network, till, stage.credential)
    const sale = buy(stage, 'bakery', 'ada', 5000, { credential: till })
    expect(await against(stage, 'last', sale, revoke)).toEqual(['posted', 'changed'])
    expect(outcomeOf(await post(town.ledger, stage.network, sale))).toBe('replayed')
    expect(await availableOf(town, stage, 'ada')).toBe(50)
    await expectBooksWhole(town, stage)
  })

  test('a merchant let go first issues nothing any more', async () => {
    const stage = await town.stage()
    const letGo = (tx: Tx) => letGoMerchant(tx, stage.network, stage.merchants.bakery!, stage.credential)
    expect(await against(stage, 'first', give(stage, 'bakery', 'ada', 10), letGo)).toEqual([
      'changed',
      'merchant_left',
    ])
    expect(await booksOf(town, stage, 'bakery')).toEqual([0, 0, 0])
  })

  test('what a merchant issued before it was let go stands', async () => {
    const stage = await town.stage()
    const letGo = (tx: Tx) => letGoMerchant(tx, stage.network, stage.merchants.bakery!, stage.credential)
    expect(await against(stage, 'last', give(stage, 'bakery', 'ada', 10), letGo)).toEqual([
      'posted',
      'changed',
    ])
    expect(await booksOf(town, stage, 'bakery')).toEqual([-10, 0, 0])
    await expectBooksWhole(town, stage)
  })

  test('a lowered issuing limit counts what is being issued', async () => {
    const stage = await town.stage({ issuingLimits: { bakery: 100 } })
    const lower = (tx: Tx) =>
      changeIssuingLimit(tx, stage.network, stage.merchants.bakery!, points(50), stage.credential)
    expect(await against(stage, 'last', give(stage, 'bakery', 'ada', 80), lower)).toEqual([
      'posted',
      'changed',
    ])
    const more = await post(town.ledger, stage.network, give(stage, 'bakery', 'ada', 1))
    expect(outcomeOf(more)).toBe('issuing_limit_reached')
    expect(await booksOf(town, stage, 'bakery')).toEqual([-80, 0, 0])
    await expectBooksWhole(town, stage)
  })

  test('a posting waits for a revocation that is not committed yet', async () => {
    const stage = await town.stage()
    const [till] = await twoTills(town, stage)
    let answer: Promise<Answer> | undefined
    await town.ledger.db.transaction().execute(async (tx) => {
      await revokeCredential(tx, stage.network, till, stage.credential)
      answer = post(town.ledger, stage.network, buy(stage, 'bakery', 'ada', 5000, { credential: till }))
      const waited = new Promise((resolve) => setTimeout(resolve, 200)).then(() => 'waits')
      expect(await Promise.race([answer, waited])).toBe('waits')
    })
    expect(outcomeOf(await answer!)).toBe('credential_revoked')
    expect(await availableOf(town, stage, 'ada')).toBe(0)
  })

  test('a posting waits for a revocation that is taken back, and goes on', async () => {
    const stage = await town.stage()
    const [till] = await twoTills(town, stage)
    let answer: Promise<Answer> | undefined
    const undone = town.ledger.db.transaction().execute(async (tx) => {
      await revokeCredential(tx, stage.network, till, stage.credential)
      answer = post(town.ledger, stage.network, buy(stage, 'bakery', 'ada', 5000, { credential: till }))
      throw new Error('the operator thinks again')
    })
    await expect(undone).rejects.toThrow('thinks again')
    expect(outcomeOf(await answer!)).toBe('posted')
    expect(await availableOf(town, stage, 'ada')).toBe(50)
    await expectBooksWhole(town, stage)
  })
})
