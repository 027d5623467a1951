import { sql } from 'kysely'
import { uuidv7 } from 'uuidv7'
import type { NetworkId, Uuid, WalletId } from '../../ledger/index.ts'
import { addJob } from '../jobs/jobs.ts'
import type { Db, Tx } from '../tables.ts'
import { addTallies, bandStarts, emptyTally, type Tally } from './simulation-tally.ts'
import type { EarningTerms } from './worse-terms.ts'

/** The job that counts one slice, and asks for the next. */
export const simulationTask = 'simulate-rule'
const walletsInSlice = 200
/** How long a slice may take, and wait for its turn, before the simulation counts as left behind. */
const leaseSeconds = 30
const newLease = sql<Date>`clock_timestamp() + make_interval(secs => ${leaseSeconds})`
const keptDays = 30

/** Terms without what has no part in how many points a purchase gives. */
export type GivingTerms = Omit<EarningTerms, 'expiresAfterMonths'>

/** Begins the simulation of a rule over the last `months` before `now`; forgets those begun long ago. */
export async function beginSimulation(
  tx: Tx,
  network: NetworkId,
  { terms, months, now }: { terms: GivingTerms; months: number; now: Date },
): Promise<Uuid> {
  const forgetBefore = new Date(now.getTime() - keptDays * 24 * 60 * 60 * 1000)
  await tx
    .deleteFrom('api.rule_simulation')
    .where('network_id', '=', network)
    .where('until', '<', forgetBefore)
    .execute()
  const uuid = uuidv7()
  await tx
    .insertInto('api.rule_simulation')
    .values({
      network_id: network,
      uuid,
      terms: writeTerms(terms),
      since: sql<Date>`${now}::timestamptz - make_interval(months => ${months})`,
      until: now,
      wallets_total: sql<number>`(select count(*)::int from api.wallet w where w.network_id = ${network})`,
      tally: JSON.stringify(emptyTally),
      lease_until: newLease,
    })
    .execute()
  await askForSlice(tx, network, uuid)
  return uuid
}

/** As the ledger's own row of a rule, which its functions take. */
function writeTerms(terms: GivingTerms): string {
  const { multipliers = [] } = terms
  return JSON.stringify({
    points_per_currency_unit: terms.pointsPerCurrencyUnit,
    rounding: terms.rounding,
    daily_max_per_wallet: terms.dailyMaxPerWallet?.toString() ?? null,
    min_spend_minor: terms.minSpendMinor?.toString() ?? null,
    multipliers: multipliers.length > 0 ? multipliers : null,
  })
}

async function askForSlice(tx: Tx, network: NetworkId, uuid: Uuid): Promise<void> {
  await addJob(tx, simulationTask, { network, uuid }, { key: `${simulationTask} ${uuid}` })
}

/** A simulation as it stands; undefined where there is none. */
export async function readSimulation(db: Db | Tx, network: NetworkId, uuid: Uuid) {
  return await db
    .selectFrom('api.rule_simulation')
    .select(['since', 'until', 'cursor_wallet', 'wallets_counted', 'wallets_total', 'tally', 'finished_at'])
    .where('network_id', '=', network)
    .where('uuid', '=', uuid)
    .executeTakeFirst()
}

/** Counts the next slice of wallets and asks for the one after. A job that comes twice counts nothing twice. */
export async function countSlice(
  db: Db,
  { network, uuid, now }: { readonly network: NetworkId; readonly uuid: Uuid; readonly now: Date },
): Promise<void> {
  const simulation = await readSimulation(db, network, uuid)
  if (simulation === undefined || simulation.finished_at !== null) return
  const before = simulation.cursor_wallet
  const slice = await readSlice(db, { network, uuid, after: before })
  await db.transaction().execute(async (tx) => {
    const isLast = slice.last === null
    const { numUpdatedRows } = await tx
      .updateTable('api.rule_simulation')
      .set({
        cursor_wallet: slice.last ?? before,
        wallets_counted: simulation.wallets_counted + slice.wallets,
        tally: JSON.stringify(addTallies(simulation.tally, slice.tally)),
        finished_at: isLast ? now : null,
        lease_until: newLease,
      })
      .where('network_id', '=', network)
      .where('uuid', '=', uuid)
      .where('cursor_wallet', '=', before)
      .where('finished_at', 'is', null)
      .executeTakeFirst()
    if (numUpdatedRows === 1n && !isLast) await askForSlice(tx, network, uuid)
  })
}

/** Takes up simulations that nobody counts any more: their workers were killed, and the queue waits hours for those. */
export async function resumeSimulations(db: Db): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const left = await tx
      .updateTable('api.rule_simulation')
      .set({ lease_until: newLease })
      .where('uuid', 'in', (is) =>
        is
          .selectFrom('api.rule_simulation')
          .select('uuid')
          .where('finished_at', 'is', null)
          .where('lease_until', '<', sql<Date>`clock_timestamp()`)
          .orderBy('uuid')
          .forUpdate()
          // Whoever has one finishes a slice of it, or takes it up.
          .skipLocked(),
      )
      .returning(['network_id', 'uuid'])
      .execute()
    for (const { network_id, uuid } of left) await askForSlice(tx, network_id, uuid)
  })
}

interface Slice {
  /** Null: no wallet is left. */
  readonly last: WalletId | null
  readonly wallets: number
  readonly tally: Tally
}

/**
 * What was given, and would have been, for the purchases of some wallets: by the ledger's own functions, with the
 * merchants' own factors of then and the daily maximum in the order of posting. A sale that was moved counts as it was
 * recorded anew, and for no customer one whose points wait for whoever has its code. (Factors are worked out by
 * themselves, `materialized`: with a query among its arguments, `points_for` would be called, not made part of the query.)
 */
async function readSlice(
  db: Db,
  { network, uuid, after }: { network: NetworkId; uuid: Uuid; after: WalletId },
): Promise<Slice> {
  const { rows } = await sql<Slice>`
    with slice as materialized (
      select w.wallet_id from api.wallet w
      where w.network_id = ${network} and w.wallet_id > ${after} order by w.wallet_id limit ${walletsInSlice}
    ), asked as materialized (
      select s.since, s.until, n.time_zone, n.currency_digits,
        jsonb_populate_record(null::ledger.earning_rule, s.terms) as rule
      from api.rule_simulation s join ledger.network n on n.network_id = s.network_id
      where s.network_id = ${network} and s.uuid = ${uuid}
    ), sold as materialized (
      select t.wallet_id, m.merchant_uuid, t.day, t.entry_index, t.points as given, a.rule, a.currency_digits,
        coalesce(t.eligible_minor, t.money_minor, t.amount_minor) as eligible_minor,
        coalesce(ledger.factor_for((a.rule).multipliers, m.merchant_uuid, t.occurred_at at time zone a.time_zone), 1)
          * coalesce((select x.factor from ledger.merchant_multiplier x
            where x.network_id = t.network_id and x.merchant_id = t.merchant_id and x.effective_from <= t.occurred_at
            order by x.effective_from desc, x.version desc limit 1), 1) as factor
      from asked a
      cross join slice s
      join ledger.transaction t on t.network_id = ${network} and t.wallet_id = s.wallet_id
      join ledger.merchant m on m.network_id = t.network_id and m.merchant_id = t.merchant_id
      where t.kind = 'issue' and t.rule_version is not null and t.occurred_at >= a.since and t.occurred_at < a.until
        -- Counted, so that it is looked up sale by sale: as an anti-join each slice reads the whole network's reversals.
        and (select count(*) from ledger.transaction r
          join api.moved_sale v on v.network_id = r.network_id and v.reversal_uuid = r.transaction_uuid
          where r.network_id = t.network_id and r.target_index = t.entry_index) = 0
    ), rated as (
      select *, (rule).daily_max_per_wallet as daily_max,
        ledger.points_for(rule, factor, currency_digits, eligible_minor) as most
      from sold
    ), capped as (
      select *, case when daily_max is null then most else least(most, greatest(0, daily_max
        - (sum(most) over (partition by wallet_id, day order by entry_index) - most))) end as simulated
      from rated
    ), by_merchant as (
      select merchant_uuid, count(*) as purchases, sum(given) as given, sum(simulated) as simulated
      from capped group by merchant_uuid
    ), by_wallet as (
      select count(*) as purchases, sum(given) as given, sum(simulated) as simulated
      from capped
      where not exists (
        select from api.claim c where c.network_id = ${network} and c.wallet_id = capped.wallet_id)
      group by wallet_id
    ), by_band as (
      select (select max(b) from unnest(${[...bandStarts]}::int[]) b where b <= purchases) as band,
        count(*) as customers, sum(purchases) as purchases, sum(given) as given, sum(simulated) as simulated,
        count(*) filter (where simulated > given) as gaining, count(*) filter (where simulated < given) as losing
      from by_wallet group by 1
    )
    select (select max(wallet_id) from slice) as last, (select count(*)::int from slice) as wallets,
      jsonb_build_object(
        'merchants', coalesce((select jsonb_object_agg(merchant_uuid, jsonb_build_object('purchases', purchases,
          'given', given::text, 'simulated', simulated::text)) from by_merchant), '{}'),
        'bands', coalesce((select jsonb_object_agg(band, jsonb_build_object('purchases', purchases,
          'given', given::text, 'simulated', simulated::text, 'customers', customers, 'gaining', gaining,
          'losing', losing)) from by_band), '{}')) as tally`.execute(db)
  return rows[0]!
}
