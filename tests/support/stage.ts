import { randomBytes } from 'node:crypto'
import type { Pool } from 'pg'
import { sql } from 'kysely'
import { uuidv7 } from 'uuidv7'
import {
  admitMerchant,
  minor,
  openNetwork,
  openWallets,
  points,
  readMerchantBalances,
  readWallet,
  registerCredential,
  setEarningRule,
  type CredentialId,
  type EarningRule,
  type Ledger,
  type MerchantId,
  type NetworkId,
  type WalletId,
} from '../../ledger/index.ts'

export const testSecret = randomBytes(32)

/** A network with named merchants and wallets, for tests that speak of the bakery and of Ada. */
export interface Stage {
  readonly network: NetworkId
  readonly house: MerchantId
  readonly credential: CredentialId
  readonly merchants: Record<string, MerchantId>
  readonly wallets: Record<string, WalletId>
  readonly names: Map<string, string>
}

export interface StageOptions {
  readonly merchants: readonly string[]
  readonly wallets: readonly string[]
  readonly graceDays?: number
  readonly pointFaceValueMinor?: number
  readonly timeZone?: string
  /** One point per whole currency unit, rounded down, no expiry when left out; null for none. */
  readonly rule?: Partial<EarningRule> | null
  /** By merchant; none when left out. */
  readonly issuingLimits?: Record<string, number>
  readonly credentialKind?: 'till' | 'person' | 'import'
}

export async function setStage(ledger: Ledger, options: StageOptions): Promise<Stage> {
  return ledger.db.transaction().execute(async (tx) => {
    const { network, house } = await openNetwork(tx, {
      uuid: uuidv7(),
      currency: 'GBP',
      timeZone: options.timeZone ?? 'UTC',
      pointFaceValueMinor: minor(options.pointFaceValueMinor ?? 1),
      graceDays: options.graceDays ?? 30,
    })
    const credential = await registerCredential(tx, network, {
      uuid: uuidv7(),
      kind: options.credentialKind ?? 'person',
      merchant: null,
      by: null,
    })
    const names = new Map<string, string>()
    const merchants: Record<string, MerchantId> = {}
    for (const name of options.merchants) {
      const uuid = uuidv7()
      const limit = options.issuingLimits?.[name]
      merchants[name] = await admitMerchant(tx, network, {
        uuid,
        issuingLimit: limit === undefined ? null : points(limit),
        by: credential,
      })
      names.set(uuid, name)
    }
    const uuids = options.wallets.map(() => uuidv7())
    const ids = await openWallets(tx, network, uuids)
    const wallets = Object.fromEntries(options.wallets.map((name, i) => [name, ids[i]!]))
    options.wallets.forEach((name, i) => names.set(uuids[i]!, name))
    if (options.rule !== null) {
      await setEarningRule(tx, network, {
        pointsPerCurrencyUnit: '1',
        rounding: 'down',
        expiresAfterMonths: null,
        dailyMaxPerWallet: null,
        effectiveFrom: new Date(0),
        ...options.rule,
        by: credential,
      })
    }
    return { network, house, credential, merchants, wallets, names }
  })
}

/** The first day of a stage's own clock. */
export const dayZero = Date.UTC(2026, 0, 1)

export function dayToDate(day: number): Date {
  return new Date(dayZero + day * 86_400_000)
}

/** Sets a network's clock; needs a superuser's pool, since the API may not. */
export async function setClock(admin: Pool, network: NetworkId, at: Date | null): Promise<void> {
  await admin.query('select ledger.set_clock($1, $2)', [network, at])
}

export interface WalletState {
  available: number
  held: number
  debt: number
  /** `[issuer, left, expiry as a day number]`, in spending order. */
  lots: [string, number, number | null][]
}

/** Every wallet and every merchant account that isn't 0, as `ledger-scenarios.json` writes them. */
export async function readState(
  ledger: Ledger,
  stage: Stage,
): Promise<{ wallets: Record<string, WalletState>; accounts: Record<string, Record<string, number>> }> {
  const wallets: Record<string, WalletState> = {}
  for (const [name, id] of Object.entries(stage.wallets)) {
    const wallet = (await readWallet(ledger.db, stage.network, id))!
    wallets[name] = {
      available: Number(wallet.available),
      held: Number(wallet.held),
      debt: Number(wallet.debt),
      lots: wallet.lots.map((lot) => [
        stage.names.get(lot.issuer)!,
        Number(lot.remaining),
        lot.expiresAt && (lot.expiresAt.getTime() - dayZero) / 86_400_000,
      ]),
    }
  }
  const accounts: Record<string, Record<string, number>> = {}
  for (const [name, id] of Object.entries(stage.merchants)) {
    const balances = (await readMerchantBalances(ledger.db, stage.network, id))!
    for (const [kind, balance] of Object.entries(balances)) {
      if (balance !== 0n) (accounts[kind] ??= {})[name] = Number(balance)
    }
  }
  return { wallets, accounts }
}

/** What must hold in every network at any time; answers in words what does not. */
export async function findFaults(db: Ledger['db'], network: NetworkId): Promise<string[]> {
  const checks = {
    'accounts add up to 0': sql`select sum(credits_posted - debits_posted) as found from ledger.account
      where network_id = ${network} having sum(credits_posted - debits_posted) <> 0`,
    'an account is the sum of its legs': sql`select a.account_id as found from ledger.account a
      left join lateral (select coalesce(sum(points), 0) as sum from ledger.leg l
        where l.network_id = a.network_id and l.credit_account = a.account_id and not pending) k on true
      left join lateral (select coalesce(sum(points), 0) as sum from ledger.leg l
        where l.network_id = a.network_id and l.debit_account = a.account_id and not pending) d on true
      where a.network_id = ${network} and (a.credits_posted <> k.sum or a.debits_posted <> d.sum)`,
    'a wallet has in lots what it has in points': sql`select a.account_id as found from ledger.account a
      left join lateral (select coalesce(sum(remaining), 0) as left, coalesce(sum(held), 0) as held from ledger.lot l
        where l.network_id = a.network_id and l.wallet_id = a.account_id) l on true
      left join lateral (select coalesce(sum(remaining), 0) as left from ledger.debt d
        where d.network_id = a.network_id and d.wallet_id = a.account_id) d on true
      where a.network_id = ${network} and a.kind = 'wallet'
        and (a.credits_posted - a.debits_posted <> l.left - d.left or a.debits_pending <> l.held)`,
    // Counted once for all lots, not once for each: the long SIGKILL rounds leave a hundred thousand.
    'a lot is what its moves say': sql`select l.entry_index as found from ledger.lot l
      left join (select lot_index, lot_ordinal, sum(points) as points, sum(held) as held from ledger.lot_move
        where network_id = ${network} group by lot_index, lot_ordinal) m
        on m.lot_index = l.entry_index and m.lot_ordinal = l.ordinal
      where l.network_id = ${network}
        and (l.remaining <> l.points + coalesce(m.points, 0) or l.held <> coalesce(m.held, 0))`,
    'the lots that a leg moves are as many points as the leg': sql`select l.entry_index as found from ledger.leg l
      join ledger.account d on d.network_id = l.network_id and d.account_id = l.debit_account
      join ledger.account k on k.network_id = l.network_id and k.account_id = l.credit_account
      left join lateral (select coalesce(sum(points), 0) as points from ledger.lot_move m
        where m.network_id = l.network_id and m.entry_index = l.entry_index and m.leg = l.ordinal) m on true
      left join lateral (select coalesce(sum(points), 0) as points from ledger.lot o
        where o.network_id = l.network_id and o.entry_index = l.entry_index) o on true
      where l.network_id = ${network} and not l.pending and m.points <> case
        when k.kind = 'owed' then 0
        when d.kind in ('wallet', 'owed') then -l.points
        else l.points - o.points end`,
    'the index is gapless': sql`select 1 as found from ledger.head h where h.network_id = ${network} and h.next_index <> (
      select count(distinct entry_index) from (
        select entry_index from ledger.transaction where network_id = ${network} and entry_index < h.next_index
        union all select entry_index from ledger.governance where network_id = ${network} and entry_index < h.next_index) x)`,
    'an entry has one row': sql`select entry_index as found from ledger.transaction t where network_id = ${network}
      and exists (select from ledger.governance g where g.network_id = t.network_id and g.entry_index = t.entry_index)`,
    'a leaf hash is that of the rebuilt entry': sql`select entry_index as found from (
        select network_id, entry_index, leaf_hash from ledger.transaction where network_id = ${network}
        union all select network_id, entry_index, leaf_hash from ledger.governance where network_id = ${network}) e
      where leaf_hash <> ledger.hash_leaf(ledger.entry(network_id, entry_index::bigint))`,
    'an account may fall to its floor, or to where it stands below that': sql`select account_id as found from ledger.account
      where network_id = ${network}
        and lowest_allowed <> least(floor, credits_posted - debits_posted - debits_pending)`,
    'a merchant expects what is held for it': sql`select m.merchant_id as found from ledger.merchant m
      join ledger.account a on a.network_id = m.network_id and a.account_id = m.accepted_account
      where m.network_id = ${network} and a.credits_pending <> (
        select coalesce(sum(points), 0) from ledger.hold h
        where h.network_id = m.network_id and h.merchant_id = m.merchant_id and h.ended_index is null)`,
    'a hold sets aside what it says': sql`select a.account_id as found from ledger.account a
      where a.network_id = ${network} and a.kind = 'wallet' and a.debits_pending <> (
        select coalesce(sum(points), 0) from ledger.hold h
        where h.network_id = a.network_id and h.wallet_id = a.account_id and h.ended_index is null)`,
    'what is owed is what the debts say': sql`select m.merchant_id as found from ledger.merchant m
      join ledger.account a on a.network_id = m.network_id and a.account_id = m.owed_account
      where m.network_id = ${network} and a.credits_posted - a.debits_posted <> (
        select coalesce(sum(remaining), 0) from ledger.debt d
        where d.network_id = m.network_id and d.merchant_id = m.merchant_id)`,
  }
  const faults: string[] = []
  for (const [rule, check] of Object.entries(checks)) {
    const { rows } = await check.execute(db)
    if (rows.length > 0)
      faults.push(
        `${rule}: not so for ${JSON.stringify(rows[0], (_, v) => (typeof v === 'bigint' ? String(v) : v))} and ${rows.length - 1} more`,
      )
  }
  return faults
}
