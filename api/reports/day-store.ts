import { sql } from 'kysely'
import type { CommandKind, CredentialId, MerchantId, NetworkId, Uuid } from '../../ledger/index.ts'
import type { Db } from '../tables.ts'

/** Which transactions a day's report counts. */
export interface DayScope {
  readonly network: NetworkId
  /** All merchants when left out. */
  readonly merchant: MerchantId | undefined
  /** All tills, and what was done without one, when left out. */
  readonly credential: CredentialId | undefined
  /** The network's local day of the sale, `YYYY-MM-DD`. */
  readonly day: string
}

/** What one till (null: no till) of a merchant did of one kind. Amounts mean what they mean of a transaction. */
export interface DayRow {
  readonly merchant: Uuid
  readonly till: Uuid | null
  readonly kind: CommandKind
  readonly count: number
  readonly points: bigint
  readonly redeemed: bigint
  readonly amount: bigint
  readonly money: bigint
}

/**
 * The day by merchant, till and kind. A move is neither sale nor refund, so that a day that is closed stays as it is: the
 * sale counts where it was made, with the points that it gave there, and nothing that moving it posted.
 */
export async function readDay(db: Db, { network, merchant, credential, day }: DayScope): Promise<DayRow[]> {
  const { rows } = await sql<DayRow>`
    select m.uuid as merchant, till.uuid as till, t.kind, count(*)::int as count,
      coalesce(sum(t.points), 0)::bigint as points, coalesce(sum(t.redeemed_points), 0)::bigint as redeemed,
      coalesce(sum(t.amount_minor), 0)::bigint as amount,
      coalesce(sum(coalesce(t.money_minor, t.amount_minor)), 0)::bigint as money
    from ledger.transaction t
    join api.merchant m on m.network_id = t.network_id and m.merchant_id = t.merchant_id
    left join api.till till on till.network_id = t.network_id and till.credential_id = t.credential_id
    where t.network_id = ${network} and t.day = ${day}::date
      and (${merchant ?? null}::int is null or t.merchant_id = ${merchant ?? null})
      and (${credential ?? null}::int is null or t.credential_id = ${credential ?? null})
      and not exists (select from api.moved_sale v
        where v.network_id = t.network_id and v.transaction_uuid = t.transaction_uuid)
      and not exists (select from api.moved_sale v
        where v.network_id = t.network_id and v.reversal_uuid = t.transaction_uuid)
      -- Refunds that a move repeated on what it recorded: all that it posts has one content, which is nobody else's.
      and (t.kind <> 'reverse' or not exists (select from ledger.transaction target
        join api.moved_sale v on v.network_id = target.network_id and v.transaction_uuid = target.transaction_uuid
        where target.network_id = t.network_id and target.entry_index = t.target_index
          and target.content_hash = t.content_hash))
    group by m.uuid, till.uuid, t.kind
    order by m.uuid, till.uuid nulls last, t.kind`.execute(db)
  return rows
}

/** The network's local day at `now`. */
export function localDay(now: Date, timeZone: string): string {
  // The one locale whose dates are ISO 8601's.
  return new Intl.DateTimeFormat('en-CA', { timeZone }).format(now)
}
