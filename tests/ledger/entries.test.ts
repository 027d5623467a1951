import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  changeIssuingLimit,
  closeWallet,
  letGoMerchant,
  lockWallet,
  openWallets,
  points,
  post,
  readWallet,
  recordAuditDigest,
  recordEnrolmentBonus,
  revokeCredential,
  setEarningRule,
  setMerchantMultiplier,
  type Tx,
} from '../../ledger/index.ts'
import { toRow } from '../../ledger/command-row.ts'
import { dayToDate, setClock, type Stage } from '../support/stage.ts'
import { buy, expire, gift, give, hold, pay, reverse, voidHold } from './commands.ts'
import { postBatch } from './compare.ts'
import { fillEveryTable } from './every-table.ts'
import { availableOf, done, expectBooksWhole, newTill, openTown, outcome, type Town } from './town.ts'

let town: Town

beforeAll(async () => {
  town = await openTown()
})

afterAll(() => town.close())

interface Entry {
  readonly index: bigint
  readonly text: string
  readonly leafHash: Buffer
  readonly fields: Record<string, unknown>
}

/** The whole log of a network, as an auditor gets it, with the stored leaf hashes. */
async function readLog(stage: Stage, from = 0n): Promise<Entry[]> {
  const { rows } = await town.ledger.pool.query<{ index: bigint; text: string; leaf_hash: Buffer }>(
    `select i as index, ledger.entry($1, i) as text, coalesce(t.leaf_hash, g.leaf_hash) as leaf_hash
     from ledger.head h cross join generate_series($2::bigint, h.next_index - 1) i
     left join ledger.transaction t on t.network_id = $1 and t.entry_index = i
     left join ledger.governance g on g.network_id = $1 and g.entry_index = i
     where h.network_id = $1 order by i`,
    [stage.network, from],
  )
  return rows.map(({ index, text, leaf_hash }) => ({
    index,
    text,
    leafHash: leaf_hash,
    fields: JSON.parse(text),
  }))
}

/** RFC 8785 for what entries are made of: objects, arrays and strings. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
    return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join()}}`
  }
  expect(typeof value).toBe('string')
  return JSON.stringify(value)
}

describe('every entry', () => {
  let log: Entry[]

  beforeAll(async () => {
    log = await readLog(await fillEveryTable(town))
  })

  test('is canonical JSON: sorted keys, no spaces, no numbers but in strings', () => {
    expect(log.length).toBeGreaterThan(20)
    for (const { text } of log) expect(canonical(JSON.parse(text))).toBe(text)
  })

  test('has the leaf hash SHA-256(0x00 || entry) of RFC 6962', () => {
    for (const { text, leafHash } of log) {
      expect(
        createHash('sha256')
          .update(Buffer.from([0]))
          .update(text)
          .digest(),
      ).toEqual(leafHash)
    }
  })

  test('says its own index, with none left out and none twice', () => {
    expect(log.map(({ fields }) => fields.index)).toEqual(log.map((_, i) => String(i)))
  })

  test('comes no earlier than the one before, even when the clock is set back', async () => {
    const stage = await town.stage()
    await done(town, stage, give(stage, 'bakery', 'ada', 10))
    await setClock(town.admin, stage.network, null)
    const now = (await readLog(stage)).at(-1)!.fields.posted_at as string
    // As if the server's clock had been an hour ahead when that was posted.
    const ahead = new Date(Date.parse(now) + 3_600_000)
    await town.admin.query('set session_replication_role = replica')
    await town.admin.query('update ledger.head set last_posted_at = $2 where network_id = $1', [
      stage.network,
      ahead,
    ])
    await town.admin.query('set session_replication_role = origin')
    await done(town, stage, give(stage, 'bakery', 'ada', 10))
    const times = (await readLog(stage)).map(({ fields }) => fields.posted_at as string)
    expect(times).toEqual(times.toSorted())
    expect(Date.parse(times.at(-1)!)).toBe(ahead.getTime())
  })

  test('tells no receipt number, key, reason or name', async () => {
    const stage = await town.stage()
    const from = BigInt((await readLog(stage)).length)
    const secrets = [
      'R-2026-7788',
      'series of the front till',
      'a reason nobody should read',
      'retry-key-0042',
      'the content',
    ]
    const sale = {
      ...buy(stage, 'bakery', 'ada', 5000, { reference: { value: secrets[0]!, series: secrets[1]! } }),
      key: { scope: 'network' as const, value: secrets[3]! },
      content: secrets[4]!,
    }
    const transaction = await done(town, stage, sale)
    await done(town, stage, reverse(stage, 'bakery', transaction, 'all', { reason: secrets[2]! }))
    const texts = (await readLog(stage, from)).map(({ text }) => text)
    expect(texts.length).toBe(2)
    for (const text of texts) for (const secret of secrets) expect(text).not.toContain(secret)
    // Nor a plain hash of it, which anyone could try out.
    for (const secret of secrets) {
      for (const kind of ['sha256', 'sha1', 'md5']) {
        const hash = createHash(kind).update(secret).digest('hex').slice(0, 32)
        for (const text of texts) expect(text).not.toContain(hash)
      }
    }
  })
})

describe('the same receipt number', () => {
  async function referencesOf(stage: Stage): Promise<unknown[]> {
    return (await readLog(stage)).map(({ fields }) => fields.reference).filter((hash) => hash !== undefined)
  }

  test('of one shop is seen to be the same, of two shops not', async () => {
    const stage = await town.stage()
    const reference = { value: 'R-1' }
    await done(town, stage, buy(stage, 'bakery', 'ada', 5000, { reference }))
    await done(town, stage, pay(stage, 'bakery', 'ada', 5, { reference }))
    await done(town, stage, buy(stage, 'books', 'ada', 5000, { reference }))
    const [sale, payment, elsewhere] = await referencesOf(stage)
    expect(sale).toMatch(/^[0-9a-f]{32}$/)
    expect(payment).toBe(sale)
    expect(elsewhere).not.toBe(sale)
  })

  test('says nothing across networks', async () => {
    const hashes: unknown[] = []
    for (const stage of [await town.stage(), await town.stage()]) {
      // Small numbers inside may be equal in two networks: the key is not.
      await done(
        town,
        stage,
        buy(stage, 'bakery', 'ada', 5000, { reference: { value: 'R-1', series: 'one' } }),
      )
      const last = (await readLog(stage)).at(-1)!.fields
      hashes.push(last.reference, last.series)
    }
    expect(new Set(hashes).size).toBe(4)
  })
})

describe('an entry stays below 64 KiB', () => {
  /** A wallet with so many lots of one point; each with an expiry of its own, or all with the same. */
  async function rich(lots: number, expiry: (i: number) => Date | null): Promise<Stage> {
    const stage = await town.stage()
    const key = await town.ledger.keyOf(stage.network)
    await setClock(town.admin, stage.network, dayToDate(0))
    const gifts = Array.from({ length: lots }, (_, i) =>
      toRow(key, give(stage, 'bakery', 'ada', 1, { expiresAt: expiry(i) })),
    )
    await postBatch(town.ledger.pool, stage.network, gifts)
    return stage
  }

  const never = () => null
  const onDayOne = () => dayToDate(1)
  const oneADay = (i: number) => dayToDate(1 + i)

  async function expectSmallEntries(stage: Stage): Promise<void> {
    const { rows } = await town.ledger.pool.query<{ size: number }>(
      `select max(octet_length(ledger.entry(network_id, entry_index))) as size
       from ledger.transaction where network_id = $1`,
      [stage.network],
    )
    expect(rows[0]!.size).toBeLessThan(65_536)
    await expectBooksWhole(town, stage)
  }

  test('when a thousand lots are spent at once, and given back', async () => {
    const stage = await rich(1000, never)
    const payment = await done(town, stage, pay(stage, 'books', 'ada', 1000))
    await done(town, stage, reverse(stage, 'books', payment, 'all'))
    expect(await availableOf(town, stage, 'ada')).toBe(1000)
    await expectSmallEntries(stage)
  })

  test('when five hundred lots are set aside, and freed', async () => {
    const stage = await rich(1000, never)
    const held = await done(town, stage, hold(stage, 'books', 'ada', 500))
    await done(town, stage, voidHold(stage, 'books', held))
    expect(await availableOf(town, stage, 'ada')).toBe(1000)
    await expectSmallEntries(stage)
  })

  test('when a thousand lots alike are given to a friend, who gets one', async () => {
    const stage = await rich(1000, onDayOne)
    await done(town, stage, gift(stage, 'ada', 'bob', 1000))
    const { lots } = (await readWallet(town.ledger.db, stage.network, stage.wallets.bob!))!
    expect(lots).toMatchObject([{ remaining: 1000n, expiresAt: dayToDate(1) }])
    await expectSmallEntries(stage)
  })

  test('when a thousand lots are given back after they expired', async () => {
    const stage = await rich(1000, onDayOne)
    const payment = await done(town, stage, pay(stage, 'books', 'ada', 1000))
    await setClock(town.admin, stage.network, dayToDate(2))
    await done(town, stage, reverse(stage, 'books', payment, 600))
    await done(town, stage, reverse(stage, 'books', payment, 'all'))
    expect(await availableOf(town, stage, 'ada')).toBe(1000)
    await expectSmallEntries(stage)
  })

  test('when more goes than fits in one: it is refused whole, and goes in parts', async () => {
    const stage = await rich(1500, oneADay)
    expect(await outcome(town, stage, gift(stage, 'ada', 'bob', 1000))).toBe('too_many_lots')
    expect(await outcome(town, stage, pay(stage, 'books', 'ada', 1500))).toBe('too_many_lots')
    expect(await outcome(town, stage, hold(stage, 'books', 'ada', 501))).toBe('too_many_lots')
    expect(await availableOf(town, stage, 'ada')).toBe(1500)
    for (let part = 0; part < 5; part++) await done(town, stage, gift(stage, 'ada', 'bob', 200))
    await done(town, stage, pay(stage, 'books', 'ada', 500))
    expect(await availableOf(town, stage, 'bob')).toBe(1000)
    await expectSmallEntries(stage)
  })

  test('when a purchase is brought back whose points are owed and were many lots', async () => {
    const stage = await rich(1500, never)
    const big = await done(town, stage, give(stage, 'books', 'bob', 2000))
    await done(town, stage, pay(stage, 'cafe', 'bob', 2000))
    for (let part = 0; part < 3; part++) await done(town, stage, gift(stage, 'ada', 'bob', 500))
    expect(await outcome(town, stage, reverse(stage, 'books', big, 'all'))).toBe('posted')
    expect(await availableOf(town, stage, 'bob')).toBe(-500)
    await expectSmallEntries(stage)
  })

  test('when a thousand lots expire: some at each sweep', async () => {
    const stage = await rich(1000, onDayOne)
    await setClock(town.admin, stage.network, dayToDate(2))
    for (const left of [700, 400, 100, 0]) {
      await done(town, stage, expire(stage, 'ada'))
      expect(await availableOf(town, stage, 'ada')).toBe(left)
    }
    await expectSmallEntries(stage)
  })
})

describe('in the log is', () => {
  const by = (stage: Stage) => stage.credential
  const changes: Record<string, (tx: Tx, stage: Stage) => Promise<unknown>> = {
    issuing_limit_changed: (tx, s) =>
      changeIssuingLimit(tx, s.network, s.merchants.bakery!, points(5), by(s)),
    merchant_let_go: (tx, s) => letGoMerchant(tx, s.network, s.merchants.bakery!, by(s)),
    wallet_closed: (tx, s) => closeWallet(tx, s.network, s.wallets.ada!, by(s)),
    merchant_multiplier_set: (tx, s) =>
      setMerchantMultiplier(tx, s.network, s.merchants.bakery!, {
        factor: '2',
        effectiveFrom: new Date(),
        by: by(s),
      }),
    enrolment_bonus_set: (tx, s) =>
      recordEnrolmentBonus(tx, s.network, {
        version: 1,
        points: points(50),
        expiresAfterMonths: null,
        by: by(s),
      }),
    earning_rule_set: (tx, s) =>
      setEarningRule(tx, s.network, {
        pointsPerCurrencyUnit: '2',
        rounding: 'up',
        expiresAfterMonths: 12,
        dailyMaxPerWallet: points(100),
        effectiveFrom: new Date(),
        by: by(s),
      }),
  }

  test.each(Object.keys(changes))('%s, once, with who did it', async (event) => {
    const stage = await town.stage()
    const before = (await readLog(stage)).length
    await town.ledger.db.transaction().execute((tx) => changes[event]!(tx, stage))
    const added = (await readLog(stage)).slice(before)
    const { rows } = await town.ledger.pool.query(
      'select credential_uuid from ledger.credential where network_id = $1 and credential_id = $2',
      [stage.network, stage.credential],
    )
    expect(added.map(({ fields }) => fields)).toMatchObject([
      { kind: 'governance', event, credential: rows[0].credential_uuid },
    ])
    await expectBooksWhole(town, stage)
  })

  test('how a network began: opened, its merchants admitted, its people and tills registered', async () => {
    const stage = await town.stage()
    const till = await newTill(town, stage, 'bakery')
    await town.ledger.db
      .transaction()
      .execute((tx) => revokeCredential(tx, stage.network, till, stage.credential))
    await town.ledger.db
      .transaction()
      .execute((tx) => revokeCredential(tx, stage.network, till, stage.credential))
    await town.ledger.db
      .transaction()
      .execute((tx) =>
        recordAuditDigest(tx, stage.network, { day: '2026-11-21', events: 7, digest: 'ab'.repeat(32) }),
      )
    expect((await readLog(stage)).map(({ fields }) => fields.event)).toEqual([
      'network_opened',
      'merchant_admitted',
      'credential_registered',
      'merchant_admitted',
      'merchant_admitted',
      'merchant_admitted',
      'earning_rule_set',
      'credential_registered',
      'credential_revoked',
      'audit_digest',
    ])
  })

  test('nothing of wallets being opened or locked, which concerns nobody else', async () => {
    const stage = await town.stage()
    const before = (await readLog(stage)).length
    await town.ledger.db.transaction().execute(async (tx) => {
      const [wallet] = await openWallets(tx, stage.network, [crypto.randomUUID()])
      await lockWallet(tx, stage.network, wallet!, true)
    })
    expect((await readLog(stage)).length).toBe(before)
  })

  test('nothing of a change that was taken back, and no gap', async () => {
    const stage = await town.stage()
    const before = (await readLog(stage)).length
    const undone = town.ledger.db.transaction().execute(async (tx) => {
      await letGoMerchant(tx, stage.network, stage.merchants.bakery!, stage.credential)
      throw new Error('the operator thinks again')
    })
    await expect(undone).rejects.toThrow('thinks again')
    const answer = await post(town.ledger, stage.network, give(stage, 'bakery', 'ada', 1))
    expect(answer).toMatchObject({ outcome: 'posted', entryIndex: BigInt(before) })
    await expectBooksWhole(town, stage)
  })
})
