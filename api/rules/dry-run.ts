import { sql } from 'kysely'
import type { MerchantId, Minor, NetworkId, WalletId } from '../../ledger/index.ts'
import { Refusal } from '../http/problems.ts'
import type { Db } from '../tables.ts'

/** A purchase that is only asked about. */
export interface AskedPurchase {
  readonly merchant: MerchantId
  /** For the daily maximum; none counts when left out. */
  readonly wallet: WalletId | undefined
  readonly eligibleMinor: Minor
  readonly at: Date
}

/** Why points are given, or not: each step with what it adds or takes. */
export interface Step {
  readonly reason: 'rate' | 'minimum_spend' | 'multiplier' | 'merchant_multiplier' | 'daily_maximum'
  readonly factor: string | null
  readonly points: number
}

interface Row {
  readonly version: number
  readonly below: boolean
  readonly factor: string | null
  readonly own: string | null
  readonly base: bigint
  readonly multiplied: bigint
  readonly most: bigint
  readonly room: bigint | null
}

/**
 * What the purchase would give and why, by the ledger's own functions and the rule that it would choose. Refuses
 * `rule_missing`.
 */
export async function dryRun(
  db: Db,
  network: NetworkId,
  { merchant, wallet, eligibleMinor, at }: AskedPurchase,
): Promise<{ version: number; points: number; steps: Step[] }> {
  const { rows } = await sql<Row>`
    with chosen as (
      select r.* from ledger.earning_rule r where r.network_id = ${network}
      order by r.effective_from <= ${at} desc, case when r.effective_from <= ${at} then r.effective_from end desc,
        r.effective_from, r.version desc
      limit 1
    ), factors as (
      select r.version, n.currency_digits as digits, (${at}::timestamptz at time zone n.time_zone)::date as day,
        ledger.factor_for(r.multipliers, m.merchant_uuid, ${at}::timestamptz at time zone n.time_zone) as factor,
        (select x.factor from ledger.merchant_multiplier x
          where x.network_id = n.network_id and x.merchant_id = m.merchant_id and x.effective_from <= ${at}
          order by x.effective_from desc, x.version desc limit 1) as own
      from chosen r join ledger.network n on n.network_id = r.network_id
      join ledger.merchant m on m.network_id = n.network_id and m.merchant_id = ${merchant}
    )
    select f.version, coalesce(${eligibleMinor}::bigint < r.min_spend_minor, false) as below, f.factor::text, f.own::text,
      ledger.points_for(r::ledger.earning_rule, null, f.digits, ${eligibleMinor}) as base,
      ledger.points_for(r::ledger.earning_rule, f.factor, f.digits, ${eligibleMinor}) as multiplied,
      ledger.points_for(r::ledger.earning_rule, coalesce(f.factor, 1) * coalesce(f.own, 1), f.digits, ${eligibleMinor})
        as most,
      case when r.daily_max_per_wallet is not null then greatest(0, r.daily_max_per_wallet - coalesce((select c.points from ledger.counter c
        where c.network_id = ${network} and c.name = 'earn:' || ${wallet ?? null}::int and c.day = f.day), 0)) end as room
    from factors f join ledger.earning_rule r on r.network_id = ${network} and r.version = f.version`.execute(
    db,
  )
  const row = rows[0]
  if (row === undefined) throw new Refusal('rule_missing')
  const steps = stepsOf(row)
  return { version: row.version, points: steps.reduce((total, { points }) => total + points, 0), steps }
}

function stepsOf({ below, factor, own, base, multiplied, most, room }: Row): Step[] {
  if (below) return [{ reason: 'minimum_spend', factor: null, points: 0 }]
  const steps: Step[] = [{ reason: 'rate', factor: null, points: Number(base) }]
  if (factor !== null) steps.push({ reason: 'multiplier', factor, points: Number(multiplied - base) })
  if (own !== null) {
    steps.push({ reason: 'merchant_multiplier', factor: own, points: Number(most - multiplied) })
  }
  if (room !== null && most > room) {
    steps.push({ reason: 'daily_maximum', factor: null, points: Number(room - most) })
  }
  return steps
}
