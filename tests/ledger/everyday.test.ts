import * as fc from 'fast-check'
import { uuidv7 } from 'uuidv7'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { toRow } from '../../ledger/command-row.ts'
import {
  closeWallet,
  letGoMerchant,
  minor,
  points,
  registerCredential,
  revokeCredential,
  setEarningRule,
  setMerchantMultiplier,
  type CredentialId,
  type IssueCommand,
  type WalletId,
} from '../../ledger/index.ts'
import { rounds } from '../support/long.ts'
import { dayToDate, readState, setClock, type Stage } from '../support/stage.ts'
import { drawSeed, postBatch } from './compare.ts'
import { expectBooksWhole, newTill, openTown, posted, type Town } from './town.ts'

// An everyday purchase takes a short way through ledger.post. A multiplier of 1 changes nothing but that: where shops
// have one, each purchase takes the long way.

let town: Town

beforeAll(async () => {
  town = await openTown()
})

afterAll(() => town.close())

const day = 86_400_000
const today = 20
const merchants = ['bakery', 'cafe', 'gone'] as const
const wallets = ['ada', 'bob', 'debtor', 'closed', 'nobody'] as const
const credentials = ['bakery', 'cafe', 'gone', 'anywhere', 'revoked', 'import'] as const

interface Draft {
  merchant: (typeof merchants)[number]
  wallet: (typeof wallets)[number]
  credential: (typeof credentials)[number] | 'own'
  staff: 'good' | 'revoked' | null
  amount: number
  eligible: number | null
  redeem: number | null
  daysAgo: number | null
  repeat: 'key' | 'receipt' | 'all' | null
  /** How many commands before this one what it repeats was sent: in its own batch or in an earlier one. */
  back: number
}

/** Mostly what is everyday, so that batches have both. */
function mostly<T, U>(usual: T, ...others: readonly U[]): fc.Arbitrary<T | U> {
  return fc.oneof(
    { weight: 12, arbitrary: fc.constant(usual) },
    { weight: 1, arbitrary: fc.constantFrom(...others) },
  )
}

const draft: fc.Arbitrary<Draft> = fc.record({
  merchant: fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom('bakery' as const, 'cafe' as const) },
    mostly('bakery' as const, 'gone' as const),
  ),
  wallet: fc.oneof({ weight: 8, arbitrary: fc.constantFrom('ada', 'bob') }, fc.constantFrom(...wallets)),
  credential: mostly('own', ...credentials),
  staff: mostly(null, 'good', 'revoked'),
  amount: fc.oneof(
    { weight: 12, arbitrary: fc.integer({ min: 0, max: 5000 }) },
    fc.constantFrom(-1, 2 ** 53 - 1),
  ),
  eligible: mostly(null, 0, 300, 10_000),
  redeem: mostly(null, 1, 20),
  // The second rule begins three days ago, within a local day; the first twenty.
  daysAgo: fc.oneof(
    { weight: 8, arbitrary: mostly(0, null) },
    fc.constantFrom(-1, -5 / 1440, -6 / 1440, 1, 2.9, 3, 3.02, 3.1, 6.9, 7, 7.1, 30),
  ),
  // So rarely that many batches are new throughout, and are not done again.
  repeat: fc.oneof(
    { weight: 30, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.constantFrom('key' as const, 'receipt' as const, 'all' as const) },
  ),
  back: fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 5, max: 60 })),
})

interface Shops extends Stage {
  readonly credentials: Record<(typeof credentials)[number], CredentialId>
  readonly staff: Record<'good' | 'revoked', CredentialId>
}

async function openShops(multiplied: boolean): Promise<Shops> {
  const stage = await town.stage({
    merchants,
    wallets: wallets.filter((wallet) => wallet !== 'nobody'),
    issuingLimits: { cafe: 400 },
    timeZone: 'Europe/Prague',
    rule: { effectiveFrom: dayToDate(0), expiresAfterMonths: 2 },
  })
  const { network, credential: by } = stage
  const later = {
    pointsPerCurrencyUnit: '0.7',
    rounding: 'nearest',
    expiresAfterMonths: 1,
    dailyMaxPerWallet: null,
  } as const
  const register = (kind: 'person' | 'import') =>
    town.ledger.db
      .transaction()
      .execute((tx) => registerCredential(tx, network, { uuid: uuidv7(), kind, merchant: null, by }))
  const shops: Shops = {
    ...stage,
    credentials: {
      bakery: await newTill(town, stage, 'bakery'),
      cafe: await newTill(town, stage, 'cafe'),
      gone: await newTill(town, stage, 'gone'),
      anywhere: by,
      revoked: await newTill(town, stage, 'bakery'),
      import: await register('import'),
    },
    staff: { good: await register('person'), revoked: await register('person') },
  }
  await setClock(town.admin, network, dayToDate(today))
  // In debt: what was given and spent is taken back.
  const given = await posted(
    town,
    stage,
    buy(shops, { one: { ...plain, wallet: 'debtor', amount: 3000 }, key: 'debt', receipt: 'debt' }),
  )
  const taken = {
    credential: by,
    content: 'x',
    merchant: stage.merchants.bakery!,
    wallet: stage.wallets.debtor!,
  }
  await posted(town, stage, {
    kind: 'redeem',
    key: { scope: 'network', value: 'spend' },
    ...taken,
    asked: { points: points(15) },
  })
  await posted(town, stage, {
    kind: 'reverse',
    key: { scope: 'network', value: 'back' },
    ...taken,
    target: given.transaction,
    asked: 'all',
    reason: 'x',
  })
  await town.ledger.db.transaction().execute(async (tx) => {
    await setEarningRule(tx, network, { ...later, effectiveFrom: dayToDate(today - 3), by })
    for (const merchant of multiplied ? Object.values(stage.merchants) : []) {
      await setMerchantMultiplier(tx, network, merchant, { factor: '1', effectiveFrom: new Date(0), by })
    }
    await revokeCredential(tx, network, shops.credentials.revoked, by)
    await revokeCredential(tx, network, shops.staff.revoked, by)
    await letGoMerchant(tx, network, stage.merchants.gone!, by)
    await closeWallet(tx, network, stage.wallets.closed!, by)
  })
  return shops
}

const plain: Draft = {
  merchant: 'bakery',
  wallet: 'ada',
  credential: 'anywhere',
  staff: null,
  amount: 0,
  eligible: null,
  redeem: null,
  daysAgo: 0,
  repeat: null,
  back: 1,
}

/** A purchase with its key and its receipt number. */
interface Sent {
  readonly one: Draft
  readonly key: string
  readonly receipt: string
}

/** Names a purchase anew, or in part or whole as one before it. */
function name(one: Draft, sent: readonly Sent[]): Sent {
  const fresh = { one, key: `key ${sent.length}`, receipt: `receipt ${sent.length}` }
  const before = sent.at(-one.back)
  if (!before || one.repeat === null) return fresh
  if (one.repeat === 'all') return before
  if (one.repeat === 'key') return { ...fresh, key: before.key }
  // One receipt number is one only at the same till on the same day.
  const { merchant, credential, daysAgo } = before.one
  return { ...fresh, one: { ...one, merchant, credential, daysAgo }, receipt: before.receipt }
}

function buy(shops: Shops, { one, key, receipt }: Sent): IssueCommand {
  return {
    kind: 'issue',
    key: { scope: shops.merchants[one.merchant]!, value: key },
    credential: shops.credentials[one.credential === 'own' ? one.merchant : one.credential],
    ...(one.staff && { staff: shops.staff[one.staff] }),
    content: JSON.stringify(one),
    merchant: shops.merchants[one.merchant]!,
    wallet: one.wallet === 'nobody' ? (999_999 as WalletId) : shops.wallets[one.wallet]!,
    reference: { value: receipt },
    ...(one.daysAgo !== null && { occurredAt: new Date(dayToDate(today).getTime() - one.daysAgo * day) }),
    gives: {
      purchase: {
        amountMinor: minor(one.amount),
        ...(one.eligible !== null && { eligibleAmountMinor: minor(one.eligible) }),
        ...(one.redeem !== null && { redeem: { points: points(one.redeem) } }),
      },
    },
  }
}

/** Rows of a shop's network without what is its own: ids and hashes. */
async function readRows(shops: Shops) {
  const { rows } = await town.admin.query(
    `select t.points, t.available_after, t.redeemed_points, t.money_minor, t.amount_minor, t.eligible_minor,
       t.rule_version, t.factor, t.day, t.price_version, t.occurred_at, t.staff_id is null as alone,
       (select array_agg(l.points order by l.ordinal) from ledger.leg l
        where l.network_id = t.network_id and l.entry_index = t.entry_index) as legs,
       (select array_agg((l.points, l.remaining, l.expires_at, l.price_version)::text order by l.ordinal)
        from ledger.lot l where l.network_id = t.network_id and l.entry_index = t.entry_index) as lots
     from ledger.transaction t where t.network_id = $1 order by t.entry_index`,
    [shops.network],
  )
  return rows
}

test(
  'an everyday purchase is answered and written down as the long way would have it',
  { timeout: 600_000 },
  async () => {
    const everyday = await openShops(false)
    const multiplied = await openShops(true)
    const seed = drawSeed()
    const batches = fc.sample(fc.array(draft, { minLength: 1, maxLength: 40, size: 'max' }), {
      seed,
      numRuns: rounds(150, 2000),
    })
    const codes = new Map<string, number>()
    const sent: Sent[] = []
    for (const batch of batches) {
      const named = batch.map((one) => {
        const next = name(one, sent)
        sent.push(next)
        return next
      })
      const [short, long] = await Promise.all(
        [everyday, multiplied].map(async (shops) => {
          const key = await town.ledger.keyOf(shops.network)
          const rows = named.map((one) => toRow(key, buy(shops, one)))
          const answers = await postBatch(town.ledger.pool, shops.network, rows)
          // The second network's log has the multipliers' entries, too.
          return answers.map((answer) => ({ ...answer, entryIndex: answer.entryIndex !== null }))
        }),
      )
      expect(short).toEqual(long)
      for (const answer of short!) {
        const word = answer.code ?? answer.outcome
        codes.set(word, (codes.get(word) ?? 0) + 1)
      }
    }
    expect(await readRows(everyday)).toEqual(await readRows(multiplied))
    expect(await readState(town.ledger, everyday)).toEqual(await readState(town.ledger, multiplied))
    for (const shops of [everyday, multiplied]) await expectBooksWhole(town, shops)
    expect([...codes.keys()]).toEqual(
      expect.arrayContaining([
        'amount_out_of_range',
        'credential_revoked',
        'idempotency_key_reused',
        'issuing_limit_reached',
        'merchant_left',
        'not_found',
        'occurred_at_out_of_range',
        'posted',
        'reference_reused',
        'replayed',
        'wallet_closed',
      ]),
    )
  },
)

test('a batch in which something is not new is posted whole again, in the same call', async () => {
  const shops = await openShops(false)
  const key = await town.ledger.keyOf(shops.network)
  const row = (sent: Sent) => toRow(key, buy(shops, sent))
  const one = { ...plain, amount: 500 }
  const old = { one, key: 'old', receipt: 'old' }
  const [first] = await postBatch(town.ledger.pool, shops.network, [row(old)])
  const fresh = Array.from({ length: 20 }, (_, i) => ({ one, key: `new ${i}`, receipt: `new ${i}` }))
  const rows = [
    ...fresh.slice(0, 10).map(row),
    row(old),
    row({ ...old, key: 'another' }),
    ...fresh.slice(10).map(row),
  ]

  const answers = await postBatch(town.ledger.pool, shops.network, rows)
  expect(answers.map(({ outcome, code }) => code ?? outcome)).toEqual([
    ...Array.from({ length: 10 }, () => 'posted'),
    'replayed',
    'reference_reused',
    ...Array.from({ length: 10 }, () => 'posted'),
  ])
  expect(answers[10]).toEqual({ ...first, outcome: 'replayed' })
  expect(await postBatch(town.ledger.pool, shops.network, rows)).toEqual(
    answers.map((answer) => (answer.outcome === 'posted' ? { ...answer, outcome: 'replayed' } : answer)),
  )
  await expectBooksWhole(town, shops)
})
